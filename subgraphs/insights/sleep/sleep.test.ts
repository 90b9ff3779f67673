import type { Database } from '#platform/database';
import type { Viewer } from '#platform/identity';
import { dateOf, dayNumber } from '#platform/slots';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { deriveNights } from '../../../tests/support/derive-nights.ts';
import { ask, createTeamOf, grant } from '../ask.test-support.ts';
import { forgetSources, unforgottenSources } from '../readiness/views/erased-sources.ts';

const TODAY = '2026-11-20';
/** Noon in Helsinki. */
const NOON = new Date('2026-11-20T10:00:00Z');
const DAY_MS = 86_400_000;
const later = (days: number): Date => new Date(NOON.getTime() + days * DAY_MS);
const dayAfter = (days: number): string => dateOf(dayNumber(TODAY) + days);

interface Debt {
  state: string;
  debtMin: number | null;
  nightsCounted: number | null;
  trend: string | null;
  needMin: number | null;
  nudge: { id: string; date: string; kind: string; answer: string | null } | null;
  nudgesStopped: boolean | null;
  bedtime: { at: string; usualWakeAt: string; usualLatencyMin: number; catchUpMin: number } | null;
}

const PUBLIC = 'state debtMin nightsCounted trend needMin';
const ALL = `${PUBLIC} nudge { id date kind answer } nudgesStopped bedtime { at usualWakeAt usualLatencyMin catchUpMin }`;
const ATHLETES = 40;

let database: TestDatabase;
let db: Database;
let athleteIds: string[];
let coach: Viewer;
let self: (athleteId: string) => Viewer;
let next = 0;
const somebody = (): string => athleteIds[ATHLETES - (next += 1)] ?? '';

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('insights');
  ({ athleteIds, coach, self } = await createTeamOf(database, ATHLETES));
}, 30_000);
afterAll(() => database.drop());

async function debtOf(
  athleteId: string,
  options: { viewer?: Viewer; now?: Date; fields?: string } = {},
): Promise<Debt> {
  const { viewer = self(athleteId), now = NOON, fields = ALL } = options;
  const { data, errors } = await ask<{ _entities: { sleepDebt: Debt }[] }>({
    ...{ db, viewer, now, of: [athleteId] },
    fields: `sleepDebt { ${fields} }`,
  });
  expect(errors).toEqual([]);
  return data._entities[0]?.sleepDebt as Debt;
}

/** One night each day from `first` to `last` (days after today), ending at 07:00 there. */
async function sleeps(athleteId: string, first: number, last: number, asleepMin: number): Promise<void> {
  await database.query(
    `insert into health_data.sleep_night (athlete_id, provider, record_id, day, state_rank, source_updated_at, delete_rank, body_hash,
            flags, delivery_id, normaliser_version, stored_at, role, in_bed_min, asleep_min, latency_min, bedtime_end, zone_offset_min)
     select $1, 'OURA', 'r' || n, date '${TODAY}' + n, 1, now(), 0, '\\x00', '{}', gen_random_uuid(), 'test', now(), 'night_candidate',
            $4::float8 + 20, $4, 12, ((date '${TODAY}' + n) || ' 05:00Z')::timestamptz, 120
       from generate_series($2::int, $3::int) n`,
    [athleteId, first, last, asleepMin],
  );
  await deriveNights(database, [athleteId]);
}

const answer = (athleteId: string, id: string, word: string, now = NOON) =>
  ask<{ answerNudge: { answer: string } }>({
    ...{ db, viewer: self(athleteId), now },
    source: `mutation { answerNudge(id: "${id}", answer: ${word}) { id answer } }`,
  });

