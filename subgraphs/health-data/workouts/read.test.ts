import { graphql } from 'graphql';
import type { Database } from '#platform/database';
import type { AppError } from '#platform/errors';
import type { Viewer } from '#platform/identity';
import { createLogger } from '#platform/log';
import type { Origin } from '#platform/signals';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { heardDatabase } from '../../../tests/support/heard-database.ts';
import { createHealthDataContext } from '../context.ts';
import { healthDataSubgraph } from '../schema.ts';
import type { Measurement, SampleBlock, SampleKind, Workout, WorkoutSplits } from '../measurements/measurement.ts';
import { storeMeasurements } from '../measurements/store.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const START = new Date('2026-11-18T15:00:00Z');
const log = createLogger({ name: 'test', level: 'silent' });

let database: TestDatabase;
let db: Database;
let athleteIds: string[];
let coach: Viewer;
let own: Viewer;

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('health_data');
  await database.query(`
    insert into connections.account (id, email, password_hash, display_name, role, created_at)
    select gen_random_uuid(), 'a' || n, 'x', 'x', case when n = 0 then 'COACH' else 'ATHLETE' end, now() from generate_series(0, 30) n`);
  await database.query(`
    insert into connections.athlete (id, account_id, display_name, time_zone)
    select gen_random_uuid(), id, 'x', 'Europe/Helsinki' from connections.account where role = 'ATHLETE'`);
  await database.query(`insert into connections.team (id, name, created_at) values (gen_random_uuid(), 'x', now())`);
  await database.query(`
    insert into connections.team_coach (team_id, account_id, joined_at)
    select t.id, a.id, now() from connections.team t, connections.account a where a.role = 'COACH'`);
  await database.query(`
    insert into connections.membership (team_id, athlete_id, joined_at)
    select t.id, a.id, now() from connections.team t, connections.athlete a`);
  await database.query(`
    insert into connections.consent (athlete_id, team_id, signal, since, granted_at, epoch)
    select a.id, t.id, s, '2026-11-13', now(), 1
      from connections.athlete a, connections.team t, unnest(array['HEART_RATE', 'TRAINING']) s`);
  const accounts = await database.query<{ id: string; athleteId: string | null; role: 'COACH' | 'ATHLETE' }>(
    `select c.id, a.id as "athleteId", c.role from connections.account c
       left join connections.athlete a on a.account_id = c.id order by a.id nulls first`,
  );
  athleteIds = accounts.flatMap(({ athleteId }) => athleteId ?? []);
  const viewer = ({ id, role, athleteId }: (typeof accounts)[number]): Viewer => ({
    kind: 'account',
    accountId: id,
    sessionId: 's',
    role,
    athleteId,
  });
  coach = viewer(accounts[0] as (typeof accounts)[number]);
  own = viewer(accounts[1] as (typeof accounts)[number]);
  await store(
    athleteIds.map((athleteId) => ({ athleteId, measurements: [workout('STRAVA', 'w'), splits(), ...SERIES] })),
  );
}, 30_000);
afterAll(() => database.drop());

const origin = (provider: Origin, recordId: string, minute = 0) => ({
  provider,
  recordId,
  sourceUpdatedAt: new Date(Date.UTC(2026, 10, 19, 6, minute)),
  stateRank: 1 as const,
  flags: [],
  day: '2026-11-18',
  capturedAt: new Date(START.getTime() + 3_600_000),
  zoneOffsetMin: 120,
});

const workout = (provider: Origin, recordId: string, startedAt = START): Workout => ({
  ...origin(provider, recordId),
  kind: 'workout',
  activity: 'TrailRun',
  startedAt,
  endedAt: new Date(startedAt.getTime() + 3_600_000),
  durationS: 3500,
  distanceM: 10_000,
  energyKcal: null,
  elevationGainM: 210.5,
  averageHeartRateBpm: 151,
  maxHeartRateBpm: 180,
  heartRateZonesS: [600, 2000, 900],
  intensity: null,
  isManual: false,
});

const SPLITS = [1, 2].map((index) => ({
  index,
  startedAt: new Date(START.getTime() + (index - 1) * 300_000),
  durationS: 300,
  distanceM: 1000,
  averageHeartRateBpm: 140 + index,
  elevationGainM: null,
}));

const splits = (): WorkoutSplits => ({ ...origin('STRAVA', 'w'), kind: 'workout_splits', splits: SPLITS });

const block = (
  sampleKind: SampleKind,
  values: number[],
  part: Partial<SampleBlock> & { startedAt?: Date } = {},
): SampleBlock => {
  const startedAt = part.startedAt ?? START;
  return {
    ...origin('STRAVA', 'w'),
    kind: 'sample_block',
    sampleKind,
    startedAt,
    capturedAt: new Date(startedAt.getTime() + (values.length - 1) * 1000),
    offsetsS: values.map((_, index) => index),
    values,
    ...part,
  };
};

