import { createServer } from 'node:http';
import { sha256 } from '#platform/crypto';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { createPayloadKeys, type PayloadKeys } from '#platform/payload-keys';
import type { Provider } from '#platform/signals';
import { createMetrics } from '#platform/telemetry';
import { startPeople, type People } from '../accounts/people.test-support.ts';
import { createCounter } from '../limits/counter.ts';
import { createGarmin, garminConfig } from '../providers/garmin.ts';
import { vendorsOf } from '../providers/registry.ts';
import { createStrava, stravaConfig } from '../providers/strava.ts';
import { vendorWith } from '../providers/vendor.test-support.ts';
import { createOpenAccess } from '../asking/access.ts';
import { createAskProvider } from '../asking/ask-provider.ts';
import { createDeadLetters } from '../fetching/dead-letters.ts';
import { createFetcher, type Fetcher } from '../fetching/fetch.ts';
import { createQuotas } from '../asking/quota.ts';
import { preparePartitions } from '../webhooks/partitions.ts';
import { storeDeliveries } from '../webhooks/store-deliveries.ts';
import { createAccountEvents } from './account-events.ts';

const HOUR_MS = 3_600_000;
const log = createLogger({ name: 'test', level: 'silent' });

/** The vendors' side: with a grant that lives every call is answered, else every token is refused. */
let isGrantAlive = false;
let permissions: string[];
const vendorServer = createServer((request, response) => {
  const isTokenCall = request.url === '/token';
  if (isGrantAlive) response.writeHead(200).end(JSON.stringify({ permissions }));
  else response.writeHead(isTokenCall ? 400 : 401).end('{"error":"invalid_grant"}');
});

let people: People;
let payloadKeys: PayloadKeys;
let fetcher: Fetcher;
let hangUp: () => Promise<void>;
let forgotten: string[] = [];

