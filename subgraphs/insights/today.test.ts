import type { Viewer } from '#platform/identity';
import type { Database } from '#platform/database';
import { dateOf, dayNumber } from '#platform/slots';
import { createDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { deriveNights } from '../../tests/support/derive-nights.ts';
import { ask, createTeamOf, grant } from './ask.test-support.ts';
import { linkWatch, SPIKE, train } from './training/trained.test-support.ts';

/** Noon in Helsinki: outside the quiet hours. */
const NOW = new Date('2026-11-20T10:00:00Z');
const TODAY = '2026-11-20';
const OF_TODAY = `(from: "${TODAY}", to: "${TODAY}")`;
const OF_MONTH = `(from: "2026-10-21", to: "${TODAY}")`;
const SIGNALS = ['HRV', 'RESTING_HEART_RATE', 'SLEEP', 'TRAINING'];

/**
 * What an athlete's day asks of this subgraph, and the steps each takes alone: consent, then what it reads, then what
 * needs that to be asked for. Each step is one statement.
 */
const FIELDS: Readonly<Record<string, { selection: string; steps: number }>> = {
  readiness: { selection: 'readiness { score computedAt drivers { id points } signals { hrv { z } } }', steps: 2 },
  readinessHistory: { selection: `readinessHistory${OF_MONTH} { date status score computedAt }`, steps: 2 },
  flags: { selection: 'flags { id code openedOn acknowledgedAt }', steps: 2 },
  load: { selection: `load${OF_MONTH} { state weekLoad loadChange days { date load fitness } }`, steps: 2 },
  // What is remembered of nudges, and when the athlete woke, for who is the athlete.
  sleepDebt: {
    selection: 'sleepDebt { state debtMin nudge { id kind } nudgesStopped bedtime { at usualWakeAt } }',
    steps: 3,
  },
  // Sessions; then what they were, what was decided of them, and what a suggestion rests on.
  plan: {
    selection: `plan${OF_TODAY} { id title startsAt suggestion { id state expiresAt rationale { score } } changes { version at } }`,
    steps: 3,
  },
  weeklySummary: { selection: 'weeklySummary { sentences { text } sleep { nights } training { load } }', steps: 2 },
};
const WHOLE_DAY = Object.keys(FIELDS);
const MOST = 3;

let database: TestDatabase;
let db: Database;
let athleteId: string;
let viewer: Viewer;
let coach: Viewer;
beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('insights');
  const team = await createTeamOf(database, 1);
  [athleteId = ''] = team.athleteIds;
  viewer = team.self(athleteId);
  coach = team.coach;
  for (const signal of SIGNALS) await grant(database, { athleteIds: [athleteId], signal, since: '2026-01-01' });
  await live();
  // The views are there from the first morning on, and the nudge of the day is on record once it was shown.
  await day(['readinessHistory', 'weeklySummary', 'sleepDebt']);
});
afterAll(() => database?.drop());

