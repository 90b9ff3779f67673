import type { Database } from '#platform/database';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { eraseSource } from '../erasure/erase-source.ts';
import { openOrders } from '../erasure/orders.ts';
import { workoutId } from '../measurements/workout-id.ts';
import { NOW, ask, log, newAthlete, type Account } from './entries.test-support.ts';

let database: TestDatabase;
let db: Database;
let athlete: Account & { athleteId: string };
beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('health_data');
});
afterAll(() => database.drop());
beforeEach(async () => void (athlete = await newAthlete(database)));

const mutate = async (source: string) => {
  const { errors } = await ask({ db, viewer: athlete, source });
  expect(errors).toEqual([]);
};

async function erase(provider: string): Promise<void> {
  await database.query(
    `insert into connections.source_erasure (id, athlete_id, provider, connection_ids, ordered_at)
     values (gen_random_uuid(), $1, $2, '{}', $3)`,
    [athlete.athleteId, provider, NOW],
  );
  const parts = { db, clock: { now: () => NOW }, log, publisher: { publish: async () => undefined } };
  for (const order of await openOrders(db)) await eraseSource(parts, order);
}

const count = async (from: string): Promise<number> => {
  const [row] = await database.query<{ n: number }>(
    `select count(*)::int as n from health_data.${from} and athlete_id = $1`,
    [athlete.athleteId],
  );
  return row?.n ?? -1;
};

const RUN = `{ id: "r1", sport: "running", startedAt: "2026-11-19T15:00:00Z", durationMin: 50 }`;

describe('erasing what an athlete typed in', () => {
  beforeEach(async () => {
    await mutate(`mutation { saveManualWorkout(input: ${RUN}, rpe: 6) { id } }`);
    await mutate(`mutation { saveManualRestingHeartRate(date: "2026-11-19", bpm: 47) { id } }`);
    await mutate(`mutation { recordCheckIn(input: { date: "2026-11-19", mood: 4 }) { state } }`);
  });

  it('leaves no value and no canonical row, but the ids as deletions for the other devices', async () => {
    await erase('MANUAL');
    expect(await count('workout where true')).toBe(0);
    expect(await count('resting_heart_rate where true')).toBe(0);
    expect(await count('manual_workout where (not is_deleted or sport is not null)')).toBe(0);
    expect(await count('workout_rating where (not is_deleted or rpe is not null)')).toBe(0);
    expect(await count('touched_day where revision = 2')).toBe(2);
    const { data } = await ask<{ changesSince: { changes: Record<string, { deleted: string[] }> } }>({
      db,
      viewer: athlete,
      source: `{ changesSince(timestamp: "${NOW.toISOString()}") { changes {
        manualWorkouts { deleted } manualRestingHeartRates { deleted } workoutRatings { deleted } checkIns { deleted } } } }`,
    });
    expect(data.changesSince.changes).toEqual({
      manualWorkouts: { deleted: ['r1'] },
      manualRestingHeartRates: { deleted: ['2026-11-19'] },
      workoutRatings: { deleted: [workoutId({ provider: 'MANUAL', recordId: 'r1' })] },
      checkIns: { deleted: [] },
    });
  });

  it('is not undone by a device that was offline and edits what it still has', async () => {
    await erase('MANUAL');
    const { data } = await ask<{ pushChanges: { conflicts: { manualWorkouts: { deleted: string[] } } } }>({
      db,
      viewer: athlete,
      source: `mutation { pushChanges(input: { lastPulledAt: "${NOW.toISOString()}", changes: { manualWorkouts: { updated: [${RUN}] } } }) {
        conflicts { manualWorkouts { deleted } } } }`,
    });
    expect(data.pushChanges.conflicts.manualWorkouts.deleted).toEqual(['r1']);
    expect(await count('workout where true')).toBe(0);
  });

  it('leaves it alone when the order is about a provider', async () => {
    await erase('OURA');
    expect(await count('manual_workout where not is_deleted')).toBe(1);
    expect(await count('workout_rating where not is_deleted')).toBe(1);
    expect(await count('workout where delete_rank = 0')).toBe(1);
  });
});
