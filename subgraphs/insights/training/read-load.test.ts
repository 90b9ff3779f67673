import type { Database } from '#platform/database';
import type { Viewer } from '#platform/identity';
import { dateOf, dayNumber } from '#platform/slots';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { deriveNights } from '../../../tests/support/derive-nights.ts';
import { ask, createTeamOf, grant } from '../ask.test-support.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const TODAY = '2026-11-20';
const ago = (days: number): string => dateOf(dayNumber(TODAY) - days);
const ATHLETES = 60;

let database: TestDatabase;
let db: Database;
let athleteIds: string[];
let coach: Viewer;
let self: (athleteId: string) => Viewer;

interface Load {
  state: string;
  unit: string | null;
  method: string | null;
  days: {
    date: string;
    load: number | null;
    isRest: boolean;
    fitness: number | null;
    warmingUp: boolean;
    sessions: { load: number | null }[];
  }[];
  weekEnd: string | null;
  weekLoad: number | null;
  monotony: number | null;
  strain: number | null;
  loadChange: number | null;
  ewmaRatio: number | null;
}

const fieldsFor = (from: string, to: string): string => `
  load(from: "${from}", to: "${to}") { state unit method
    days { date method load isRest isOver startsSeries fitness fatigue form warmingUp sessions { activity minutes load } }
    weekEnd weekLoad monotony strain loadChange ewmaRatio }`;

async function loadOf(athleteId: string, options: { viewer?: Viewer; from?: string; to?: string; now?: Date } = {}) {
  const { viewer = self(athleteId), from = ago(60), to = TODAY, now = NOW } = options;
  const { data, text, errors } = await ask<{ _entities: { load: Load | null }[] }>({
    ...{ db, viewer, now },
    fields: fieldsFor(from, to),
    of: [athleteId],
  });
  expect(errors).toEqual([]);
  const load = data._entities[0]?.load ?? null;
  return { load: load as Load, text, on: (date: string) => load?.days.find((day) => day.date === date) };
}

/** An hour at 150 on each of these days, `back` days ago. */
async function trains(
  athleteId: string,
  backs: readonly number[],
  part: { provider?: string; bpm?: number | null; at?: string } = {},
) {
  const { provider = 'GARMIN', bpm = 150, at = '15:00+02:00' } = part;
  await database.query(
    `insert into health_data.workout (athlete_id, provider, record_id, day, captured_at, zone_offset_min, state_rank, source_updated_at,
            delete_rank, body_hash, flags, delivery_id, normaliser_version, stored_at, activity, started_at, ended_at, duration_s, average_heart_rate_bpm)
     select $1, $2, 'w' || s, s::date, now(), 120, 1, now(), 0, '\\x00', '{}', gen_random_uuid(), 'test', now(), 'Run',
            s::timestamptz, s::timestamptz + interval '70 minutes', 3600, $4
       from unnest($3::text[]) s`,
    [athleteId, provider, backs.map((back) => `${ago(back)} ${at}`), bpm],
  );
}

interface Link {
  provider?: string;
  since?: string;
  until?: string;
  state?: string;
  /** From when to when workouts were granted; as long as the link when left out, never when null. */
  workouts?: { since?: string; until?: string } | null;
}

const links = (athleteId: string, part: Link = {}) => {
  const { provider = 'GARMIN', state = 'ACTIVE', since = `${ago(200)} 10:00Z`, until = null, workouts = {} } = part;
  return database.query(
    `insert into connections.provider_connection (id, athlete_id, provider, provider_user_id, state, granted_scopes, linked_at, ended_at,
            workouts_since, workouts_until)
     values (gen_random_uuid(), $1, $2, gen_random_uuid()::text, $3, '{}', $4, $5, $6, $7)`,
    [athleteId, provider, state, since, until, workouts && (workouts.since ?? since), workouts?.until],
  );
};

