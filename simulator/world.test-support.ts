import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createLogger } from '#platform/log';
import { createSimulator } from './server.ts';
import type { Settings } from './settings.ts';
import type { VendorSettings } from './vendor/tables.ts';
import { VENDORS } from './vendors.ts';

/** Where Oura's consent page leads back to; another vendor's differs by its slug. */
export const REDIRECT_URI = redirectUriOf('oura');
export const ALL_SCOPES = 'email personal daily heartrate workout session spo2Daily';
const VERIFICATION_TOKEN = 'test verification token';

/** The world of one test: a clock to move, a folder for the state, and all that was opened. */
export const world = { nowMs: 0, folder: '' };
let opened: (FastifyInstance | Server)[] = [];

/** Gives every test of a file its own world, and closes whatever the test opened. */
export function useWorld(): void {
  beforeEach(() => {
    world.nowMs = Date.parse('2026-11-20T09:00:00Z');
    world.folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  });

  afterEach(async () => {
    for (const server of opened.reverse()) {
      if ('inject' in server) await server.close();
      else {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    }
    opened = [];
    rmSync(world.folder, { recursive: true });
  });
}

/** A simulator with every vendor; `vendors` changes the settings of some. */
export function start({
  settings = {},
  vendors = {},
  retryAfterMs = () => 5,
}: {
  settings?: Partial<Settings>;
  vendors?: Record<string, Partial<VendorSettings>>;
  retryAfterMs?: () => number;
} = {}) {
  const simulator = createSimulator({
    settings: {
      stateFolder: world.folder,
      seed: 1,
      vendors: Object.fromEntries(
        VENDORS.map((definition) => [
          definition.slug,
          { ...ordinarySettings(definition), ...vendors[definition.slug] },
        ]),
      ),
      ...settings,
    },
    log: createLogger({ name: 'simulator', level: 'silent' }),
    systemNow: () => world.nowMs,
    retryAfterMs,
  });
  opened.push(simulator);
  return simulator;
}

function ordinarySettings({ slug, oauth, api, variables }: (typeof VENDORS)[number]): VendorSettings {
  return {
    clientId: 'client',
    clientSecret: 'secret',
    redirectUris: [redirectUriOf(slug)],
    accessTokenSec: oauth.accessTokenSec,
    rateLimit: api.windows[0].requests,
    // As an environment without these variables gives them.
    own: Object.fromEntries(Object.entries(variables).map(([name, type]) => [name, type.safeParse(undefined).data])),
  };
}

function redirectUriOf(slug: string): string {
  return `http://127.0.0.1:4001/v1/oauth/${slug}/callback`;
}

function oauthOf(slug: string) {
  const definition = VENDORS.find((vendor) => vendor.slug === slug);
  if (!definition) throw new Error(`No vendor ${slug} is simulated: the test names one that vendors.ts does not list.`);
  return definition.oauth;
}

/** A body as it was parsed; tests look at whatever the vendor's shape has. */
export type Json = ReturnType<typeof JSON.parse>;

/** What came back over HTTP. */
export interface Answer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
  json(): Json;
}

