import 'reflect-metadata';
import { graphql, type GraphQLSchema } from 'graphql';
import type { Database } from '#platform/database';
import type { Viewer } from '#platform/identity';
import { createLogger } from '#platform/log';
import { createHealthDataContext } from '../../subgraphs/health-data/context.ts';
import { refreshSummaries } from '../../subgraphs/health-data/sources/daily-summary.ts';
import { healthDataSubgraph } from '../../subgraphs/health-data/schema.ts';
import { createDatabase, type TestDatabase } from './database.ts';
import { deriveNights } from './derive-nights.ts';
import { heardDatabase } from './heard-database.ts';

/** A coach's team in a database of its own, and a way to ask health-data's schema about its athletes. */
export interface MeasuredTeam {
  database: TestDatabase;
  athleteIds: readonly string[];
  coach: Viewer;
  /** The athlete's own account. */
  self(athleteId: string): Promise<Viewer>;
  /** Asks one selection for each of these athletes, as the gateway does, and tells which statements it took. */
  ask<Fields>(options: {
    viewer: Viewer;
    ids: readonly string[];
    fields: string;
    now: Date;
  }): Promise<{ athletes: Fields[]; statements: Statement[] }>;
}

export interface Statement {
  sql: string;
  parameters: unknown[];
  isPrepared: boolean;
}

const SIGNALS = ['HRV', 'RESTING_HEART_RATE', 'SLEEP', 'STEPS', 'VITALS', 'HEART_RATE', 'TRAINING', 'CHECK_IN'];
const log = createLogger({ name: 'test', level: 'silent' });

/** `since`: the first local day the athletes share, all signals of it. */
export async function createMeasuredTeam(options: {
  athletes: number;
  timeZone: string;
  since: string;
}): Promise<MeasuredTeam> {
  const database = await createDatabase();
  const db = await database.open('health_data');
  await database.query(
    `insert into connections.account (id, email, password_hash, display_name, role, created_at)
     select gen_random_uuid(), 'a' || n, 'x', 'x', case when n = 0 then 'COACH' else 'ATHLETE' end, now()
       from generate_series(0, $1::int) n`,
    [options.athletes],
  );
  await database.query(
    `insert into connections.athlete (id, account_id, display_name, time_zone)
     select gen_random_uuid(), id, 'x', $1 from connections.account where role = 'ATHLETE'`,
    [options.timeZone],
  );
  await database.query(`insert into connections.team (id, name, created_at) values (gen_random_uuid(), 'x', now())`);
  await database.query(
    `insert into connections.team_coach (team_id, account_id, joined_at)
     select t.id, a.id, now() from connections.team t, connections.account a where a.role = 'COACH'`,
  );
  await database.query(
    `insert into connections.membership (team_id, athlete_id, joined_at)
     select t.id, a.id, now() from connections.team t, connections.athlete a`,
  );
  await database.query(
    `insert into connections.consent (athlete_id, team_id, signal, since, granted_at, epoch)
     select a.id, t.id, s, $1, now(), 1 from connections.athlete a, connections.team t, unnest($2::text[]) s`,
    [options.since, SIGNALS],
  );
  const athletes = await database.query<{ id: string }>('select id from connections.athlete order by id');
  const { schema } = await healthDataSubgraph();
  return {
    database,
    athleteIds: athletes.map(({ id }) => id),
    coach: await accountOf(database, `select id, null as athlete_id from connections.account where role = 'COACH'`),
    self: (athleteId) =>
      accountOf(
        database,
        `select account_id as id, id as athlete_id from connections.athlete where id = '${athleteId}'`,
      ),
    ask: (asked) => ask({ schema, db, ...asked }),
  };
}

async function accountOf(database: TestDatabase, sql: string): Promise<Viewer> {
  const [row] = await database.query<{ id: string; athlete_id: string | null }>(sql);
  if (row === undefined) throw new Error('the team has no such account');
  const role = row.athlete_id === null ? 'COACH' : 'ATHLETE';
  return { kind: 'account', accountId: row.id, sessionId: 's', role, athleteId: row.athlete_id };
}

