import type { Database } from '#platform/database';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import type { Workout } from '../measurements/measurement.ts';
import { storeMeasurements } from '../measurements/store.ts';
import { workoutId } from '../measurements/workout-id.ts';
import { NOW, newAthlete, ask, type Account } from './entries.test-support.ts';

let database: TestDatabase;
let db: Database;
let athlete: Account & { athleteId: string };
beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('health_data');
});
afterAll(() => database.drop());
beforeEach(async () => void (athlete = await newAthlete(database)));

const minutes = (count: number): Date => new Date(NOW.getTime() + count * 60_000);

async function mutate<Data>(
  source: string,
  variables: Record<string, unknown> = {},
  options: { now?: Date; as?: Account } = {},
) {
  return ask<Data>({
    db,
    viewer: options.as ?? athlete,
    source,
    variables,
    ...(options.now ? { now: options.now } : {}),
  });
}

const SAVE_WORKOUT = `mutation ($input: ManualWorkoutInput!, $rpe: Float) { saveManualWorkout(input: $input, rpe: $rpe) { id } }`;
const run = { id: 'run-1', sport: 'running', startedAt: '2026-11-19T22:30:00Z', durationMin: 50, distanceM: 9_500 };

/** A session as a provider brought it. */
async function vendorWorkout(athleteId: string, minute: number, more: Partial<Workout> = {}): Promise<void> {
  const measurement: Workout = {
    kind: 'workout',
    provider: 'OURA',
    recordId: 'w1',
    sourceUpdatedAt: minutes(minute - 600),
    stateRank: 1,
    flags: [],
    day: '2026-11-19',
    capturedAt: minutes(-700),
    zoneOffsetMin: 120,
    activity: 'cycling',
    startedAt: minutes(-760),
    endedAt: minutes(-700),
    durationS: 3_600,
    distanceM: null,
    energyKcal: null,
    elevationGainM: null,
    averageHeartRateBpm: 130,
    maxHeartRateBpm: null,
    heartRateZonesS: null,
    intensity: null,
    isManual: false,
    ...more,
  };
  const deliveryId = '0193a000-0000-7000-8000-0000000000d1';
  const rows = [{ athleteId, deliveryId, normaliserVersion: 't', measurement }];
  await db.prepared.transaction((tx) => storeMeasurements(tx, { rows, now: NOW }));
}

const RATE = 'mutation ($id: ID!, $rpe: Float!) { rateWorkout(workoutId: $id, rpe: $rpe) { id rpe } }';
const OURA_RIDE = workoutId({ provider: 'OURA', recordId: 'w1' });

interface Seen {
  id: string;
  type: string;
  provider: string;
  rpe: number | null;
}
async function workouts(): Promise<Seen[]> {
  const { data } = await ask<{ _entities: { workouts: { edges: { node: Seen }[] } }[] }>({
    db,
    viewer: athlete,
    source: `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Athlete {
      workouts(from: "2026-11-01T00:00:00Z", to: "2026-11-21T00:00:00Z") { edges { node { id type provider rpe } } } } } }`,
    variables: { of: [{ __typename: 'Athlete', id: athlete.athleteId }] },
  });
  return data._entities[0]?.workouts.edges.map(({ node }) => node) ?? [];
}

const touchedDays = () =>
  database.query<{ day: string; signal: string; revision: number }>(
    'select day::text, signal, revision::int from health_data.touched_day where athlete_id = $1 order by 1, 2',
    [athlete.athleteId],
  );

