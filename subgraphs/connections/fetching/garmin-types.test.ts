import { keyObject, newDataKey } from '#platform/crypto';
import { createLogger } from '#platform/log';
import { newId } from '#platform/ids';
import { createMetrics } from '#platform/telemetry';
import { openStores, type Recipient, type Stores } from '../archive/archive.test-support.ts';
import { createGarmin, garminConfig } from '../providers/garmin.ts';
import type { AskAsAthlete } from '../providers/provider.ts';
import { vendorsOf } from '../providers/registry.ts';
import { answering, vendorWith } from '../providers/vendor.test-support.ts';
import { createIntake, type Intake } from '../webhooks/accept.ts';
import { preparePartitions } from '../webhooks/partitions.ts';
import { createRecipients } from '../webhooks/recipients.ts';
import type { Reference } from '../webhooks/relay.ts';
import { createDeadLetters } from './dead-letters.ts';
import { createFetcher } from './fetch.ts';

/** Garmin's names of the types, and ours. */
const TYPES: readonly [string, string][] = [
  ['dailies', 'dailies'],
  ['epochs', 'epochs'],
  ['sleeps', 'sleeps'],
  ['bodyComps', 'body_comps'],
  ['stressDetails', 'stress_details'],
  ['userMetrics', 'user_metrics'],
  ['pulseox', 'pulseox'],
  ['allDayRespiration', 'all_day_respiration'],
  ['healthSnapshot', 'health_snapshot'],
  ['hrv', 'hrv'],
  ['bloodPressures', 'blood_pressures'],
  ['skinTemp', 'skin_temp'],
  ['activities', 'activities'],
  ['activityDetails', 'activity_details'],
  ['activityFiles', 'activity_files'],
  ['manuallyUpdatedActivities', 'manually_updated_activities'],
  ['moveIQActivities', 'move_iq_activities'],
  ['mct', 'mct'],
];
/** Not of Garmin's list: archived all the same, however it comes. */
const UNKNOWN: [string, string] = ['newThings', 'new_things'];

const USER = 'garmin-user-1';
const API = 'https://apis.garmin.com/wellness-api/rest';
const clock = { now: () => new Date('2026-11-20T10:00:00Z') };
const log = createLogger({ name: 'test', level: 'silent' });
const garmin = vendorWith(createGarmin, garminConfig, {
  GARMIN_CLIENT_ID: 'id',
  GARMIN_CLIENT_SECRET: 'the client secret',
  GARMIN_PATH_TOKEN: 'a-path-token-of-a-test',
});
const vendors = vendorsOf([garmin]);

let stores: Stores;
let intake: Intake;
let athlete: Recipient;
let stored: Reference[] = [];

beforeAll(async () => {
  stores = await openStores();
  athlete = await stores.newAthlete();
  await preparePartitions({ db: stores.db, clock });
  await stores.database.query(
    `insert into connections.provider_connection (id, athlete_id, provider, provider_user_id, state, granted_scopes, linked_at)
     values ($1, $2, 'GARMIN', $3, 'ACTIVE', '{HEALTH_EXPORT,ACTIVITY_EXPORT,MCT_EXPORT}', $4)`,
    [newId(), athlete.athleteId, USER, clock.now()],
  );
  intake = createIntake({
    ...stores,
    db: stores.db.prepared,
    vendors,
    spool: null,
    recipients: createRecipients({ ...stores, clock }),
    intakeKey: { id: newId(), key: keyObject(newDataKey()) },
    clock,
    metrics: createMetrics(),
    log,
    onStored: (references) => stored.push(...references),
    announceLetters: () => Promise.resolve(),
  });
});
afterAll(async () => {
  await intake?.close();
  await stores?.close();
});
beforeEach(async () => {
  stored = [];
  await stores.database.query(
    'truncate connections.delivery, connections.delivery_key, connections.fetched_notification cascade',
  );
});

const receive = (body: object): Promise<unknown> => {
  const rawBody = Buffer.from(JSON.stringify(body));
  return intake.accept({
    vendor: garmin,
    rawBody,
    parsed: garmin.webhook.parse(rawBody),
    provenance: 'unsigned',
    signedAt: '',
  });
};

function follow(ask: AskAsAthlete): Promise<unknown> {
  const unreached = (): Promise<never> => Promise.reject(new Error('nobody is asked in this test'));
  return createFetcher({
    ...stores,
    vendors,
    clock,
    log,
    openAccess: () => ask,
    accountEvents: { settle: unreached },
    deadLetters: createDeadLetters({
      ...stores,
      announceLetters: unreached,
      clock,
      metrics: createMetrics(),
    }),
    coalesceMs: 0,
    onStored: () => undefined,
  }).handle(stored.splice(0));
}

/** What was stored for the athlete beside pings: its kind, where it came from, and its body. */
async function archived(): Promise<[string, string, unknown][]> {
  const rows = await stores.database.query<{
    id: string;
    domain: string;
    provenance: string;
    key_id: string;
    body_sealed: Buffer;
  }>(
    `select id, domain, provenance, key_id, body_sealed from connections.delivery
      where athlete_id = $1 and domain <> 'notification'`,
    [athlete.athleteId],
  );
  return rows.map(({ id, domain, provenance, key_id: keyId, body_sealed: sealed }) => [
    domain,
    provenance,
    JSON.parse(stores.payloadKeys.open({ keyId, sealed, deliveryId: id }).toString()) as unknown,
  ]);
}

test.each([...TYPES, UNKNOWN])('%s that is pushed is stored', async (type, domain) => {
  const body = { [type]: [{ userId: USER, summaryId: 's' }] };
  await receive(body);
  expect(await archived()).toEqual([[domain, 'unsigned', body]]);
});

test.each([...TYPES, UNKNOWN])('what a ping of %s leads to is stored', async (type, domain) => {
  await receive({ [type]: [{ userId: USER, callbackURL: `${API}/${type}?token=t` }] });
  await follow(answering({ [`GET /wellness-api/rest/${type}?token=t`]: '[{"summaryId":"s"}]' }).ask);
  const isFile = type === 'activityFiles';
  const body = isFile ? { fileBase64: Buffer.from('[{"summaryId":"s"}]').toString('base64') } : [{ summaryId: 's' }];
  expect(await archived()).toEqual([[domain, 'fetched', body]]);
});

test('the bytes of a file are kept as they are', async () => {
  const file = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  await receive({
    activityFiles: [{ userId: USER, fileType: 'FIT', callbackURL: `${API}/activityFile?id=1&token=t` }],
  });
  await follow(async () => ({ status: 200, body: file }));
  const [[, , body] = []] = await archived();
  expect(Buffer.from((body as { fileBase64: string }).fileBase64, 'base64')).toEqual(file);
});

test('a type that the athlete has switched off is not asked for', async () => {
  await stores.database.query(
    `update connections.provider_connection set granted_scopes = '{HEALTH_EXPORT}' where provider_user_id = $1`,
    [USER],
  );
  await receive({ mct: [{ userId: USER, callbackURL: `${API}/mct?token=t` }] });
  const { ask, asked } = answering({});
  await follow(ask);
  expect(asked).toEqual([]);
  const [row] = await stores.database.query(
    'select outcome from connections.fetched_notification where data_type = $1',
    ['mct'],
  );
  expect(row).toEqual({ outcome: 'forbidden' });
});
