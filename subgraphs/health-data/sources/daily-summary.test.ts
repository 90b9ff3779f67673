import fc from 'fast-check';
import type { Database } from '#platform/database';
import { newId } from '#platform/ids';
import { runOps } from '#platform/ops';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { until } from '../../../tests/support/wait.ts';
import { addSummariesVerbs } from '../ops/summaries.ts';
import { choosePrimary } from './prefer.ts';
import { hrv, night, steps, store, storeIn, workout } from './measured.test-support.ts';

const NOW = new Date('2026-11-20T08:00:00Z');
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const [DAY, NEXT] = ['2026-11-18', '2026-11-19'];

let database: TestDatabase;
let db: Database;
let other: Database;
let athleteId: string;
beforeAll(async () => {
  database = await createDatabase();
  [db, other] = [await database.open('health_data'), await database.open('health_data')];
});
afterAll(() => database.drop());
beforeEach(async () => {
  athleteId = newId();
  const accountId = newId();
  await database.query(
    `insert into connections.account (id, email, password_hash, display_name, role, created_at) values ($1, $2, 'x', 'x', 'ATHLETE', now())`,
    [accountId, `${accountId}@example.org`],
  );
  await database.query(
    `insert into connections.athlete (id, account_id, display_name, time_zone) values ($1, $2, 'x', 'UTC')`,
    [athleteId, accountId],
  );
});

interface Summary {
  day: string;
  steps: number | null;
  steps_provider: string | null;
  asleep_min: number | null;
  sleep_provider: string | null;
  hrv_ms: number | null;
  hrv_provider: string | null;
  workout_count: number;
  workout_min: number;
}
const summaries = () =>
  db.query<Summary[]>('select * from health_data.daily_summary where athlete_id = $1 order by day', [athleteId]);

/** All that is derived of the stored rows: the summaries, and the nights and sessions they are made of. */
async function dump(): Promise<string> {
  const [row] = await database.query<{ text: string }>(
    `select concat(
       (select json_agg(s order by s.day)::text from health_data.daily_summary s where athlete_id = $1), ' | ',
       (select json_agg(n order by n.day, n.signal, n.stream_id)::text from health_data.stream_night n where athlete_id = $1), ' | ',
       (select string_agg(provider || record_id, ',' order by provider, record_id) from health_data.workout
         where athlete_id = $1 and delete_rank = 0 and not is_repeat)) as text`,
    [athleteId],
  );
  return row?.text ?? '';
}

async function rebuild(...args: string[]): Promise<{ code: number; out: string }> {
  const lines: string[] = [];
  const terminal = { out: (line: string) => void lines.push(line), err: (line: string) => void lines.push(line) };
  const parts = { terminal, db: async () => db, clock: async () => ({ now: () => NOW }), close: async () => undefined };
  const code = await runOps({
    subgraph: 'health-data',
    verbs: [addSummariesVerbs],
    parts,
    args: ['summaries', 'rebuild', ...args],
    terminal,
  });
  return { code, out: lines.join('\n') };
}

const chooser = () => ({ athleteId, accountId: newId(), requestId: 'r', today: '2026-11-20', now: NOW });

