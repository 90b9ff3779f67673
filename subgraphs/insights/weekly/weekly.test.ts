import type { Database } from '#platform/database';
import type { Viewer } from '#platform/identity';
import { dateOf, dayNumber } from '#platform/slots';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { deriveNights } from '../../../tests/support/derive-nights.ts';
import { ask, createTeamOf, grant } from '../ask.test-support.ts';

/** A Wednesday in Helsinki; the week before began on the 16th. */
const NOW = new Date('2026-11-25T10:00:00Z');
const TODAY = '2026-11-25';
const MONDAY = '2026-11-16';
const day = (offset: number): string => dateOf(dayNumber(MONDAY) + offset);
const SIZES = [1, 30, 500];

let database: TestDatabase;
let db: Database;
let athleteIds: string[];
let coach: Viewer;
let self: (athleteId: string) => Viewer;
let teamId: string;

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('insights');
  ({ athleteIds, coach, self, teamId } = await createTeamOf(database, Math.max(...SIZES)));
  // Some of each, for all of them: what costs anything is there.
  for (const each of [views(athleteIds, 7, 70), sleeps(athleteIds, 420), trains(athleteIds), plans(athleteIds)])
    await each;
}, 120_000);
afterAll(() => database.drop());
beforeEach(() => database.query('truncate connections.consent, audit.entry'));

/** A view of this basis on every day from four weeks before to today, the score rising by one a day within each week. */
async function views(ids: readonly string[], basis: number, score: number): Promise<void> {
  await database.query(
    `insert into insights.readiness_day (athlete_id, date, basis, revision, reason, payload, score, week_scores, input_hash, computed_at, facts)
     select a, d::date, $2, 1, 'COMPUTED',
            json_build_object('algorithm', 'readiness/1', 'date', d::date::text, 'status', 'OK', 'state', 'FINAL', 'score', s.score,
              'band', case when s.score >= 80 then 'HIGH' when s.score >= 60 then 'NORMAL' when s.score >= 40 then 'REDUCED' else 'LOW' end,
              'drivers', '[]'::json, 'confidence', 0.9, 'confidenceLevel', 'HIGH', 'stale', false, 'staleSignals', '[]'::json,
              'staleShare', 0, 'signals', '{}'::json),
            s.score, '{}', '\\x00', now(), 0
       from unnest($1::uuid[]) a, generate_series($4::date - 28, $5::date, interval '1 day') d
      cross join lateral (select $3::int + extract(isodow from d)::int - case when d < $4::date then 5 else 0 end as score) s`,
    [ids, basis, score, MONDAY, TODAY],
  );
}

async function sleeps(ids: readonly string[], asleepMin: number): Promise<void> {
  await database.query(
    `insert into health_data.sleep_night (athlete_id, provider, record_id, day, state_rank, source_updated_at, delete_rank, body_hash,
            flags, delivery_id, normaliser_version, stored_at, role, in_bed_min, asleep_min, latency_min, bedtime_end, zone_offset_min)
     select a, 'OURA', 'r' || d, d::date, 1, now(), 0, '\\x00', '{}', gen_random_uuid(), 'test', now(), 'night_candidate',
            $2::float8 + 20, $2, 12, d + interval '5 hours', 120
       from unnest($1::uuid[]) a, generate_series($3::date - 28, $4::date, interval '1 day') d`,
    [ids, asleepMin, MONDAY, TODAY],
  );
  await deriveNights(database, ids);
}

/** An hour on Mondays, Wednesdays and Saturdays of many weeks, from a source that was connected all along. */
async function trains(ids: readonly string[], bpm = 150): Promise<void> {
  await database.query(
    `insert into health_data.workout (athlete_id, provider, record_id, day, captured_at, zone_offset_min, state_rank, source_updated_at,
            delete_rank, body_hash, flags, delivery_id, normaliser_version, stored_at, activity, started_at, ended_at, duration_s, average_heart_rate_bpm)
     select a, 'GARMIN', 'w' || d, d::date, now(), 120, 1, now(), 0, '\\x00', '{}', gen_random_uuid(), 'test', now(), 'Run',
            d + interval '13 hours', d + interval '14 hours', 3600, $2
       from unnest($1::uuid[]) a, generate_series($3::date - 56, $4::date - 1, interval '1 day') d
      where extract(isodow from d) in (1, 3, 6)`,
    [ids, bpm, MONDAY, TODAY],
  );
  await database.query(
    `insert into connections.provider_connection (id, athlete_id, provider, provider_user_id, state, granted_scopes, linked_at, workouts_since)
     select gen_random_uuid(), a, 'GARMIN', gen_random_uuid()::text, 'ACTIVE', '{}', $2::date - 100, $2::date - 100 from unnest($1::uuid[]) a`,
    [ids, MONDAY],
  );
  await database.query(
    `update connections.athlete set sex = 'MALE', max_hr_bpm = 190, rest_hr_bpm = 50 where id = any($1)`,
    [ids],
  );
}

