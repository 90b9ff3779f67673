import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { beginLink, comeBack, type AskAsAthlete } from '../../embedded/consent-walk.ts';
import type { Person } from './people.ts';
import type { World } from './world.ts';

/** Garmin as far as a journey needs it: one server for tokens, the user, callbacks and history. */
export interface GarminVendor {
  url: string;
  /** What the switches on Garmin's page stand at. */
  permissions: string[];
  /** Callback answers by path. */
  callbacks: Map<string, unknown>;
  /** Requests so far, as `GET /path`, without their query. */
  requests: string[];
  /** The registration was deleted, by us or by the person: every token is refused. */
  isDeregistered: boolean;
  /** What requests for history are answered with. */
  backfillStatus: number;
  close(): Promise<void>;
}

export const GARMIN_CLIENT_ID = 'test-garmin-client-id-5b0e';
export const GARMIN_PATH_TOKEN = 'a-path-token-for-journeys';

export async function startGarminVendor(): Promise<GarminVendor> {
  /** By code: the challenge sent with the consent page. */
  const challenges = new Map<string, string>();
  const vendor: GarminVendor = {
    url: '',
    permissions: ['ACTIVITY_EXPORT', 'HEALTH_EXPORT', 'HISTORICAL_DATA_EXPORT'],
    callbacks: new Map(),
    requests: [],
    isDeregistered: false,
    backfillStatus: 202,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  function answer(response: ServerResponse, status: number, body: unknown): void {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body === null ? '' : JSON.stringify(body));
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://vendor');
    vendor.requests.push(`${request.method} ${url.pathname}`);
    let text = '';
    for await (const chunk of request) text += String(chunk);
    if (url.pathname === '/oauth2Confirm') {
      const code = `${url.searchParams.get('user')}.code`;
      challenges.set(code, url.searchParams.get('code_challenge') ?? '');
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      back.searchParams.set('code', code);
      back.searchParams.set('state', url.searchParams.get('state') ?? '');
      return void response.writeHead(302, { location: back.href }).end();
    }
    if (url.pathname === '/token') {
      const form = new URLSearchParams(text);
      const code = form.get('code') ?? form.get('refresh_token') ?? '';
      const proof = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url');
      const isProven = form.get('grant_type') === 'refresh_token' || proof === challenges.get(code);
      if (vendor.isDeregistered || !isProven) return answer(response, 400, { error: 'invalid_grant' });
      const user = code.split('.')[0];
      return answer(response, 200, {
        access_token: `${user}.at`,
        refresh_token: `${user}.rt`,
        expires_in: 86_400,
        token_type: 'bearer',
        scope: 'PARTNER_WRITE PARTNER_READ CONNECT_READ CONNECT_WRITE',
      });
    }
    const [, user] = /^Bearer (.+)\.at$/.exec(request.headers.authorization ?? '') ?? [];
    if (vendor.isDeregistered || user === undefined) return answer(response, 401, { errorMessage: 'no' });
    if (url.pathname === '/rest/user/id') return answer(response, 200, { userId: user });
    if (url.pathname === '/rest/user/permissions') return answer(response, 200, { permissions: vendor.permissions });
    if (url.pathname === '/rest/user/registration') return answer(response, 204, null);
    if (url.pathname.startsWith('/rest/backfill/')) return answer(response, vendor.backfillStatus, null);
    const summaries = vendor.callbacks.get(url.pathname);
    return summaries === undefined ? answer(response, 404, { errorMessage: 'no' }) : answer(response, 200, summaries);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => answer(response, 500, { errorMessage: String(error) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vendor.url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return vendor;
}

/** What a world needs to talk to this vendor instead of the simulator. */
export const garminEnv = ({ url }: GarminVendor): Record<string, string> => ({
  GARMIN_CLIENT_ID,
  GARMIN_CLIENT_SECRET: 'test_garmin_client_secret',
  GARMIN_PATH_TOKEN,
  GARMIN_AUTHORIZE_URL: `${url}/oauth2Confirm`,
  GARMIN_TOKEN_URL: `${url}/token`,
  GARMIN_API_URL: `${url}/rest`,
  GARMIN_USER_URL: `${url}/rest/user`,
  GARMIN_CALLBACK_HOSTS: new URL(url).host,
});

/** Links that vendor's user to the athlete, by way of its consent page and the athlete's word. */
export async function linkGarminUser(world: World, options: { athlete: Person; userId: string }): Promise<void> {
  const ask: AskAsAthlete = (query, variables) => world.ask(query, variables, options.athlete.token);
  const page = await beginLink({ ask, provider: 'GARMIN' });
  page.searchParams.set('user', options.userId);
  const consented = await fetch(page, { redirect: 'manual' });
  await comeBack({ ask, callback: consented.headers.get('location') ?? '' });
}

/** A delivery to the address of that type, as Garmin sends it. */
export const push = (
  world: World,
  options: { type: string; body: string | object; token?: string; clientId?: string },
): Promise<Response> =>
  fetch(`${world.urls.webhooks}/garmin/${options.token ?? GARMIN_PATH_TOKEN}/${options.type}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Garmin Health API',
      'garmin-client-id': options.clientId ?? GARMIN_CLIENT_ID,
    },
    body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body),
  });
