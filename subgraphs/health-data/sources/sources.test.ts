import { graphql } from 'graphql';
import type { Database } from '#platform/database';
import type { Viewer } from '#platform/identity';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import type { Provider, Signal } from '#platform/signals';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { heardDatabase } from '../../../tests/support/heard-database.ts';
import { createHealthDataContext } from '../context.ts';
import type { RaisedTouch } from '../measurements/publish-touches.ts';
import { healthDataSubgraph } from '../schema.ts';
import { heartRate, hrv, night, steps, store, workout } from './measured.test-support.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const log = createLogger({ name: 'test', level: 'silent' });
const [DAY, NEXT, TODAY] = ['2026-11-18', '2026-11-19', '2026-11-20'];

let database: TestDatabase;
let db: Database;
let coach: Viewer;
let teamId: string;
let athleteId: string;
let athlete: Viewer;

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('health_data');
  teamId = newId();
  const accountId = await account('COACH');
  await database.query(`insert into connections.team (id, name, created_at) values ($1, 'x', now())`, [teamId]);
  await database.query('insert into connections.team_coach (team_id, account_id, joined_at) values ($1, $2, now())', [
    teamId,
    accountId,
  ]);
  coach = { kind: 'account', accountId, sessionId: 's', role: 'COACH', athleteId: null };
});
afterAll(() => database.drop());
beforeEach(async () => {
  ({ athleteId, athlete } = await newAthlete());
});

async function account(role: 'COACH' | 'ATHLETE'): Promise<string> {
  const id = newId();
  await database.query(
    `insert into connections.account (id, email, password_hash, display_name, role, created_at) values ($1, $2, 'x', 'x', $3, now())`,
    [id, `${id}@example.org`, role],
  );
  return id;
}

/** An athlete who shares all but SLEEP and VITALS with the team. */
async function newAthlete(): Promise<{ athleteId: string; athlete: Viewer }> {
  const [id, accountId] = [newId(), await account('ATHLETE')];
  await database.query(
    `insert into connections.athlete (id, account_id, display_name, time_zone) values ($1, $2, 'x', 'Europe/Helsinki')`,
    [id, accountId],
  );
  await database.query('insert into connections.membership (team_id, athlete_id, joined_at) values ($1, $2, now())', [
    teamId,
    id,
  ]);
  await database.query(
    `insert into connections.consent (athlete_id, team_id, signal, since, granted_at, epoch)
     select $1, $2, s, '2026-01-01', now(), 1 from unnest(array['HRV', 'RESTING_HEART_RATE', 'STEPS', 'TRAINING']) s`,
    [id, teamId],
  );
  return {
    athleteId: id,
    athlete: { kind: 'account', accountId, sessionId: 's', role: 'ATHLETE', athleteId: id },
  };
}

interface Asked {
  data: Record<string, unknown> | null;
  code: string | null;
  message: string;
  published: RaisedTouch[];
  statements: number;
}

async function run(viewer: Viewer, source: string, variableValues: Record<string, unknown>): Promise<Asked> {
  const published: RaisedTouch[] = [];
  let statements = 0;
  const counting = heardDatabase(db, () => void (statements += 1));
  const contextValue = createHealthDataContext({
    db: counting,
    clock: { now: () => NOW },
    log,
    call: { viewer, requestId: 'r', purpose: 'query', opening: 'with-snapshot' },
    announce: (touches) => void published.push(...touches),
  });
  const { schema } = await healthDataSubgraph();
  const result = await graphql({ schema, source, variableValues, contextValue });
  const [error] = result.errors ?? [];
  const data = result.data ?? null;
  const code =
    (error?.extensions['code'] as string | undefined) ??
    (error?.originalError as { code?: string } | undefined)?.code ??
    null;
  return { data, code: error ? (code ?? 'INTERNAL') : null, message: error?.message ?? '', published, statements };
}

const ask = (viewer: Viewer, ids: readonly string[], fields: string): Promise<Asked> =>
  run(viewer, `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Athlete { ${fields} } } }`, {
    of: ids.map((id) => ({ __typename: 'Athlete', id })),
  });

