import fc from 'fast-check';
import type { Database } from '#platform/database';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { until } from '../../../tests/support/wait.ts';
import type { HrvNight, Measurement, Tombstone } from './measurement.ts';
import { recordTouches, storeMeasurements, type Stored, type Touch } from './store.ts';

const ATHLETE = '0193a000-0000-7000-8000-000000000001';
const NOW = new Date('2026-11-20T08:00:00Z');
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('health_data');
});
afterAll(() => database.drop());
beforeEach(() =>
  database.query('truncate health_data.hrv_night, health_data.resting_heart_rate, health_data.touched_day'),
);

const version = (minute: number) => ({
  provider: 'OURA' as const,
  recordId: 'r1',
  sourceUpdatedAt: new Date(Date.UTC(2026, 10, 16, 6, minute)),
  flags: [],
});

const night = (minute: number, more: Partial<HrvNight> = {}): HrvNight => ({
  ...version(minute),
  kind: 'hrv_night',
  stateRank: 1,
  day: '2026-11-16',
  capturedAt: new Date('2026-11-16T04:38:00Z'),
  zoneOffsetMin: 120,
  metric: 'RMSSD',
  method: 'average_of_night',
  ms: 40 + minute,
  lnMs: Math.log(40 + minute),
  sleepRecordId: null,
  ...more,
});

const deletion = (minute: number): Tombstone => ({
  ...version(minute),
  kind: 'tombstone',
  stateRank: 1,
  recordKind: 'hrv_night',
  sampleKind: null,
});

const stored = (measurement: Measurement): Stored => ({
  athleteId: ATHLETE,
  deliveryId: '0193a000-0000-7000-8000-0000000000d1',
  normaliserVersion: 'test/1',
  measurement,
});

const store = (measurements: readonly Measurement[]) =>
  db.prepared.transaction((tx) => storeMeasurements(tx, { rows: measurements.map(stored), now: NOW }));

/** The whole table as text, without the time of storing, which is about us and not about the night. */
async function table(): Promise<string> {
  const rows = await database.query<{ row: string }>(
    `select (to_jsonb(t) - 'stored_at')::text as row from health_data.hrv_night t order by athlete_id, provider, record_id`,
  );
  return rows.map(({ row }) => row).join('\n');
}

const WORKOUT = {
  ...{ day: '2026-11-16', zoneOffsetMin: 0, activity: 'running', durationS: 3_600, isManual: false, intensity: null },
  startedAt: new Date('2026-11-16T10:00:00Z'),
  endedAt: new Date('2026-11-16T11:00:00Z'),
  capturedAt: new Date('2026-11-16T11:00:00Z'),
  ...{ distanceM: null, energyKcal: null, elevationGainM: null, averageHeartRateBpm: null, maxHeartRateBpm: null },
  heartRateZonesS: null,
};

