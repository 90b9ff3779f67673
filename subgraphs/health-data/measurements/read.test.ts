import { graphql } from 'graphql';
import type { Database } from '#platform/database';
import { createLogger } from '#platform/log';
import type { Viewer } from '#platform/identity';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { heardDatabase } from '../../../tests/support/heard-database.ts';
import { createHealthDataContext } from '../context.ts';
import { healthDataSubgraph } from '../schema.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const log = createLogger({ name: 'test', level: 'silent' });
const ATHLETES = 500;
const NIGHTS = 10;

let database: TestDatabase;
let db: Database;
let athleteIds: string[];
let coach: Viewer;

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('health_data');
  await database.query(`
    insert into connections.account (id, email, password_hash, display_name, role, created_at)
    select gen_random_uuid(), 'a' || n, 'x', 'x', case when n = 0 then 'COACH' else 'ATHLETE' end, now() from generate_series(0, ${ATHLETES}) n`);
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
      from connections.athlete a, connections.team t,
           unnest(array['HRV', 'RESTING_HEART_RATE', 'SLEEP', 'STEPS', 'VITALS', 'HEART_RATE', 'TRAINING']) s`);
  const origin = `'OURA', 'r' || n, date '2026-11-20' - n, null, 0, 1, now(), 0, '\\x00', '{}', gen_random_uuid(), 'test', now()`;
  await database.query(`
    insert into health_data.sleep_night (athlete_id, provider, record_id, day, captured_at, zone_offset_min, state_rank, source_updated_at,
           delete_rank, body_hash, flags, delivery_id, normaliser_version, stored_at, role, bedtime_start, bedtime_end, in_bed_min, asleep_min)
    select a.id, ${origin}, 'night_candidate', now(), now(), 480, 450 from connections.athlete a, generate_series(1, ${NIGHTS}) n`);
  await database.query(`
    insert into health_data.hrv_night (athlete_id, provider, record_id, day, captured_at, zone_offset_min, state_rank, source_updated_at,
           delete_rank, body_hash, flags, delivery_id, normaliser_version, stored_at, metric, method, ms, ln_ms)
    select a.id, ${origin}, 'RMSSD', 'average_of_night', 50, 3.9 from connections.athlete a, generate_series(1, ${NIGHTS}) n`);
  athleteIds = (await database.query<{ id: string }>('select id from connections.athlete')).map(({ id }) => id);
  const [account] = await database.query<{ id: string }>(`select id from connections.account where role = 'COACH'`);
  coach = { kind: 'account', accountId: account?.id ?? '', sessionId: 's', role: 'COACH', athleteId: null };
  await database.query('analyze');
}, 30_000);
afterAll(() => database.drop());

const FIELDS = `
  hrv(from: "2026-11-01", to: "2026-11-20") { state streams { nights { date ms capturedAt } } }
  restingHeartRate(from: "2026-11-01", to: "2026-11-20") { state }
  sleep(from: "2026-11-01", to: "2026-11-20") { state nights { date asleepMin } }
  steps(from: "2026-11-01", to: "2026-11-20") { state }
  vitals(from: "2026-11-01", to: "2026-11-20") { state days { date spo2Pct stressHighMin } }
  heartRate(from: "2026-11-19T00:00:00Z", to: "2026-11-20T00:00:00Z", resolution: HOUR) { state }
  workouts(from: "2026-11-01T00:00:00Z", to: "2026-11-20T00:00:00Z") { state totalCount }`;

interface Answer {
  _entities: {
    hrv: { state: string; streams: { nights: { date: string; capturedAt: Date | null }[] }[] };
    sleep: { state: string; nights: unknown[] };
    vitals: { state: string; days: { date: string; spo2Pct: number | null; stressHighMin: number | null }[] };
  }[];
}

async function ask(viewer: Viewer, ids: readonly string[]): Promise<{ answer: Answer; statements: string[] }> {
  const statements: string[] = [];
  const counting = heardDatabase(db, (sql) => void statements.push(sql));
  const call = { viewer, requestId: 'r', purpose: 'query', opening: 'with-snapshot' } as const;
  const context = createHealthDataContext({
    db: counting,
    clock: { now: () => NOW },
    log,
    call,
    announce: () => undefined,
  });
  const { schema } = await healthDataSubgraph();
  const result = await graphql({
    schema,
    source: `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Athlete { ${FIELDS} } } }`,
    variableValues: { of: ids.map((id) => ({ __typename: 'Athlete', id })) },
    contextValue: context,
  });
  expect(result.errors).toBeUndefined();
  await context.reads.flush();
  return { answer: result.data as unknown as Answer, statements };
}

describe('reading what was measured', () => {
  it('takes the same number of statements for 1, 30 and 500 athletes', async () => {
    const counts: number[] = [];
    for (const size of [1, 30, 500]) {
      const { answer, statements } = await ask(coach, athleteIds.slice(0, size));
      expect(answer._entities).toHaveLength(size);
      counts.push(statements.length);
    }
    // Consent, one for the series, one for heart rate, and the record of what was read.
    expect(counts).toEqual([4, 4, 4]);
  }, 30_000);

  it('shows a coach no day before the grant', async () => {
    const { answer } = await ask(coach, athleteIds.slice(0, 1));
    const dates = answer._entities[0]?.hrv.streams[0]?.nights.map(({ date }) => date) ?? [];
    expect(dates.at(0)).toBe('2026-11-13');
    expect(dates).toHaveLength(7);
    expect(answer._entities[0]?.sleep.nights).toHaveLength(7);
  });

  it('tells the end of a night only where that night of sleep is shared', async () => {
    const id = athleteIds[1] ?? '';
    await database.query('update health_data.hrv_night set captured_at = now() where athlete_id = $1', [id]);
    await database.query(
      `update connections.consent set since = '2026-11-17' where athlete_id = $1 and signal = 'SLEEP'`,
      [id],
    );
    const { answer } = await ask(coach, [id]);
    const nights = answer._entities[0]?.hrv.streams[0]?.nights ?? [];
    expect(nights.map(({ date, capturedAt }) => [date, capturedAt !== null])).toEqual([
      ['2026-11-13', false],
      ['2026-11-14', false],
      ['2026-11-15', false],
      ['2026-11-16', false],
      ['2026-11-17', true],
      ['2026-11-18', true],
      ['2026-11-19', true],
    ]);
  });

  it('keeps what was made of the night back until the slot where sleep is withheld, and no more than that', async () => {
    const id = athleteIds[2] ?? '';
    const insert = (record: string, column: string, storedAt: string) =>
      database.query(
        `insert into health_data.vitals_day (athlete_id, provider, record_id, day, state_rank, source_updated_at, delete_rank,
                body_hash, flags, delivery_id, normaliser_version, stored_at, ${column})
         values ($1, 'OURA', $2, '2026-11-20', 1, now(), 0, '\\x00', '{}', gen_random_uuid(), 'test', $3, 97)`,
        [id, record, storedAt],
      );
    // NOW is the slot of 12:00 in Helsinki: what was stored a second later waits for the next one.
    await insert('spo2', 'spo2_pct', '2026-11-20T10:00:01Z');
    await insert('stress', 'stress_high_s', '2026-11-20T10:00:01Z');
    const seen = async () => (await ask(coach, [id])).answer._entities[0];
    expect((await seen())?.vitals.days).toMatchObject([{ spo2Pct: 97, stressHighMin: 97 / 60 }]);
    await database.query(
      `update connections.consent set withdrawn_at = now() where athlete_id = $1 and signal = 'SLEEP'`,
      [id],
    );
    const withheld = await seen();
    expect(withheld?.sleep).toMatchObject({ state: 'NOT_SHARED', nights: [] });
    expect(withheld?.vitals.days).toMatchObject([{ spo2Pct: null, stressHighMin: 97 / 60 }]);
    await database.query(`update health_data.vitals_day set stored_at = '2026-11-20T09:59:00Z' where athlete_id = $1`, [
      id,
    ]);
    expect((await seen())?.vitals.days).toMatchObject([{ spo2Pct: 97 }]);
  });

  it('answers a stranger and an anonymous caller with nothing at all', async () => {
    const stranger: Viewer = { ...coach, accountId: athleteIds[0] ?? '' } as Viewer;
    for (const viewer of [stranger, { kind: 'anonymous' } as const]) {
      const { answer } = await ask(viewer, [athleteIds[0] ?? '']);
      expect(Object.values(answer._entities[0] ?? {}).every((value) => value === null)).toBe(true);
    }
  });

  it('finds nights by index, not by reading all there are', async () => {
    await database.query(
      `insert into health_data.stream_night (athlete_id, day, signal, stream_id, provider, record_id, stored_at)
       select gen_random_uuid(), date '2026-11-20' - n, 'SLEEP', 'oura:sleep', 'OURA', 'r', now() from generate_series(1, 5000) n`,
    );
    await database.query('analyze health_data.stream_night');
    const plan = await database.query<{ 'QUERY PLAN': string }>(
      `explain select n.* from unnest(array['${athleteIds[0]}'::uuid]) a(id)
        cross join lateral (select * from health_data.night_v1 v
                             where v.athlete_id = a.id and v.day between '2026-11-01' and '2026-11-20' offset 0) n`,
    );
    const text = plan.map((row) => row['QUERY PLAN']).join('\n');
    expect(text).not.toMatch(/Seq Scan on stream_night/);
    expect(text).toMatch(/Index Cond: \(\(athlete_id = a\.id\) AND \(day >= /);
  });
});
