import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createKeyRing } from '#platform/crypto';
import type { Database } from '#platform/database';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { createMetrics } from '#platform/telemetry';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { createGarmin, garminConfig } from '../providers/garmin.ts';
import type { Vendor } from '../providers/provider.ts';
import { vendorWith } from '../providers/vendor.test-support.ts';
import { createVault, type Vault } from '../vault/vault.ts';
import { createOpenAccess, type OpenAccess } from '../asking/access.ts';
import { createAskProvider } from '../asking/ask-provider.ts';
import { keepGrantsOf } from './keep-grants.ts';

const DAY_MS = 86_400_000;
const log = createLogger({ name: 'test', level: 'silent' });
let nowMs = Date.parse('2026-11-16T09:00:00Z');
const clock = { now: () => new Date(nowMs) };
let database: TestDatabase;
let db: Database;
let vault: Vault;
let openAccess: OpenAccess;
let asking: ReturnType<typeof createAskProvider>;
let server: Server;
let vendor: Vendor;
/** `POST /token refresh-1`, `GET /user/id access-2`, in the order they came. */
let requests: string[] = [];
/** What the token call answers. */
let tokenStatus = 200;

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('connections');
  const ring = (purpose: 'token' | 'payload') => createKeyRing({ purpose, roots: new Map([[1, randomBytes(32)]]) });
  vault = createVault({ db, tokenRing: ring('token'), payloadRing: ring('payload'), clock });
  server = createServer((request, response) => {
    void (async () => {
      let form = '';
      for await (const chunk of request) form += String(chunk);
      const token = new URLSearchParams(form).get('refresh_token') ?? request.headers.authorization;
      requests.push(`${request.method} ${request.url} ${token}`);
      const isToken = request.url === '/token';
      const answer = isToken
        ? tokenStatus === 200
          ? { access_token: 'access-2', refresh_token: 'refresh-2', token_type: 'bearer', expires_in: 86_400 }
          : { error: 'invalid_grant' }
        : { userId: 'u' };
      response
        .writeHead(isToken ? tokenStatus : 200, { 'content-type': 'application/json' })
        .end(JSON.stringify(answer));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vendor = vendorWith(createGarmin, garminConfig, {
    GARMIN_CLIENT_ID: 'id',
    GARMIN_CLIENT_SECRET: 'the client secret',
    GARMIN_PATH_TOKEN: 'a-path-token-of-a-test',
    GARMIN_TOKEN_URL: `${url}/token`,
    GARMIN_USER_URL: `${url}/user`,
  });
  const quotas = { take: () => Promise.resolve(null), pause: () => Promise.resolve() };
  asking = createAskProvider({ quotas, clock, metrics: createMetrics(), log });
  openAccess = createOpenAccess({ db, vault, ask: asking.ask, clock, log });
});
afterAll(async () => {
  await asking.close();
  await new Promise((resolve) => server.close(resolve));
  await database.drop();
});
beforeEach(async () => {
  requests = [];
  tokenStatus = 200;
  await database.query('truncate connections.account, connections.athlete cascade');
});

async function link({ restingDays, state = 'ACTIVE' }: { restingDays: number; state?: string }): Promise<string> {
  const [account, athlete, connection] = [newId(), newId(), newId()];
  await database.query(`insert into connections.account values ($1, $2, 'x', 'A', 'ATHLETE', now())`, [
    account,
    `${account}@example.com`,
  ]);
  await database.query(
    `insert into connections.athlete (id, account_id, display_name, time_zone) values ($1, $2, 'A', 'UTC')`,
    [athlete, account],
  );
  await vault.createAthleteKeys(db, athlete);
  await database.query(
    `insert into connections.provider_connection (id, athlete_id, provider, provider_user_id, state, granted_scopes, linked_at)
     values ($1, $2, 'GARMIN', $3, $4, '{}', now())`,
    [connection, athlete, `user-${connection}`, state],
  );
  const today = nowMs;
  nowMs -= restingDays * DAY_MS;
  const accessExpiresAt = new Date(nowMs + DAY_MS);
  await vault.sealTokens(db, {
    connectionId: connection,
    tokens: { accessToken: 'access-1', refreshToken: 'refresh-1', accessExpiresAt },
  });
  nowMs = today;
  return connection;
}

const keep = () => keepGrantsOf(vendor, { db, openAccess, clock, log });

test('a grant that rests for 25 days is refreshed once, and not again', async () => {
  const connectionId = await link({ restingDays: 26 });
  await link({ restingDays: 24 });
  await link({ restingDays: 80, state: 'NEEDS_RECONNECT' });
  expect(await keep()).toBe(1);
  expect(requests).toEqual(['POST /token refresh-1', 'GET /user/id Bearer access-2']);
  expect(await vault.openAccessToken({ connectionId, purpose: 'test' })).toMatchObject({ accessToken: 'access-2' });
  expect(await keep()).toBe(0);
});

test('by two replicas at once as well: one refresh', async () => {
  await link({ restingDays: 26 });
  await Promise.all([keep(), keep()]);
  expect(requests.filter((request) => request.startsWith('POST'))).toHaveLength(1);
});

test('a grant that has lapsed asks for a new link, and holds up no other', async () => {
  const connectionId = await link({ restingDays: 91 });
  tokenStatus = 400;
  expect(await keep()).toBe(0);
  const [row] = await database.query<{ state: string }>(
    'select state from connections.provider_connection where id = $1',
    [connectionId],
  );
  expect(row?.state).toBe('NEEDS_RECONNECT');
  tokenStatus = 200;
  await link({ restingDays: 30 });
  expect(await keep()).toBe(1);
});

test('a provider that is away is asked another time', async () => {
  await link({ restingDays: 30 });
  tokenStatus = 503;
  expect(await keep()).toBe(0);
  tokenStatus = 200;
  expect(await keep()).toBe(1);
});

test('providers whose grants do not lapse are left alone', async () => {
  await link({ restingDays: 300 });
  const { refreshEveryDays: _, ...oauth } = vendor.oauth;
  expect(await keepGrantsOf({ ...vendor, oauth }, { db, openAccess, clock, log })).toBe(0);
});