/** Nights that are too short, the last one bad, training that rises, and a hard session planned for today. */
async function live(): Promise<void> {
  await linkWatch(database, [athleteId]);
  await train(database, { athleteIds: [athleteId], today: TODAY, trained: SPIKE });
  await database.query(
    `insert into health_data.sleep_night (athlete_id, provider, record_id, day, state_rank, source_updated_at, delete_rank, body_hash,
            flags, delivery_id, normaliser_version, stored_at, role, in_bed_min, asleep_min, latency_min, bedtime_end, zone_offset_min)
     select $1, 'OURA', 'r' || d, d::date, 1, now(), 0, '\\x00', '{}', gen_random_uuid(), 'test', '2026-11-20T04:00:00Z', 'night_candidate',
            400, case when d::date = $2::date then 200 else 380 end, 12, d + interval '5 hours', 120
       from generate_series($2::date - 70, $2::date, interval '1 day') d`,
    [athleteId, TODAY],
  );
  await database.query(
    `insert into health_data.hrv_night (athlete_id, provider, record_id, day, captured_at, state_rank, source_updated_at, delete_rank,
            body_hash, flags, delivery_id, normaliser_version, stored_at, metric, method, ms, ln_ms, sleep_record_id)
     select $1, 'OURA', 'r' || d, d::date, d, 1, now(), 0, '\\x00', '{}', gen_random_uuid(), 'test', '2026-11-20T04:00:00Z', 'RMSSD',
            'average_of_night', v.ms, ln(v.ms), 'r' || d
       from generate_series($2::date - 70, $2::date, interval '1 day') d
      cross join lateral (select case when d::date = $2::date then 20.0 else 50 + extract(day from d)::int % 5 end as ms) v`,
    [athleteId, TODAY],
  );
  await deriveNights(database);
  const session = `{ date: "${TODAY}", startTime: "17:00", title: "Intervals", intensity: HIGH, minutes: 60 }`;
  const source = `mutation { saveScheduledSession(input: ${session}) { id } }`;
  expect((await ask({ db, viewer, now: NOW, source })).errors).toEqual([]);
}

type Day = Record<string, unknown>;

async function day(names: readonly string[], by = viewer): Promise<{ said: Day; statements: string[] }> {
  const fields = names.map((name) => FIELDS[name]?.selection).join(' ');
  const { data, statements, errors } = await ask<{ _entities: [Day] }>({
    ...{ db, viewer: by, now: NOW, of: [athleteId] },
    fields,
  });
  expect(errors).toEqual([]);
  return { said: data._entities[0], statements };
}

test.each(Object.entries(FIELDS))('%s takes no more statements than steps', async (name, { steps }) => {
  expect((await day([name])).statements).toHaveLength(steps);
});

test('an athlete’s whole day takes three statements, all of them reads', async () => {
  const { statements } = await day(WHOLE_DAY);
  expect(statements).toHaveLength(MOST);
  for (const sql of statements) expect(sql).not.toMatch(/insert into|update |delete /);
});

test('to a coach it takes three as well, and the entry in the access log', async () => {
  const { statements } = await day(WHOLE_DAY, coach);
  expect(statements).toHaveLength(MOST + 1);
  expect(statements.at(-1)).toContain('audit.append');
});

test.each([
  ['the athlete', () => viewer],
  ['a coach', () => coach],
])('asked for together, the fields say to %s what they say alone', async (_who, by) => {
  const { said } = await day(WHOLE_DAY, by());
  for (const name of WHOLE_DAY) expect(said[name]).toEqual((await day([name], by())).said[name]);
  // Each has something to say, so that there is something to compare.
  expect(said).toMatchObject({
    readiness: { score: expect.any(Number) },
    load: { loadChange: 2 },
    sleepDebt: { debtMin: expect.any(Number) },
    plan: [{ title: 'Intervals', suggestion: { state: 'PENDING' }, changes: [{ version: 1 }] }],
  });
  expect((said['readinessHistory'] as unknown[]).length).toBeGreaterThan(20);
  expect((said['flags'] as { code: string }[]).map(({ code }) => code)).toContain('LOAD_SPIKE');
});

test('it takes three for an athlete of whom all training has to be read', async () => {
  await database.query('delete from health_data.workout where day < $1', [dateOf(dayNumber(TODAY) - 3)]);
  for (const name of ['flags', 'plan']) expect((await day([name])).statements).toHaveLength(MOST);
  expect((await day(WHOLE_DAY)).statements).toHaveLength(MOST);
});

test('a nudge that is shown for the first time is written down by one statement more', async () => {
  await database.query('truncate insights.sleep_nudge');
  const { said, statements } = await day(WHOLE_DAY);
  expect(said['sleepDebt']).toMatchObject({ nudge: { kind: expect.any(String) } });
  expect(statements).toHaveLength(MOST + 1);
  expect(statements.at(-1)).toContain('insert into insights.sleep_nudge');
});