/** One real request to the simulator, which is started on a free port by the first. */
export async function ask(
  simulator: FastifyInstance,
  {
    method = 'GET',
    url,
    query = {},
    headers = {},
    payload,
  }: {
    method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
    url: string;
    query?: Record<string, string>;
    headers?: Record<string, string>;
    payload?: object | string;
  },
): Promise<Answer> {
  if (!simulator.server.listening) await simulator.listen({ host: '127.0.0.1', port: 0 });
  const { port } = simulator.server.address() as AddressInfo;
  const target = new URL(url, `http://127.0.0.1:${port}`);
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
  const isJson = typeof payload === 'object';
  const answer = await fetch(target, {
    method,
    redirect: 'manual',
    headers: { ...(isJson ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(payload === undefined ? {} : { body: isJson ? JSON.stringify(payload) : payload }),
  });
  const body = await answer.text();
  return {
    statusCode: answer.status,
    headers: Object.fromEntries(answer.headers),
    body,
    json: () => JSON.parse(body),
  };
}

export function form(fields: Record<string, string>) {
  return {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
  };
}

export function asked(fields: Record<string, string> = {}, slug = 'oura'): Record<string, string> {
  const { scopes, scopeSeparator, scopesChosenBy } = oauthOf(slug);
  const scope = slug === 'oura' ? ALL_SCOPES : Object.keys(scopes).join(scopeSeparator);
  return {
    response_type: 'code',
    client_id: 'client',
    redirect_uri: redirectUriOf(slug),
    ...(scopesChosenBy === 'application' ? { scope } : {}),
    state: 'a state of 16+ letters',
    ...fields,
  };
}

export async function approve(
  simulator: FastifyInstance,
  fields: Record<string, string> = {},
  slug = 'oura',
): Promise<URL> {
  const answer = await ask(simulator, {
    method: 'POST',
    url: `/${slug}${oauthOf(slug).authorizePath}`,
    ...form(asked({ athlete: 'aino', decision: 'approve', ...fields }, slug)),
  });
  expect(answer.statusCode).toBe(303);
  return new URL(String(answer.headers.location));
}

/** The client's credentials go where the vendor wants them. */
export async function askToken(simulator: FastifyInstance, fields: Record<string, string>, slug = 'oura') {
  const { tokenPath, clientAuthentication } = oauthOf(slug);
  const isBasic = clientAuthentication === 'basic';
  const { headers, payload } = form({
    ...(isBasic ? {} : { client_id: 'client', client_secret: 'secret' }),
    redirect_uri: redirectUriOf(slug),
    ...fields,
  });
  const authorization = `Basic ${Buffer.from('client:secret').toString('base64')}`;
  return ask(simulator, {
    method: 'POST',
    url: `/${slug}${tokenPath}`,
    headers: { ...headers, ...(isBasic ? { authorization } : {}) },
    payload,
  });
}

const VERIFIER = 'a verifier that is long enough for everyone 0123456789';

/** Approves and redeems, with a proof key where the vendor requires one. */
export async function link(simulator: FastifyInstance, fields: Record<string, string> = {}, slug = 'oura') {
  const isProven = oauthOf(slug).pkce === 'required';
  const challenge = {
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
  };
  const target = await approve(simulator, { ...(isProven ? challenge : {}), ...fields }, slug);
  const code = target.searchParams.get('code') ?? '';
  const verifier = isProven ? { code_verifier: VERIFIER } : {};
  const answer = await askToken(simulator, { grant_type: 'authorization_code', code, ...verifier }, slug);
  expect(answer.statusCode).toBe(200);
  return answer.json() as { access_token: string; refresh_token: string; expires_in: number; scope: string };
}

export async function read(
  simulator: FastifyInstance,
  token: string,
  path: string,
  query: Record<string, string> = {},
) {
  return ask(simulator, {
    url: `/oura/v2/usercollection/${path}`,
    query,
    headers: { authorization: `Bearer ${token}` },
  });
}

export interface Received {
  rawBody: string;
  headers: IncomingHttpHeaders;
}

/** A real receiver on a free port: answers the challenge and keeps what was posted; `statuses` are used up in turn. */
export async function receive({ statuses = [] as number[], token = VERIFICATION_TOKEN } = {}) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://127.0.0.1');
    if (request.method === 'GET') {
      const isOurs = url.searchParams.get('verification_token') === token;
      response.writeHead(isOurs ? 200 : 401, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ challenge: url.searchParams.get('challenge') }));
      return;
    }
    let rawBody = '';
    request.on('data', (part) => (rawBody += part));
    request.on('end', () => {
      received.push({ rawBody, headers: request.headers });
      response.writeHead(statuses.shift() ?? 204).end();
    });
  });
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/webhooks/oura` };
}

export const APPLICATION = { 'x-client-id': 'client', 'x-client-secret': 'secret' };

export async function subscribe(simulator: FastifyInstance, url: string, event: string, dataType = 'sleep') {
  return ask(simulator, {
    method: 'POST',
    url: '/oura/v2/webhook/subscription',
    headers: APPLICATION,
    payload: { callback_url: url, verification_token: VERIFICATION_TOKEN, event_type: event, data_type: dataType },
  });
}

export async function play(simulator: FastifyInstance, path = 'night', payload: object = {}) {
  const answer = await ask(simulator, { method: 'POST', url: `/control/${path}`, payload });
  expect(answer.statusCode).toBe(200);
  return answer.json();
}

export async function until(condition: () => boolean): Promise<void> {
  for (const endsAt = Date.now() + 5000; !condition();) {
    if (Date.now() > endsAt) throw new Error('The condition did not come true within five seconds.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
