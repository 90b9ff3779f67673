import type { FastifyInstance, FastifyReply } from 'fastify';
import { escapeHtml, sendPage } from '../html.ts';
import type { Settings } from '../settings.ts';
import type { Squad } from '../squad.ts';
import type { Story } from '../stories.ts';
import type { Grants } from './grants.ts';

const SCOPES: Record<string, string> = {
  email: 'E-mail address',
  personal: 'Age, height, weight and user id',
  daily: 'Sleep, readiness and activity of each day',
  heartrate: 'Heart rate through the day',
  workout: 'Workouts',
  tag: 'Tags',
  session: 'Guided and unguided sessions',
  spo2: 'Blood oxygen of the night',
  spo2Daily: 'Blood oxygen of the night',
  stress: 'Daytime stress',
  heart_health: 'Heart health',
  ring_configuration: 'Ring settings',
  reproductive_cycle: 'Cycle insights',
};

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

type Parts = { squad: Squad; grants: Grants; settings: Settings };

/**
 * Oura's OAuth: a consent page where scopes can be unticked, and the token and revoke endpoints. A program approves
 * with one POST to the authorize address: the fields of its query, `athlete`, one `scope` per scope (or one with
 * spaces) and `decision=approve`.
 */
export function addOauth(app: FastifyInstance, parts: Parts): void {
  app.get('/oura/oauth/authorize', (request, reply) => {
    const query = new URLSearchParams(request.url.split('?')[1] ?? '');
    const asked = readAsked(query);
    const refusal = refuse(asked, parts);
    if (refusal) return sendRefusal(reply, refusal);
    if (sendBack(reply, asked)) return reply;
    return sendPage(reply, {
      title: 'Connect Oura (simulated)',
      body: consentPage({ asked, query, athletes: parts.squad.athletes() }),
    });
  });

  app.post<{ Body: URLSearchParams }>('/oura/oauth/authorize', (request, reply) => {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const asked = readAsked(form);
    const refusal = refuse(asked, parts);
    if (refusal) return sendRefusal(reply, refusal);
    if (sendBack(reply, asked)) return reply;
    if (form.get('decision') !== 'approve') return redirect(reply, asked, { error: 'access_denied' });
    const athlete = parts.squad.named(form.get('athlete') ?? asked.loginHint ?? '');
    if (!athlete) return sendRefusal(reply, 'There is no athlete of that key: choose one of the list.');
    const code = parts.grants.issueCode({
      athleteKey: athlete.key,
      scopes: asked.scopes,
      redirectUri: asked.redirectUri,
      codeChallenge: asked.codeChallenge,
    });
    return redirect(reply, asked, { code, scope: asked.scopes.join(' ') });
  });

  addTokenEndpoints(app, parts);
}

function addTokenEndpoints(app: FastifyInstance, { grants, settings }: Parts): void {
  app.post<{ Body: URLSearchParams }>('/oura/oauth/token', (request, reply) => {
    void reply.header('cache-control', 'no-store');
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const basic = basicCredentials(request.headers.authorization);
    const clientId = basic?.id ?? form.get('client_id');
    const clientSecret = basic?.secret ?? form.get('client_secret');
    if (clientId !== settings.clientId || clientSecret !== settings.clientSecret) {
      return reply.code(401).send({ error: 'invalid_client', error_description: 'Client authentication failed' });
    }
    switch (form.get('grant_type')) {
      case 'authorization_code': {
        const answer = grants.redeem({
          code: form.get('code') ?? '',
          redirectUri: form.get('redirect_uri') ?? '',
          codeVerifier: form.get('code_verifier'),
        });
        return answer ?? invalidGrant(reply, 'The authorization code is invalid, expired or has already been used');
      }
      case 'refresh_token': {
        const answer = grants.refresh(form.get('refresh_token') ?? '');
        return answer ?? invalidGrant(reply, 'The refresh token is invalid or has already been used');
      }
      default:
        return reply.code(400).send({ error: 'unsupported_grant_type', error_description: 'Unknown grant_type' });
    }
  });

  // Both live variants of the vendor: the token in the query, or as bearer.
  app.route<{ Querystring: { access_token?: string } }>({
    method: ['GET', 'POST'],
    url: '/oura/oauth/revoke',
    handler: (request, reply) => {
      const bearer = /^bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
      const form = request.body instanceof URLSearchParams ? request.body.get('access_token') : null;
      const token = request.query.access_token ?? bearer ?? form ?? '';
      return reply.code(grants.revoke(token) ? 200 : 401).send({});
    },
  });
}

