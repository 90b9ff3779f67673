import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '#platform/clock';
import { createLogger } from '#platform/log';
import { createMetrics } from '#platform/telemetry';
import { createCounter } from '../limits/counter.ts';
import { createOura, ouraConfig } from '../providers/oura.ts';
import type { Vendor } from '../providers/provider.ts';
import { vendorWith } from '../providers/vendor.test-support.ts';
import { startVaults, twoVersions, type VaultWorld } from '../vault/vault.test-support.ts';
import { createOpenAccess, NeedsReconnect, type OpenAccess } from './access.ts';
import { createAskProvider } from './ask-provider.ts';
import { createQuotas } from './quota.ts';

const ANSWERS_AFTER_MS = 50;

/** A vendor that takes the newest tokens only: a refresh token works once, an access token until the next pair. */
interface VendorServer {
  server: Server;
  url: string;
  valid: { access: string; refresh: string };
  refreshes: string[];
  reads: string[];
}

let world: VaultWorld;
let vendorServer: VendorServer;
let vendor: Vendor;
/** Two replicas: each with a vault on a pool of its own. */
let replicas: OpenAccess[];
const hangUps: (() => Promise<void>)[] = [];

async function startVendor(): Promise<VendorServer> {
  const state: Omit<VendorServer, 'server' | 'url'> = { valid: { access: '', refresh: '' }, refreshes: [], reads: [] };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const answer = request.url === '/token' ? exchange(body) : read(request.headers.authorization);
      setTimeout(() => {
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
      }, ANSWERS_AFTER_MS);
    });
  });
  function exchange(body: string): { status: number; body: object } {
    const given = new URLSearchParams(body).get('refresh_token') ?? '';
    state.refreshes.push(given);
    if (given !== state.valid.refresh) return { status: 400, body: { error: 'invalid_grant' } };
    const next = state.refreshes.length + 1;
    state.valid = { access: `access-${next}`, refresh: `refresh-${next}` };
    const { access: access_token, refresh: refresh_token } = state.valid;
    return { status: 200, body: { access_token, refresh_token, token_type: 'bearer', expires_in: 3_600 } };
  }
  function read(authorization = ''): { status: number; body: object } {
    state.reads.push(authorization);
    return { status: authorization === `Bearer ${state.valid.access}` ? 200 : 401, body: {} };
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(state, { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

beforeAll(async () => {
  const { before } = twoVersions();
  world = await startVaults([before, before]);
  vendorServer = await startVendor();
  const { url } = vendorServer;
  vendor = vendorWith(createOura, ouraConfig, {
    OURA_CLIENT_ID: 'id',
    OURA_CLIENT_SECRET: 'a secret of a test',
    OURA_VERIFICATION_TOKEN: 'a word of a test',
    OURA_TOKEN_URL: `${url}/token`,
    OURA_API_URL: url,
  });
  const log = createLogger({ name: 'test', level: 'silent' });
  replicas = world.replicas.map(({ db, vault }) => {
    const quotas = createQuotas({ db, counter: createCounter({ db }), clock: systemClock, log });
    const { ask, close } = createAskProvider({ quotas, clock: systemClock, metrics: createMetrics(), log });
    hangUps.push(close);
    return createOpenAccess({ db, vault, ask, clock: systemClock, log });
  });
});
afterAll(async () => {
  for (const hangUp of hangUps) await hangUp();
  await new Promise((resolve) => vendorServer?.server.close(resolve));
  await world?.database.drop();
});

/** A link whose access token ends at `expiresAt`; the vendor takes it unless `isRefused`. */
async function linked({ expiresAt = new Date(Date.now() + 3_600_000), isRefused = false } = {}): Promise<string> {
  vendorServer.refreshes.length = 0;
  vendorServer.reads.length = 0;
  vendorServer.valid = { access: isRefused ? 'another' : 'access-1', refresh: 'refresh-1' };
  const connectionId = await world.newConnection(await world.newAthlete());
  const [{ db, vault }] = world.replicas as [VaultWorld['replicas'][number]];
  const tokens = { accessToken: 'access-1', refreshToken: 'refresh-1', accessExpiresAt: expiresAt };
  await vault.sealTokens(db, { connectionId, tokens });
  return connectionId;
}

const readOn = async (replica: number, connectionId: string): Promise<number> => {
  const openAccess = replicas[replica % replicas.length] as OpenAccess;
  const access = openAccess({ vendor, connectionId, purpose: 'test' });
  return (await access({ method: 'GET', url: `${vendorServer.url}/sleep` })).status;
};

const stateOf = async (connectionId: string): Promise<string | undefined> => {
  const [row] = await world.database.query<{ state: string }>(
    'select state from connections.provider_connection where id = $1',
    [connectionId],
  );
  return row?.state;
};

test.each([
  ['an expired token', { expiresAt: new Date(Date.now() - 1_000) }],
  ['a token that the provider does not take', { isRefused: true }],
])('twenty reads with %s on two replicas refresh it once', async (_name, token) => {
  const connectionId = await linked(token);
  const statuses = await Promise.all(Array.from({ length: 20 }, (_, n) => readOn(n, connectionId)));
  expect(statuses).toEqual(Array.from({ length: 20 }, () => 200));
  expect(vendorServer.refreshes).toEqual(['refresh-1']);
  expect(await stateOf(connectionId)).toBe('ACTIVE');
});

test('a dead grant is the athlete’s to mend, and is said so', async () => {
  const connectionId = await linked({ isRefused: true });
  vendorServer.valid = { access: 'another', refresh: 'another' };
  await expect(readOn(0, connectionId)).rejects.toBeInstanceOf(NeedsReconnect);
  expect(await stateOf(connectionId)).toBe('NEEDS_RECONNECT');
});

test('who linked again while the old grant was found dead stays linked', async () => {
  const connectionId = await linked({ isRefused: true });
  const [{ db, vault }] = world.replicas as [VaultWorld['replicas'][number]];
  const tokens = { accessToken: 'new', refreshToken: 'new', accessExpiresAt: new Date(Date.now() + 3_600_000) };
  // Renewed, and refused all the same: the new link comes between the two.
  const openAccess = replicas[0] as OpenAccess;
  const access = openAccess({ vendor, connectionId, purpose: 'test' });
  const reading = access({ method: 'GET', url: `${vendorServer.url}/sleep` });
  while (vendorServer.refreshes.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  vendorServer.valid = { access: 'new', refresh: 'new' };
  await vault.sealTokens(db, { connectionId, tokens });
  await expect(reading).rejects.toBeInstanceOf(NeedsReconnect);
  expect(await stateOf(connectionId)).toBe('ACTIVE');
  expect(await readOn(1, connectionId)).toBe(200);
});