/** Forty minutes on Monday, Tuesday and Saturday of the week. */
async function plans(ids: readonly string[]): Promise<void> {
  await database.query(
    `insert into insights.plan_session (athlete_id, id, version, date, title, intensity, minutes, kind, is_locked, allows_increase)
     select a, gen_random_uuid(), 1, $2::date + n, 'x', 'MODERATE', 40, 'NORMAL', false, false
       from unnest($1::uuid[]) a, unnest(array[0, 1, 5]) n`,
    [ids, MONDAY],
  );
}

const WEEK = `{ from to isOver basis sentences { text signals }
  readiness { state since meanScore changeFromWeekBefore high normal reduced low noScore }
  sleep { state since nights meanAsleepMin needMin debtMin debtChangeMin }
  training { state since method load loadBefore loadChangePct monotony trainedDays restDays unknownDays }
  plan { state since planned done missed unknown toCome changed plannedMin doneMin } }`;
const TEAM = `{ from to isOver athletes sentences { text signals } scored meanScore changeFromWeekBefore slept meanAsleepMin
  debtChangeMin loadChangePct restDays unknownDays planned done missed changed rows { athlete { id } summary ${WEEK} } }`;

type Week = Record<'readiness' | 'sleep' | 'training' | 'plan', Record<string, unknown>> & {
  from: string;
  isOver: boolean;
  basis: string[];
  sentences: { text: string }[];
};

async function weekOf(viewer: Viewer, id: string, day: string | null = null) {
  const { data, errors, text } = await ask<{ _entities: { weeklySummary: Week | null }[] } | null>({
    ...{ db, viewer, now: NOW, of: [id] },
    fields: `weeklySummary${day === null ? '' : `(week: "${day}")`} ${WEEK}`,
  });
  return { week: data?._entities[0]?.weeklySummary as Week, errors, text };
}

async function teamWeek(viewer: Viewer) {
  const { data, statements } = await ask<{
    _entities: [{ weeklySummary: Record<string, unknown> & { rows: { athlete: { id: string }; summary: Week }[] } }];
  }>({
    ...{ db, viewer, now: NOW },
    source: `{ _entities(representations: [{ __typename: "Team", id: "${teamId}" }]) { ... on Team { weeklySummary ${TEAM} } } }`,
  });
  return { week: data._entities[0].weeklySummary, statements };
}

const share = async (ids: readonly string[], signals: readonly string[], since = '2026-01-01'): Promise<void> => {
  for (const signal of signals) await grant(database, { athleteIds: ids, signal, since });
};
const NIGHTS = ['HRV', 'RESTING_HEART_RATE', 'SLEEP'];

describe('an athlete’s week', () => {
  it('is the last one that is over, whole, reckoned by hand', async () => {
    const [id = ''] = athleteIds;
    const { week, errors } = await weekOf(self(id), id);
    expect(errors).toEqual([]);
    expect(week).toMatchObject({ from: MONDAY, to: day(6), isOver: true, basis: NIGHTS });
    // 71 to 77 after 66 to 72.
    expect(week.readiness).toEqual({
      ...{ state: 'AVAILABLE', since: null, meanScore: 74, changeFromWeekBefore: 5 },
      ...{ high: 0, normal: 7, reduced: 0, low: 0, noScore: 0 },
    });
    // An hour short every night: 14 hours, and no more than before.
    expect(week.sleep).toEqual({
      ...{ state: 'AVAILABLE', since: null, nights: 7, meanAsleepMin: 420, needMin: 480 },
      ...{ debtMin: 840, debtChangeMin: 0 },
    });
    // Three hours at 150: 60 * x * 0.64 e^(1.92x), x = 100/140, thrice. Mean 46.3, spread 53.5.
    expect(week.training).toEqual({
      ...{ state: 'AVAILABLE', since: null, method: 'BANISTER', load: 324.3, loadBefore: 324.3, loadChangePct: 0 },
      ...{ monotony: 0.87, trainedDays: 3, restDays: 4, unknownDays: 0 },
    });
    expect(week.plan).toEqual({
      ...{ state: 'AVAILABLE', since: null, planned: 3, done: 2, missed: 1, unknown: 0, toCome: 0, changed: 0 },
      ...{ plannedMin: 120, doneMin: 120 },
    });
  });

  it('that runs is told up to today', async () => {
    const [id = ''] = athleteIds;
    const { week } = await weekOf(self(id), id, TODAY);
    expect(week).toMatchObject({
      from: '2026-11-23',
      isOver: false,
      readiness: { meanScore: 72 },
      sleep: { nights: 3 },
    });
  });

  it('to come, or of long ago, is refused with a sentence', async () => {
    const [id = ''] = athleteIds;
    expect((await weekOf(self(id), id, '2026-11-30')).errors).toMatchObject([
      { message: expect.stringContaining('not begun') },
    ]);
    expect((await weekOf(self(id), id, '2025-10-01')).errors).toMatchObject([
      { message: expect.stringContaining('400 days') },
    ]);
  });

  it('is nobody else’s: a stranger gets null', async () => {
    const [id = '', other = ''] = athleteIds;
    expect((await weekOf(self(other), id)).week).toBeNull();
    expect((await weekOf({ kind: 'anonymous' }, id)).week).toBeNull();
  });
});