const BEATS = Array.from({ length: 3000 }, (_, index) => (index === 1234 ? 199 : 120 + (index % 7)));
const SERIES = [block('heart_rate', BEATS), block('speed', [0, 2.5, 3, 3.25])];

const store = (all: readonly { athleteId: string; measurements: readonly Measurement[] }[]) =>
  db.prepared.transaction((tx) =>
    storeMeasurements(tx, {
      rows: all.flatMap(({ athleteId, measurements }) =>
        measurements.map((measurement) => ({
          athleteId,
          deliveryId: '0193a000-0000-7000-8000-0000000000d1',
          normaliserVersion: 'test/1',
          measurement,
        })),
      ),
      now: NOW,
    }),
  );

interface Node {
  sport: string;
  elevationGainM: number | null;
  heartRateZonesS: number[] | null;
  isManual: boolean | null;
  splits: unknown[] | null;
  streams: { kind: string; state: string; offsetsS: number[]; values: number[] }[] | null;
}

async function ask(viewer: Viewer, ids: readonly string[], fields: string) {
  const statements: string[] = [];
  const counting = heardDatabase(db, (sql) => void statements.push(sql));
  const call = { viewer, requestId: 'r', purpose: 'query', opening: 'with-snapshot' } as const;
  const context = createHealthDataContext({
    db: counting,
    clock: { now: () => NOW },
    log,
    announce: () => undefined,
    call,
  });
  const { schema } = await healthDataSubgraph();
  const result = await graphql({
    schema,
    source: `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Athlete {
      workouts(from: "2026-11-01T00:00:00Z", to: "2026-11-20T00:00:00Z") { edges { node { ${fields} } } } } } }`,
    variableValues: { of: ids.map((id) => ({ __typename: 'Athlete', id })) },
    contextValue: context,
  });
  await context.reads.flush();
  const entities = (result.data?.['_entities'] ?? []) as { workouts: { edges: { node: Node }[] } | null }[];
  return {
    nodes: entities.flatMap(({ workouts }) => workouts?.edges.map(({ node }) => node) ?? []),
    codes: (result.errors ?? []).map(({ originalError }) => (originalError as AppError | undefined)?.code),
    statements,
  };
}

const ALL = `sport elevationGainM heartRateZonesS isManual splits { index startedAt durationS distanceM averageHeartRateBpm elevationGainM }
  streams(maxPoints: 100) { kind state offsetsS values }`;

const firstOf = async (viewer: Viewer, id: string, fields = ALL): Promise<Node> => {
  const { nodes, codes } = await ask(viewer, [id], fields);
  expect(codes).toEqual([]);
  return nodes[0] as Node;
};
const stream = (node: Node, kind: string) => node.streams?.find((one) => one.kind === kind);

describe('a workout', () => {
  it('tells what it holds, its splits and its series', async () => {
    const node = await firstOf(own, athleteIds[0] ?? '');
    expect(node).toMatchObject({
      sport: 'RUN',
      elevationGainM: 210.5,
      heartRateZonesS: [600, 2000, 900],
      isManual: false,
      splits: SPLITS,
    });
    expect(stream(node, 'SPEED')).toEqual({
      kind: 'SPEED',
      state: 'AVAILABLE',
      offsetsS: [0, 1, 2, 3],
      values: [0, 2.5, 3, 3.25],
    });
    expect(stream(node, 'POWER')).toEqual({ kind: 'POWER', state: 'NO_DATA', offsetsS: [], values: [] });
  });

  it('has a heart rate thinned to what was asked for, its highest beat included', async () => {
    const heart = stream(await firstOf(own, athleteIds[0] ?? ''), 'HEART_RATE');
    expect(heart?.values).toHaveLength(100);
    expect(heart?.offsetsS[heart.values.indexOf(199)]).toBe(1234);
  });

  it('answers the kinds asked for, each once and in that order', async () => {
    const node = await firstOf(own, athleteIds[0] ?? '', 'streams(kinds: [SPEED, HEART_RATE, SPEED]) { kind state }');
    expect(node.streams).toEqual([
      { kind: 'SPEED', state: 'AVAILABLE' },
      { kind: 'HEART_RATE', state: 'AVAILABLE' },
    ]);
  });

  it.each(['streams(maxPoints: 2) { kind }', 'streams(maxPoints: 2001) { kind }'])('%s is refused', async (fields) => {
    const { codes } = await ask(own, athleteIds.slice(0, 1), fields);
    expect(codes).toEqual(['BAD_USER_INPUT']);
  });
});