/** A history from `from` to `to` days ago that has ended, and from which day on it brought the workouts. */
const loadsHistory = (
  athleteId: string,
  part: { from: number; to: number; workoutsFrom: number | null; state?: string },
) =>
  database.query(
    `insert into connections.sync_job (id, athlete_id, connection_id, provider, kind, state, from_date, to_date, workouts_from, created_at, updated_at)
     select gen_random_uuid(), athlete_id, id, provider, 'HISTORICAL', $2, $3, $4, $5, now(), now()
       from connections.provider_connection where athlete_id = $1`,
    [
      athleteId,
      part.state ?? 'DONE',
      ago(part.from),
      ago(part.to),
      part.workoutsFrom === null ? null : ago(part.workoutsFrom),
    ],
  );

const profile = (athleteId: string, set: string) =>
  database.query(`update connections.athlete set ${set} where id = $1`, [athleteId]);
const HEART_RATES = `sex = 'MALE', max_hr_bpm = 190, rest_hr_bpm = 50`;
/** 60 * x * 0.64 e^(1.92x) with x = 100 / 140. */
const TRIMP = 108.1;

let next = 0;
/** Somebody whom no other test has touched. */
const somebody = (): string => athleteIds[ATHLETES - (next += 1)] ?? '';
const days = (from: number, to: number): number[] => Array.from({ length: from - to + 1 }, (_, at) => from - at);

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('insights');
  // What is published is what counts here, whoever fills it.
  await database.query(
    'create table health_data.rated (athlete_id uuid, provider text, record_id text, rpe double precision, rated_at timestamptz)',
  );
  await database.query(
    'create or replace view health_data.workout_rpe_v1 as select athlete_id, provider, record_id, rpe, rated_at from health_data.rated',
  );
  ({ athleteIds, coach, self } = await createTeamOf(database, ATHLETES));
}, 30_000);
afterAll(() => database.drop());