function invalidGrant(reply: FastifyReply, description: string): FastifyReply {
  return reply.code(400).send({ error: 'invalid_grant', error_description: description });
}

function readAsked(fields: URLSearchParams): Asked {
  return {
    clientId: fields.get('client_id') ?? '',
    redirectUri: fields.get('redirect_uri') ?? '',
    responseType: fields.get('response_type') ?? '',
    state: fields.get('state'),
    scopes: [...new Set(fields.getAll('scope').flatMap((scope) => scope.split(' ')))].filter((scope) => scope !== ''),
    codeChallenge: fields.get('code_challenge'),
    codeChallengeMethod: fields.get('code_challenge_method'),
    loginHint: fields.get('login_hint'),
  };
}

/** A wrong client or address must not be redirected to; the person sees the reason instead. */
function refuse(asked: Asked, { settings }: Parts): string | null {
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
function sendBack(reply: FastifyReply, asked: Asked): boolean {
  const error =
    asked.responseType !== 'code'
      ? 'unsupported_response_type'
      : asked.codeChallenge !== null && asked.codeChallengeMethod !== 'S256'
        ? 'invalid_request'
        : asked.scopes.some((scope) => !(plainScope(scope) in SCOPES))
          ? 'invalid_scope'
          : null;
  if (error) redirect(reply, asked, { error });
  return error !== null;
}

function redirect(reply: FastifyReply, asked: Asked, fields: Record<string, string>): FastifyReply {
  const target = new URL(asked.redirectUri);
  for (const [name, value] of Object.entries(fields)) target.searchParams.set(name, value);
  if (asked.state !== null) target.searchParams.set('state', asked.state);
  return reply.redirect(target.href, 303);
}

/** One integration asks with the prefix `extapi:`; both names mean the same. */
export function plainScope(scope: string): string {
  return scope.replace(/^extapi:/, '');
}

function basicCredentials(header: string | undefined): { id: string; secret: string } | null {
  const encoded = /^basic (.+)$/i.exec(header ?? '')?.[1];
  if (!encoded) return null;
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { id: formDecoded(id), secret: formDecoded(secret.join(':')) };
}

/** Credentials are form-encoded before they go into Basic (RFC 6749, 2.3.1). */
function formDecoded(text: string): string {
  return new URLSearchParams(`value=${text}`).get('value') ?? '';
}

const KEPT_FIELDS = ['response_type', 'client_id', 'redirect_uri', 'state', 'code_challenge', 'code_challenge_method'];
const LISTED_ATHLETES = 200;

function consentPage({ asked, query, athletes }: { asked: Asked; query: URLSearchParams; athletes: Story[] }): string {
  const hidden = KEPT_FIELDS.filter((name) => query.has(name)).map(
    (name) => `<input type="hidden" name="${name}" value="${escapeHtml(query.get(name) ?? '')}">`,
  );
  const hinted = athletes.find((athlete) => athlete.key === asked.loginHint);
  const listed = athletes.slice(0, LISTED_ATHLETES);
  const options = (hinted && !listed.includes(hinted) ? [hinted, ...listed] : listed).map(
    ({ key, displayName }) =>
      `<option value="${key}"${key === asked.loginHint ? ' selected' : ''}>${escapeHtml(displayName)}</option>`,
  );
  const scopes = asked.scopes.map(
    (scope) =>
      `<label><input type="checkbox" name="scope" value="${escapeHtml(scope)}" checked> ` +
      `${escapeHtml(SCOPES[plainScope(scope)] ?? scope)} <span class="soft">${escapeHtml(scope)}</span></label>`,
  );
  return `<main class="narrow"><form class="card" method="post" action="/oura/oauth/authorize">
<h1>Connect Oura</h1>
<p class="soft">A simulated vendor: fictional people, invented data.</p>
${hidden.join('\n')}
<p><label for="athlete">Signing in as</label><select id="athlete" name="athlete">${options.join('')}</select></p>
<fieldset><legend>The application asks to read</legend>${scopes.join('\n')}</fieldset>
<div class="row"><button class="primary" name="decision" value="approve">Approve</button>
<button name="decision" value="deny">Deny</button></div>
</form></main>`;
}
