import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock, type Clock } from '#platform/clock';
import { sha256 } from '#platform/crypto';
import { openDatabase, type Database } from '#platform/database';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { createPayloadKeys } from '#platform/payload-keys';
import { createMetrics } from '#platform/telemetry';
import { createCounter } from '../limits/counter.ts';
import { createOura, ouraConfig } from '../providers/oura.ts';
import type { Vendor } from '../providers/provider.ts';
import { vendorsOf } from '../providers/registry.ts';
import { vendorWith } from '../providers/vendor.test-support.ts';
import { createWhoop, whoopConfig } from '../providers/whoop.ts';
import { createVault } from '../vault/vault.ts';
import { startVaults, twoVersions } from '../vault/vault.test-support.ts';
import { preparePartitions } from '../webhooks/partitions.ts';
import { storeDeliveries } from '../webhooks/store-deliveries.ts';
import { createOpenAccess } from '../asking/access.ts';
import { createAskProvider } from '../asking/ask-provider.ts';
import { createDeadLetters } from './dead-letters.ts';
import { createFetcher } from './fetch.ts';
import type { NotificationReference } from './load-notifications.ts';
import { createQuotas } from '../asking/quota.ts';

/** As many connections as a process of production has. */
const POOL_SIZE = 10;
const HOUR_MS = 3_600_000;

/** A vendor as a server: its tokens and its data, `hangs` takes every call and answers none. */
export interface VendorServer {
  mode: 'answers' | 'fails' | 'hangs';
  /** Calls that came, token calls included. */
  heard: number;
  refreshes: number;
  url: string;
  server: Server;
}

async function startServer(): Promise<VendorServer> {
  const state = { mode: 'answers' as VendorServer['mode'], heard: 0, refreshes: 0 };
  const server = createServer((request, response) => {
    request.resume();
    state.heard += 1;
    const isToken = request.url === '/token';
    if (isToken) state.refreshes += 1;
    if (state.mode === 'hangs') return;
    const body = isToken
      ? { access_token: newId(), refresh_token: newId(), token_type: 'bearer', expires_in: 3_600 }
      : { data: [], next_token: null };
    response
      .writeHead(state.mode === 'fails' ? 503 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(state, { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

export type TwoVendors = Awaited<ReturnType<typeof startTwoVendors>>;

/** The way from a stored notification to the answer of a vendor, with all that vendors share in a process. */
export async function startTwoVendors({ clock = systemClock }: { clock?: Clock } = {}) {
  const { before: rings } = twoVersions();
  const world = await startVaults([rings]);
  const log = createLogger({ name: 'test', level: 'silent' });
  const db: Database = await openDatabase({
    url: world.database.urlOf('connections'),
    schema: 'connections',
    name: 'test',
    entities: [],
    poolSize: POOL_SIZE,
    log,
  });
  const servers = { WHOOP: await startServer(), OURA: await startServer() };
  const vendors = vendorsOf([
    vendorWith(createWhoop, whoopConfig, {
      WHOOP_CLIENT_ID: 'id',
      WHOOP_CLIENT_SECRET: 'a secret of a test',
      WHOOP_TOKEN_URL: `${servers.WHOOP.url}/token`,
      WHOOP_API_URL: servers.WHOOP.url,
      WHOOP_QUOTA: '1000000/900',
    }),
    vendorWith(createOura, ouraConfig, {
      OURA_CLIENT_ID: 'id',
      OURA_CLIENT_SECRET: 'a secret of a test',
      OURA_VERIFICATION_TOKEN: 'a word of a test',
      OURA_TOKEN_URL: `${servers.OURA.url}/token`,
      OURA_API_URL: servers.OURA.url,
    }),
  ]);
  const vault = createVault({ db, ...rings, clock });
  const payloadKeys = createPayloadKeys({ ring: rings.payloadRing });
  const metrics = createMetrics();
  const quotas = createQuotas({ db, counter: createCounter({ db }), clock, log });
  const asking = createAskProvider({ quotas, clock, metrics, log });
  const openAccess = createOpenAccess({ db, vault, ask: asking.ask, clock, log });
  const unreached = (): Promise<never> => Promise.reject(new Error('nobody comes here in this test'));
  const fetcher = createFetcher({
    db,
    vendors,
    payloadKeys,
    openAccess,
    accountEvents: { settle: unreached },
    deadLetters: createDeadLetters({ db, announceLetters: () => Promise.resolve(), clock, metrics }),
    clock,
    log,
    coalesceMs: 0,
    onStored: () => undefined,
  });
  await preparePartitions({ db, clock });

  /** Links an athlete. `hasEnded`: its access token has, so that the first call asks for a new pair. */
  async function link(vendor: Vendor, { hasEnded = false } = {}) {
    const athleteId = await world.newAthlete();
    const connectionId = await world.newConnection(athleteId, { provider: vendor.provider });
    await world.database.query('update connections.provider_connection set granted_scopes = $2 where id = $1', [
      connectionId,
      vendor.data.resources.flatMap(({ scopes }) => scopes),
    ]);
    const accessExpiresAt = new Date(clock.now().getTime() + (hasEnded ? -1 : 1) * HOUR_MS);
    await vault.sealTokens(db, { connectionId, tokens: { accessToken: 'a', refreshToken: 'r', accessExpiresAt } });
    return { athleteId, connectionId };
  }

  /** Stores notifications of one link, each about a night of its own, as received `ageMs` ago. */
  async function notify(
    vendor: Vendor,
    { athleteId, connectionId }: { athleteId: string; connectionId: string },
    { count = 1, ageMs = 0 } = {},
  ): Promise<NotificationReference[]> {
    const key = await vault.payloadKeyOf(athleteId);
    payloadKeys.remember(key);
    const receivedAt = new Date(clock.now().getTime() - ageMs);
    const { references } = await storeDeliveries(db, {
      payloadKeys,
      deliveries: Array.from({ length: count }, () => ({
        provider: vendor.provider,
        domain: 'notification',
        athleteId,
        connectionId,
        keyId: key.id,
        deliveryKey: sha256(newId()),
        body: bodyOf(vendor),
        sourceUpdatedAt: receivedAt,
        receivedAt,
        provenance: 'signed' as const,
      })),
    });
    return references.map(({ id, receivedOn }) => ({ id, receivedOn }));
  }

  return {
    ...{ database: world.database, db, vault, payloadKeys, vendors, servers, quotas, openAccess, fetcher },
    ...{ ask: asking.ask, hangUp: asking.close, metrics, log, link, notify },
    whoop: vendors.of('WHOOP'),
    oura: vendors.of('OURA'),
    async decrypts(): Promise<number> {
      const [row] = await world.database.query<{ count: number }>(
        `select count(*)::int as count from audit.entry where action = 'DECRYPT'`,
      );
      return row?.count ?? 0;
    },
    async close(): Promise<void> {
      await asking.close();
      for (const { server } of Object.values(servers)) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      await db.close();
      await world.database.drop();
    },
  };
}

function bodyOf({ provider }: Vendor): Buffer {
  const body =
    provider === 'WHOOP'
      ? { user_id: 1, id: newId(), type: 'sleep.updated', trace_id: newId() }
      : {
          event_type: 'update',
          data_type: 'sleep',
          object_id: newId(),
          event_time: '2026-11-20T05:02:30+00:00',
          user_id: 'user-1',
        };
  return Buffer.from(JSON.stringify(body));
}
