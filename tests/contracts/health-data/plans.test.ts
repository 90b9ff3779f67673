import type { Database, Ordered } from '#platform/database';
import { createMetrics } from '#platform/telemetry';
import { createLogger } from '#platform/log';
import type { Measurement } from '../../../subgraphs/health-data/measurements/measurement.ts';
import { recordTouches, storeMeasurements } from '../../../subgraphs/health-data/measurements/store.ts';
import { processReferences, type ProcessParts } from '../../../subgraphs/health-data/deliveries/process.ts';
import { sweepOnce as sweepDeliveries } from '../../../subgraphs/health-data/deliveries/sweep.ts';
import { sweepOnce as sweepTouches } from '../../../subgraphs/insights/readiness/recompute/sweep.ts';
import { createMeasuredTeam, measureNights, type MeasuredTeam, type Statement } from '../../support/measured-team.ts';
import { heardDatabase, heardSql, type Heard } from '../../support/heard-database.ts';

const ATHLETES = 200;
const NIGHTS = 90;
const UNTIL = '2026-11-20';
const NOW = new Date('2026-11-20T10:00:00Z');
const DAYS = 'from: "2026-11-01", to: "2026-11-20"';
const TIMES = 'from: "2026-11-18T00:00:00Z", to: "2026-11-20T00:00:00Z"';
/** Reading these whole would cost more with every athlete. */
const BIG_ROWS = 5_000;

let team: MeasuredTeam;
let bigTables: string[];

beforeAll(async () => {
  team = await createMeasuredTeam({ athletes: ATHLETES, timeZone: 'Europe/Helsinki', since: '2026-01-01' });
  await measureNights(team.database, { until: UNTIL, nights: NIGHTS });
  await fillLedgers();
  bigTables = (
    await team.database.query<{ name: string }>(
      `select relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where relkind in ('r', 'p') and reltuples > $1 and nspname in ('connections', 'health_data', 'insights')`,
      [BIG_ROWS],
    )
  ).map(({ name }) => name);
}, 120_000);
afterAll(() => team?.database.drop());

/** Two deliveries for each night, all normalised, and each night taken by insights. */
async function fillLedgers(): Promise<void> {
  const { query } = team.database;
  await query(
    `insert into connections.delivery (received_on, id, provider, domain, athlete_id, body_sealed, body_hash, key_id,
            source_updated_at, received_at, provenance)
     select at::date, gen_random_uuid(), 'OURA', 'sleep', a.id, '\\x00', '\\x00', gen_random_uuid(), at, at, 'fetched'
       from connections.athlete a, generate_series(0, $2::int - 1) n,
            lateral (select $1::timestamptz - n * interval '12 hours' - interval '5 hours' as at) t`,
    [NOW, NIGHTS * 2],
  );
  await query(
    `insert into health_data.processed_delivery (delivery_id, received_on, outcome, processed_at, athlete_id, provider, days)
     select id, received_on, 'stored', received_at, athlete_id, provider, array[received_on] from connections.delivery`,
  );
  await query(
    `insert into health_data.touched_day (athlete_id, day, signal, revision, touched_at)
     select a.id, $1::date - n, s, 1, $1::date - n + interval '6 hours'
       from connections.athlete a, generate_series(0, $2::int - 1) n, unnest(array['HRV', 'SLEEP', 'RESTING_HEART_RATE', 'STEPS']) s`,
    [UNTIL, NIGHTS],
  );
  await query(
    `insert into insights.taken_touch (athlete_id, day, signal, revision)
     select athlete_id, day, signal, revision from health_data.touched_day`,
  );
  await query('analyze');
}

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Plans?: PlanNode[];
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** A month of a table, or its index, goes by the name of the whole. */
async function partitionParents(): Promise<Map<string, string>> {
  const rows = await team.database.query<{ part: string; whole: string }>(
    `select part.relname as part, whole.relname as whole
       from pg_inherits i join pg_class part on part.oid = i.inhrelid join pg_class whole on whole.oid = i.inhparent`,
  );
  return new Map(rows.map(({ part, whole }) => [part, whole]));
}