async function see<Seen>(viewer: Viewer, fields: string): Promise<Seen> {
  const { data, message } = await ask(viewer, [athleteId], fields);
  expect(message).toBe('');
  const [seen] = (data ?? {})['_entities'] as [Seen];
  return seen;
}

const choose = (signal: Signal, provider: Provider, viewer = athlete): Promise<Asked> =>
  run(viewer, 'mutation ($s: Signal!, $p: Provider!) { setPrimarySource(signal: $s, provider: $p) { id } }', {
    s: signal,
    p: provider,
  });
const clear = (signal: Signal): Promise<Asked> =>
  run(athlete, 'mutation ($s: Signal!) { clearPrimarySource(signal: $s) { id } }', { s: signal });

const RANGE = '(from: "2026-11-01", to: "2026-11-20")';
const nightsSeen = async (argument = RANGE) =>
  (
    await see<{ sleep: { nights: { date: string; provider: string; asleepMin: number }[] } }>(
      athlete,
      `sleep${argument} { nights { date provider asleepMin } }`,
    )
  ).sleep.nights.map(({ date, provider, asleepMin }) => [date, provider, asleepMin]);
const stepsSeen = async (argument = RANGE) =>
  (
    await see<{ steps: { days: { date: string; provider: string; steps: number }[] } }>(
      athlete,
      `steps${argument} { days { date provider steps } }`,
    )
  ).steps.days.map(({ date, provider, steps: count }) => [date, provider, count]);
const workoutsSeen = async (more = '', viewer = athlete) => {
  const { workouts } = await see<{ workouts: { totalCount: number; edges: { node: { provider: string } }[] } }>(
    viewer,
    `workouts(from: "2026-11-01T00:00:00Z", to: "2026-11-21T00:00:00Z"${more}) { totalCount edges { node { provider } } }`,
  );
  expect(workouts.totalCount).toBe(workouts.edges.length);
  return workouts.edges.map(({ node }) => node.provider);
};
const touched = ({ published }: Asked) => published.map(({ day, signal }) => `${signal} ${day}`).sort();

describe('which night counts', () => {
  const CASES: { name: string; nights: [Provider, Parameters<typeof night>[1]][]; counted: Provider }[] = [
    {
      name: 'the one with stages, before a longer one without',
      nights: [
        ['GARMIN', { asleepMin: 440 }],
        ['OURA', { asleepMin: 400, deepMin: 60 }],
      ],
      counted: 'OURA',
    },
    {
      name: 'the longer one, before a fragment with stages',
      nights: [
        ['GARMIN', { asleepMin: 440 }],
        ['OURA', { asleepMin: 200, deepMin: 60 }],
      ],
      counted: 'GARMIN',
    },
    {
      name: 'the one slept longest in',
      nights: [
        ['GARMIN', { asleepMin: 440 }],
        ['OURA', { asleepMin: 441 }],
      ],
      counted: 'OURA',
    },
    {
      name: 'one that a score may use, before half an hour with stages',
      nights: [
        ['GARMIN', { asleepMin: 61 }],
        ['OURA', { asleepMin: 59, deepMin: 10 }],
      ],
      counted: 'GARMIN',
    },
  ];
  it.each(CASES)('$name', async ({ nights, counted }) => {
    await store(
      db,
      athleteId,
      nights.map(([provider, more]) => night({ provider, day: DAY }, more)),
    );
    expect((await nightsSeen()).map(([, provider]) => provider)).toEqual([counted]);
  });

  it('is of the chosen source, and a day that source missed is filled from the next', async () => {
    await store(db, athleteId, [
      night({ provider: 'OURA', day: DAY }, { asleepMin: 450, deepMin: 60 }),
      night({ provider: 'GARMIN', day: DAY }, { asleepMin: 400 }),
      night({ provider: 'OURA', day: NEXT }, { asleepMin: 451 }),
      night({ provider: 'GARMIN', day: NEXT }, { asleepMin: 20 }),
      night({ provider: 'OURA', day: TODAY }, { asleepMin: 452 }),
    ]);
    expect(touched(await choose('SLEEP', 'GARMIN'))).toEqual([`SLEEP ${DAY}`]);
    expect(await nightsSeen()).toEqual([
      [DAY, 'GARMIN', 400],
      [NEXT, 'OURA', 451],
      [TODAY, 'OURA', 452],
    ]);
    expect(await nightsSeen('(from: "2026-11-01", to: "2026-11-20", provider: GARMIN)')).toEqual([
      [DAY, 'GARMIN', 400],
      [NEXT, 'GARMIN', 20],
    ]);
    expect(touched(await clear('SLEEP'))).toEqual([`SLEEP ${DAY}`]);
    expect((await nightsSeen())[0]).toEqual([DAY, 'OURA', 450]);
  });
});

