import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { archiveKey, archivePlace } from '#platform/archive';
import { createMessageSigner } from '#platform/crypto';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { openBus, type Bus } from '#platform/bus';
import { createPublisher } from '#platform/messages';
import { createPayloadKeys } from '#platform/payload-keys';
import { createMetrics } from '#platform/telemetry';
import { startNats, type Nats } from '../../embedded/nats.ts';
import { openStores, type Recipient, type Stores } from '../../subgraphs/connections/archive/archive.test-support.ts';
import { archiveRound } from '../../subgraphs/connections/archive/archiver.ts';
import { replay, type ReplayReport } from '../../subgraphs/connections/archive/replay.ts';
import { preparePartitions } from '../../subgraphs/connections/webhooks/partitions.ts';
import { MEASURED_TABLES } from '../../subgraphs/health-data/measurements/tables.ts';
import { processReferences, type ProcessParts } from '../../subgraphs/health-data/deliveries/process.ts';

const log = createLogger({ name: 'test', level: 'silent' });
/** Weeks after the nights: what is "in the future" has changed since they came. */
const NOW = new Date('2026-12-20T10:00:00Z');
const clock = { now: () => NOW };
const metrics = createMetrics();

let stores: Stores;
let athlete: Recipient;
let folder: string;
let nats: Nats;
let bus: Bus;
let health: ProcessParts;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athlete-ally-bus-'));
  [nats, stores] = await Promise.all([
    startNats({ cacheDir: '.cache', dataDir: folder, isDurable: false }),
    openStores(),
  ]);
  bus = await openBus({ url: nats.url('health-data'), name: 'test', log });
  await bus.ensureStream('NORMALIZED');
  const privateKey = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' });
  const signer = createMessageSigner({ keyId: 'k1', privateKey: privateKey.toString('base64') });
  health = {
    db: await stores.database.open('health_data'),
    keys: createPayloadKeys({ ring: stores.ring }),
    publisher: createPublisher({ bus, signer, stream: 'NORMALIZED' }),
    announceLetters: () => Promise.resolve(),
    clock: { now: () => new Date() },
    metrics,
    log,
    sampleRetentionMonths: 24,
  };
  athlete = await stores.newAthlete();
  await deliverAll();
  await preparePartitions({ db: stores.db, clock });
  await normaliseAll();
  while ((await archiveRound({ ...stores, clock, metrics })).archived > 0);
});
afterAll(async () => {
  await bus?.close();
  await stores?.close();
  await nats?.stop();
  await rm(folder, { recursive: true, force: true });
});

const fixture = (path: string): any => JSON.parse(readFileSync(`../shared/fixtures/${path}.json`, 'utf8'));

/** Nights of two providers as they came: corrected, deleted, tentative, and dated in a future that has passed since. */
async function deliverAll(): Promise<void> {
  const bodies: [domain: string, path: string][] = [
    ['sleep', 'oura/sleep_page1'],
    ['sleep', 'oura/sleep_page2'],
    ['daily_activity', 'oura/daily_activity'],
    ['heartrate', 'oura/heartrate'],
    ['workout', 'oura/workout'],
  ];
  for (const [domain, path] of bodies) await deliver('2026-11-18T08:00:00Z', domain, fixture(path));
  const night = fixture('oura/sleep_page1').data[0];
  await deliver('2026-11-18T09:00:00Z', 'sleep', { ...night, average_hrv: 77 });
  await deliver('2026-11-18T07:00:00Z', 'sleep', { ...night, average_hrv: 33 });
  await deliver('2026-11-19T07:00:00Z', 'sleep', {
    deleted: { object_id: fixture('oura/sleep_page1').data[1].id, data_type: 'sleep' },
  });
  await deliver('2026-11-19T07:00:00Z', 'sleep', {
    ...night,
    id: 'from-the-future',
    day: '2026-11-25',
    bedtime_start: '2026-11-24T22:00:00+02:00',
    bedtime_end: '2026-11-25T07:00:00+02:00',
  });
  await deliver('2026-11-19T07:00:00Z', 'notification', { event_type: 'update' });
  for (const { deliverAt, rawBody } of fixture('garmin/webhook_replay_14_nights').deliveries) {
    const body = JSON.parse(rawBody);
    await stores.deliver(athlete, deliverAt, [
      { provider: 'GARMIN', domain: Object.keys(body)[0] as string, body: Buffer.from(rawBody), provenance: 'signed' },
    ]);
  }
  const details = Buffer.from(JSON.stringify(fixture('garmin/push_activityDetails')));
  await stores.deliver(athlete, '2026-11-18T08:00:00Z', [
    { provider: 'GARMIN', domain: 'activity_details', body: details, provenance: 'signed' },
  ]);
}

const deliver = (at: string, domain: string, body: object): Promise<number> =>
  stores.deliver(athlete, at, [{ domain, body: Buffer.from(JSON.stringify(body)) }]);

/** What stands in the log and not in the ledger, as the sweep would take it. */
async function normaliseAll(): Promise<number> {
  const references = await stores.database.query<{ id: string; receivedOn: string }>(
    `select id, received_on::text as "receivedOn" from connections.delivery d where domain <> 'notification'
        and not exists (select from health_data.processed_delivery p where p.delivery_id = d.id) order by id`,
  );
  return processReferences(
    health,
    references.map((reference) => ({ ...reference, hash: null })),
  );
}

/** Every measured row and every touched day, to the last byte but for the columns left out. */
async function rows(without: readonly string[] = []): Promise<Record<string, string>> {
  const tables: Record<string, string> = {};
  for (const name of [...MEASURED_TABLES, 'touched_day']) {
    const found = await stores.database.query<{ row: string }>(
      `select (to_jsonb(t) - $1::text[])::text as row from health_data.${name} t order by 1`,
      [without],
    );
    tables[name] = found.map(({ row }) => row).join('\n');
  }
  return tables;
}

