import { newId } from '#platform/ids';
import type { Database } from '#platform/database';
import type { Viewer } from '#platform/identity';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { ask, createTeamOf } from '../ask.test-support.ts';
import { EXPORTS } from './limit-exports.ts';

const NOW = new Date('2026-11-20T11:00:00Z');
const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);

let database: TestDatabase;
let db: Database;
let coach: Viewer;
let teamId: string;

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('insights');
  ({ coach } = await createTeamOf(database, 1));
  const [team] = await database.query<{ id: string }>('select id from connections.team');
  teamId = team?.id ?? '';
});
beforeEach(() => database.query('truncate insights.export_count'));
afterAll(() => database?.drop());

const link = () => `mutation { rosterCsvLink(teamId: "${teamId}") { url } }`;
const file = () =>
  `{ _entities(representations: [{ __typename: "Team", id: "${teamId}" }]) { ... on Team { rosterTable { endCursor } } } }`;

interface Refusal {
  message: string;
  originalError?: { code?: string; retryAfterS?: number };
}

async function refusalOf(source: string, options: { now?: Date; viewer?: Viewer } = {}): Promise<Refusal | null> {
  const { errors } = await ask<unknown>({ db, source, viewer: options.viewer ?? coach, now: options.now ?? NOW });
  const [first]: readonly Refusal[] = errors;
  return first ?? null;
}

async function exhaust(source: string): Promise<void> {
  for (let n = 0; n < EXPORTS.points; n += 1) expect(await refusalOf(source)).toBeNull();
}

test.each([
  ['links', link, file],
  ['files', file, link],
])('%s are counted for the account, apart from the other, until the stretch is over', async (_what, one, other) => {
  await exhaust(one());
  const refusal = await refusalOf(one(), { now: later(60) });
  expect(refusal?.originalError).toMatchObject({ code: 'RATE_LIMITED', retryAfterS: EXPORTS.perS - 60 });
  expect(refusal?.message).toMatch(/wait 14 min/);
  expect(await refusalOf(other(), { now: later(60) })).toBeNull();
  expect((await refusalOf(one(), { now: later(EXPORTS.perS - 1) }))?.originalError?.retryAfterS).toBe(1);
  expect(await refusalOf(one(), { now: later(EXPORTS.perS) })).toBeNull();
});

test('one coach takes nothing of another, and the later parts of a file are not counted', async () => {
  await exhaust(file());
  const accountId = newId();
  await database.query(
    `insert into connections.account (id, email, password_hash, display_name, role, created_at) values ($1, 'c2', 'x', 'x', 'COACH', now())`,
    [accountId],
  );
  await database.query('insert into connections.team_coach (team_id, account_id, joined_at) values ($1, $2, now())', [
    teamId,
    accountId,
  ]);
  const colleague: Viewer = { kind: 'account', accountId, sessionId: 's', role: 'COACH', athleteId: null };
  expect(await refusalOf(file(), { viewer: colleague })).toBeNull();
  const counts = () =>
    database.query('select what, taken from insights.export_count where account_id = $1', [accountId]);
  expect(await counts()).toEqual([{ what: 'file', taken: 1 }]);
  await refusalOf(file().replace('rosterTable', 'rosterTable(after: "x")'), { viewer: colleague });
  expect(await counts()).toEqual([{ what: 'file', taken: 1 }]);
});
