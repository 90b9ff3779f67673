import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { createMetrics } from '#platform/telemetry';
import { archiveRound } from './archiver.ts';
import { openStores, type Recipient, type Stores } from './archive.test-support.ts';
import { eraseNextObjects } from './erase.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const NOW = new Date('2026-11-20T10:00:00Z');
const minutes = (n: number): Date => new Date(NOW.getTime() + n * 60_000);
const [ended, later] = [newId(), newId()];

let stores: Stores;
let athlete: Recipient;
let other: Recipient;
beforeAll(async () => {
  stores = await openStores();
  [athlete, other] = [await stores.newAthlete(), await stores.newAthlete()];
});
afterAll(() => stores?.close());
beforeEach(async () => {
  await stores.database.query('truncate connections.delivery, connections.source_erasure, connections.archive_erasure');
  for (const key of await everyKey()) await stores.archive.delete(key);
});

const everyKey = async (): Promise<string[]> => [
  ...(await stores.keysInArchive('oura')),
  ...(await stores.keysInArchive('polar')),
];
const erase = (now: Date): Promise<boolean> => eraseNextObjects({ ...stores, clock: { now: () => now }, log });
const archiveAll = () => archiveRound({ ...stores, clock: { now: () => NOW }, metrics: createMetrics() });

async function order(options: { settledAt?: Date } = {}): Promise<void> {
  await stores.database.query(
    `insert into connections.source_erasure (id, athlete_id, provider, connection_ids, ordered_at, settled_at) values ($1, $2, 'OURA', $3, $4, $5)`,
    [newId(), athlete.athleteId, [ended], NOW, options.settledAt ?? null],
  );
}

test('an order takes what a provider brought of an athlete until then, and nothing else', async () => {
  const through = { connectionId: ended };
  await stores.deliver(athlete, '2026-06-01T06:00:00Z', [through]);
  await stores.deliver(athlete, minutes(-1).toISOString(), [through, {}]);
  // Was on its way when the link was ended.
  await stores.deliver(athlete, minutes(1).toISOString(), [through]);
  await archiveAll();
  const covered = await everyKey();
  expect(covered).toHaveLength(4);
  await stores.deliver(athlete, minutes(2).toISOString(), [{ connectionId: later }]);
  await stores.deliver(athlete, minutes(-1).toISOString(), [{ provider: 'POLAR' }]);
  await stores.deliver(other, minutes(-1).toISOString(), [{}]);
  await archiveAll();
  const kept = (await everyKey()).filter((key) => !covered.includes(key));
  expect(kept).toHaveLength(3);
  await order();
  expect(await erase(NOW)).toBe(true);
  expect((await everyKey()).toSorted()).toEqual(kept.toSorted());
});

test('what was archived after the first pass goes in a second one, when nothing more can come; then the order is done', async () => {
  await order();
  expect(await erase(NOW)).toBe(true);
  expect(await erase(minutes(1))).toBe(false);
  await stores.deliver(athlete, minutes(-1).toISOString(), [{}]);
  await archiveAll();
  await stores.database.query('update connections.source_erasure set settled_at = $1', [minutes(11)]);
  expect(await erase(minutes(11))).toBe(false);
  expect(await erase(minutes(13))).toBe(true);
  expect(await everyKey()).toEqual([]);
  expect(await erase(minutes(14))).toBe(false);
});

test('an order that was settled before anybody looked needs one pass', async () => {
  await stores.deliver(athlete, minutes(-1).toISOString(), [{}]);
  await archiveAll();
  await order({ settledAt: minutes(11) });
  expect(await erase(minutes(20))).toBe(true);
  expect(await everyKey()).toEqual([]);
  expect(await erase(minutes(21))).toBe(false);
});