describe('storing measurements', () => {
  it('stores a night and names its day', async () => {
    expect(await store([night(0)])).toEqual([{ athleteId: ATHLETE, day: '2026-11-16', signal: 'HRV', domain: 'hrv' }]);
  });

  it('changes nothing when the same night comes again, however late it was fetched', async () => {
    await store([night(0)]);
    expect(await store([night(0)])).toEqual([]);
    expect(await store([night(5, { ms: 40, lnMs: Math.log(40) })])).toEqual([]);
  });

  it('lets a later version win and an earlier one lose', async () => {
    await store([night(5)]);
    expect(await store([night(3)])).toEqual([]);
    expect(await store([night(7)])).toHaveLength(1);
    expect(await database.query('select ms from health_data.hrv_night')).toEqual([{ ms: 47 }]);
  });

  it('leaves the time of storing of a value that a corrected document repeats', async () => {
    const storedAt = async () =>
      (await database.query<{ stored_at: string }>('select stored_at::text from health_data.hrv_night'))[0]?.stored_at;
    const at = (minute: number, measurement: Measurement) =>
      db.prepared.transaction((tx) =>
        storeMeasurements(tx, { rows: [stored(measurement)], now: new Date(NOW.getTime() + minute * 60_000) }),
      );
    await at(0, night(0));
    const first = await storedAt();
    await at(90, night(5, { ms: 40, lnMs: Math.log(40), capturedAt: new Date('2026-11-16T05:00:00Z') }));
    expect(await storedAt()).toBe(first);
    await at(95, night(6, { ms: 41 }));
    expect(await storedAt()).not.toBe(first);
  });

  it('never lets a tentative version replace a final one', async () => {
    await store([night(1)]);
    expect(await store([night(9, { stateRank: 0 })])).toEqual([]);
  });

  it('keeps a deleted night deleted when an older version arrives late, and touches the day it had', async () => {
    await store([night(1)]);
    expect(await store([deletion(5)])).toEqual([expect.objectContaining({ day: '2026-11-16' })]);
    expect(await store([night(3)])).toEqual([]);
    expect(await database.query('select delete_rank, ms from health_data.hrv_night')).toEqual([
      { delete_rank: 1, ms: null },
    ]);
  });

  it('ends in the same row where one item of one version gave two, in either order', async () => {
    const [one, other] = [night(1), night(1, { day: '2026-11-17', flags: ['day_derived'] })];
    await store([one]);
    await store([other]);
    const first = await table();
    await database.query('truncate health_data.hrv_night');
    await store([other]);
    await store([one]);
    expect(await table()).toBe(first);
    await database.query('truncate health_data.hrv_night');
    await store([other, one]);
    expect(await table()).toBe(first);
  });

  it('touches the day a record leaves, also when another replica is only just storing it there', async () => {
    let isStored = (): void => undefined;
    const isWritten = new Promise<void>((resolve) => (isStored = resolve));
    let mayCommit = (): void => undefined;
    const committing = new Promise<void>((resolve) => (mayCommit = resolve));
    const rowsOf = (measurement: Measurement) => ({ rows: [stored(measurement)], now: NOW });
    const first = db.prepared.transaction(async (tx) => {
      await storeMeasurements(tx, rowsOf(night(1)));
      isStored();
      await committing;
    });
    await isWritten;
    const second = db.prepared.transaction((tx) => storeMeasurements(tx, rowsOf(night(2, { day: '2026-11-17' }))));
    await until('the second writer waits for the first', async () => {
      const waiting = await database.query(
        `select from pg_locks w join pg_locks h on h.pid = w.pid join pg_database d on d.oid = h.database
          where not w.granted and d.datname = current_database()`,
      );
      return waiting.length > 0;
    });
    mayCommit();
    await first;
    expect((await second).map(({ day }) => day).sort()).toEqual(['2026-11-16', '2026-11-17']);
  });

  it('takes every athlete it will touch at once, whose workout was sampled too', async () => {
    const other = '0193a000-0000-7000-8000-000000000002';
    const trained = (athleteId: string): Stored => ({
      ...stored({ ...version(1), kind: 'workout', stateRank: 1, ...WORKOUT }),
      athleteId,
    });
    const sampled = stored({
      ...version(1),
      ...{ kind: 'sample_block', sampleKind: 'speed', stateRank: 1, day: '2026-11-16', zoneOffsetMin: 0 },
      ...{ startedAt: WORKOUT.startedAt, capturedAt: WORKOUT.endedAt, offsetsS: [0, 60], values: [3, 4] },
    });
    let isStored = (): void => undefined;
    const isWritten = new Promise<void>((resolve) => (isStored = resolve));
    const first = db.prepared.transaction(async (tx) => {
      const touches = await storeMeasurements(tx, { rows: [sampled, trained(other)], now: NOW });
      isStored();
      await until('the other writer waits', async () => {
        const waiting = await database.query(
          `select from pg_locks w join pg_database d on d.oid = w.database
            where not w.granted and w.locktype = 'advisory' and d.datname = current_database()`,
        );
        return waiting.length > 0;
      });
      await recordTouches(tx, { touches, now: NOW });
    });
    await isWritten;
    const second = db.prepared.transaction((tx) =>
      storeMeasurements(tx, { rows: [trained(ATHLETE), trained(other)], now: NOW }),
    );
    await Promise.all([first, second]);
  });

  it('lets two writers who bring the same records in opposite order both end', async () => {
    const nights = Array.from({ length: 200 }, (_, n) => night(1, { recordId: `r${n}` }));
    const heartRates = nights.map(({ recordId }): Measurement => {
      const { ms: _ms, lnMs: _lnMs, metric: _metric, ...common } = night(1, { recordId });
      return { ...common, kind: 'resting_heart_rate', bpm: 50, method: 'vendor_resting' };
    });
    for (let round = 0; round < 10; round += 1) {
      const corrected = (measurement: Measurement): Measurement => {
        return { ...measurement, sourceUpdatedAt: new Date(measurement.sourceUpdatedAt.getTime() + round * 1_000) };
      };
      const all = [...nights, ...heartRates].map(corrected);
      const write = (measurements: Measurement[]) =>
        db.prepared.transaction((tx) => storeMeasurements(tx, { rows: measurements.map(stored), now: NOW }));
      await Promise.all([write(all), write(all.toReversed())]);
    }
    expect(await database.query('select count(*)::int as n from health_data.resting_heart_rate')).toEqual([{ n: 200 }]);
  });

  it('touches both days when a night moves to another day', async () => {
    await store([night(1)]);
    const days = (await store([night(2, { day: '2026-11-17' })])).map(({ day }) => day);
    expect(days.sort()).toEqual(['2026-11-16', '2026-11-17']);
  });

  it('takes a batch that names one record twice', async () => {
    await store([night(1), night(3), night(2)]);
    expect(await database.query('select ms from health_data.hrv_night')).toEqual([{ ms: 43 }]);
  });

  it(`ends in the same table for every order, repetition and split of the same versions (seed ${seed})`, async () => {
    const versions = [
      night(1),
      night(2),
      night(2, { ms: 43 }),
      night(3, { stateRank: 0 }),
      night(4, { day: '2026-11-15' }),
      deletion(2),
      deletion(4),
    ];
    const anyOrder = fc
      .uniqueArray(fc.constantFrom(...versions), { minLength: 1 })
      .chain((chosen) =>
        fc.tuple(
          fc.constant(chosen),
          fc.shuffledSubarray([...chosen, ...chosen], { minLength: chosen.length * 2, maxLength: chosen.length * 2 }),
          fc.integer({ min: 1, max: 4 }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(anyOrder, async ([chosen, shuffled, size]) => {
        await database.query('truncate health_data.hrv_night');
        for (let at = 0; at < shuffled.length; at += size) await store(shuffled.slice(at, at + size));
        const shuffledTable = await table();
        await database.query('truncate health_data.hrv_night');
        for (const measurement of chosen) await store([measurement]);
        expect(shuffledTable).toBe(await table());
      }),
      { numRuns: 100, seed },
    );
  });

  it('raises the revision of a touched day once per call', async () => {
    const touch = { athleteId: ATHLETE, day: '2026-11-16', signal: 'HRV' as const, domain: 'hrv' as const };
    const raise = (touches: Touch[]) => db.prepared.transaction((tx) => recordTouches(tx, { touches, now: NOW }));
    expect(await raise([touch, touch])).toEqual([{ ...touch, revision: 1 }]);
    expect(await raise([touch])).toEqual([{ ...touch, revision: 2 }]);
  });
});
