import type { FastifyInstance } from 'fastify';
import type { Story } from '../athletes/stories.ts';
import type { LoggedAttempt } from '../vendor/delivery-log.ts';
import { FAULTS, PLANNED } from '../vendor/faults.ts';
import type { FaultName } from '../vendor/faults.ts';
import type { SimulatedVendor } from '../vendor/start.ts';
import type { ControlParts } from './control.ts';
import { escapeHtml, sendPage } from './html.ts';
import { PAGE_SCRIPT } from './page-script.ts';

const SHOWN_ATHLETES = 60;
const SHOWN_DELIVERIES = 20;

type Parts = Pick<ControlParts, 'squad' | 'vendors' | 'log' | 'now'>;

/** The start page: who is linked where, buttons to play nights, faults of one vendor at a time, the last deliveries. */
export function addPage(app: FastifyInstance, parts: Parts): void {
  app.get<{ Querystring: { vendor?: string } }>('/', (request, reply) => {
    const { squad, vendors, log, now } = parts;
    const chosen = vendors.find(({ slug }) => slug === request.query.vendor) ?? vendors[0];
    return sendPage(reply, {
      title: 'Vendor simulator',
      script: PAGE_SCRIPT,
      body: `<main class="wide"><header class="top"><div><h1>Vendor simulator</h1>
<p class="soft">Fictional athletes, invented data. What is played here is told as each vendor would tell it.</p></div>
<p class="soft" id="clock" data-live>${new Date(now()).toISOString().slice(0, 16).replace('T', ' ')} UTC</p></header>
<div class="card said"><p id="said" role="status">Play a night: its webhook goes out at once.</p>
<details><summary>Answer in full</summary><pre id="answer">None yet.</pre></details></div>
<div class="sides">
<section aria-labelledby="athletes-title"><h2 id="athletes-title">Athletes</h2>
<div class="grid" id="athletes" data-live>${squad
        .athletes()
        .slice(0, SHOWN_ATHLETES)
        .map((athlete) => athleteCard(athlete, parts))
        .join('\n')}</div>
${moreAthletes(squad.athletes().length)}</section>
<div class="side">
<section class="card" aria-labelledby="faults-title" id="faults" data-live>${chosen ? vendorPanel(chosen, parts) : ''}</section>
<section class="card" aria-labelledby="deliveries-title" id="deliveries" data-live>${deliveriesPanel(log.recent(), vendors)}</section>
</div></div></main>`,
    });
  });
}

function moreAthletes(count: number): string {
  return count > SHOWN_ATHLETES ? `<p class="soft">and ${count - SHOWN_ATHLETES} more</p>` : '';
}

function button(words: string, path: string, body: object, { look = '', title = '' } = {}): string {
  const hint = title === '' ? '' : ` title="${escapeHtml(title)}"`;
  const name = look === '' ? '' : ` class="${look}"`;
  return `<button${name}${hint} data-path="${path}" data-body="${escapeHtml(JSON.stringify(body))}">${escapeHtml(words)}</button>`;
}

/** One row of buttons for each vendor the athlete is linked with; of the first vendor where there is none. */
function athleteCard(athlete: Story, { squad, vendors }: Parts): string {
  const linked = vendors.filter(({ grants }) => grants.isLinked(athlete.key));
  const marks = linked.map(({ name }) => `<span class="mark linked">${escapeHtml(name)}</span>`);
  const acting = linked.length > 0 ? linked : vendors.slice(0, 1);
  return `<article class="card"><header><h3>${escapeHtml(athlete.displayName)}</h3>
<span class="marks">${marks.join('') || '<span class="mark">not linked</span>'}</span></header>
<p class="soft small">${escapeHtml(athlete.timeZone)} · today ${squad.today(athlete).date} · ${athlete.nights} nights</p>
<p class="story">${escapeHtml(athlete.story)}</p>
${acting.map((vendor) => actions(athlete, vendor)).join('\n')}</article>`;
}