describe('manual entries', () => {
  it('become canonical rows on the local day, and are announced', async () => {
    const { errors, touched } = await mutate(SAVE_WORKOUT, { input: run, rpe: 6 });
    expect(errors).toEqual([]);
    const id = workoutId({ provider: 'MANUAL', recordId: 'run-1' });
    expect(await workouts()).toEqual([{ id, type: 'running', provider: 'MANUAL', rpe: 6 }]);
    // 22:30 in UTC is past midnight in Helsinki.
    expect(touched).toEqual([{ day: '2026-11-20', signal: 'TRAINING', domain: 'fitness_session' }]);
    const [row] = await database.query(
      `select is_manual, day::text, zone_offset_min, ended_at, normaliser_version from health_data.workout where athlete_id = $1`,
      [athlete.athleteId],
    );
    expect(row).toEqual({
      is_manual: true,
      day: '2026-11-20',
      zone_offset_min: 120,
      ended_at: new Date('2026-11-19T23:20:00Z'),
      normaliser_version: 'manual/1',
    });
  });

  it('belong, as a night, to the day of waking, in the zone of the athlete', async () => {
    const night = {
      id: 'n1',
      bedtimeStart: '2026-11-18T20:30:00Z',
      bedtimeEnd: '2026-11-18T22:15:00Z',
      asleepMin: 100,
    };
    const save = 'mutation ($input: ManualNightInput!) { saveManualNight(input: $input) { id } }';
    const { errors, touched } = await mutate(save, { input: night });
    expect(errors).toEqual([]);
    expect(touched).toEqual([{ day: '2026-11-19', signal: 'SLEEP', domain: 'sleep' }]);
    const sleep = () =>
      database.query(
        'select day::text, role, asleep_min, in_bed_min, flags from health_data.sleep_night where athlete_id = $1',
        [athlete.athleteId],
      );
    expect(await sleep()).toEqual([
      {
        day: '2026-11-19',
        role: 'nap',
        asleep_min: 100,
        in_bed_min: 105,
        flags: expect.arrayContaining(['entered_by_hand']),
      },
    ]);
    await mutate(save, { input: { ...night, bedtimeEnd: '2026-11-19T05:00:00Z', asleepMin: 450 } });
    expect(await sleep()).toMatchObject([{ role: 'night_candidate', asleep_min: 450 }]);
  });

  it('are a stream of their own as a resting heart rate, which a provider never joins', async () => {
    await mutate('mutation { saveManualRestingHeartRate(date: "2026-11-20", bpm: 47) { id } }');
    const [row] = await database.query(
      `select stream_id, value, day::text from health_data.night_v1 where athlete_id = $1`,
      [athlete.athleteId],
    );
    expect(row).toEqual({ stream_id: 'manual:rhr:entered', value: 47, day: '2026-11-20' });
  });

  it('are edited: the newest word counts, and both days are touched when it moves', async () => {
    await mutate(SAVE_WORKOUT, { input: run });
    const moved = { ...run, sport: 'walking', startedAt: '2026-11-19T08:00:00Z' };
    const { touched } = await mutate(SAVE_WORKOUT, { input: moved }, { now: minutes(1) });
    expect(touched.map(({ day }) => day).sort()).toEqual(['2026-11-19', '2026-11-20']);
    expect(await workouts()).toMatchObject([{ type: 'walking' }]);
  });

  it('win over their own past even when the clock of the server went back', async () => {
    await mutate(SAVE_WORKOUT, { input: run });
    await mutate(SAVE_WORKOUT, { input: { ...run, sport: 'walking' } }, { now: minutes(-1) });
    expect(await workouts()).toMatchObject([{ type: 'walking' }]);
  });

  it('are deleted with their rating, leaving tombstones without values', async () => {
    await mutate(SAVE_WORKOUT, { input: run, rpe: 6 });
    await mutate('mutation { deleteManualWorkout(id: "run-1") }');
    expect(await workouts()).toEqual([]);
    const [left] = await database.query(
      `select (select count(*)::int from health_data.workout where athlete_id = $1 and delete_rank = 1 and activity is null) as canonical,
              (select count(*)::int from health_data.manual_workout where athlete_id = $1 and is_deleted and sport is null) as entry,
              (select count(*)::int from health_data.workout_rating where athlete_id = $1 and is_deleted and rpe is null) as rating,
              (select count(*)::int from health_data.workout_rpe_v1 where athlete_id = $1) as published`,
      [athlete.athleteId],
    );
    expect(left).toEqual({ canonical: 1, entry: 1, rating: 1, published: 0 });
  });

  it('change nothing when they are saved twice: no revision, no announcement', async () => {
    await mutate(SAVE_WORKOUT, { input: run });
    const { touched } = await mutate(SAVE_WORKOUT, { input: run }, { now: minutes(5) });
    expect(touched).toEqual([]);
    expect(await touchedDays()).toEqual([{ day: '2026-11-20', signal: 'TRAINING', revision: 1 }]);
  });

  it('are refused whole when a part of them cannot be', async () => {
    const { errors } = await mutate(SAVE_WORKOUT, { input: run, rpe: 11 });
    expect(errors).toEqual([{ code: 'BAD_USER_INPUT', message: expect.stringMatching(/RPE/) }]);
    expect(await workouts()).toEqual([]);
  });

  it("never reach another athlete's row, though it has the same id", async () => {
    const other = await newAthlete(database);
    await mutate(SAVE_WORKOUT, { input: { ...run, sport: 'swimming' } }, { as: other });
    await mutate(SAVE_WORKOUT, { input: run });
    await mutate('mutation { deleteManualWorkout(id: "run-1") }');
    expect(
      await database.query('select sport from health_data.manual_workout where athlete_id = $1', [other.athleteId]),
    ).toEqual([{ sport: 'swimming' }]);
  });

  it('are for athletes only', async () => {
    const coach: Account = { ...athlete, role: 'COACH', athleteId: null };
    expect((await mutate(SAVE_WORKOUT, { input: run }, { as: coach })).errors).toMatchObject([{ code: 'FORBIDDEN' }]);
  });

  it('wait for nobody, but are refused while their source is being erased', async () => {
    await database.query(
      `insert into connections.source_erasure (id, athlete_id, provider, connection_ids, ordered_at)
       values (gen_random_uuid(), $1, 'MANUAL', '{}', $2)`,
      [athlete.athleteId, NOW],
    );
    expect((await mutate(SAVE_WORKOUT, { input: run })).errors).toMatchObject([{ code: 'UNAVAILABLE' }]);
    expect(
      (await mutate('mutation { recordCheckIn(input: { date: "2026-11-20", mood: 4 }) { state } }')).errors,
    ).toEqual([]);
  });
});