describe('steps', () => {
  it('of phone and watch are those of one of them, never their sum, and the other stays readable', async () => {
    await store(db, athleteId, [
      steps({ provider: 'GARMIN', day: DAY }, 9000),
      steps({ provider: 'HEALTH_CONNECT', day: DAY }, 9500),
      steps({ provider: 'HEALTH_CONNECT', day: NEXT }, 100),
    ]);
    expect(await stepsSeen()).toEqual([
      [DAY, 'HEALTH_CONNECT', 9500],
      [NEXT, 'HEALTH_CONNECT', 100],
    ]);
    expect(touched(await choose('STEPS', 'GARMIN'))).toEqual([`STEPS ${DAY}`]);
    expect(await stepsSeen()).toEqual([
      [DAY, 'GARMIN', 9000],
      [NEXT, 'HEALTH_CONNECT', 100],
    ]);
    expect(await stepsSeen('(from: "2026-11-01", to: "2026-11-20", provider: HEALTH_CONNECT)')).toHaveLength(2);
  });

  it('of a day that the phone sends again are those of the newer reading', async () => {
    await store(db, athleteId, [steps({ provider: 'APPLE_HEALTH', day: DAY, version: 2 }, 8000)]);
    await store(db, athleteId, [steps({ provider: 'APPLE_HEALTH', day: DAY, version: 3 }, 7900)]);
    await store(db, athleteId, [steps({ provider: 'APPLE_HEALTH', day: DAY, version: 1 }, 3000)]);
    expect(await stepsSeen()).toEqual([[DAY, 'APPLE_HEALTH', 7900]]);
  });
});

describe('a session seen by two providers', () => {
  it('counts once, for the list and for insights, and both stay readable', async () => {
    await store(db, athleteId, [workout({ provider: 'STRAVA', day: DAY }, { averageHeartRateBpm: 140 })]);
    await store(db, athleteId, [
      workout({ provider: 'GARMIN', day: DAY }, { averageHeartRateBpm: 141, maxHeartRateBpm: 170 }),
    ]);
    const published = () =>
      database.query('select provider from health_data.workout_v1 where athlete_id = $1', [athleteId]);
    expect(await workoutsSeen()).toEqual(['GARMIN']);
    expect(await published()).toEqual([{ provider: 'GARMIN' }]);
    expect(await workoutsSeen(', provider: STRAVA')).toEqual(['STRAVA']);
    expect(await workoutsSeen('', coach)).toEqual(['GARMIN']);
    expect(touched(await choose('TRAINING', 'STRAVA'))).toEqual([`TRAINING ${DAY}`]);
    expect(await workoutsSeen()).toEqual(['STRAVA']);
    expect(await published()).toEqual([{ provider: 'STRAVA' }]);
  });

  it('touches the day of the record that counts no more, though that record did not change', async () => {
    const nightly = { startedAt: new Date(`${DAY}T23:30:00Z`), endedAt: new Date(`${NEXT}T00:30:00Z`) };
    await store(db, athleteId, [workout({ provider: 'STRAVA', day: NEXT }, nightly)]);
    const raised = await store(db, athleteId, [
      workout({ provider: 'GARMIN', day: DAY }, { ...nightly, averageHeartRateBpm: 140 }),
    ]);
    expect(raised.map(({ day, signal }) => `${signal} ${day}`).sort()).toEqual([`TRAINING ${DAY}`, `TRAINING ${NEXT}`]);
  });
});