describe('any number of workouts', () => {
  it('is loaded by as many statements as one', async () => {
    const counts: number[] = [];
    for (const size of [1, 20]) {
      const { nodes, codes, statements } = await ask(coach, athleteIds.slice(0, size), ALL);
      expect(codes).toEqual([]);
      expect(nodes).toHaveLength(size);
      counts.push(statements.length);
    }
    // Consent, the workouts, their details, their series, and the record of what was read.
    expect(counts).toEqual([5, 5]);
  });

  it('may have details, and of more than 20 no series', async () => {
    const { nodes, codes } = await ask(coach, athleteIds, 'splits { index } streams(kinds: [SPEED]) { kind }');
    expect(nodes.map((node) => [node.splits?.length, node.streams])).toEqual(athleteIds.map(() => [2, null]));
    expect(new Set(codes)).toEqual(new Set(['BAD_USER_INPUT']));
  });
});

describe('a coach', () => {
  const withdraw = (id: string, signal: string) =>
    database.query('update connections.consent set withdrawn_at = now() where athlete_id = $1 and signal = $2', [
      id,
      signal,
    ]);

  it('without HEART_RATE sees a workout and its speed, of its heart rate only that it is withheld', async () => {
    const id = athleteIds[2] ?? '';
    await withdraw(id, 'HEART_RATE');
    const withData = await firstOf(coach, id);
    expect(stream(withData, 'HEART_RATE')).toEqual({
      kind: 'HEART_RATE',
      state: 'NOT_SHARED',
      offsetsS: [],
      values: [],
    });
    expect(stream(withData, 'SPEED')?.state).toBe('AVAILABLE');
    // Nothing of the answer tells whether there is a heart rate.
    await database.query(`delete from health_data.sample_block where athlete_id = $1 and sample_kind = 'heart_rate'`, [
      id,
    ]);
    expect(await firstOf(coach, id)).toEqual(withData);
  });

  it('whose view of HEART_RATE begins later sees none of earlier workouts', async () => {
    const id = athleteIds[3] ?? '';
    const since = (day: string) =>
      database.query(`update connections.consent set since = $2 where athlete_id = $1 and signal = 'HEART_RATE'`, [
        id,
        day,
      ]);
    await since('2026-11-19');
    expect(stream(await firstOf(coach, id), 'HEART_RATE')?.state).toBe('NOT_SHARED');
    await since('2026-11-18');
    expect(stream(await firstOf(coach, id), 'HEART_RATE')?.state).toBe('AVAILABLE');
  });

  it('without TRAINING sees no workout at all', async () => {
    const id = athleteIds[4] ?? '';
    await withdraw(id, 'TRAINING');
    expect((await ask(coach, [id], ALL)).nodes).toEqual([]);
  });
});

describe('the heart rate of a workout whose provider records none with it', () => {
  it('is that of the day between start and end, from the same provider, the newest of each instant', async () => {
    const athleteId = athleteIds[5] ?? '';
    await database.query('delete from health_data.workout where athlete_id = $1', [athleteId]);
    const at = (offsetS: number): Date => new Date(START.getTime() + offsetS * 1000);
    const day = (provider: Origin, recordId: string, startedAt: Date, values: number[], minute: number) =>
      block('heart_rate', values, { ...origin(provider, recordId, minute), startedAt, capturedAt: at(9000) });
    await store([
      {
        athleteId,
        measurements: [
          workout('OURA', 'o'),
          day('OURA', 'b1', at(-2), [60, 61, 62, 63], 0),
          day('OURA', 'b2', at(1), [130, 131], 5),
          day('OURA', 'b3', at(3600), [99, 98], 1),
          day('GARMIN', 'b4', at(10), [55, 55], 9),
        ],
      },
    ]);
    const node = await firstOf(coach, athleteId);
    expect(stream(node, 'HEART_RATE')).toMatchObject({ offsetsS: [0, 1, 2, 3600], values: [62, 130, 131, 99] });
    expect(node.splits).toEqual([]);
  });

  it('does not mix in where the provider recorded one', async () => {
    const athleteId = athleteIds[6] ?? '';
    const startedAt = new Date(START.getTime() + 2000);
    const part = { ...origin('STRAVA', 'day', 30), startedAt };
    await store([{ athleteId, measurements: [block('heart_rate', [40, 41], part)] }]);
    const heart = stream(await firstOf(coach, athleteId), 'HEART_RATE');
    expect(Math.min(...(heart?.values ?? []))).toBe(120);
  });
});

it('a change of a speed concerns TRAINING, one of a heart rate HEART_RATE', async () => {
  const athleteId = athleteIds[7] ?? '';
  const later = { sourceUpdatedAt: NOW };
  const touches = await store([
    { athleteId, measurements: [block('heart_rate', [90], later), block('speed', [1], later)] },
  ]);
  expect(touches).toEqual([
    { athleteId, day: '2026-11-18', signal: 'HEART_RATE', domain: 'heart_rate' },
    { athleteId, day: '2026-11-18', signal: 'TRAINING', domain: 'fitness_session' },
  ]);
});