async function ask<Fields>(options: {
  schema: GraphQLSchema;
  db: Database;
  viewer: Viewer;
  ids: readonly string[];
  fields: string;
  now: Date;
}): Promise<{ athletes: Fields[]; statements: Statement[] }> {
  const { schema, db, viewer, ids, fields, now } = options;
  const statements: Statement[] = [];
  const counting = heardDatabase(
    db,
    (sql, parameters, isPrepared) => void statements.push({ sql, parameters, isPrepared }),
  );
  const call = { viewer, requestId: 'r', purpose: 'query', opening: 'with-snapshot' } as const;
  const context = createHealthDataContext({
    db: counting,
    clock: { now: () => now },
    log,
    announce: () => undefined,
    call,
  });
  const result = await graphql({
    schema,
    source: `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Athlete { ${fields} } } }`,
    variableValues: { of: ids.map((id) => ({ __typename: 'Athlete', id })) },
    contextValue: context,
  });
  expect(result.errors).toBeUndefined();
  await context.reads.flush();
  return { athletes: (result.data as unknown as { _entities: Fields[] })._entities, statements };
}

/** Of each table: its own columns and a value of each, an SQL expression over `n`, the number of nights ago. */
const VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  sleep_night: {
    role: `'night_candidate'`,
    bedtime_start: `$1::date - n - interval '2 hours'`,
    bedtime_end: `$1::date - n + interval '5 hours'`,
    in_bed_min: '420',
    asleep_min: '400',
  },
  hrv_night: {
    metric: `'RMSSD'`,
    method: `'average_of_night'`,
    ms: '50',
    ln_ms: 'ln(50)',
    sleep_record_id: `'r' || n`,
  },
  resting_heart_rate: { bpm: '50', method: `'lowest_of_night'`, sleep_record_id: `'r' || n` },
  sample_record: { sample_kind: `'heart_rate'`, started_at: `$1::date - n - interval '2 hours'` },
  steps_day: { steps: '9000' },
  workout: {
    activity: `'running'`,
    started_at: `$1::date - n + interval '15 hours'`,
    ended_at: `$1::date - n + interval '16 hours'`,
    duration_s: '3600',
    is_manual: 'false',
  },
  vitals_day: { spo2_pct: '97', sleep_record_id: `'r' || n` },
};

/** Gives each athlete, or these, one row in each table for each of so many nights, the last of them on `until`. */
export async function measureNights(
  database: TestDatabase,
  options: { until: string; nights: number; athleteIds?: readonly string[] },
): Promise<void> {
  for (const [table, values] of Object.entries(VALUES)) {
    await database.query(
      `insert into health_data.${table} (athlete_id, provider, record_id, day, captured_at, state_rank, source_updated_at,
              delete_rank, body_hash, flags, delivery_id, normaliser_version, stored_at, ${Object.keys(values).join(', ')})
       select a.id, 'OURA', 'r' || n, $1::date - n, $1::date - n + interval '5 hours', 1, $1::date - n + interval '6 hours',
              0, '\\x00', '{}', gen_random_uuid(), 'test', $1::date - n + interval '6 hours', ${Object.values(values).join(', ')}
         from connections.athlete a, generate_series(0, $2::int - 1) n
        where $3::uuid[] is null or a.id = any($3)`,
      [options.until, options.nights, options.athleteIds ?? null],
    );
  }
  await database.query(
    `select health_data.prepare_sample_months(array(select distinct started_at::date from health_data.sample_record))`,
  );
  await database.query(`
    insert into health_data.sample_block
    select athlete_id, provider, record_id, sample_kind, started_at, captured_at, source_updated_at,
           array(select s * 300 from generate_series(0, 83) s), array(select 50 + s % 20 from generate_series(0, 83) s)
      from health_data.sample_record
        on conflict do nothing`);
  await deriveNights(database);
  const days = await database.query<{ athleteId: string; day: string }>(
    `select athlete_id as "athleteId", day::text as day from health_data.steps_day`,
  );
  const db = await database.open('health_data');
  await db.prepared.transaction((tx) => refreshSummaries(tx, days));
  await database.query('analyze');
}
