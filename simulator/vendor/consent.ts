import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Squad } from '../athletes/squad.ts';
import type { Story } from '../athletes/stories.ts';
import { escapeHtml, sendPage } from '../control/html.ts';
import type { OauthOptions, VendorSettings } from './tables.ts';
import type { Grants } from './grants.ts';
import { formOf } from './token-endpoint.ts';

interface Asked {
  clientId: string;
  redirectUri: string;
  responseType: string;
  state: string | null;
  scopes: string[];
  codeChallenge: string | null;
  codeChallengeMethod: string | null;
  loginHint: string | null;
}

interface Parts {
  slug: string;
  name: string;
  oauth: OauthOptions;
  squad: Squad;
  grants: Grants;
  settings: VendorSettings;
}

/**
 * The consent page, where scopes can be unticked. A program approves with one POST to the same address: the fields of
 * its query, `athlete`, one `scope` per scope (or one with the vendor's separator) and `decision=approve`.
 */
export function addConsent(app: FastifyInstance, parts: Parts): void {
  const { oauth } = parts;
  app.get(oauth.authorizePath, (request, reply) => {
    const query = new URLSearchParams(request.url.split('?')[1] ?? '');
    const asked = readAsked(query, oauth);
    const refusal = refuse(asked, parts);
    if (refusal) return sendRefusal(reply, refusal);
    if (sendBack(reply, asked, oauth)) return reply;
    return sendPage(reply, { title: `Connect ${parts.name} (simulated)`, body: consentPage({ parts, asked, query }) });
  });

  app.post(oauth.authorizePath, (request, reply) => {
    const form = formOf(request);
    const asked = readAsked(form, oauth);
    const refusal = refuse(asked, parts);
    if (refusal) return sendRefusal(reply, refusal);
    if (sendBack(reply, asked, oauth)) return reply;
    if (form.get('decision') !== 'approve') return redirect(reply, asked, { error: 'access_denied' });
    const athlete = parts.squad.named(form.get('athlete') ?? asked.loginHint ?? '');
    if (!athlete) return sendRefusal(reply, 'There is no athlete of that key: choose one of the list.');
    const { scopes, redirectUri, codeChallenge } = asked;
    const isRefreshable = oauth.refreshTokens !== 'none' && (oauth.isRefreshable?.({ scopes, query: form }) ?? true);
    const code = parts.grants.issueCode({ athleteKey: athlete.key, scopes, isRefreshable, redirectUri, codeChallenge });
    const told = oauth.tellsScopeOnRedirect ? { scope: scopes.join(oauth.scopeSeparator) } : {};
    return redirect(reply, asked, { code, ...told });
  });
}

function readAsked(fields: URLSearchParams, oauth: OauthOptions): Asked {
  const named = fields.getAll('scope').flatMap((scope) => scope.split(oauth.scopeSeparator));
  const scopes = [...new Set(named)].filter((scope) => scope !== '');
  // Where the athlete chooses on the page, a program that names none means all; a form may have all unticked.
  const isAll = oauth.scopesChosenBy === 'page' && !fields.has('scopes_shown') && scopes.length === 0;
  return {
    clientId: fields.get('client_id') ?? '',
    redirectUri: fields.get('redirect_uri') ?? '',
    responseType: fields.get('response_type') ?? '',
    state: fields.get('state'),
    scopes: isAll ? Object.keys(oauth.scopes) : scopes,
    codeChallenge: fields.get('code_challenge'),
    codeChallengeMethod: fields.get('code_challenge_method'),
    loginHint: fields.get('login_hint'),
  };
}

/** A wrong client or address must not be redirected to; the person sees the reason instead. */
function refuse(asked: Asked, { settings }: Pick<Parts, 'settings'>): string | null {
  if (asked.clientId !== settings.clientId) return 'The application is unknown: client_id is not registered.';
  if (!settings.redirectUris.includes(asked.redirectUri))
    return 'The redirect_uri is not registered for this application.';
  return null;
}

function sendRefusal(reply: FastifyReply, reason: string): FastifyReply {
  const body = `<main class="narrow"><div class="card"><h1>Not connected</h1><p>${escapeHtml(reason)}</p></div></main>`;
  return sendPage(reply, { title: 'Not connected', body, status: 400 });
}

/** Answers with an OAuth error on the application's own address if the request cannot be granted. */
function sendBack(reply: FastifyReply, asked: Asked, oauth: OauthOptions): boolean {
  const error = errorOf(asked, oauth);
  if (error !== null) redirect(reply, asked, { error });
  return error !== null;
}

function errorOf(asked: Asked, oauth: OauthOptions): string | null {
  if (asked.responseType !== 'code') return 'unsupported_response_type';
  const isProvable = asked.codeChallenge === null ? oauth.pkce === 'optional' : asked.codeChallengeMethod === 'S256';
  if (!isProvable) return 'invalid_request';
  return asked.scopes.every((scope) => Object.hasOwn(oauth.scopes, plainName(oauth, scope))) ? null : 'invalid_scope';
}

function plainName(oauth: OauthOptions, scope: string): string {
  return oauth.plainScope?.(scope) ?? scope;
}

function redirect(reply: FastifyReply, asked: Asked, fields: Record<string, string>): FastifyReply {
  const target = new URL(asked.redirectUri);
  for (const [name, value] of Object.entries(fields)) target.searchParams.set(name, value);
  if (asked.state !== null) target.searchParams.set('state', asked.state);
  return reply.redirect(target.href, 303);
}

/** What the page draws itself; every other field of the query is sent again with its form. */
const DRAWN_FIELDS = ['scope', 'athlete', 'decision', 'login_hint'];
const LISTED_ATHLETES = 200;

function consentPage({ parts, asked, query }: { parts: Parts; asked: Asked; query: URLSearchParams }): string {
  const { slug, name, oauth } = parts;
  const athletes = parts.squad.athletes();
  const hidden = [...query]
    .filter(([field]) => !DRAWN_FIELDS.includes(field))
    .map(([field, value]) => `<input type="hidden" name="${escapeHtml(field)}" value="${escapeHtml(value)}">`);
  const hinted = athletes.find((athlete) => athlete.key === asked.loginHint);
  const listed = athletes.slice(0, LISTED_ATHLETES);
  const options = (hinted && !listed.includes(hinted) ? [hinted, ...listed] : listed).map(
    ({ key, displayName }: Story) =>
      `<option value="${key}"${key === asked.loginHint ? ' selected' : ''}>${escapeHtml(displayName)}</option>`,
  );
  const scopes = asked.scopes.map(
    (scope) =>
      `<label><input type="checkbox" name="scope" value="${escapeHtml(scope)}" checked> ` +
      `${escapeHtml(oauth.scopes[plainName(oauth, scope)] ?? scope)} <span class="soft">${escapeHtml(scope)}</span></label>`,
  );
  const legend =
    oauth.scopesChosenBy === 'page' ? 'Choose what the application may read' : 'The application asks to read';
  return `<main class="narrow"><form class="card" method="post" action="/${slug}${oauth.authorizePath}">
<h1>Connect ${escapeHtml(name)}</h1>
<p class="soft">A simulated vendor: fictional people, invented data.</p>
${hidden.join('\n')}
<input type="hidden" name="scopes_shown" value="1">
<p><label for="athlete">Signing in as</label><select id="athlete" name="athlete">${options.join('')}</select></p>
<fieldset><legend>${legend}</legend>${scopes.join('\n')}</fieldset>
<div class="row"><button class="primary" name="decision" value="approve">Approve</button>
<button name="decision" value="deny">Deny</button></div>
</form></main>`;
}
