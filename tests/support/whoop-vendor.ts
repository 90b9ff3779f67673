import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** WHOOP as far as a journey needs it: the fixtures of its one fictional user, served as WHOOP would. */
export interface WhoopVendor {
  url: string;
  /** Requests so far, as `GET /path`. */
  requests: string[];
  /** While false, lists are empty: what is read then was named by a notification. */
  isListing: boolean;
  /** Records that are gone, by id. */
  deleted: Set<string>;
  /** Access tokens handed out before this call are refused from now on, as an hour later. */
  expireTokens(): void;
  /** null: nobody has revoked. Else the access token that did. */
  revokedWith: string | null;
  close(): Promise<void>;
}

export const WHOOP_SECRET = 'test_whoop_client_secret_a81d55e2';

interface RecordsPage {
  records: Record<string, unknown>[];
}

const recordsOf = (...names: string[]): Record<string, unknown>[] =>
  names.flatMap(
    (name) => (JSON.parse(readFileSync(`../shared/fixtures/whoop/${name}.json`, 'utf8')) as RecordsPage).records,
  );

/** Fewer than WHOOP's 25: the fixtures shall fill more than one page. */
const PAGE_SIZE = 10;

export async function startWhoopVendor(): Promise<WhoopVendor> {
  const sleeps = recordsOf('sleep_page1', 'sleep_page2');
  const recoveries = recordsOf('recovery_page1', 'recovery_page2');
  const workouts = recordsOf('workout_page');
  let generation = 1;
  const vendor: WhoopVendor = {
    url: '',
    requests: [],
    isListing: false,
    deleted: new Set(),
    expireTokens: () => (generation += 1),
    revokedWith: null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  const answer = (response: ServerResponse, status: number, body?: unknown): void => {
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(body === undefined ? '' : JSON.stringify(body));
  };

  function tokens(form: URLSearchParams): [number, unknown] {
    const isRefresh = form.get('grant_type') === 'refresh_token';
    const isOwed = form.get('client_secret') === WHOOP_SECRET && vendor.revokedWith === null;
    if (!isOwed || (isRefresh && form.get('refresh_token') !== `rt.${generation - 1}`)) {
      return [400, { error: 'invalid_grant' }];
    }
    const scope = isRefresh ? form.get('scope') : 'offline';
    if (scope !== 'offline') return [400, { error: 'invalid_scope' }];
    return [
      200,
      {
        token_type: 'bearer',
        access_token: `at.${generation}`,
        refresh_token: `rt.${generation}`,
        expires_in: 3600,
        scope: 'offline read:recovery read:sleep read:workout read:profile',
      },
    ];
  }

  function list(url: URL, records: Record<string, unknown>[], startOf: (record: Record<string, unknown>) => unknown) {
    const [from, to] = [url.searchParams.get('start') ?? '', url.searchParams.get('end') ?? '9'];
    const at = Number(url.searchParams.get('nextToken') ?? 0);
    const found = records.filter((record) => {
      const start = String(startOf(record));
      return vendor.isListing && start >= from && start < to && !vendor.deleted.has(String(record['id']));
    });
    const next = at + PAGE_SIZE;
    return { records: found.slice(at, next), ...(next < found.length ? { next_token: String(next) } : {}) };
  }

  const sleepOf = (recovery: Record<string, unknown>) => sleeps.find(({ id }) => id === recovery['sleep_id']);

  function read(url: URL): [number, unknown] {
    const path = url.pathname.replace('/developer', '');
    if (path === '/v2/user/profile/basic') return [200, { user_id: 27104913, first_name: 'Sam' }];
    if (path === '/v2/activity/sleep') return [200, list(url, sleeps, ({ start }) => start)];
    if (path === '/v2/recovery') return [200, list(url, recoveries, (recovery) => sleepOf(recovery)?.['start'])];
    if (path === '/v2/activity/workout') return [200, list(url, workouts, ({ start }) => start)];
    const [, kind, id = ''] = /^\/v2\/(activity\/sleep|activity\/workout|cycle)\/([^/]+)/.exec(path) ?? [];
    const records = { 'activity/sleep': sleeps, 'activity/workout': workouts, cycle: recoveries }[kind ?? ''];
    const field = kind === 'cycle' ? 'cycle_id' : 'id';
    const record = records?.find((one) => String(one[field]) === id && !vendor.deleted.has(id));
    return record ? [200, record] : [404, {}];
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://vendor');
    vendor.requests.push(`${request.method} ${url.pathname}`);
    let text = '';
    for await (const chunk of request) text += String(chunk);
    if (url.pathname === '/oauth/oauth2/token') return answer(response, ...tokens(new URLSearchParams(text)));
    const token = (request.headers.authorization ?? '').replace(/^bearer /i, '');
    if (token !== `at.${generation}`) return answer(response, 401, { error: 'Authorization was not valid' });
    if (request.method === 'DELETE' && url.pathname === '/developer/v2/user/access') {
      vendor.revokedWith = token;
      return answer(response, 204);
    }
    return answer(response, ...read(url));
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => answer(response, 500, { detail: String(error) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vendor.url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return vendor;
}

export const whoopEnv = ({ url }: WhoopVendor): Record<string, string> => ({
  WHOOP_CLIENT_ID: 'test_whoop_client_id',
  WHOOP_CLIENT_SECRET: WHOOP_SECRET,
  WHOOP_AUTHORIZE_URL: `${url}/oauth/oauth2/auth`,
  WHOOP_TOKEN_URL: `${url}/oauth/oauth2/token`,
  WHOOP_API_URL: `${url}/developer`,
});

/** A delivery as WHOOP signs it. */
export function signWhoop(event: object): { body: string; headers: Record<string, string> } {
  const body = JSON.stringify(event);
  const timestamp = String(Date.now());
  const signature = createHmac('sha256', WHOOP_SECRET)
    .update(timestamp + body)
    .digest('base64');
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-whoop-signature-timestamp': timestamp,
      'x-whoop-signature': signature,
    },
  };
}
