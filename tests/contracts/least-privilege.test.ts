import pg from 'pg';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

async function refusal(role: 'connections' | 'health_data' | 'insights', sql: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: database.urlOf(role) });
  await client.connect();
  try {
    await client.query(sql);
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await client.end();
  }
}

/** Runs the statements in one session; the rows of the last. */
async function sameSession(role: 'connections' | 'health_data' | 'insights', statements: string[]): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: database.urlOf(role) });
  await client.connect();
  try {
    let rows: unknown[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

const INSUFFICIENT_PRIVILEGE = '42501';

const COLUMNS_OF_ENTRY = [
  ...['at timestamptz', 'actor_id uuid', 'actor_kind text', 'athlete_id uuid', 'action text', 'signals text[]'],
  ...['purpose text', 'team_id uuid', 'request_id text'],
];
const ENTRY = JSON.stringify({
  at: '2026-11-20T10:00:00Z',
  actorKind: 'SYSTEM',
  athleteId: '0193a000-0000-7000-8000-000000000001',
  action: 'READ',
  signals: [],
  purpose: 'caught',
});

describe('least privilege in the database', () => {
  it.each([
    ['insights', 'select * from connections.consent_v1'],
    ['insights', 'select * from health_data.night_v1, health_data.primary_source_v1'],
    ['health_data', 'select * from connections.delivery_v1'],
    ['health_data', 'select * from connections.payload_key_v1'],
    ['health_data', 'select * from connections.delivery_trace_v1, connections.connection_trace_v1'],
    ['health_data', 'select * from connections.source_erasure_v1'],
    ['insights', 'select * from connections.dead_letter_v1, health_data.dead_letter_v1'],
    ['insights', 'select * from health_data.erased_source_v1'],
    ['insights', 'select * from health_data.night_times_v1, health_data.workout_rpe_v1'],
    ['insights', 'select * from connections.source_span_v1, connections.quiet_hours_v1'],
    ['insights', 'select * from connections.needs_reconnect_v1'],
    ['health_data', 'select * from connections.root_secret_v1'],
    ['health_data', "select connections.athletes_named_v1('a@example.org')"],
    ['insights', "select connections.athletes_named_v1('a@example.org')"],
    ['connections', 'select * from connections.sealed_token'],
    ['connections', "select connections.drop_partition('1999-01-01')"],
    [
      'health_data',
      "select health_data.prepare_sample_months('{1999-01-01}'), health_data.drop_sample_month('1999-01-01')",
    ],
  ] as const)('%s may %s', async (role, sql) => {
    expect(await refusal(role, sql)).toBeNull();
  });

  it.each([
    ['insights', 'select * from connections.delivery_v1'],
    ['insights', 'select * from connections.sealed_token'],
    ['insights', 'select * from connections.account'],
    ['insights', 'select * from health_data.sleep_night'],
    ['insights', 'select * from health_data.check_in'],
    ['insights', 'select * from health_data.workout_rating'],
    ['insights', "insert into health_data.touched_day values (gen_random_uuid(), '2026-01-01', 'HRV', 1, now())"],
    ['health_data', 'select * from connections.sealed_token'],
    ['health_data', 'select * from connections.data_key'],
    ['health_data', 'select email from connections.account'],
    ['health_data', 'select * from connections.fetched_notification'],
    ['health_data', 'select * from connections.dead_letter'],
    ['health_data', 'select * from connections.dead_letter_v1'],
    ['insights', 'select * from health_data.dead_letter'],
    ['insights', 'select * from connections.provider_connection'],
    ['health_data', 'select * from connections.source_span_v1'],
    ['health_data', 'select * from insights.sleep_nudge'],
    ['health_data', 'select * from connections.needs_reconnect_v1'],
    ['connections', 'select * from insights.push_subscription'],
    ['connections', 'select * from insights.saved_view'],
    ['health_data', 'delete from connections.source_erasure'],
    ['insights', 'select * from connections.delivery_trace_v1'],
    ['health_data', 'select * from connections.root_secret'],
    ['connections', 'update connections.root_secret set known_answer = known_answer'],
    ['connections', 'delete from connections.root_secret'],
    ['connections', 'delete from connections.token_key_rotation'],
    ['health_data', 'select * from insights.readiness_day'],
    ['health_data', 'update connections.consent set withdrawn_at = null'],
    ['connections', 'select * from health_data.sleep_night'],
    ['connections', 'select * from insights.readiness_day'],
    ['connections', 'select * from audit.entry'],
    ['connections', 'delete from audit.entry'],
    ['connections', 'delete from connections.api_key'],
    ['health_data', 'select * from connections.api_key'],
    ['connections', 'drop table connections.delivery'],
    ['health_data', "select connections.drop_partition('1999-01-01')"],
    ['health_data', 'select * from connections.archive_erasure'],
    ['insights', 'update insights.plan_change set at = at'],
    ['health_data', 'select * from insights.plan_session'],
    ['insights', "select connections.drop_partition('1999-01-01')"],
    ['connections', 'create table connections.mine (x int)'],
    ['health_data', 'create table health_data.mine (x int)'],
    ['health_data', 'drop table health_data.sample_block'],
    ['insights', "select health_data.prepare_sample_months('{1999-01-01}')"],
    ['insights', "select health_data.drop_sample_month('1999-01-01')"],
    ['insights', 'select * from health_data.sample_block'],
  ] as const)('%s may not %s', async (role, sql) => {
    expect(await refusal(role, sql)).toBe(INSUFFICIENT_PRIVILEGE);
  });

  it.each(['connections', 'health_data', 'insights'] as const)(
    '%s does not run code of its own as the owner: a temporary table stands in for no table of a definer function',
    async (role) => {
      const [found] = await sameSession(role, [
        'create temp table entry ()',
        'create temp table ran_as (who text)',
        `create function pg_temp.lay_bare() returns trigger language plpgsql as
           $$ begin insert into pg_temp.ran_as select current_user; return new; end $$`,
        ...COLUMNS_OF_ENTRY.map((column) => `alter table pg_temp.entry add column ${column}`),
        'create trigger caught before insert on pg_temp.entry for each row execute function pg_temp.lay_bare()',
        'grant all on pg_temp.entry, pg_temp.ran_as to public',
        `select audit.append('[${ENTRY}]')`,
        'select (select count(*) from pg_temp.entry)::int as caught, (select max(who) from pg_temp.ran_as) as who',
      ]);
      expect(found).toEqual({ caught: 0, who: null });
      await database.query("delete from audit.entry where purpose = 'caught'");
    },
  );

  it('whoever may write the audit may not read it, but for one athlete through its function', async () => {
    const entry = JSON.stringify([
      {
        at: '2026-11-20T10:00:00Z',
        actorId: null,
        actorKind: 'SYSTEM',
        athleteId: '0193a000-0000-7000-8000-000000000001',
        action: 'READ',
        signals: ['HRV'],
        purpose: 'query',
        teamId: null,
        requestId: 'r1',
      },
    ]);
    expect(await refusal('insights', `select audit.append('${entry}')`)).toBeNull();
    expect(
      await refusal('insights', "select * from audit.of_athlete('0193a000-0000-7000-8000-000000000001', null, 10)"),
    ).toBe(INSUFFICIENT_PRIVILEGE);
    expect(
      await refusal('connections', "select * from audit.of_athlete('0193a000-0000-7000-8000-000000000001', null, 10)"),
    ).toBeNull();
    expect(await database.query('select * from audit.entry')).toHaveLength(1);
  });
});