/** What the planner would do with a statement as it was sent: with its values, or, prepared, without them. */
async function planOf({ sql, parameters, isPrepared }: Statement): Promise<{ indexes: string[]; readWhole: string[] }> {
  const [row] = await team.database.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    `explain (format json, generic_plan ${isPrepared}) ${sql}`,
    isPrepared ? [] : parameters,
  );
  if (row === undefined) throw new Error('the database explains nothing');
  const nodes = nodesOf(row['QUERY PLAN'][0].Plan);
  const wholeOf = await partitionParents();
  const named = (name: string | undefined): string => wholeOf.get(name ?? '') ?? name ?? '';
  const readWhole = nodes
    .filter((node) => node['Node Type'] === 'Seq Scan')
    .map((node) => named(node['Relation Name']));
  return {
    indexes: [...new Set(nodes.flatMap((node) => (node['Index Name'] ? named(node['Index Name']) : [])))].sort(),
    readWhole: readWhole.filter((name) => bigTables.includes(name)),
  };
}

/** The statements that `work` sends, apart from those of a transaction's frame. */
async function sentBy(
  work: (db: Database) => Promise<unknown>,
  role: 'health_data' | 'insights',
): Promise<Statement[]> {
  const sent: Statement[] = [];
  const db = await team.database.open(role);
  await work(heardDatabase(db, (sql, parameters, isPrepared) => void sent.push({ sql, parameters, isPrepared })));
  return sent;
}

/** The same of one transaction of health-data. */
async function sentIn(work: (tx: Ordered) => Promise<unknown>): Promise<Statement[]> {
  const sent: Statement[] = [];
  const db = await team.database.open('health_data');
  const note: Heard = (sql, parameters, isPrepared) => void sent.push({ sql, parameters, isPrepared });
  await db.prepared.transaction((tx) => work({ ...heardSql(tx, note, true), isOrdered: true }));
  return sent;
}

const parts = (db: Database) => ({
  db,
  announceLetters: () => Promise.resolve(),
  clock: { now: () => NOW },
  metrics: createMetrics(),
  log: createLogger({ name: 'test', level: 'silent' }),
  sweepAfterMs: 30_000,
});

test('the tables that must not be read whole are big enough for the planner to care', () => {
  for (const name of [
    'sleep_night',
    'hrv_night',
    'sample_block',
    'workout',
    'touched_day',
    'processed_delivery',
    'taken_touch',
  ])
    expect(bigTables).toContain(name);
});

test.each([
  ['hrv', `hrv(${DAYS}) { state }`, ['hrv_night_of_day']],
  ['restingHeartRate', `restingHeartRate(${DAYS}) { state }`, ['resting_heart_rate_of_day']],
  ['sleep', `sleep(${DAYS}) { state }`, ['sleep_night_of_day']],
  ['steps', `steps(${DAYS}) { state }`, ['steps_day_of_day']],
  ['vitals', `vitals(${DAYS}) { state }`, ['vitals_day_of_day']],
  ['heartRate', `heartRate(${TIMES}, resolution: HOUR) { state }`, ['sample_block_of_time']],
  ['workouts', `workouts(${TIMES}) { state totalCount }`, ['workout_of_time']],
])('%s finds a squad’s rows by index', async (_name, fields, expected) => {
  const { statements } = await team.ask({ viewer: team.coach, ids: team.athleteIds.slice(0, 30), fields, now: NOW });
  const reads = statements.filter(({ sql }) => sql.includes('health_data.'));
  expect(reads).toHaveLength(1);
  const { indexes, readWhole } = await planOf(reads[0] as Statement);
  expect(readWhole).toEqual([]);
  expect(indexes).toEqual(expect.arrayContaining(expected));
});