describe('a coach', () => {
  it('gets of what is not shared that it is not shared, and nothing more', async () => {
    const [id = ''] = athleteIds;
    const { week } = await weekOf(coach, id);
    expect(week).toMatchObject({ basis: [], sentences: [] });
    for (const part of ['readiness', 'sleep', 'training', 'plan'] as const) {
      const { state, ...rest } = week[part];
      expect(state).toBe('NOT_SHARED');
      expect(Object.values(rest).every((value) => value === null)).toBe(true);
    }
    expect(await database.query('select 1 from audit.entry')).toEqual([]);
  });

  it('sees a week that a grant cuts from its first day on, and that it is cut', async () => {
    const [id = ''] = athleteIds;
    await share([id], [...NIGHTS, 'TRAINING'], day(4));
    const { week } = await weekOf(coach, id);
    expect(week.readiness).toMatchObject({ since: day(4), meanScore: 76, changeFromWeekBefore: null, normal: 3 });
    expect(week.sleep).toMatchObject({ since: day(4), nights: 3, debtMin: 840, debtChangeMin: null });
    expect(week.training).toMatchObject({
      since: day(4),
      load: 108.1,
      trainedDays: 1,
      restDays: 2,
      loadChangePct: null,
      monotony: null,
    });
    expect(week.plan).toMatchObject({ since: day(4), planned: 1, done: 1, missed: 0 });
    await database.query('update connections.consent set since = $1', [day(7)]);
    expect((await weekOf(coach, id)).text).not.toMatch(/AVAILABLE|\d\d\.\d/);
  });

  it('leaves a record of each read', async () => {
    const [id = ''] = athleteIds;
    await share([id], ['SLEEP', 'TRAINING']);
    await weekOf(coach, id);
    expect(await database.query('select athlete_id, action, signals from audit.entry')).toEqual([
      { athlete_id: id, action: 'READ', signals: ['SLEEP', 'TRAINING'] },
    ]);
  });

  it('cannot tell two athletes apart who are equal in what is shared, whatever they withhold', async () => {
    const [, , , , , first = '', second = ''] = athleteIds;
    const tables = [
      'insights.readiness_day',
      'insights.readiness_revision',
      'health_data.sleep_night',
      'health_data.stream_night',
      'health_data.workout',
      'insights.plan_session',
    ];
    for (const table of tables)
      await database.query(`delete from ${table} where athlete_id = any($1)`, [[first, second]]);
    await database.query('delete from connections.provider_connection where athlete_id = any($1)', [[first, second]]);
    // Of each signal: what both have if it is shared, and what the second has if it is not.
    const both = [first, second];
    const data: Record<string, { equal: () => Promise<void>; different: () => Promise<void> }> = {
      HRV: { equal: () => views(both, 1, 70), different: () => views([second], 1, 40) },
      SLEEP: { equal: () => sleeps(both, 430), different: () => sleeps([second], 300) },
      TRAINING: {
        equal: async () => {
          await trains(both);
          await plans(both);
        },
        different: async () => {
          await trains([second], 180);
          await plans([second]);
        },
      },
    };
    const names = Object.keys(data);
    for (let set = 0; set < 2 ** names.length; set += 1) {
      const shared = names.filter((_, bit) => (set & (1 << bit)) !== 0);
      for (const table of tables) await database.query(`delete from ${table} where athlete_id = any($1)`, [both]);
      await database.query('delete from connections.provider_connection where athlete_id = any($1)', [both]);
      await database.query('truncate connections.consent');
      await share(both, shared);
      for (const name of names) await (shared.includes(name) ? data[name]?.equal() : data[name]?.different());
      // With SLEEP shared too, the basis is another one.
      if (shared.includes('HRV') && shared.includes('SLEEP')) await views(both, 5, 75);
      for (const which of [null, TODAY]) {
        const [one, other] = [await weekOf(coach, first, which), await weekOf(coach, second, which)];
        expect(one.text).toBe(other.text);
        expect(one.text.includes('AVAILABLE')).toBe(shared.length > 0);
      }
      const rows = (await teamWeek(coach)).week.rows.filter(({ athlete }) => both.includes(athlete.id));
      expect(JSON.stringify(rows[0]?.summary)).toBe(JSON.stringify(rows[1]?.summary));
    }
  }, 60_000);
});