beforeAll(async () => {
  people = await startPeople();
  await new Promise<void>((resolve) => vendorServer.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(vendorServer.address() as { port: number }).port}`;
  const { db, vault, clock } = people;
  const vendors = vendorsOf([
    vendorWith(createGarmin, garminConfig, {
      GARMIN_CLIENT_ID: 'test-garmin-client-id',
      GARMIN_CLIENT_SECRET: 'test_garmin_client_secret',
      GARMIN_PATH_TOKEN: 'a-path-token-of-garmin',
      GARMIN_TOKEN_URL: `${url}/token`,
      GARMIN_USER_URL: url,
    }),
    vendorWith(createStrava, stravaConfig, {
      STRAVA_CLIENT_ID: '123456',
      STRAVA_CLIENT_SECRET: 'test_strava_client_secret',
      STRAVA_PATH_TOKEN: 'a-path-token-of-strava',
      STRAVA_VERIFICATION_TOKEN: 'test_strava_verify_token',
      STRAVA_TOKEN_URL: `${url}/token`,
      STRAVA_API_URL: url,
    }),
  ]);
  payloadKeys = createPayloadKeys({ ring: people.payloadRing });
  const metrics = createMetrics();
  const quotas = createQuotas({ db, counter: createCounter({ db }), clock, log });
  const provider = createAskProvider({ quotas, clock, metrics, log });
  hangUp = provider.close;
  const openAccess = createOpenAccess({ db, vault, ask: provider.ask, clock, log });
  const onEnded = ({ providerUserId }: { providerUserId: string }): void => void forgotten.push(providerUserId);
  const announceLetters = () => Promise.reject(new Error('nothing is set aside here'));
  fetcher = createFetcher({
    ...{ db, vendors, payloadKeys, openAccess, clock, log },
    accountEvents: createAccountEvents({ db, vault, openAccess, clock, log, onEnded }),
    deadLetters: createDeadLetters({ db, announceLetters, clock, metrics }),
    coalesceMs: 0,
    onStored: () => undefined,
  });
  await preparePartitions(people);
});
afterAll(async () => {
  await hangUp();
  await new Promise((resolve) => vendorServer.close(resolve));
  await people.stop();
});
beforeEach(() => {
  forgotten = [];
  permissions = ['HEALTH_EXPORT'];
});

/** What the vendor sends when a person has taken our access away, as intake stores it. */
const EVENTS = {
  GARMIN: (userId: string) => ({ deregistrations: [{ userId }] }),
  STRAVA: (userId: string) => ({
    aspect_type: 'update',
    event_time: 1_767_225_600,
    object_id: Number(userId),
    object_type: 'athlete',
    owner_id: Number(userId),
    subscription_id: 1,
    updates: { authorized: 'false' },
  }),
} satisfies Partial<Record<Provider, unknown>>;

let users = 40_000;

/** A link whose grant was found dead, with the tokens it had. */
async function lost(provider: keyof typeof EVENTS) {
  const athlete = await people.athlete();
  const [connectionId, userId] = [newId(), String((users += 1))];
  await people.database.query(
    `insert into connections.provider_connection
            (id, athlete_id, provider, provider_user_id, state, state_reason, granted_scopes, linked_at)
     values ($1, $2, $3, $4, 'NEEDS_RECONNECT', 'Link it again.', '{activity:read_all}', now())`,
    [connectionId, athlete.athleteId, provider, userId],
  );
  const accessExpiresAt = new Date(Date.now() + HOUR_MS);
  const tokens = { accessToken: 'at', refreshToken: 'rt', accessExpiresAt };
  await people.vault.sealTokens(people.db, { connectionId, tokens });
  return { provider, athleteId: athlete.athleteId, connectionId, userId };
}

/** Hands a notification to the fetcher. What the ledger says of it then. */
async function push(link: Awaited<ReturnType<typeof lost>>, event: object): Promise<string | undefined> {
  const { provider, athleteId, connectionId } = link;
  const key = await people.vault.payloadKeyOf(athleteId);
  payloadKeys.remember(key);
  const now = people.clock.now();
  const { references } = await storeDeliveries(people.db, {
    payloadKeys,
    deliveries: [
      {
        ...{ provider, athleteId, connectionId, keyId: key.id, receivedAt: now, sourceUpdatedAt: now },
        domain: 'notification',
        deliveryKey: sha256(newId()),
        body: Buffer.from(JSON.stringify(event)),
        provenance: 'unsigned',
      },
    ],
  });
  expect(references).toHaveLength(1);
  expect(await fetcher.handle(references)).toBe('done');
  const [entry] = await people.database.query<{ outcome: string }>(
    'select outcome from connections.fetched_notification where delivery_id = $1',
    [references[0]?.id],
  );
  return entry?.outcome;
}

async function standing({ connectionId }: { connectionId: string }) {
  const [row] = await people.database.query<{ state: string; reason: string | null; tokens: number }>(
    `select state, state_reason as reason,
            (select count(*)::int from connections.sealed_token t where t.connection_id = c.id) as tokens
       from connections.provider_connection c where id = $1`,
    [connectionId],
  );
  return row;
}

describe.each(['GARMIN', 'STRAVA'] as const)('a link of %s whose grant was found dead', (provider) => {
  test('is ended, and its tokens destroyed, when the vendor says that access was taken away', async () => {
    isGrantAlive = false;
    const link = await lost(provider);
    expect(await push(link, EVENTS[provider](link.userId))).toBe('deauthorised');
    expect(await standing(link)).toMatchObject({
      state: 'REVOKED',
      reason: expect.stringMatching(/^Access was taken away at /),
      tokens: 0,
    });
    expect(forgotten).toEqual([link.userId]);
    expect(await push(link, EVENTS[provider](link.userId))).toBe('not_linked');
  });

  test('stays as it is when the vendor still serves it: anybody can send such a word', async () => {
    isGrantAlive = true;
    const link = await lost(provider);
    expect(await push(link, EVENTS[provider](link.userId))).toBe('not_confirmed');
    expect(await standing(link)).toEqual({ state: 'NEEDS_RECONNECT', reason: 'Link it again.', tokens: 1 });
  });
});

test('a record of a link whose grant was found dead is not asked for', async () => {
  isGrantAlive = true;
  const link = await lost('STRAVA');
  const { updates: _, ...event } = EVENTS.STRAVA(link.userId);
  const created = { ...event, object_type: 'activity', aspect_type: 'create', object_id: 12_345 };
  expect(await push(link, created)).toBe('needs_reconnect');
});

test('changed permissions say nothing about a grant that was found dead', async () => {
  isGrantAlive = true;
  const link = await lost('GARMIN');
  expect(await push(link, { user_permissions_change: [{ userId: link.userId, permissions: [] }] })).toBe(
    'permissions_read',
  );
  expect(await standing(link)).toEqual({ state: 'NEEDS_RECONNECT', reason: 'Link it again.', tokens: 1 });
});

test('workouts are heard from when they are granted until they are taken back, and then anew', async () => {
  isGrantAlive = true;
  const link = await lost('GARMIN');
  await people.database.query(`update connections.provider_connection set state = 'ACTIVE' where id = $1`, [
    link.connectionId,
  ]);
  /** What the person leaves switched on, a minute after the last time; answers the minutes of the span since now. */
  const startMs = people.clock.now().getTime();
  const minutesSince = (at: Date | null): number | null => at && Math.round((at.getTime() - startMs) / 60_000);
  const grants = async (...granted: string[]) => {
    people.moveClock(60_000);
    permissions = granted;
    await push(link, { user_permissions_change: [{ userId: link.userId, permissions: [] }] });
    const [span] = await people.database.query<{ since: Date; until: Date | null }>(
      'select since, until from connections.source_span_v1 where athlete_id = $1',
      [link.athleteId],
    );
    return span && [minutesSince(span.since), minutesSince(span.until)];
  };
  expect(await grants('HEALTH_EXPORT')).toBeUndefined();
  expect(await grants('HEALTH_EXPORT', 'ACTIVITY_EXPORT')).toEqual([2, null]);
  expect(await grants('ACTIVITY_EXPORT')).toEqual([2, null]);
  expect(await grants('HEALTH_EXPORT')).toEqual([2, 4]);
  expect(await grants('MCT_EXPORT')).toEqual([2, 4]);
  expect(await grants('ACTIVITY_EXPORT')).toEqual([6, null]);
});