test('the trace of a day is found by index', async () => {
  const [athleteId = ''] = team.athleteIds;
  const { statements } = await team.ask({
    viewer: await team.self(athleteId),
    ids: [athleteId],
    fields: 'dataTrace(date: "2026-11-19") { stage }',
    now: NOW,
  });
  const plans = await Promise.all(statements.filter(({ sql }) => sql.includes('health_data.')).map(planOf));
  expect(plans.flatMap(({ readWhole }) => readWhole)).toEqual([]);
  expect(plans).toHaveLength(2);
  expect(plans.flatMap(({ indexes }) => indexes)).toContain('processed_delivery_of_athlete');
});

const origin = (athleteNumber: number): Omit<Extract<Measurement, { kind: 'steps_day' }>, 'kind' | 'steps'> => ({
  provider: 'OURA',
  recordId: `r${athleteNumber % NIGHTS}`,
  sourceUpdatedAt: NOW,
  stateRank: 1,
  flags: [],
  day: UNTIL,
  capturedAt: NOW,
  zoneOffsetMin: 0,
  distanceM: null,
  activeEnergyKcal: null,
  nonWearS: null,
});

test('an upsert finds the rows it replaces by their key', async () => {
  const rows = team.athleteIds.slice(0, 30).map((athleteId, n) => {
    const measurement: Measurement = { ...origin(n), kind: 'steps_day', steps: 1 };
    return { athleteId, deliveryId: athleteId, normaliserVersion: 'test', measurement };
  });
  const sent = await sentIn((tx) => storeMeasurements(tx, { rows, now: NOW }));
  // The first one only waits for other writers of these athletes.
  const writing = sent.filter(({ sql }) => sql.includes('health_data.'));
  expect(writing).toHaveLength(2);
  const plans = await Promise.all(writing.map(planOf));
  expect(plans.flatMap(({ readWhole }) => readWhole)).toEqual([]);
  expect(plans[1]?.indexes).toContain('steps_day_pkey');
});

test('touched days are raised and swept by index', async () => {
  const touches = team.athleteIds.map((athleteId) => {
    return { athleteId, day: UNTIL, signal: 'SLEEP' as const, domain: 'sleep' as const };
  });
  const raising = await sentIn((tx) => recordTouches(tx, { touches, now: new Date(NOW.getTime() - 1) }));
  const sweeping = await sentBy(
    (db) => sweepTouches({ ...parts(db), announce: () => undefined, isWhole: true }),
    'insights',
  );
  const [raise, sweep] = await Promise.all([raising[0], sweeping[0]].map((sent) => planOf(sent as Statement)));
  expect(raise?.readWhole).toEqual([]);
  // A week of touches is a good part of these ninety nights: what insights took of them may be read as a whole here.
  expect(sweep?.readWhole).not.toContain('touched_day');
  expect(sweep?.indexes).toContain('touched_day_age');
});

test('deliveries are looked up, and swept, by index', async () => {
  const references = await team.database.query<{ id: string; receivedOn: string }>(
    `select id, received_on::text as "receivedOn" from connections.delivery order by id limit 200`,
  );
  const processing = (db: Database): ProcessParts => ({
    ...parts(db),
    keys: noKeys,
    publisher: noPublisher,
    sampleRetentionMonths: 24,
  });
  const looking = await sentBy(
    (db) =>
      processReferences(
        processing(db),
        references.map((reference) => ({ ...reference, hash: null })),
      ),
    'health_data',
  );
  for (const isWhole of [false, true]) {
    const sweeping = await sentBy(
      (db) => sweepDeliveries({ ...processing(db), sweepAfterMs: 30_000, isWhole }),
      'health_data',
    );
    expect(sweeping).toHaveLength(1);
    expect((await planOf(sweeping[0] as Statement)).readWhole).toEqual([]);
  }
  expect(looking).toHaveLength(1);
  const { readWhole, indexes } = await planOf(looking[0] as Statement);
  expect(readWhole).toEqual([]);
  expect(indexes).toContain('processed_delivery_pkey');
});

/** Everything is in the ledger already: no body is opened and nothing is published. */
const unused = (): never => {
  throw new Error('nothing was to be normalised');
};
const noKeys = { load: unused, remember: unused, has: unused, of: unused, seal: unused, open: unused };
const noPublisher = { publish: unused };
