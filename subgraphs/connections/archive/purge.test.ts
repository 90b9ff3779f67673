import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { archiveKey } from '#platform/archive';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { openArchive } from '#platform/open-archive';
import { createMetrics } from '#platform/telemetry';
import { archiveRound } from './archiver.ts';
import { openStores, type Recipient, type Stores } from './archive.test-support.ts';
import { purge, type PurgeParts } from './purge.ts';

const NOW = new Date('2026-11-21T03:00:00Z');
const clock = { now: () => NOW };

let stores: Stores;
let athlete: Recipient;
const warnings: unknown[] = [];
const log = Object.assign(createLogger({ name: 'test', level: 'silent' }), {
  warn: (fields: unknown) => void warnings.push(fields),
});
beforeAll(async () => {
  stores = await openStores();
  athlete = await stores.newAthlete();
});
afterAll(() => stores?.close());
beforeEach(async () => {
  warnings.splice(0);
  await stores.database.query(
    'truncate connections.delivery, connections.delivery_key, connections.fetched_notification',
  );
});

const run = (change: Partial<PurgeParts> = {}) =>
  purge({
    ...stores,
    clock,
    metrics: createMetrics(),
    log,
    archiveRetentionDays: 180,
    deliveryRetentionDays: 30,
    ...change,
  });
const archiveAll = () => archiveRound({ ...stores, clock, metrics: createMetrics() });
const days = async (): Promise<string[]> =>
  (
    await stores.database.query<{ day: string }>(
      'select distinct received_on::text as day from connections.delivery order by 1',
    )
  ).map(({ day }) => day);
const hasPartition = async (name: string): Promise<boolean> =>
  (await stores.database.query(`select from pg_class where relname = $1`, [name])).length > 0;

test('days that are archived whole go after their time; a day with one that is not stays, and is told of', async () => {
  await stores.deliver(athlete, '2026-10-19T12:00:00Z', [{}, {}]);
  await stores.deliver(athlete, '2026-10-22T00:00:00Z', [{}]);
  await archiveAll();
  // Neither a body that belongs to nobody nor a copy that came from the archive holds a day back.
  await stores.deliver(athlete, '2026-10-19T12:00:00Z', [
    { athleteId: null },
    { firstReceivedAt: new Date('2026-09-01') },
  ]);
  await stores.deliver(athlete, '2026-10-21T23:59:59Z', [{}]);
  await run();
  expect(await days()).toEqual(['2026-10-21', '2026-10-22']);
  expect(await hasPartition('delivery_20261019')).toBe(false);
  expect(warnings).toEqual([{ days: 1, oldest: '2026-10-21' }]);
  await archiveAll();
  await run();
  expect(await days()).toEqual(['2026-10-22']);
});

test('a delivery outside of all partitions goes as well, once it is archived', async () => {
  await stores.deliver(athlete, '2026-10-02T12:00:00Z', [{ receivedAt: new Date('2026-08-02T12:00:00Z') }]);
  await run();
  expect(await days()).toEqual(['2026-08-02']);
  await archiveAll();
  expect((await run()).delivery).toBe(1);
  expect(await days()).toEqual([]);
});

test('a body that belongs to nobody has 30 days, however long the others stay', async () => {
  await stores.deliver(athlete, '2026-10-20T12:00:00Z', [{ athleteId: null }, {}]);
  await stores.deliver(athlete, '2026-10-22T12:00:00Z', [{ athleteId: null }]);
  await run({ deliveryRetentionDays: 90 });
  expect(
    await stores.database.query(
      'select received_on::text, athlete_id is null as is_nobodys from connections.delivery order by 1',
    ),
  ).toEqual([
    { received_on: '2026-10-20', is_nobodys: false },
    { received_on: '2026-10-22', is_nobodys: true },
  ]);
});