describe('the debt', () => {
  it.each([
    [0, 'NO_DATA', null],
    [6, 'CALIBRATING', null],
    [7, 'AVAILABLE', 840],
  ])('of %d nights is %s', async (nights, state, debtMin) => {
    const athleteId = somebody();
    if (nights > 0) await sleeps(athleteId, 1 - nights, 0, 420);
    expect(await debtOf(athleteId)).toMatchObject({ state, debtMin, nightsCounted: nights, needMin: 480 });
  });

  it('is told of without last night, and as stale when that is two days gone', async () => {
    const athleteId = somebody();
    await sleeps(athleteId, -20, -1, 450);
    expect(await debtOf(athleteId)).toMatchObject({
      state: 'AVAILABLE',
      debtMin: 420,
      trend: 'STEADY',
      nightsCounted: 13,
    });
    expect(await debtOf(athleteId, { now: later(1) })).toMatchObject({ state: 'STALE', debtMin: 420 });
  });

  it('rises and falls against the week before', async () => {
    const [rising, falling] = [somebody(), somebody()];
    await sleeps(rising, -20, -7, 480);
    await sleeps(rising, -6, 0, 400);
    await sleeps(falling, -20, -7, 400);
    await sleeps(falling, -6, 0, 480);
    expect((await debtOf(rising)).trend).toBe('RISING');
    expect((await debtOf(falling)).trend).toBe('FALLING');
  });
});

describe('a coach', () => {
  it('sees the debt with SLEEP, and never the nudge or the bedtime', async () => {
    const athleteId = somebody();
    await sleeps(athleteId, -20, 0, 420);
    await grant(database, { athleteIds: [athleteId], signal: 'SLEEP', since: TODAY });
    const seen = await debtOf(athleteId, { viewer: coach });
    expect(seen).toEqual({
      ...{ state: 'AVAILABLE', debtMin: 840, nightsCounted: 14, trend: 'STEADY', needMin: 480 },
      ...{ nudge: null, nudgesStopped: null, bedtime: null },
    });
    expect(await database.query('select 1 from insights.sleep_nudge where athlete_id = $1', [athleteId])).toEqual([]);
    await database.query('update connections.consent set since = $2 where athlete_id = $1', [athleteId, dayAfter(1)]);
    expect((await debtOf(athleteId, { viewer: coach })).state).toBe('NOT_SHARED');
  });

  it('gets NOT_SHARED and nothing else without it', async () => {
    const athleteId = somebody();
    await sleeps(athleteId, -20, 0, 420);
    await grant(database, { athleteIds: [athleteId], signal: 'TRAINING', since: TODAY });
    const nothing = {
      debtMin: null,
      nightsCounted: null,
      trend: null,
      needMin: null,
      nudge: null,
      nudgesStopped: null,
    };
    expect(await debtOf(athleteId, { viewer: coach })).toEqual({ state: 'NOT_SHARED', ...nothing, bedtime: null });
  });

  it('asks of many athletes in as many statements as of one', async () => {
    await grant(database, { athleteIds: athleteIds.slice(0, 25), signal: 'SLEEP', since: TODAY });
    const counts = [];
    for (const size of [1, 25]) {
      const { statements } = await ask({
        ...{ db, viewer: coach, now: NOON, of: athleteIds.slice(0, size) },
        fields: `sleepDebt { ${ALL} }`,
      });
      counts.push(statements.length);
    }
    expect(counts).toEqual([3, 3]);
  });
});

describe('the bedtime', () => {
  it('is usual waking less need, latency and a share of the debt', async () => {
    const athleteId = somebody();
    await sleeps(athleteId, -20, 0, 420);
    // 07:00 less 8 h, 12 min, and a seventh of 14 h, which is more than the most of an hour.
    expect((await debtOf(athleteId)).bedtime).toEqual({
      at: '21:48',
      usualWakeAt: '07:00',
      usualLatencyMin: 12,
      catchUpMin: 60,
    });
  });

  it('is not offered of six nights', async () => {
    const athleteId = somebody();
    await sleeps(athleteId, -5, 0, 420);
    expect((await debtOf(athleteId)).bedtime).toBeNull();
  });
});