describe('rating a workout', () => {
  it("outlives the provider's updates, and is published for insights", async () => {
    await vendorWorkout(athlete.athleteId, 0);
    const { errors, touched } = await mutate(RATE, { id: OURA_RIDE, rpe: 7.5 });
    expect(errors).toEqual([]);
    expect(touched).toEqual([{ day: '2026-11-19', signal: 'TRAINING', domain: 'fitness_session' }]);
    await vendorWorkout(athlete.athleteId, 5, { activity: 'gravel' });
    expect(await workouts()).toEqual([{ id: OURA_RIDE, type: 'gravel', provider: 'OURA', rpe: 7.5 }]);
    const insights = await database.open('insights');
    expect(
      await insights.query(
        'select provider, record_id, rpe, rated_at from health_data.workout_rpe_v1 where athlete_id = $1',
        [athlete.athleteId],
      ),
    ).toEqual([{ provider: 'OURA', record_id: 'w1', rpe: 7.5, rated_at: NOW }]);
  });

  it('is replaced and taken back', async () => {
    await vendorWorkout(athlete.athleteId, 0);
    await mutate(RATE, { id: OURA_RIDE, rpe: 7.5 });
    await mutate(RATE, { id: OURA_RIDE, rpe: 3 });
    expect(await workouts()).toMatchObject([{ rpe: 3 }]);
    await mutate('mutation ($id: ID!) { removeWorkoutRating(workoutId: $id) }', { id: OURA_RIDE });
    expect(await workouts()).toMatchObject([{ rpe: null }]);
  });

  it("answers alike for a workout of somebody else and for one that is nobody's", async () => {
    await vendorWorkout((await newAthlete(database)).athleteId, 0);
    const theirs = await mutate(RATE, { id: OURA_RIDE, rpe: 5 });
    const nobodys = await mutate(RATE, { id: workoutId({ provider: 'OURA', recordId: 'w9' }), rpe: 5 });
    expect(theirs.errors).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect(theirs.errors).toEqual(nobodys.errors);
  });
});
