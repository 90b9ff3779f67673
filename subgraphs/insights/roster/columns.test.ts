import 'reflect-metadata';
import type { Database } from '#platform/database';
import type { Viewer } from '#platform/identity';
import { dateOf, dayNumber } from '#platform/slots';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { deriveNights } from '../../../tests/support/derive-nights.ts';
import { ask, createTeamOf, grant } from '../ask.test-support.ts';
import { linkWatch, monthOf, SPIKE, train } from '../training/trained.test-support.ts';

const NOW = new Date('2026-11-20T11:00:00Z');
const TODAY = '2026-11-20';
const ago = (days: number): string => dateOf(dayNumber(TODAY) - days);
const LONG_AGO = '2026-01-01';
const ATHLETES = 30;

let database: TestDatabase;
let db: Database;
let coach: Viewer;
let athleteIds: string[];
let teamId: string;

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('insights');
  ({ athleteIds, coach, teamId } = await createTeamOf(database, ATHLETES));
  await linkWatch(database, athleteIds);
});
afterAll(() => database.drop());
beforeEach(() =>
  database.query(
    `truncate insights.readiness_day, health_data.workout, health_data.sleep_night, health_data.hrv_night, health_data.stream_night, connections.consent,
              connections.consent_history, audit.entry`,
  ),
);

interface Columns {
  athlete: { id: string };
  load: { state: string; method: string | null; weekLoad: number | null; loadChange: number | null; daysKnown: number };
  sleepDebt: { state: string; debtMin: number | null; trend: string | null; nudge: unknown; bedtime: unknown } | null;
  hrvDays: (number | null)[] | null;
}
const COLUMNS = `athlete { id } load { state method weekLoad loadChange daysKnown toldFrom }
  sleepDebt { state debtMin trend nudge { id } bedtime { at } } hrvDays`;

async function roster(argument = 'first: 500', fields = COLUMNS) {
  const { data, statements, errors } = await ask<{ _entities: [{ roster: { edges: { node: Columns }[] } }] }>({
    ...{ db, viewer: coach, now: NOW },
    source: `{ _entities(representations: [{ __typename: "Team", id: "${teamId}" }]) { ... on Team {
      roster(${argument}) { edges { node { ${fields} } } } } } }`,
  });
  expect(errors).toEqual([]);
  const rows = data._entities[0].roster.edges.map(({ node }) => node);
  return { rows, statements, of: (id: string) => rows.find(({ athlete }) => athlete.id === id) };
}
const share = (ids: readonly string[], signals: readonly string[], since = LONG_AGO) =>
  Promise.all(signals.map((signal) => grant(database, { athleteIds: ids, signal, since })));

/** Nights up to today, today first. */
async function sleeps(id: string, asleepMin: readonly number[]): Promise<void> {
  await database.query(
    `insert into health_data.sleep_night (athlete_id, provider, record_id, day, state_rank, source_updated_at, delete_rank, body_hash,
            flags, delivery_id, normaliser_version, stored_at, role, in_bed_min, asleep_min, bedtime_end)
     select $1, 'OURA', 'r' || n, $2::date - (n - 1)::int, 1, now(), 0, '\\x00', '{}', gen_random_uuid(), 'test', '2026-11-20T04:00:00Z',
            'night_candidate', v + 20, v, now() from unnest($3::float8[]) with ordinality as a(v, n)`,
    [id, TODAY, asleepMin],
  );
  await deriveNights(database, [id]);
}
const NIGHTS = Array.from({ length: 21 }, (_, back) => (back < 7 ? 360 : 480));