describe('the athlete’s load', () => {
  it('is nothing, and says so, where there is nothing', async () => {
    const { load } = await loadOf(somebody());
    expect(load).toMatchObject({ state: 'NO_DATA', method: null, weekEnd: null, weekLoad: null });
    expect(load.days).toHaveLength(61);
    expect(load.days.every((day) => day.load === null && !day.isRest)).toBe(true);
  });

  it('follows from sessions, profile heart rates and the days a source was heard', async () => {
    const athleteId = somebody();
    await profile(athleteId, HEART_RATES);
    await links(athleteId, { since: `${ago(50)} 10:00Z` });
    await trains(
      athleteId,
      days(58, 1).filter((back) => back % 3 === 1),
    );
    const { load, on } = await loadOf(athleteId);
    expect(load).toMatchObject({ state: 'AVAILABLE', unit: 'AU', method: 'BANISTER', weekEnd: ago(1) });
    expect(on(ago(1))).toMatchObject({ load: TRIMP, sessions: [{ activity: 'Run', minutes: 60, load: TRIMP }] });
    expect(on(ago(2))).toMatchObject({ load: 0, isRest: true });
    expect(on(ago(50))).toMatchObject({ load: 0, isRest: true });
    // Before the link nobody knows what a day without a session was.
    expect(on(ago(51))).toMatchObject({ load: null, isRest: false, fitness: null });
    expect(load.weekLoad).toBeCloseTo(3 * TRIMP, 0);
    // Three sessions in the week, seven in the three weeks before.
    expect(load.loadChange).toBe(1.29);
    expect(load.monotony).toBeGreaterThan(0);
    expect(load.ewmaRatio).toBeCloseTo(1, 0);
  });

  it('knows the days of a history that was loaded up to the link, and none of one that was not', async () => {
    const [loaded, failed] = [somebody(), somebody()];
    for (const athleteId of [loaded, failed]) {
      await profile(athleteId, HEART_RATES);
      await links(athleteId, { since: `${ago(3)} 10:00Z` });
      await trains(athleteId, [30]);
      const state = athleteId === loaded ? 'DONE' : 'FAILED';
      await loadsHistory(athleteId, { from: 40, to: 3, workoutsFrom: 40, state });
    }
    expect((await loadOf(loaded)).on(ago(20))).toMatchObject({ load: 0, isRest: true });
    expect((await loadOf(loaded)).on(ago(41))).toMatchObject({ load: null });
    expect((await loadOf(failed)).on(ago(20))).toMatchObject({ load: null, isRest: false });
  });

  it('does not take a history without its workouts for rest, and learns of the days from a later one that brings them', async () => {
    const athleteId = somebody();
    await profile(athleteId, HEART_RATES);
    await links(athleteId, { since: `${ago(3)} 10:00Z` });
    await loadsHistory(athleteId, { from: 40, to: 3, workoutsFrom: null });
    await trains(athleteId, [2]);
    const before = await loadOf(athleteId);
    expect(before.on(ago(1))).toMatchObject({ load: 0, isRest: true });
    expect(days(40, 4).map((back) => before.on(ago(back)))).toEqual(
      days(40, 4).map(() => expect.objectContaining({ load: null, isRest: false })),
    );
    expect(before.load).toMatchObject({ weekLoad: null, monotony: null, loadChange: null });

    // Some of the days that were asked for lay before what the source still had.
    await loadsHistory(athleteId, { from: 40, to: 1, workoutsFrom: 30 });
    const { load, on } = await loadOf(athleteId);
    expect(on(ago(30))).toMatchObject({ load: 0, isRest: true });
    expect(on(ago(31))).toMatchObject({ load: null, isRest: false });
    expect(load.weekLoad).toBeCloseTo(TRIMP, 0);
  });

  it('takes no day for rest on which workouts were not granted', async () => {
    const [never, later, noMore] = [somebody(), somebody(), somebody()];
    await links(never, { until: `${ago(50)} 10:00Z`, state: 'REVOKED' });
    await links(never, { since: `${ago(40)} 10:00Z`, workouts: null });
    await links(later, { since: `${ago(40)} 10:00Z`, workouts: { since: `${ago(20)} 10:00Z` } });
    // The history of the link came before the workouts were granted, and knows of none between.
    await loadsHistory(later, { from: 60, to: 40, workoutsFrom: 60 });
    await links(noMore, { workouts: { until: `${ago(20)} 10:00Z` } });
    for (const athleteId of [never, later, noMore]) {
      await profile(athleteId, HEART_RATES);
      await trains(athleteId, [55, 10]);
    }
    const restOf = async (athleteId: string) => {
      const { on } = await loadOf(athleteId);
      return [51, 39, 21, 19, 1].filter((back) => on(ago(back))?.isRest);
    };
    expect(await restOf(never)).toEqual([51]);
    expect(await restOf(later)).toEqual([19, 1]);
    expect(await restOf(noMore)).toEqual([51, 39, 21]);
  });

  it('does not take silence for rest after a source is gone, nor from one that never brought a session', async () => {
    const athleteId = somebody();
    await profile(athleteId, HEART_RATES);
    await links(athleteId, { until: `${ago(10)} 10:00Z`, state: 'REVOKED' });
    await links(athleteId, { provider: 'OURA' });
    await trains(athleteId, days(60, 20));
    const { load, on } = await loadOf(athleteId);
    expect(on(ago(10))).toMatchObject({ load: 0 });
    expect(on(ago(9))).toMatchObject({ load: null, isRest: false });
    expect(load.state).toBe('STALE');
    expect(load).toMatchObject({ weekLoad: null, monotony: null, strain: null, loadChange: null, ewmaRatio: null });
  });

  it('follows a rating, a new profile, late sessions and deleted ones at once', async () => {
    const athleteId = somebody();
    await links(athleteId);
    await trains(athleteId, [2], { bpm: null });
    expect((await loadOf(athleteId)).on(ago(2))).toMatchObject({ load: null, isRest: false });
    await database.query(
      `insert into health_data.rated select athlete_id, provider, record_id, 4, now() from health_data.workout where athlete_id = $1`,
      [athleteId],
    );
    expect((await loadOf(athleteId)).on(ago(2))).toMatchObject({ load: 240 });
    await trains(athleteId, days(9, 7));
    await profile(athleteId, 'max_hr_bpm = 200');
    const edwards = await loadOf(athleteId);
    expect(edwards.load.method).toBe('EDWARDS');
    expect(edwards.on(ago(7))).toMatchObject({ load: 180 });
    // By heart rate the rated session is not known, and not zero.
    expect(edwards.on(ago(2))).toMatchObject({ load: null });
    await database.query(`update health_data.workout set delete_rank = 1 where athlete_id = $1 and record_id like $2`, [
      athleteId,
      `w${ago(7)}%`,
    ]);
    expect((await loadOf(athleteId)).on(ago(7))).toMatchObject({ load: 0, isRest: true });
  });

  it('puts a session on the local day that it began on, and none on tomorrow', async () => {
    const athleteId = somebody();
    await profile(athleteId, HEART_RATES);
    await links(athleteId);
    await trains(athleteId, [3], { at: '00:30+02:00' });
    await trains(athleteId, [5], { at: '23:30+02:00' });
    const { load, on } = await loadOf(athleteId, { to: ago(-5) });
    expect([on(ago(3))?.load, on(ago(4))?.load, on(ago(5))?.load]).toEqual([TRIMP, 0, TRIMP]);
    expect(load.days.at(-1)?.date).toBe(TODAY);
  });

  it('says the same of a day whatever stretch is asked for', async () => {
    const athleteId = somebody();
    await profile(athleteId, HEART_RATES);
    await links(athleteId);
    await trains(
      athleteId,
      days(300, 1).filter((back) => back % 2 === 0),
    );
    const { load: long } = await loadOf(athleteId, { from: ago(300) });
    const { load: short } = await loadOf(athleteId, { from: ago(5) });
    expect(short.days).toEqual(long.days.slice(-6));
    expect({ ...short, days: [] }).toEqual({ ...long, days: [] });
    const { load: past } = await loadOf(athleteId, { from: ago(20), to: ago(10) });
    expect(past.days).toEqual(long.days.slice(-21, -10));
    expect(past.weekEnd).toBe(ago(10));
  });

  it('refuses a stretch that runs backwards or is too long, in words', async () => {
    const [athleteId = ''] = athleteIds;
    for (const [from, to, words] of [
      [TODAY, ago(1), 'Swap them'],
      [ago(400), TODAY, 'At most 400 days'],
    ] as const) {
      const { errors } = await ask({
        db,
        viewer: self(athleteId),
        now: NOW,
        fields: fieldsFor(from, to),
        of: [athleteId],
      });
      expect(errors[0]?.message).toContain(words);
    }
  });
});

