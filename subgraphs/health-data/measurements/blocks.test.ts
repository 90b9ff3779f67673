import fc from 'fast-check';
import type { Database } from '#platform/database';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import type { SampleBlock, Tombstone } from './measurement.ts';
import { storeMeasurements } from './store.ts';

const ATHLETE = '0193a000-0000-7000-8000-000000000001';
const NOW = new Date('2026-11-20T08:00:00Z');
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const RUNS = 60;

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('health_data');
});
afterAll(() => database.drop());
beforeEach(() => database.query('truncate health_data.sample_record, health_data.sample_block'));

const version = (minute: number) => ({
  provider: 'OURA' as const,
  recordId: 'r1',
  sourceUpdatedAt: new Date(Date.UTC(2026, 10, 16, 6, minute)),
  stateRank: 1 as const,
  flags: [],
});

/** A block of two samples; its values tell its version. */
const block = (minute: number, startedAt: string, more: Partial<SampleBlock> = {}): SampleBlock => ({
  ...version(minute),
  kind: 'sample_block',
  sampleKind: 'heart_rate',
  day: startedAt.slice(0, 10),
  startedAt: new Date(startedAt),
  capturedAt: new Date(Date.parse(startedAt) + 60_000),
  zoneOffsetMin: null,
  offsetsS: [0, 60],
  values: [minute, 50],
  ...more,
});

const deletion = (minute: number): Tombstone => ({
  ...version(minute),
  kind: 'tombstone',
  recordKind: 'sample_block',
  sampleKind: 'heart_rate',
});

const store = (measurements: readonly (SampleBlock | Tombstone)[], by: Database = db) =>
  by.prepared.transaction((tx) =>
    storeMeasurements(tx, {
      rows: measurements.map((measurement) => ({
        athleteId: ATHLETE,
        deliveryId: '0193a000-0000-7000-8000-0000000000d1',
        normaliserVersion: 'test/1',
        measurement,
      })),
      now: NOW,
    }),
  );

const blocks = () =>
  database.query<{ partition: string; first: number }>(
    `select tableoid::regclass::text as partition, sample_values[1]::int as first from health_data.sample_block order by started_at`,
  );

/** Both tables as text, without the time of storing. */
async function tables(): Promise<string> {
  const rows = await database.query<{ row: string }>(
    `select (to_jsonb(t) - 'stored_at')::text as row from health_data.sample_record t
     union all select to_jsonb(t)::text from health_data.sample_block t order by 1`,
  );
  return rows.map(({ row }) => row).join('\n');
}

describe('the offsets of a block', () => {
  it(`are read as they were measured, and kept as runs where that is shorter (seed ${seed})`, async () => {
    const steps = fc.array(fc.constantFrom(1, 15, 15, 15, 60, 3_600), { minLength: 0, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(fc.nat(900), steps, async (first, gaps) => {
        await database.query('truncate health_data.sample_record, health_data.sample_block');
        const offsetsS = gaps.reduce((all, gap) => [...all, (all.at(-1) ?? 0) + gap], [first]);
        const values = offsetsS.map((offsetS) => offsetS % 200);
        await store([block(1, '2026-11-10T08:00:00Z', { offsetsS, values })]);
        const [row] = await database.query<{ read: number[]; kept: number; values: number[] }>(
          `select health_data.sample_offsets(offsets_s, in_runs) as read, cardinality(offsets_s) as kept, sample_values as values
             from health_data.sample_block`,
        );
        expect(row).toMatchObject({ read: offsetsS, values });
        expect(row?.kept).toBeLessThanOrEqual(offsetsS.length);
      }),
      { seed, numRuns: RUNS },
    );
  });

  it('of a day by the minute are three numbers', async () => {
    const offsetsS = Array.from({ length: 1440 }, (_, minute) => 60 * minute);
    await store([block(1, '2026-11-10T00:00:00Z', { offsetsS, values: offsetsS.map(() => 60) })]);
    expect(await database.query('select in_runs, offsets_s from health_data.sample_block')).toEqual([
      { in_runs: true, offsets_s: [0, 60, 1440] },
    ]);
  });
});

describe('blocks in partitions by month', () => {
  it('come to stand in the month they start in, which is made when it is not there', async () => {
    await store([block(1, '2025-02-28T23:59:59Z'), { ...block(1, '2025-03-01T00:00:00Z'), recordId: 'r2' }]);
    expect(await blocks()).toEqual([
      { partition: 'health_data.sample_block_202502', first: 1 },
      { partition: 'health_data.sample_block_202503', first: 1 },
    ]);
  });

  it('leave the month from which a new version takes them, and the day is told', async () => {
    await store([block(1, '2026-10-31T22:00:00Z')]);
    const days = (await store([block(2, '2026-11-01T02:00:00Z')])).map(({ day }) => day);
    expect(days.toSorted()).toEqual(['2026-10-31', '2026-11-01']);
    expect(await blocks()).toEqual([{ partition: 'health_data.sample_block_202611', first: 2 }]);
    expect(await store([block(1, '2026-10-31T22:00:00Z')])).toEqual([]);
    expect(await blocks()).toHaveLength(1);
  });

  it('are gone with a deletion, which has no month, and an older version brings nothing back', async () => {
    await store([block(1, '2026-11-10T08:00:00Z')]);
    expect(await store([deletion(5)])).toEqual([expect.objectContaining({ day: '2026-11-10' })]);
    await store([block(3, '2026-10-10T08:00:00Z')]);
    expect(await blocks()).toEqual([]);
    await store([block(7, '2026-10-10T08:00:00Z')]);
    expect(await blocks()).toEqual([{ partition: 'health_data.sample_block_202610', first: 7 }]);
  });

  it(`end in the same rows for every order, repetition and split of the same versions (seed ${seed})`, async () => {
    const versions = [
      block(1, '2026-10-31T22:00:00Z'),
      block(2, '2026-11-01T02:00:00Z'),
      block(2, '2026-10-31T22:00:00Z', { values: [3, 3] }),
      block(3, '2026-11-01T02:00:00Z', { stateRank: 0 }),
      block(4, '2026-09-01T02:00:00Z'),
      deletion(2),
      deletion(4),
    ];
    const anyOrder = fc
      .uniqueArray(fc.constantFrom(...versions), { minLength: 1 })
      .chain((chosen) =>
        fc.tuple(
          fc.constant(chosen),
          fc.shuffledSubarray([...chosen, ...chosen], { minLength: 2 * chosen.length }),
          fc.integer({ min: 1, max: 3 }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(anyOrder, async ([chosen, shuffled, size]) => {
        await database.query('truncate health_data.sample_record, health_data.sample_block');
        await store(chosen);
        const wanted = await tables();
        await database.query('truncate health_data.sample_record, health_data.sample_block');
        for (let at = 0; at < shuffled.length; at += size) await store(shuffled.slice(at, at + size));
        expect(await tables()).toBe(wanted);
      }),
      { seed, numRuns: RUNS },
    );
  });

  it('leave one block, that of the newest version, however many write at once', async () => {
    const months = ['2026-09', '2026-10', '2026-11'];
    for (let round = 0; round < 25; round += 1) {
      await database.query('truncate health_data.sample_record, health_data.sample_block');
      const versions = Array.from({ length: 4 }, (_, at) => block(at + 1, `${months[(at + round) % 3]}-05T08:00:00Z`));
      await Promise.all(versions.map((one) => store([one])));
      expect(await blocks()).toEqual([{ partition: expect.any(String), first: 4 }]);
    }
  });
});
