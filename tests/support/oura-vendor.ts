import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { beginLink, comeBack, type AskAsAthlete } from '../../embedded/consent-walk.ts';
import type { Person } from './people.ts';
import type { World } from './world.ts';

/** Oura as far as a journey needs it: serves the documents a test puts in, for the user a code names. */
export interface OuraVendor {
  url: string;
  /** `sleep/abc` → document. */
  documents: Map<string, object>;
  /** `sleep/abc` → the only user who gets it; a document without an entry is everybody's. */
  owners: Map<string, string>;
  /** Requests so far, as `GET /path`. */
  requests: string[];
  /** Documents of one page of a list. */
  pageSize: number;
  /** Comes before each page of a list is answered, with its address (path and query). */
  beforePage: (address: string) => Promise<void>;
  /** What the next person to consent grants. */
  scope: string;
  /** While true, every token call is answered as for a code that is used up. */
  refusesCodes: boolean;
  /** What revoke calls are answered with. */
  revokeStatus: number;
  /** The access tokens that revoked a grant. */
  revokedWith: string[];
  /** While set, every data request is answered with this status. */
  failWith: number | null;
  /** Access tokens handed out before this call are refused from now on. */
  expireTokens(): void;
  close(): Promise<void>;
}

export const OURA_SECRET = 'test_oura_client_secret_3f9c0b7e';

