import { createDatabase, type TestDatabase } from '../tests/support/database.ts';
import type { Database } from './database.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('connections');
});
afterAll(() => database.drop());

test('a prepared statement is planned once, and answers rows as the pool does', async () => {
  const text = `select date '2026-11-21' as day, 7::int8 as count, $1::text as word`;
  const row = (word: string) => [{ day: '2026-11-21', count: 7, word }];
  expect(await db.prepared.query(text, ['one'])).toEqual(row('one'));
  expect(await db.prepared.query(text, ['two'])).toEqual(row('two'));
  expect(await db.prepared.query('select 1 as other')).toEqual([{ other: 1 }]);
  // One after another: all on the one connection of the pool that is open.
  const statements = await db.query<{ statement: string; runs: number }[]>(
    'select statement, generic_plans + custom_plans as runs from pg_prepared_statements order by prepare_time',
  );
  expect(statements).toEqual([
    { statement: text, runs: 2 },
    { statement: 'select 1 as other', runs: 1 },
  ]);
});

test('what PostgreSQL refuses, a prepared statement throws with its code', async () => {
  await expect(db.prepared.query('select * from nowhere')).rejects.toMatchObject({ code: '42P01' });
});
