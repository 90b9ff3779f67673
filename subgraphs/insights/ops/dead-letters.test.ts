import type { Database } from '#platform/database';
import type { ReadinessAnnouncement } from '#platform/events';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { runOps } from '#platform/ops';
import { createMetrics } from '#platform/telemetry';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { createTeamOf } from '../ask.test-support.ts';
import { breakWritesOf, mendWrites, storeNight } from '../letters/failing-athletes.test-support.ts';
import { settleLetters } from '../letters/letters.ts';
import { sweepOnce } from '../readiness/recompute/sweep.ts';
import { addDeadLettersVerbs } from './dead-letters.ts';
import type { OpsParts } from './parts.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const DAY_MS = 86_400_000;
const metrics = createMetrics();
const log = createLogger({ name: 'test', level: 'silent' });

let database: TestDatabase;
let db: Database;
let athleteIds: string[];
let announced: ReadinessAnnouncement[];

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('insights');
  ({ athleteIds } = await createTeamOf(database, 3));
});
afterAll(() => database.drop());
beforeEach(async () => {
  announced = [];
  await database.query(
    `truncate insights.dead_letter, insights.taken_touch, insights.readiness_day, insights.readiness_revision,
              insights.readiness_input, insights.changed_view, health_data.touched_day, health_data.hrv_night,
              health_data.dead_letter, connections.dead_letter`,
  );
});
afterEach(() => mendWrites(database));

const recomputing = (now = NOW) => ({
  db,
  clock: { now: () => now },
  announce: (announcement: ReadinessAnnouncement) => void announced.push(announcement),
});
const announceLetters = () => Promise.resolve();
const sweep = () => sweepOnce({ ...recomputing(), announceLetters, metrics, log, sweepAfterMs: 0, isWhole: true });

async function ops(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const parts: OpsParts = {
    terminal,
    db: async () => db,
    clock: async () => ({ now: () => NOW }),
    recomputing: async () => recomputing(),
    close: async () => undefined,
  };
  const code = await runOps({
    ...{ subgraph: 'insights', verbs: [addDeadLettersVerbs], parts, terminal },
    args: ['dead-letters', ...args],
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

interface Letter {
  id: string;
  athlete_id: string;
  resolution: string | null;
}
const letters = () =>
  database.query<Letter>('select id, athlete_id, resolution from insights.dead_letter order by athlete_id');

/** One athlete whose recompute failed beside one whose did not. */
async function oneLetter(): Promise<Letter> {
  const [broken = '', well = ''] = athleteIds;
  for (const id of [broken, well]) await storeNight(database, { athleteId: id, at: NOW });
  await breakWritesOf(database, [broken]);
  await sweep();
  const [letter, ...others] = await letters();
  expect(others).toEqual([]);
  expect(letter).toMatchObject({ athlete_id: broken, resolution: null });
  return letter as Letter;
}
const scoredAthletes = async () =>
  (await database.query<{ id: string }>('select distinct athlete_id as id from insights.readiness_day order by 1')).map(
    ({ id }) => id,
  );

test('a letter is listed and shown with its athlete and its reason, and has no body', async () => {
  const { id, athlete_id: athleteId } = await oneLetter();
  expect((await ops('list')).out).toMatch(
    new RegExp(`^insights: 1 open dead letter\\n  ${id} .* recompute .* gave_up$`),
  );
  expect((await ops('list', '--provider', 'oura')).out).toBe('insights: no open dead letters');
  const shown = (await ops('show', id, '--body')).out;
  expect(shown).toContain(`athlete    ${athleteId}`);
  expect(shown).toContain('failed repeatedly');
  expect(shown).toMatch(/\nThere is no body: this letter is of no delivery\.$/);
});

test('a retry computes what is pending, tells whoever looks at it, and closes the letter', async () => {
  const letter = await oneLetter();
  await mendWrites(database);
  announced = [];
  expect(await ops('retry', '--reason', 'gave_up')).toMatchObject({
    code: 0,
    out: `${letter.id}  computed: 1 new view`,
  });
  expect(await letters()).toEqual([{ ...letter, resolution: 'retried' }]);
  expect(await scoredAthletes()).toContain(letter.athlete_id);
  expect(announced.map(({ athleteId }) => athleteId)).toEqual([letter.athlete_id]);
  expect((await ops('retry', letter.id)).out).toBe('');
});

test('a retry that fails again leaves the letter open', async () => {
  const letter = await oneLetter();
  expect((await ops('retry', letter.id)).out).toMatch(/failed again: \w+$/);
  expect(await letters()).toEqual([letter]);
});

test('a dropped letter is closed with its note; one that fails again is a letter of its own', async () => {
  const letter = await oneLetter();
  expect((await ops('drop', letter.id, '--note', 'known')).out).toBe(`${letter.id} dropped`);
  expect(await letters()).toEqual([{ ...letter, resolution: 'dropped: known' }]);
  await sweep();
  expect((await letters()).map(({ resolution }) => resolution).toSorted()).toEqual(['dropped: known', null]);
});

test('a letter closes itself when its athlete was computed after all, and not before', async () => {
  const letter = await oneLetter();
  await settleLetters(recomputing());
  expect(await letters()).toEqual([letter]);
  await mendWrites(database);
  await sweep();
  await settleLetters(recomputing());
  expect(await letters()).toEqual([{ ...letter, resolution: 'retried' }]);
  await settleLetters(recomputing(new Date(NOW.getTime() + 89 * DAY_MS)));
  expect(await letters()).toHaveLength(1);
  await settleLetters(recomputing(new Date(NOW.getTime() + 91 * DAY_MS)));
  expect(await letters()).toEqual([]);
});

test('an id that no subgraph knows is an error; one of another is not', async () => {
  const [here, ofConnections, ofHealthData] = [newId(), newId(), newId()];
  await database.query(
    `insert into connections.dead_letter (id, stage, reason, detail, created_at) values ($1, 'fetch', 'x', 'x', $2)`,
    [ofConnections, NOW],
  );
  await database.query(
    `insert into health_data.dead_letter (id, stage, delivery_id, reason, detail, created_at) values ($1, 'normalise', $1, 'x', 'x', $2)`,
    [ofHealthData, NOW],
  );
  for (const id of [ofConnections, ofHealthData]) expect(await ops('show', id)).toEqual({ code: 0, out: '', err: '' });
  for (const verb of [['show'], ['retry'], ['drop', '--note', 'x']])
    expect(await ops(...verb, here)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining(`no dead letter ${here}`),
    });
});