describe('the choice of a source', () => {
  it('of HRV marks its streams, touches the last week only, and nothing when it was made before', async () => {
    await store(db, athleteId, [
      hrv({ provider: 'OURA', day: '2026-11-01' }, 60),
      hrv({ provider: 'OURA', day: '2026-11-13' }, 60),
      hrv({ provider: 'GARMIN', day: NEXT }, 45),
    ]);
    expect(touched(await choose('HRV', 'GARMIN'))).toEqual(['HRV 2026-11-13', `HRV ${NEXT}`]);
    expect(touched(await choose('HRV', 'GARMIN'))).toEqual([]);
    const { hrv: series } = await see<{ hrv: unknown }>(athlete, `hrv${RANGE} { streams { provider isPrimary } }`);
    expect(series).toEqual({
      streams: [
        { provider: 'GARMIN', isPrimary: true },
        { provider: 'OURA', isPrimary: false },
      ],
    });
    const published = await database.query(
      'select day, is_primary from health_data.night_v1 where athlete_id = $1 and is_primary',
      [athleteId],
    );
    expect(published).toHaveLength(1);
    expect(touched(await clear('HRV'))).toEqual(['HRV 2026-11-13', `HRV ${NEXT}`]);
    expect(touched(await clear('HRV'))).toEqual([]);
  });

  it('is refused for what has no source to choose, for a source that brought nothing, and for whom it is not', async () => {
    await store(db, athleteId, [hrv({ provider: 'OURA', day: DAY }, 60)]);
    for (const signal of ['HEART_RATE', 'CHECK_IN'] as const)
      expect(await choose(signal, 'OURA')).toMatchObject({
        code: 'BAD_USER_INPUT',
        message: expect.stringContaining('no primary source'),
      });
    expect(await choose('HRV', 'GARMIN')).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('GARMIN has brought no HRV yet'),
    });
    expect(await choose('HRV', 'OURA', coach)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await choose('HRV', 'OURA', { kind: 'anonymous' })).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(
      await database.query('select from health_data.source_preference where athlete_id = $1', [athleteId]),
    ).toEqual([]);
  });

  it('stands on record, once for each change', async () => {
    await store(db, athleteId, [hrv({ provider: 'OURA', day: DAY }, 60)]);
    await choose('HRV', 'OURA');
    await choose('HRV', 'OURA');
    await clear('HRV');
    const entries = await database.query(
      'select actor_kind, action, signals, purpose from audit.entry where athlete_id = $1 order by id',
      [athleteId],
    );
    expect(entries).toEqual([
      { actor_kind: 'ACCOUNT', action: 'WRITE', signals: ['HRV'], purpose: 'primary source OURA' },
      { actor_kind: 'ACCOUNT', action: 'WRITE', signals: ['HRV'], purpose: 'no primary source' },
    ]);
  });
});