const replayed = (
  provider: 'OURA' | 'GARMIN',
  change: Partial<Parameters<typeof replay>[1]> = {},
): Promise<ReplayReport> =>
  replay(
    { ...stores, clock, payloadKeys: createPayloadKeys({ ring: stores.ring }) },
    {
      provider,
      from: '2026-10-25',
      to: '2026-11-30',
      athleteId: null,
      runId: newId(),
      isDryRun: false,
      onProgress: () => undefined,
      ...change,
    },
  );

const deliveries = async (): Promise<number> =>
  (await stores.database.query<{ n: number }>('select count(*)::int as n from connections.delivery'))[0]?.n ?? 0;

test('rows that are right stay as they are, to the byte, and no day is touched', async () => {
  const before = await rows();
  expect(Object.keys(before).filter((name) => before[name] === '')).toEqual([]);
  const oura = await replayed('OURA');
  expect(oura).toMatchObject({ replayed: 9, notifications: 1, repeated: 0, erased: 0, damaged: [] });
  const garmin = await replayed('GARMIN');
  expect(garmin.replayed).toBe(fixture('garmin/webhook_replay_14_nights').deliveries.length + 1);
  expect(await normaliseAll()).toBe(oura.replayed + garmin.replayed);
  expect(await rows()).toEqual(before);
});

test('rows that were deleted by hand come back as they were', async () => {
  const what = ['stored_at', 'delivery_id', 'revision', 'touched_at'];
  const before = await rows(what);
  await stores.database.query(`truncate ${MEASURED_TABLES.map((name) => `health_data.${name}`).join(', ')}`);
  await replayed('OURA');
  await replayed('GARMIN');
  await normaliseAll();
  expect(await rows(what)).toEqual(before);
});

test('a run that stopped goes on under its id and repeats nothing; another athlete and other days stay out', async () => {
  const runId = newId();
  const first = await replayed('OURA', { runId, to: '2026-11-18' });
  expect([...first.domains.keys()].map((line) => line.slice(0, 10))).not.toContain('2026-11-19');
  const after = await deliveries();
  const second = await replayed('OURA', { runId });
  expect(second.repeated).toBe(first.replayed);
  expect(second.replayed).toBe(9 - first.replayed);
  expect(await deliveries()).toBe(after + second.replayed);
  expect(await replayed('OURA', { runId })).toMatchObject({ replayed: 0, repeated: 9 });
  expect(await deliveries()).toBe(after + second.replayed);
  expect(await replayed('OURA', { athleteId: newId() })).toMatchObject({ read: 0, replayed: 0 });
});

test('a replayed delivery keeps its origin and is not archived a second time', async () => {
  await replayed('OURA', { from: '2026-11-19', to: '2026-11-19' });
  const stored = await stores.database.query(
    `select distinct provenance, domain, athlete_id, source_updated_at, received_at, first_received_at
       from connections.delivery where first_received_at = '2026-11-19T07:00:00Z'`,
  );
  expect(stored).toEqual([
    {
      provenance: 'fetched',
      domain: 'sleep',
      athlete_id: athlete.athleteId,
      source_updated_at: new Date('2026-11-19T07:00:00Z'),
      received_at: NOW,
      first_received_at: new Date('2026-11-19T07:00:00Z'),
    },
  ]);
  expect(await archiveRound({ ...stores, clock, metrics })).toMatchObject({ archived: 0, failure: null });
});

test('a dry run counts by day and domain and writes nothing', async () => {
  const before = await deliveries();
  const report = await replayed('OURA', { isDryRun: true });
  expect(Object.fromEntries(report.domains)).toEqual({
    '2026-11-18 sleep': 4,
    '2026-11-18 daily_activity': 1,
    '2026-11-18 heartrate': 1,
    '2026-11-18 workout': 1,
    '2026-11-19 sleep': 2,
  });
  expect(report).toMatchObject({ read: 10, replayed: 9, notifications: 1 });
  expect(await deliveries()).toBe(before);
});

test("an object laid into another athlete's folder is damaged, whoever it is asked for", async () => {
  const other = await stores.newAthlete();
  const [key = ''] = await stores.keysInArchive();
  const place = archivePlace(key);
  if (place === null) throw new Error('the archive is empty');
  const file = (name: string): string => join(stores.folder, 'archive', name);
  const moved = archiveKey({ ...place, athleteId: other.athleteId });
  await mkdir(dirname(file(moved)), { recursive: true });
  await cp(file(key), file(moved));
  const before = await deliveries();
  expect(await replayed('OURA', { athleteId: other.athleteId })).toMatchObject({
    replayed: 0,
    damaged: [place.deliveryId],
  });
  expect(await deliveries()).toBe(before);
  await stores.archive.delete(moved);
});

test('what an athlete had deleted, and what belonged to an erased one, is counted and stays away', async () => {
  const before = await deliveries();
  await stores.database.query(
    `insert into connections.source_erasure (id, athlete_id, provider, connection_ids, ordered_at) values ($1, $2, 'OURA', '{}', '2026-11-18T12:00:00Z')`,
    [newId(), athlete.athleteId],
  );
  expect(await replayed('OURA', { isDryRun: true })).toMatchObject({ erased: 7, replayed: 2 });
  await stores.database.query(`delete from connections.data_key where athlete_id = $1`, [athlete.athleteId]);
  expect(await replayed('OURA')).toMatchObject({ erased: 9, replayed: 0, damaged: [] });
  expect(await deliveries()).toBe(before);
});