function actions({ key, displayName }: Story, { slug, name }: SimulatedVendor): string {
  const ask = { athlete: key, provider: slug };
  return `<div class="acts" role="group" aria-label="${escapeHtml(`${displayName}, ${name}`)}"><span class="who">${escapeHtml(name)}</span>
${button('Tonight', 'night', ask, { look: 'primary', title: 'Today’s night arrives; again: it is edited' })}
${button('Week', 'week', ask, { title: 'The last seven nights are edited' })}
${button('Illness', 'illness', ask, { title: 'Yesterday’s and today’s nights look unusual' })}
${button('Delete', 'fault', { ...ask, name: 'deleted' }, { title: FAULTS.deleted })}
${button('Revoke', 'fault', { ...ask, name: 'revoked' }, { title: FAULTS.revoked })}</div>`;
}

const AT_ONCE: FaultName[] = ['unknown-user', 'token-expired'];

function vendorPanel(chosen: SimulatedVendor, { squad, vendors }: Parts): string {
  const left = chosen.faults.left();
  const tabs = vendors.map((vendor) => {
    const waiting = Object.keys(vendor.faults.left()).length;
    const current = vendor === chosen ? ' aria-current="true"' : '';
    const badge = waiting > 0 ? ` <span class="badge">${waiting}</span>` : '';
    return `<a href="?vendor=${vendor.slug}"${current}>${escapeHtml(vendor.name)}${badge}</a>`;
  });
  const planned = PLANNED.map((name) => {
    const ask = { name, provider: chosen.slug };
    const times = left[name] ?? 0;
    const state = times > 0 ? `<span class="badge">${times} left</span>` : '';
    const off = times > 0 ? button('Off', 'fault', { ...ask, times: 0 }) : '';
    const buttons = `${button('+1', 'fault', { ...ask, times: times + 1 })}${button('+5', 'fault', { ...ask, times: times + 5 })}${off}`;
    return faultRow(name, state, buttons);
  });
  const atOnce = AT_ONCE.map((name) => faultRow(name, '', button('Now', 'fault', { name, provider: chosen.slug })));
  const linked = [...chosen.grants.linkedKeys()].flatMap((key) => squad.named(key)?.displayName ?? []);
  return `<nav class="tabs" aria-label="Vendor">${tabs.join('')}</nav>
<p class="soft small">Linked: ${escapeHtml(inShort(linked))}</p>
<h2 id="faults-title">Faults at ${escapeHtml(chosen.name)}</h2>
<ul class="faults">${[...planned, ...atOnce].join('\n')}</ul>`;
}

const NAMED = 12;

function inShort(names: string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return names.length === 0 ? 'nobody' : `${names.slice(0, NAMED).join(', ')}${more}`;
}

function faultRow(name: FaultName, state: string, buttons: string): string {
  return `<li><div><strong>${name}</strong> ${state}<p class="soft small">${escapeHtml(FAULTS[name])}</p></div>
<div class="row">${buttons}</div></li>`;
}

function deliveriesPanel(attempts: readonly LoggedAttempt[], vendors: readonly SimulatedVendor[]): string {
  const waiting = vendors.reduce((sum, vendor) => sum + vendor.pending(), 0);
  const rows = attempts.slice(0, SHOWN_DELIVERIES).map((attempt) => deliveryRow(attempt, vendors));
  const table = `<div class="scroll"><table><thead><tr><th>UTC</th><th>Vendor</th><th>Event</th><th>Answer</th><th class="number">ms</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>`;
  return `<h2 id="deliveries-title">Deliveries</h2>
<p class="soft small">${waiting === 0 ? 'None waits.' : `${waiting} wait for their next attempt.`}</p>
${rows.length === 0 ? '<p class="soft">Nothing was sent since the start.</p>' : table}`;
}

function deliveryRow(logged: LoggedAttempt, vendors: readonly SimulatedVendor[]): string {
  const { provider, atMs, eventType, dataType, status, ms, attempt, isForged, isTaken, isOver } = logged;
  const name = vendors.find(({ slug }) => slug === provider)?.name ?? provider;
  const remarks = [
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(isForged ? ['wrongly signed'] : []),
    ...(isTaken ? [] : [isOver ? 'given up' : 'will retry']),
  ];
  const answer = `<span class="status ${isTaken ? 'good' : 'bad'}">${status === 0 ? 'no answer' : status}</span>`;
  return `<tr><td>${new Date(atMs).toISOString().slice(11, 19)}</td><td>${escapeHtml(name)}</td>
<td>${escapeHtml(`${dataType} ${eventType}`)}</td><td>${answer} <span class="soft small">${remarks.join(', ')}</span></td>
<td class="number">${Math.round(ms)}</td></tr>`;
}