describe('where a value came from', () => {
  const SOURCE = 'source { provider device deliveryId normaliserVersion }';
  const FIELDS = `
    hrv${RANGE} { streams { nights { ${SOURCE} } } }
    steps${RANGE} { days { ${SOURCE} } }
    workouts(from: "2026-11-01T00:00:00Z", to: "2026-11-21T00:00:00Z") { edges { node { ${SOURCE} } } }`;
  interface Sourced {
    hrv: { streams: { nights: { source: unknown }[] }[] };
    steps: { days: { source: unknown }[] };
    workouts: { edges: { node: { source: unknown } }[] };
  }
  const sourcesOf = ({ hrv: { streams }, steps: { days }, workouts }: Sourced) => [
    streams[0]?.nights[0]?.source,
    days[0]?.source,
    workouts.edges[0]?.node.source,
  ];

  it('is told to the athlete whole, and to a coach without what would tell when it came', async () => {
    const told = { provider: 'GARMIN', day: DAY, device: 'Forerunner 965' } as const;
    await store(db, athleteId, [hrv(told, 60), steps(told, 1000), workout(told)]);
    const whole = sourcesOf(await see<Sourced>(athlete, FIELDS));
    for (const source of whole)
      expect(source).toEqual({
        provider: 'GARMIN',
        device: 'Forerunner 965',
        deliveryId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        normaliserVersion: 'test/1',
      });
    for (const source of sourcesOf(await see<Sourced>(coach, FIELDS)))
      expect(source).toEqual({
        provider: 'GARMIN',
        device: 'Forerunner 965',
        deliveryId: null,
        normaliserVersion: null,
      });
  });

  it('of heart rate is told by device, and nobody where the heart rate is not shared', async () => {
    await store(db, athleteId, [
      heartRate({ provider: 'GARMIN', day: DAY, recordId: 'a', device: 'fenix7' }),
      heartRate({ provider: 'GARMIN', day: DAY, recordId: 'b', version: 2, device: 'fenix7' }),
      heartRate({ provider: 'OURA', day: DAY }),
      heartRate({ provider: 'POLAR', day: NEXT }),
    ]);
    const FIELD = `heartRate(from: "${DAY}T00:00:00Z", to: "${NEXT}T00:00:00Z") { state points { bpm } ${SOURCE.replace('source', 'sources')} }`;
    const { heartRate: seen } = await see<{ heartRate: { sources: unknown[] } }>(athlete, FIELD);
    expect(seen.sources).toEqual([
      { provider: 'GARMIN', device: 'fenix7', deliveryId: expect.any(String), normaliserVersion: 'test/1' },
      { provider: 'OURA', device: null, deliveryId: expect.any(String), normaliserVersion: 'test/1' },
    ]);
    expect((await see<{ heartRate: unknown }>(coach, FIELD)).heartRate).toEqual({
      state: 'NOT_SHARED',
      points: [],
      sources: [],
    });
  });

  it('is listed by signal for the athlete, and for nobody else', async () => {
    await store(db, athleteId, [
      hrv({ provider: 'OURA', day: DAY }, 60),
      hrv({ provider: 'OURA', day: NEXT, device: 'Ring 4' }, 60),
      hrv({ provider: 'GARMIN', day: TODAY }, 60),
      steps({ provider: 'GARMIN', day: TODAY }, 60),
    ]);
    await choose('HRV', 'GARMIN');
    const FIELD = 'sources { signal chosenBy primary providers { provider dayCount newestDay device } }';
    expect((await see<{ sources: unknown }>(athlete, FIELD)).sources).toEqual([
      {
        signal: 'HRV',
        chosenBy: 'ATHLETE',
        primary: 'GARMIN',
        providers: [
          { provider: 'OURA', dayCount: 2, newestDay: NEXT, device: 'Ring 4' },
          { provider: 'GARMIN', dayCount: 1, newestDay: TODAY, device: null },
        ],
      },
      {
        signal: 'STEPS',
        chosenBy: 'COMPLETENESS',
        primary: null,
        providers: [{ provider: 'GARMIN', dayCount: 1, newestDay: TODAY, device: null }],
      },
    ]);
    expect((await see<{ sources: unknown }>(coach, FIELD)).sources).toBeNull();
    expect((await see<{ sources: unknown }>({ kind: 'anonymous' }, FIELD)).sources).toBeNull();
  });

  it('takes the same number of statements for 1 and 30 athletes', async () => {
    const ids = [athleteId];
    while (ids.length < 30) ids.push((await newAthlete()).athleteId);
    for (const id of ids)
      await store(db, id, [steps({ provider: 'GARMIN', day: DAY }, 1), workout({ provider: 'GARMIN', day: DAY })]);
    const PROVIDER = '(from: "2026-11-01", to: "2026-11-20", provider: GARMIN)';
    const fields = `${FIELDS} mine: steps${PROVIDER} { days { steps } } sources { signal }`;
    const [one, thirty] = [await ask(coach, ids.slice(0, 1), fields), await ask(coach, ids, fields)];
    expect([one.message, thirty.message]).toEqual(['', '']);
    expect(JSON.stringify(thirty.data).match(/"steps":1/g)).toHaveLength(30);
    // Consent, and one for all series, whoever's word on them is asked for.
    expect([one.statements, thirty.statements]).toEqual([2, 2]);
  });
});