describe('a nudge', () => {
  it('is one a day, the same whenever it is read, and takes an answer', async () => {
    const athleteId = somebody();
    await sleeps(athleteId, -20, 0, 455);
    const [first, second] = await Promise.all([debtOf(athleteId), debtOf(athleteId)]);
    expect(first.nudge).toMatchObject({ date: TODAY, kind: 'HALF_HOUR', answer: null });
    expect(second.nudge).toEqual(first.nudge);
    await sleeps(athleteId, 1, 1, 300);
    const { data } = await answer(athleteId, first.nudge?.id ?? '', 'WILL_TRY');
    expect(data.answerNudge.answer).toBe('WILL_TRY');
    expect((await debtOf(athleteId)).nudge?.answer).toBe('WILL_TRY');
    expect((await answer(athleteId, first.nudge?.id ?? '', 'WILL_TRY')).errors).toEqual([]);
    expect(await database.query('select 1 from insights.sleep_nudge where athlete_id = $1', [athleteId])).toHaveLength(
      1,
    );
  });

  it('is not given at night, in quiet hours, or for less than two hours', async () => {
    const [tired, rested] = [somebody(), somebody()];
    await sleeps(tired, -20, 0, 420);
    await sleeps(rested, -20, 0, 475);
    const at = (instant: string) => debtOf(tired, { now: new Date(instant) });
    // 06:59, 22:00, then 13:00 of an athlete who wants quiet from 13 to 15.
    expect((await at('2026-11-20T04:59:00Z')).nudge).toBeNull();
    expect((await at('2026-11-20T20:00:00Z')).nudge).toBeNull();
    await database.query(`update connections.athlete set quiet_from = '13:00', quiet_to = '15:00' where id = $1`, [
      tired,
    ]);
    expect((await at('2026-11-20T11:00:00Z')).nudge).toBeNull();
    expect(await database.query('select 1 from insights.sleep_nudge where athlete_id = $1', [tired])).toEqual([]);
    expect((await at('2026-11-20T13:00:00Z')).nudge).toMatchObject({ kind: 'THREE_QUARTERS' });
    expect((await debtOf(rested)).nudge).toBeNull();
  });

  it('stops after two that were ignored in a row, until the athlete wants them again', async () => {
    const athleteId = somebody();
    await sleeps(athleteId, -20, 12, 420);
    const on = (day: number) => debtOf(athleteId, { now: later(day) });
    const first = await on(0);
    await answer(athleteId, first.nudge?.id ?? '', 'NOT_NOW');
    // A day on which nobody looks ignores nothing.
    expect((await on(2)).nudge).not.toBeNull();
    expect(await on(3)).toMatchObject({ nudge: { date: dayAfter(3) }, nudgesStopped: false });
    expect(await on(4)).toMatchObject({ nudge: null, nudgesStopped: true });
    expect(await on(9)).toMatchObject({ nudge: null, nudgesStopped: true });
    const { data } = await ask({
      ...{ db, viewer: self(athleteId), now: later(9) },
      source: 'mutation { resumeNudges }',
    });
    expect(data).toEqual({ resumeNudges: true });
    expect(await on(9)).toMatchObject({ nudge: { date: dayAfter(9), answer: null }, nudgesStopped: false });
  });

  it('of somebody else, or of an id that is none, cannot be answered', async () => {
    const [athleteId, other] = [somebody(), somebody()];
    await sleeps(athleteId, -20, 0, 420);
    const { nudge } = await debtOf(athleteId);
    for (const [who, id] of [
      [other, nudge?.id ?? ''],
      [athleteId, 'x'],
    ] as const) {
      const { errors } = await answer(who, id, 'WILL_TRY');
      expect(errors[0]?.message).toContain('There is no such nudge');
    }
    const { errors } = await ask({
      ...{ db, viewer: coach, now: NOON },
      source: `mutation { answerNudge(id: "${nudge?.id}", answer: WILL_TRY) { id } }`,
    });
    expect(errors[0]?.message).toContain('This belongs to athletes');
    expect((await debtOf(athleteId)).nudge?.answer).toBeNull();
  });

  it('forgets what it said when a source is erased, and keeps that it was ignored', async () => {
    const athleteId = somebody();
    await sleeps(athleteId, -20, 12, 420);
    await debtOf(athleteId);
    await debtOf(athleteId, { now: later(1) });
    await database.query(`insert into health_data.erased_source values (gen_random_uuid(), $1, 'OURA', 1, now())`, [
      athleteId,
    ]);
    const sources = await unforgottenSources(db, [athleteId]);
    await forgetSources(db, { sources, rescoredFrom: () => TODAY, now: NOON });
    expect(
      await database.query('select distinct kind from insights.sleep_nudge where athlete_id = $1', [athleteId]),
    ).toEqual([{ kind: null }]);
    expect(await debtOf(athleteId, { now: later(2) })).toMatchObject({ nudge: null, nudgesStopped: true });
  });
});