describe('the summary of a day', () => {
  it('holds one source of each signal, and is kept by the write itself', async () => {
    await store(db, athleteId, [
      night({ provider: 'OURA', day: DAY }),
      night({ provider: 'GARMIN', day: DAY }, { asleepMin: 400 }),
      hrv({ provider: 'OURA', day: DAY }, 60),
      steps({ provider: 'GARMIN', day: DAY }, 9000),
      steps({ provider: 'APPLE_HEALTH', day: DAY }, 11_000),
      workout({ provider: 'GARMIN', day: DAY }, { averageHeartRateBpm: 140 }),
      workout({ provider: 'STRAVA', day: DAY }),
    ]);
    expect(await summaries()).toMatchObject([
      {
        day: DAY,
        steps: 11_000,
        steps_provider: 'APPLE_HEALTH',
        asleep_min: 420,
        sleep_provider: 'OURA',
        hrv_ms: 60,
        hrv_provider: 'OURA',
        workout_count: 1,
        workout_min: 60,
      },
    ]);
  });

  it('goes when nothing of the day is left', async () => {
    const record = { provider: 'OURA', day: DAY, recordId: 'n1' } as const;
    await store(db, athleteId, [night(record)]);
    await store(db, athleteId, [night({ ...record, day: NEXT, version: 2 })]);
    expect(await summaries()).toMatchObject([{ day: NEXT, asleep_min: 420 }]);
  });

  it('of HRV is of the chosen source alone: another stream never takes its place', async () => {
    await store(db, athleteId, [
      hrv({ provider: 'OURA', day: DAY }, 60),
      hrv({ provider: 'GARMIN', day: DAY }, 45),
      hrv({ provider: 'GARMIN', day: NEXT }, 46),
    ]);
    expect(await summaries()).toMatchObject([{ hrv_provider: 'GARMIN' }, { hrv_provider: 'GARMIN' }]);
    await choosePrimary(db, { signal: 'HRV', provider: 'OURA', chooser: chooser() });
    expect(await summaries()).toMatchObject([{ day: DAY, hrv_ms: 60, hrv_provider: 'OURA' }]);
  });

  it('is right when two replicas store two sources of the same day at once', async () => {
    const first = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    const holding = db.prepared.transaction(async (tx) => {
      await storeIn(tx, athleteId, [
        steps({ provider: 'GARMIN', day: DAY }, 9000),
        workout({ provider: 'GARMIN', day: DAY }, { averageHeartRateBpm: 140 }),
      ]);
      first.resolve();
      await mayEnd.promise;
    });
    await first.promise;
    const waiting = store(other, athleteId, [
      steps({ provider: 'POLAR', day: DAY }, 12_000),
      // The same session, that the phone of somebody in another zone files under the next day.
      workout({ provider: 'STRAVA', day: NEXT }, at(DAY)),
    ]);
    let isWritten = false;
    void waiting.then(() => (isWritten = true));
    await until(
      'the second replica to wait for the first, or not to',
      async () => isWritten || (await isSomebodyWaiting()),
    );
    mayEnd.resolve();
    await Promise.all([holding, waiting]);
    expect(await summaries()).toMatchObject([{ day: DAY, steps: 12_000, steps_provider: 'POLAR', workout_count: 1 }]);
  });

  it('is the same after a rebuild, to the byte, and a rebuild mends what was changed by hand', async () => {
    await store(db, athleteId, [
      night({ provider: 'OURA', day: DAY }, { asleepMin: 401.1 }),
      workout({ provider: 'GARMIN', day: DAY }, { durationS: 1000.1 }),
      workout({ provider: 'OURA', day: DAY, recordId: 'o' }, { ...at(NEXT), durationS: 2000.2 }),
      workout({ provider: 'STRAVA', day: DAY }),
      steps({ provider: 'POLAR', day: NEXT }, 1),
    ]);
    const before = await dump();
    expect((await rebuild('--athlete', athleteId)).out).toBe(
      '2 days of 1 athletes were derived anew; 0 had been wrong.',
    );
    expect(await dump()).toBe(before);
    await database.query('update health_data.workout set is_repeat = not is_repeat where athlete_id = $1', [athleteId]);
    await database.query('delete from health_data.daily_summary where athlete_id = $1', [athleteId]);
    await database.query(
      `insert into health_data.daily_summary (athlete_id, day, workout_count, workout_min) values ($1, '2020-01-01', 7, 7)`,
      [athleteId],
    );
    expect((await rebuild('--athlete', athleteId)).out).toBe(
      '3 days of 1 athletes were derived anew; 3 had been wrong.',
    );
    expect(await dump()).toBe(before);
    expect((await rebuild('--athlete', newId())).code).toBe(1);
  });

  it(`is what a rebuild would make of it, after any writes in any order (seed ${seed})`, async () => {
    const provider = fc.constantFrom('OURA' as const, 'GARMIN' as const, 'APPLE_HEALTH' as const);
    const told = fc.record({
      provider,
      day: fc.constantFrom(DAY, NEXT),
      recordId: fc.constantFrom('a', 'b'),
      version: fc.integer({ min: 1, max: 9 }),
    });
    const measurement = fc.oneof(
      fc
        .tuple(told, fc.constantFrom(30, 300, 420), fc.constantFrom(null, 60))
        .map(([t, asleepMin, deepMin]) => night(t, { asleepMin, deepMin })),
      fc.tuple(told, fc.integer({ min: 20, max: 90 })).map(([t, ms]) => hrv(t, ms)),
      fc.tuple(told, fc.integer({ min: 0, max: 20_000 })).map(([t, count]) => steps(t, count)),
      fc
        .tuple(told, fc.constantFrom(8, 8.4, 8.6, 9, 12), fc.constantFrom(null, 140))
        .map(([t, hour, averageHeartRateBpm]) => workout(t, { ...hours(hour), averageHeartRateBpm })),
    );
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.array(measurement, { minLength: 1, maxLength: 4 }) },
      {
        weight: 1,
        arbitrary: fc.record({
          signal: fc.constantFrom('SLEEP' as const, 'TRAINING' as const, 'STEPS' as const, 'HRV' as const),
          provider: fc.option(provider, { nil: null }),
        }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (done) => {
        await database.query(
          'truncate health_data.sleep_night, health_data.hrv_night, health_data.steps_day, health_data.workout, health_data.daily_summary, health_data.stream_night, health_data.source_preference',
        );
        for (const each of done) {
          if (Array.isArray(each)) await store(db, athleteId, each);
          else
            await choosePrimary(db, { ...each, chooser: chooser() }).catch((error: unknown) => {
              // A source that has brought nothing yet cannot be chosen.
              expect((error as Error).message).toContain('has brought no');
            });
        }
        const before = await dump();
        await rebuild('--athlete', athleteId);
        expect(await dump()).toBe(before);
      }),
      { seed, numRuns: 40 },
    );
  }, 60_000);
});

const hours = (from: number) => {
  const startedAt = new Date(Date.parse(`${DAY}T00:00:00Z`) + from * 3_600_000);
  const endedAt = new Date(startedAt.getTime() + 3_600_000);
  return { startedAt, endedAt, capturedAt: endedAt };
};
const at = (day: string) => {
  const startedAt = new Date(`${day}T08:00:00Z`);
  const endedAt = new Date(`${day}T09:00:00Z`);
  return { startedAt, endedAt, capturedAt: endedAt };
};

async function isSomebodyWaiting(): Promise<boolean> {
  const rows = await db.query<unknown[]>(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.length > 0;
}
