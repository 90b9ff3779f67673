import type { Viewer } from '#platform/identity';
import type { Database } from '#platform/database';
import { createDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { ask, createTeamOf } from './ask.test-support.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const TODAY = '2026-11-20';
const OF_TODAY = `(from: "${TODAY}", to: "${TODAY}")`;

/** What an athlete's day asks of this subgraph, and the statements each takes beside the one of consent. */
const FIELDS: Readonly<Record<string, { selection: string; statements: number }>> = {
  readiness: { selection: 'readiness { score drivers { id points } signals { hrv { z } } }', statements: 1 },
  // The facts with who saw them; the recent load, and all of it for an athlete whose method it leaves open.
  flags: { selection: 'flags { id code acknowledgedAt }', statements: 3 },
  load: { selection: `load${OF_TODAY} { state weekLoad }`, statements: 1 },
  // The nights; what is remembered of nudges; when the athlete woke.
  sleepDebt: { selection: 'sleepDebt { state debtMin nudge { id } nudgesStopped bedtime { at } }', statements: 3 },
  // The sessions, what was decided of them, what they were; the view, the flags, and the days before, that a suggestion
  // rests on.
  plan: { selection: `plan${OF_TODAY} { id suggestion { id } changes { version } }`, statements: 8 },
};

let database: TestDatabase;
let db: Database;
let athleteId: string;
let viewer: Viewer;
beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('insights');
  const { athleteIds, self } = await createTeamOf(database, 1);
  athleteId = athleteIds[0] ?? '';
  viewer = self(athleteId);
  const session = `{ date: "${TODAY}", title: "Intervals", intensity: HIGH, minutes: 60 }`;
  const source = `mutation { saveScheduledSession(input: ${session}) { id } }`;
  expect((await ask({ db, viewer, now: NOW, source })).errors).toEqual([]);
  // The view of today is there from the first morning on.
  await day(['readiness']);
});
afterAll(() => database?.drop());

async function day(names: readonly string[]): Promise<string[]> {
  const fields = names.map((name) => FIELDS[name]?.selection).join(' ');
  const { statements, errors } = await ask({ db, viewer, now: NOW, of: [athleteId], fields });
  expect(errors).toEqual([]);
  return statements;
}

test.each(Object.entries(FIELDS))(
  '%s takes no more statements than it has things to read',
  async (name, { statements }) => {
    expect(await day([name])).toHaveLength(1 + statements);
  },
);

/** Today's view and its flags, which a suggestion rests on as well. */
const SHARED = 4;

test('an athlete’s whole day asks once for consent, for today’s view and for its flags', async () => {
  const alone = Object.values(FIELDS).reduce((sum, { statements }) => sum + statements, 0);
  const statements = await day(Object.keys(FIELDS));
  expect(statements).toHaveLength(1 + alone - SHARED);
});