describe('a team’s week', () => {
  it('adds up its rows, of what is shared with this team', async () => {
    const [one = '', two = '', three = ''] = athleteIds;
    await share([one, two], NIGHTS);
    await share([one], ['TRAINING']);
    await share([three], ['SLEEP']);
    await database.query('update connections.membership set left_at = now() where athlete_id <> all($1)', [
      [one, two, three],
    ]);
    const { week } = await teamWeek(coach);
    await database.query('update connections.membership set left_at = null');
    const { rows, ...numbers } = week;
    expect(rows).toHaveLength(3);
    expect(numbers).toEqual({
      ...{ from: MONDAY, to: day(6), isOver: true, athletes: 3, scored: 2, meanScore: 74, changeFromWeekBefore: 5 },
      ...{ slept: 3, meanAsleepMin: 420, debtChangeMin: 0, loadChangePct: 0, restDays: 4, unknownDays: 0 },
      ...{ planned: 3, done: 2, missed: 1, changed: 0 },
      sentences: [
        { text: 'Readiness rose in 2 and fell in 0 of 2 that can be compared.', signals: [] },
        { text: 'The sleep debt grew by an hour or more in 0 of 3.', signals: ['SLEEP'] },
        { text: '2 of 3 planned sessions done, 1 missed.', signals: ['TRAINING'] },
      ],
    });
  });

  it('counts nothing that an athlete shares with another team of the same coach', async () => {
    const [id = ''] = athleteIds;
    const [other] = await database.query<{ id: string }>(
      `insert into connections.team (id, name, created_at) values (gen_random_uuid(), 'other', now()) returning id`,
    );
    const { accountId } = coach as { accountId: string };
    await database.query('insert into connections.team_coach values ($1, $2, now())', [other?.id, accountId]);
    await database.query('insert into connections.membership values ($1, $2, now())', [other?.id, id]);
    await database.query(
      `insert into connections.consent (athlete_id, team_id, signal, since, granted_at, epoch)
       select $1, $2, s, '2026-01-01', now(), 1 from unnest(array['HRV', 'RESTING_HEART_RATE', 'SLEEP', 'TRAINING']) s`,
      [id, other?.id],
    );
    const { week } = await teamWeek(coach);
    for (const table of ['consent', 'membership', 'team_coach'])
      await database.query(`delete from connections.${table} where team_id = $1`, [other?.id]);
    await database.query('delete from connections.team where id = $1', [other?.id]);
    expect(week).toMatchObject({ scored: 0, slept: 0, loadChangePct: null, restDays: 0, planned: 0 });
    expect(JSON.stringify(week.rows)).not.toContain('AVAILABLE');
  });

  it('is null for whoever is no coach of it', async () => {
    const [id = ''] = athleteIds;
    expect((await teamWeek(self(id))).week).toBeNull();
  });

  it('takes the same statements for one athlete and for five hundred', async () => {
    await share(athleteIds, [...NIGHTS, 'TRAINING']);
    const counts: number[] = [];
    for (const size of SIZES) {
      await database.query(
        'update connections.membership set left_at = case when athlete_id = any($1) then null else now() end',
        [athleteIds.slice(0, size)],
      );
      const { week, statements } = await teamWeek(coach);
      expect(week.rows).toHaveLength(size);
      expect(week.rows.at(-1)?.summary.training['load']).not.toBeNull();
      counts.push(statements.length);
    }
    // Coach, members, consent, all that the weeks are made of, and the entry in the access log.
    expect(counts).toEqual([5, 5, 5]);
  }, 60_000);
});
