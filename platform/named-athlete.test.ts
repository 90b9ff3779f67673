import type { Database } from '#platform/database';
import { AppError } from '#platform/errors';
import { newId } from '#platform/ids';
import { createDatabase, type TestDatabase } from '../tests/support/database.ts';
import { namedAthlete } from './named-athlete.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('insights');
});
afterAll(() => database.drop());

async function athlete(email: string, displayName: string): Promise<string> {
  const id = newId();
  await database.query(
    `with account as (
       insert into connections.account (id, email, password_hash, display_name, role, created_at)
       values ($1, $2, 'x', $3, 'ATHLETE', now()) returning id)
     insert into connections.athlete (id, account_id, display_name, time_zone) select id, id, $3, 'UTC' from account`,
    [id, email, displayName],
  );
  return id;
}

const refused = async (named: string): Promise<[code: string, message: string]> => {
  const error: unknown = await namedAthlete(db, named).catch((cause: unknown) => cause);
  if (!(error instanceof AppError)) throw new Error(`"${named}" was not refused`);
  return [error.code, error.message];
};

test('an athlete is named by id, by e-mail and by name, whatever the capitals and the space around', async () => {
  const id = await athlete('Aino@example.org', 'Aino Korhonen');
  for (const named of [id, 'aino@example.org', ' AINO@EXAMPLE.ORG ', 'aino korhonen']) {
    expect(await namedAthlete(db, named)).toBe(id);
  }
});

test.each(['connections', 'health_data'] as const)('the verbs of %s name them as well', async (role) => {
  const id = await athlete(`${role}@example.org`, role);
  expect(await namedAthlete(await database.open(role), `${role}@example.org`)).toBe(id);
});

test('whom nobody is called is said so: part of a name, a pattern, nothing, and a coach, who is no athlete', async () => {
  await athlete('bea@example.org', 'Bea Berg');
  await database.query(
    `insert into connections.account (id, email, password_hash, display_name, role, created_at)
     values ($1, 'coach@example.org', 'x', 'Coach', 'COACH', now())`,
    [newId()],
  );
  for (const named of ['Bea', '%', '', 'coach@example.org']) {
    const [code, message] = await refused(named);
    expect([named, code]).toEqual([named, 'NOT_FOUND']);
    expect(message).toContain(`No athlete signs in as "${named}"`);
  }
});

test('a name of several is refused with their ids; so is an e-mail that somebody else calls themselves', async () => {
  const ids = [await athlete('c1@example.org', 'Cleo'), await athlete('c2@example.org', 'Cleo')];
  const [one, other] = ids.sort();
  const [code, message] = await refused('cleo');
  expect(code).toBe('BAD_USER_INPUT');
  expect(message).toBe(`2 athletes are meant by "cleo": ${one}, ${other}. Give the id of one, or their e-mail.`);
  await athlete('d@example.org', 'C1@example.org');
  expect((await refused('c1@example.org'))[0]).toBe('BAD_USER_INPUT');
});