describe('a coach', () => {
  it('gets NOT_SHARED and nothing else without TRAINING, and nothing at all of a stranger', async () => {
    const athleteId = somebody();
    await profile(athleteId, HEART_RATES);
    await links(athleteId);
    await trains(athleteId, days(40, 1));
    await grant(database, { athleteIds: [athleteId], signal: 'SLEEP', since: ago(40) });
    const { load } = await loadOf(athleteId, { viewer: coach });
    expect(load).toEqual({
      state: 'NOT_SHARED',
      unit: null,
      method: null,
      days: [],
      weekEnd: null,
      weekLoad: null,
      monotony: null,
      strain: null,
      loadChange: null,
      ewmaRatio: null,
    });
    const stranger: Viewer = { kind: 'account', accountId: athleteId, sessionId: 's', role: 'COACH', athleteId: null };
    expect((await loadOf(athleteId, { viewer: stranger })).load).toBeNull();
  });

  it('sees no day before the grant, nor the sum of a week that holds one; means go on from before', async () => {
    const athleteId = somebody();
    await profile(athleteId, HEART_RATES);
    await links(athleteId);
    await trains(
      athleteId,
      days(80, 1).filter((back) => back % 7 !== 0),
    );
    await grant(database, { athleteIds: [athleteId], signal: 'TRAINING', since: ago(7) });
    const own = (await loadOf(athleteId)).load;
    const seven = (await loadOf(athleteId, { viewer: coach })).load;
    expect(seven.days).toEqual(own.days.slice(-8));
    expect(seven.weekLoad).toBe(own.weekLoad);
    expect(seven.days[0]?.warmingUp).toBe(false);
    await database.query('update connections.consent set since = $2 where athlete_id = $1', [athleteId, ago(6)]);
    const six = (await loadOf(athleteId, { viewer: coach })).load;
    expect(six.days).toEqual(own.days.slice(-7));
    expect(six).toMatchObject({
      weekEnd: null,
      weekLoad: null,
      monotony: null,
      strain: null,
      loadChange: null,
      ewmaRatio: null,
    });
    const later = (await loadOf(athleteId, { viewer: coach, to: ago(20) })).load;
    expect(later).toMatchObject({ state: 'NO_DATA', days: [], weekEnd: null });
  });

  it('gets the same bytes whatever else is withheld or missing', async () => {
    const [a, b] = [somebody(), somebody()];
    for (const athleteId of [a, b]) {
      await profile(athleteId, HEART_RATES);
      await links(athleteId);
      await trains(
        athleteId,
        days(40, 1).filter((back) => back % 3 !== 0),
      );
    }
    await grant(database, { athleteIds: [a, b], signal: 'TRAINING', since: ago(30) });
    await links(b, { provider: 'OURA', since: `${ago(90)} 10:00Z` });
    const origin = `athlete_id, provider, record_id, day, state_rank, source_updated_at, delete_rank, body_hash, flags, delivery_id, normaliser_version, stored_at`;
    const values = `$1, 'OURA', 'r' || n, date '${TODAY}' - n, 1, now(), 0, '\\x00', '{}', gen_random_uuid(), 'test', now()`;
    await database.query(
      `insert into health_data.resting_heart_rate (${origin}, bpm, method) select ${values}, 71, 'x' from generate_series(0, 40) n`,
      [b],
    );
    await database.query(
      `insert into health_data.sleep_night (${origin}, role, in_bed_min, asleep_min, bedtime_end)
       select ${values}, 'night_candidate', 480, 450, now() from generate_series(0, 40) n`,
      [b],
    );
    await deriveNights(database, [b]);
    await profile(b, 'sleep_need_min = 540');
    const of = async (athleteId: string) => (await loadOf(athleteId, { viewer: coach })).text;
    expect(await of(b)).toBe(await of(a));
    expect(await of(a)).toContain('BANISTER');
  });

  it('costs three statements for one athlete and for sixty, and leaves a record of each read', async () => {
    await database.query(`delete from connections.consent where signal = 'TRAINING'`);
    await grant(database, { athleteIds, signal: 'TRAINING', since: ago(30) });
    const counts = [];
    for (const size of [1, 30, ATHLETES]) {
      const { statements } = await ask({
        ...{ db, viewer: coach, now: NOW },
        fields: fieldsFor(ago(30), TODAY),
        of: athleteIds.slice(0, size),
      });
      // Consent, the loads, and the record.
      counts.push(statements.length);
    }
    expect(counts).toEqual([3, 3, 3]);
    const [noted] = await database.query<{ athletes: number }>(
      `select count(distinct athlete_id)::int as athletes from audit.entry where action = 'READ' and signals = '{TRAINING}'`,
    );
    expect(noted?.athletes).toBe(ATHLETES);
  });
});
