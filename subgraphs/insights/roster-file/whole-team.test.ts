import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Database } from '#platform/database';
import type { Viewer } from '#platform/identity';
import { dateOf, dayNumber } from '#platform/slots';
import { isChaos, tell } from '../../../tests/support/chaos.ts';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { ask, createTeamOf, grant } from '../ask.test-support.ts';
import { linkWatch, monthOf, train } from '../training/trained.test-support.ts';

const NOW = new Date('2026-11-20T11:00:00Z');
const TODAY = '2026-11-20';
/** The longest file there is of the largest team that a roster shows whole. */
const ATHLETES = isChaos ? 500 : 60;
const DAYS = 90;
/** More than one part, and no part more than this. */
const LINES_AT_ONCE = 1_000;
/** What a part leaves behind, if it leaves any of itself, is more than this before the last one. */
const MOST_GROWTH_BYTES = isChaos ? 24 * 2 ** 20 : 6 * 2 ** 20;

let database: TestDatabase;
let db: Database;
let coach: Viewer;
let teamId: string;
let athleteIds: string[];

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('insights');
  ({ athleteIds, coach } = await createTeamOf(database, ATHLETES));
  const [team] = await database.query<{ id: string }>('select id from connections.team');
  teamId = team?.id ?? '';
  for (const signal of ['HRV', 'RESTING_HEART_RATE', 'SLEEP', 'TRAINING'])
    await grant(database, { athleteIds, signal, since: '2026-01-01' });
  await linkWatch(database, athleteIds);
  await train(database, { athleteIds, today: TODAY, trained: monthOf([30, 20, 30, 20, 30, 20, 30]) });
  // A score of its own for each athlete and day, so that a line in the wrong place is seen.
  await database.query(
    `insert into insights.readiness_day (athlete_id, date, basis, revision, reason, payload, score, week_scores, input_hash, computed_at, facts)
     select a.id, $2::date - back, 7, 1, 'COMPUTED',
            json_build_object('algorithm', 'readiness/1', 'date', $2::date - back, 'status', 'OK', 'state', 'FINAL', 'score', (a.n * 7 + back) % 100,
              'band', 'NORMAL', 'drivers', '[]'::json, 'confidence', 1, 'confidenceLevel', 'HIGH', 'stale', false,
              'staleSignals', '[]'::json, 'staleShare', 0, 'signals', '{}'::json),
            (a.n * 7 + back) % 100, '{}', '\\x00', $3, 0
       from unnest($1::uuid[]) with ordinality a(id, n), generate_series(0, ${DAYS - 1}) back`,
    [athleteIds, TODAY, NOW],
  );
  await database.query('analyze');
}, 120_000);
afterAll(() => database?.drop());

interface Part {
  columns: string[];
  rows: string[][];
  endCursor: string | null;
}

async function partAfter(after: string | null) {
  const { data, errors, statements } = await ask<{ _entities: [{ rosterTable: Part }] }>({
    ...{ db, viewer: coach, now: NOW },
    source: `{ _entities(representations: [{ __typename: "Team", id: "${teamId}" }]) { ... on Team {
      rosterTable(days: ${DAYS}, after: ${JSON.stringify(after)}) { columns rows endCursor } } } }`,
  });
  expect(errors).toEqual([]);
  return { ...data._entities[0].rosterTable, statements: statements.length };
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test(`a file of ${ATHLETES} athletes and ${DAYS} days is whole, made in parts of one size, and leaves nothing behind in memory`, async () => {
  const numbers = new Map(athleteIds.map((id, at) => [id, at + 1]));
  const seen = new Set<string>();
  const counts = new Set<number>();
  const held: number[] = [];
  let isMore = true;
  for (let after: string | null = null; isMore;) {
    const part = await partAfter(after);
    const place = (name: string): number => part.columns.indexOf(name);
    const [id, date, score, load] = [place('athlete_id'), place('date'), place('score'), place('load')];
    expect(part.rows.length).toBeLessThanOrEqual(LINES_AT_ONCE);
    expect(part.rows.length % DAYS).toBe(0);
    for (const row of part.rows) {
      const back = dayNumber(TODAY) - dayNumber(row[date] ?? '');
      const expected = ((numbers.get(row[id] ?? '') ?? 0) * 7 + back) % 100;
      if (row[score] !== String(expected) || row[load] === 'not_shared') expect(row).toBe(`score ${expected}`);
      seen.add(`${row[id]} ${row[date]}`);
    }
    // The first one is counted, and the last one may be smaller.
    if (after !== null && part.endCursor !== null) counts.add(part.statements);
    after = part.endCursor;
    isMore = after !== null;
    held.push(heldBytes());
  }
  const days = Array.from({ length: DAYS }, (_, back) => dateOf(dayNumber(TODAY) - back));
  expect(seen).toEqual(new Set(athleteIds.flatMap((id) => days.map((date) => `${id} ${date}`))));
  expect(held.length).toBe(Math.ceil(ATHLETES / Math.floor(LINES_AT_ONCE / DAYS)));
  expect([...counts]).toHaveLength(1);
  const growth = (held.at(-1) ?? 0) - (held[1] ?? 0);
  tell(
    `${seen.size} lines in ${held.length} parts of ${[...counts].join()} statements; memory grew by ${growth} bytes`,
  );
  expect(growth).toBeLessThan(MOST_GROWTH_BYTES);
}, 300_000);