describe('the columns of a roster', () => {
  it('are each of what is shared with the team, and say which is not', async () => {
    const [nothing = '', trained = '', slept = ''] = athleteIds;
    for (const id of [nothing, trained, slept]) await sleeps(id, NIGHTS);
    await train(database, { athleteIds: [nothing, trained, slept], today: TODAY, trained: SPIKE });
    await share([trained], ['TRAINING']);
    await share([slept], ['SLEEP']);
    const { of } = await roster();
    expect(of(nothing)).toMatchObject({
      load: { state: 'NOT_SHARED', method: null, weekLoad: null, daysKnown: 0 },
      sleepDebt: { state: 'NOT_SHARED', debtMin: null, trend: null },
      hrvDays: null,
    });
    expect(of(trained)).toMatchObject({
      // 420 minutes at three AU, over 630 a week.
      load: { state: 'AVAILABLE', method: 'EDWARDS', weekLoad: 1260, loadChange: 2, daysKnown: 7 },
      sleepDebt: { state: 'NOT_SHARED' },
    });
    expect(of(slept)).toMatchObject({ load: { state: 'NOT_SHARED' }, sleepDebt: { trend: 'RISING', nudge: null } });
    expect(of(slept)?.sleepDebt?.debtMin).toBeGreaterThan(300);
  });

  it('tell apart a young grant, too few weeks, unknown days and no day at all', async () => {
    const [young = '', few = '', gap = '', none = ''] = athleteIds;
    await train(database, { athleteIds: [young], today: TODAY, trained: SPIKE });
    await train(database, {
      athleteIds: [few],
      today: TODAY,
      trained: { 7: 30, 6: 30, 5: 60, 4: 30, 3: 30, 2: 60, 1: 30 },
    });
    await database.query(
      'update connections.provider_connection set linked_at = $2, workouts_since = $2 where athlete_id = $1',
      [few, ago(7)],
    );
    await train(database, { athleteIds: [gap], today: TODAY, trained: { 10: 30, 5: 40, 2: 40 } });
    await database.query(
      'update connections.provider_connection set linked_at = $2, workouts_since = $2 where athlete_id = $1',
      [gap, ago(2)],
    );
    await share([young], ['TRAINING'], ago(3));
    await share([few, gap, none], ['TRAINING']);
    const { of } = await roster();
    expect(of(young)?.load).toMatchObject({ state: 'CALIBRATING', weekLoad: null, daysKnown: 3, toldFrom: ago(-4) });
    expect(of(few)?.load).toMatchObject({ state: 'CALIBRATING', weekLoad: 810, loadChange: null, daysKnown: 7 });
    expect(of(gap)?.load).toMatchObject({ state: 'STALE', weekLoad: null, daysKnown: 3 });
    expect(of(none)?.load).toMatchObject({ state: 'NO_DATA', daysKnown: 0 });
  });

  it('hold HRV in standard deviations, of the nights that were measured and are open', async () => {
    const [id = ''] = athleteIds;
    const whole = {
      status: 'OK',
      state: 'FINAL',
      algorithm: 'readiness/1',
      score: null,
      drivers: [],
      staleSignals: [],
    };
    const view = (hrv: object) => JSON.stringify({ ...whole, signals: { hrv } });
    for (let back = 0; back < 20; back++)
      await database.query(
        `insert into insights.readiness_day (athlete_id, date, basis, revision, reason, payload, week_scores, input_hash, computed_at, facts)
         values ($1, $2, 1, 1, 'COMPUTED', $3, '{}', '\\x00', $4, 0)`,
        [id, ago(back), view({ source: back === 2 ? 'MOVING_AVERAGE' : 'LAST_NIGHT', z: back / 10 }), NOW],
      );
    await share([id], ['HRV'], ago(4));
    const { of } = await roster('first: 500', 'athlete { id } hrvDays');
    expect(of(id)?.hrvDays).toEqual([...Array.from({ length: 9 }, () => null), 0.4, 0.3, null, 0.1, 0]);
  });

  it('sort by the change of load, never by AU; rows without one stand last both ways', async () => {
    const [up = '', down = '', steady = '', withheld = ''] = athleteIds;
    await train(database, { athleteIds: [up, withheld], today: TODAY, trained: SPIKE });
    await train(database, { athleteIds: [down], today: TODAY, trained: monthOf([10, 20, 10, 20, 10, 20, 10]) });
    await train(database, { athleteIds: [steady], today: TODAY, trained: monthOf([30, 30, 30, 30, 30, 30, 30]) });
    await share([up, down, steady], ['TRAINING']);
    const ids = async (isDescending: boolean) =>
      (await roster(`sort: { by: LOAD, isDescending: ${isDescending} }`, 'athlete { id }')).rows.map(
        ({ athlete }) => athlete.id,
      );
    expect((await ids(true)).slice(0, 3)).toEqual([up, steady, down]);
    expect((await ids(false)).slice(0, 3)).toEqual([down, steady, up]);
  });

  it('take the same statements for one row and for all, and what is read is on record', async () => {
    await share(athleteIds, ['HRV', 'SLEEP', 'TRAINING']);
    await train(database, { athleteIds, today: TODAY, trained: SPIKE });
    const counts = [];
    for (const first of [1, ATHLETES]) counts.push((await roster(`first: ${first}`)).statements.length);
    expect(counts[1]).toBe(counts[0]);
    const [{ noted } = { noted: 0 }] = await database.query<{ noted: number }>(
      `select count(distinct athlete_id)::int as noted from audit.entry where action = 'READ' and signals @> '{TRAINING,SLEEP,HRV}'`,
    );
    expect(noted).toBe(ATHLETES);
  });
});