export async function startOuraVendor(): Promise<OuraVendor> {
  let generation = 0;
  const vendor: OuraVendor = {
    url: '',
    documents: new Map(),
    owners: new Map(),
    requests: [],
    pageSize: Infinity,
    beforePage: async () => undefined,
    scope: 'email personal daily heartrate workout session spo2Daily',
    refusesCodes: false,
    revokeStatus: 200,
    revokedWith: [],
    failWith: null,
    expireTokens: () => (generation += 1),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  const isTheirs = (key: string, user: string | undefined): boolean => (vendor.owners.get(key) ?? user) === user;

  function answer(response: ServerResponse, status: number, body: unknown): void {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://vendor');
    vendor.requests.push(`${request.method} ${url.pathname}`);
    let text = '';
    for await (const chunk of request) text += String(chunk);
    if (url.pathname === '/oauth/token') {
      if (vendor.refusesCodes) return answer(response, 400, { error: 'invalid_grant' });
      const form = new URLSearchParams(text);
      const user = (form.get('code') ?? form.get('refresh_token') ?? '').split('.')[0];
      return answer(response, 200, {
        token_type: 'bearer',
        access_token: `${user}.at.${generation}`,
        refresh_token: `${user}.rt.${generation}`,
        expires_in: 86_400,
        scope: vendor.scope,
      });
    }
    if (url.pathname === '/v2/webhook/subscription') {
      if (request.method === 'GET') return answer(response, 200, []);
      const asked = JSON.parse(text) as object;
      return answer(response, 201, {
        ...asked,
        id: `${vendor.requests.length}`,
        expiration_time: '2099-01-01T00:00:00',
      });
    }
    if (url.pathname === '/oauth/revoke') {
      const revoked = url.searchParams.get('access_token');
      if (vendor.revokeStatus === 200 && revoked !== null) vendor.revokedWith.push(revoked);
      return answer(response, vendor.revokeStatus, {});
    }
    const token = (request.headers.authorization ?? '').replace(/^bearer /i, '');
    const [user, , tokenGeneration] = token.split('.');
    if (tokenGeneration !== String(generation)) return answer(response, 401, { status: 401, title: 'Unauthorized' });
    if (vendor.failWith !== null) return answer(response, vendor.failWith, { detail: 'not now' });
    if (url.pathname.endsWith('/personal_info')) return answer(response, 200, { id: user });
    const [type, id] = url.pathname.replace('/v2/usercollection/', '').split('/');
    if (id === undefined) {
      const data = [...vendor.documents]
        .filter(([key]) => key.startsWith(`${type}/`) && isTheirs(key, user))
        .map(([, document]) => document);
      await vendor.beforePage(url.pathname + url.search);
      const from = Number(url.searchParams.get('next_token') ?? 0);
      const end = from + vendor.pageSize;
      return answer(response, 200, {
        data: data.slice(from, end),
        next_token: end < data.length ? String(end) : null,
      });
    }
    const document = vendor.documents.get(`${type}/${id}`);
    return document && isTheirs(`${type}/${id}`, user)
      ? answer(response, 200, document)
      : answer(response, 404, { detail: 'Not found' });
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => answer(response, 500, { detail: String(error) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vendor.url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return vendor;
}

/** What a world needs to talk to this vendor instead of the simulator. */
export const vendorEnv = (vendor: OuraVendor): Record<string, string> => ({
  OURA_CLIENT_ID: 'test_oura_client_id',
  OURA_CLIENT_SECRET: OURA_SECRET,
  OURA_VERIFICATION_TOKEN: 'test_oura_verification_token',
  OURA_AUTHORIZE_URL: `${vendor.url}/oauth/authorize`,
  OURA_TOKEN_URL: `${vendor.url}/oauth/token`,
  OURA_REVOKE_URL: `${vendor.url}/oauth/revoke`,
  OURA_API_URL: vendor.url,
});

/** Links a vendor's user to the athlete: our authorization url, the callback a browser would be sent to, the athlete's word. */
export async function linkVendorUser(
  world: World,
  { athlete, userId, provider = 'OURA' }: { athlete: Person; userId: string; provider?: string },
): Promise<void> {
  const ask: AskAsAthlete = (query, variables) => world.ask(query, variables, athlete.token);
  await comeBack({ ask, callback: callbackOf(await beginLink({ ask, provider }), userId) });
}

/** Where a consent page would send the browser of that user. */
export function callbackOf(page: URL, userId: string): URL {
  const callback = new URL(page.searchParams.get('redirect_uri') ?? '');
  callback.searchParams.set('code', `${userId}.code`);
  callback.searchParams.set('state', page.searchParams.get('state') ?? '');
  return callback;
}

export interface SignedDelivery {
  body: string;
  headers: Record<string, string>;
}

/** A delivery as Oura signs it: upper-case hex over timestamp and body. */
export function signDelivery(event: object | string, options: { secret?: string; at?: Date } = {}): SignedDelivery {
  const body = typeof event === 'string' ? event : JSON.stringify(event);
  const timestamp = String(Math.floor((options.at ?? new Date()).getTime() / 1000));
  const signature = createHmac('sha256', options.secret ?? OURA_SECRET)
    .update(timestamp + body)
    .digest('hex')
    .toUpperCase();
  return {
    body,
    headers: { 'content-type': 'application/json', 'x-oura-timestamp': timestamp, 'x-oura-signature': signature },
  };
}

export const deliver = (world: World, delivery: SignedDelivery): Promise<Response> =>
  fetch(`${world.urls.webhooks}/oura`, { method: 'POST', body: delivery.body, headers: delivery.headers });

const DAY_MS = 86_400_000;

/** A plain long sleep that ended at 06:38 Helsinki time on that day. */
export function sleepDocument(options: {
  id: string;
  day: string;
  hrvMs?: number;
  restingBpm?: number;
  asleepMin?: number;
}): object {
  const asleepS = (options.asleepMin ?? 463) * 60;
  const eve = new Date(Date.parse(options.day) - DAY_MS).toISOString().slice(0, 10);
  // Early in the day (UTC) a night of today is over further east only, and nothing of the future is taken.
  const offset = Date.parse(`${options.day}T06:38:00+02:00`) < Date.now() ? '+02:00' : '+14:00';
  return {
    id: options.id,
    day: options.day,
    type: 'long_sleep',
    bedtime_start: `${eve}T22:25:00.000${offset}`,
    bedtime_end: `${options.day}T06:38:00.000${offset}`,
    time_in_bed: 29_580,
    total_sleep_duration: asleepS,
    awake_time: 29_580 - asleepS,
    latency: 990,
    efficiency: 94,
    deep_sleep_duration: 5_940,
    light_sleep_duration: asleepS - 5_940 - 9_690,
    rem_sleep_duration: 9_690,
    average_hrv: options.hrvMs ?? 51,
    average_heart_rate: 54.22,
    lowest_heart_rate: options.restingBpm ?? 49,
    average_breath: 14.4,
    low_battery_alert: false,
    period: 0,
    restless_periods: 242,
  };
}

export const sleepEvent = (options: { userId: string; objectId: string; type?: string; time?: string }): object => ({
  event_type: options.type ?? 'create',
  data_type: 'sleep',
  object_id: options.objectId,
  event_time: options.time ?? new Date().toISOString(),
  user_id: options.userId,
});