test('ledgers forget after 30 days, also when that takes several portions', async () => {
  await stores.database.query(
    `insert into connections.delivery_key (provider, key, received_at, received_on, delivery_id)
     select 'OURA', int4send(n), $1::timestamptz - n * interval '1 second', '2026-10-21', gen_random_uuid() from generate_series(-1, 10001) n`,
    ['2026-10-22T00:00:00Z'],
  );
  await stores.database.query(
    `insert into connections.fetched_notification (delivery_id, received_on, outcome, ended_at)
     select gen_random_uuid(), '2026-10-20', 'fetched', ended_at from unnest($1::timestamptz[]) as t(ended_at)`,
    [['2026-10-21T23:59:59Z', '2026-10-22T00:00:00Z']],
  );
  expect(await run()).toMatchObject({ delivery_key: 10_001, fetched_notification: 1 });
  expect(await stores.database.query('select 1 from connections.delivery_key')).toHaveLength(2);
  expect(await stores.database.query('select 1 from connections.fetched_notification')).toHaveLength(1);
});

test('objects go after their days, of every provider', async () => {
  const put = async (provider: 'OURA' | 'POLAR', receivedOn: string): Promise<string> => {
    const key = archiveKey({ provider, receivedOn, athleteId: newId(), deliveryId: newId() });
    await stores.archive.put(key, Buffer.from('x'));
    return key;
  };
  const old = [await put('OURA', '2026-05-24'), await put('OURA', '2025-01-01'), await put('POLAR', '2026-05-24')];
  const kept = [await put('OURA', '2026-05-25'), await put('POLAR', '2026-11-20')];
  const before = (await stores.keysInArchive('oura')).length;
  expect((await run()).archive_object).toBe(old.length);
  const left = [...(await stores.keysInArchive('oura')), ...(await stores.keysInArchive('polar'))];
  expect(left).toEqual(expect.arrayContaining(kept));
  expect(left.filter((key) => old.includes(key))).toEqual([]);
  expect((await stores.keysInArchive('oura')).length).toBe(before - 2);
});

test('a step that fails keeps none of the others from their work', async () => {
  const broken = join(stores.folder, 'broken');
  await writeFile(broken, 'no folder');
  await stores.deliver(athlete, '2026-10-19T12:00:00Z', [{}]);
  await archiveAll();
  const archive = openArchive({ url: pathToFileURL(broken).href, encryption: { kind: 'AES256' } });
  expect(await run({ archive })).toMatchObject({ archive_object: 0, delivery_key: 1 });
  expect(await hasPartition('delivery_20261019')).toBe(false);
  await rm(broken);
});

test('dropping a day waits for a long reader without holding up whoever delivers', async () => {
  const today = '2026-11-21T02:00:00Z';
  await stores.deliver(athlete, today, [{}]);
  await stores.deliver(athlete, '2026-10-18T12:00:00Z', [{}]);
  await archiveAll();
  const [reads, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const reader = stores.db.transaction(async (tx) => {
    await tx.query('select count(*) from delivery');
    reads.resolve();
    await mayEnd.promise;
  });
  await reads.promise;
  const purging = run();
  const startedAt = Date.now();
  while (Date.now() - startedAt < 1_500) {
    const at = Date.now();
    await stores.store(athlete, today, [{}]);
    expect(Date.now() - at).toBeLessThan(1_200);
  }
  mayEnd.resolve();
  await reader;
  await purging;
  expect(await days()).toEqual(['2026-11-21']);
}, 30_000);

test('resolved dead letters go after 90 days, open ones never', async () => {
  await stores.database.query(
    `insert into connections.dead_letter (id, stage, reason, detail, created_at, resolved_at)
     select gen_random_uuid(), 'fetch', 'x', 'x', '2026-01-01', resolved_at from unnest($1::timestamptz[]) as t(resolved_at)`,
    [['2026-08-22T23:59:59Z', '2026-08-23T00:00:00Z', null]],
  );
  expect(await run()).toMatchObject({ dead_letter: 1 });
  expect(await stores.database.query('select resolved_at from connections.dead_letter order by resolved_at')).toEqual([
    { resolved_at: new Date('2026-08-23T00:00:00Z') },
    { resolved_at: null },
  ]);
});
