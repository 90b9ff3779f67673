import type { FastifyInstance } from 'fastify';
import { escapeHtml, sendPage } from './html.ts';
import type { ControlParts } from './control.ts';

const SHOWN_ATHLETES = 60;

/** The buttons call the control API and show its answer; the answer is written as text, never as HTML. */
const SCRIPT = `
  const answer = document.querySelector('#answer');
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('button[data-path]');
    if (!button) return;
    button.disabled = true;
    try {
      const response = await fetch('/control/' + button.dataset.path, {
        method: 'POST', headers: { 'content-type': 'application/json' }, body: button.dataset.body });
      answer.textContent = JSON.stringify(await response.json(), null, 2);
    } catch (error) {
      answer.textContent = 'No answer: ' + error.message;
    }
    button.disabled = false;
  });
`;

const FAULT_BUTTONS = ['rate-limit', 'server-error', 'duplicate', 'bad-signature', 'unknown-user', 'token-expired'];

/** The start page: who the athletes are, who is linked, and buttons to play their nights. */
export function addPage(app: FastifyInstance, { squad, vendors }: Pick<ControlParts, 'squad' | 'vendors'>): void {
  app.get('/', (_request, reply) => {
    const athletes = squad.athletes();
    const linked = new Set(vendors.flatMap(({ grants }) => [...grants.linkedKeys()]));
    const cards = athletes.slice(0, SHOWN_ATHLETES).map((athlete) => {
      const isLinked = linked.has(athlete.key);
      const { date } = squad.today(athlete);
      const ask = escapeHtml(JSON.stringify({ athlete: athlete.key }));
      return `<article class="card">
<header><h2>${escapeHtml(athlete.displayName)}</h2>
<span class="mark${isLinked ? ' linked' : ''}">${isLinked ? 'linked' : 'not linked'}</span></header>
<p class="soft">${escapeHtml(athlete.timeZone)} · today ${date} · ${athlete.nights} nights of history</p>
<p>${escapeHtml(athlete.story)}</p>
<div class="row"><button class="primary" data-path="night" data-body="${ask}">Play tonight</button>
<button data-path="week" data-body="${ask}">Edit a week</button>
<button data-path="illness" data-body="${ask}">Illness</button></div></article>`;
    });
    const faults = FAULT_BUTTONS.map((name) => {
      const ask = escapeHtml(JSON.stringify({ name }));
      return `<button data-path="fault" data-body="${ask}">${name}</button>`;
    });
    const more = athletes.length - cards.length;
    return sendPage(reply, {
      title: 'Vendor simulator: Oura',
      script: SCRIPT,
      body: `<main><h1>Vendor simulator: Oura</h1>
<p class="soft">Fictional athletes with invented data. A played night is sent as a signed webhook, as the vendor would.</p>
<div class="row" role="group" aria-label="Faults">${faults.join('\n')}</div>
<pre class="card" id="answer" role="status">The answer of the last call stands here.</pre>
<section class="grid" aria-label="Athletes">${cards.join('\n')}</section>
${more > 0 ? `<p class="soft">and ${more} more</p>` : ''}</main>`,
    });
  });
}
