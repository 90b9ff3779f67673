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

describe('a transaction of prepared statements', () => {
  const keep = (tx: { query<T>(sql: string, values?: unknown[]): Promise<T> }, word: string) =>
    tx.query('insert into kept (word) values ($1)', [word]);
  const kept = () => database.query<{ word: string }>('select word from connections.kept order by word');

  beforeAll(async () => {
    await database.query('create table connections.kept (word text primary key)');
    await database.query('grant all on connections.kept to connections');
  });

  test('is there as a whole once its work resolves', async () => {
    const found = await db.prepared.transaction(async (tx) => {
      await keep(tx, 'a');
      await keep(tx, 'b');
      expect(await kept()).toEqual([]);
      return tx.query<{ n: number }[]>('select count(*) as n from kept');
    });
    expect(found).toEqual([{ n: 2 }]);
    expect(await kept()).toEqual([{ word: 'a' }, { word: 'b' }]);
  });

  test('plans a statement without its values, and leaves the pool as it was', async () => {
    const text = 'select word from kept where word = any($1::text[])';
    const plans = await db.prepared.transaction(async (tx) => {
      for (const word of ['a', 'b']) await tx.query(text, [[word]]);
      return tx.query('select generic_plans, custom_plans from pg_prepared_statements where statement = $1', [text]);
    });
    expect(plans).toEqual([{ generic_plans: 2, custom_plans: 0 }]);
    expect(await db.query('show plan_cache_mode')).toEqual([{ plan_cache_mode: 'auto' }]);
  });

  test('leaves nothing of work that fails, and its connection to the next', async () => {
    const failing = db.prepared.transaction(async (tx) => {
      await keep(tx, 'c');
      await keep(tx, 'a');
    });
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    await db.prepared.transaction((tx) => keep(tx, 'd'));
    expect((await kept()).map(({ word }) => word)).toEqual(['a', 'b', 'd']);
  });
});

describe('the reader', () => {
  const plansOf = (text: string) =>
    db.reader.query('select generic_plans, custom_plans from pg_prepared_statements where statement = $1', [text]);

  test('plans each text once, without its values, and answers rows as the pool does', async () => {
    const text = `select date '2026-11-21' as day, 7::int8 as count, n from unnest($1::int[]) n`;
    for (const n of [1, 2]) expect(await db.reader.query(text, [[n]])).toEqual([{ day: '2026-11-21', count: 7, n }]);
    // One after another: all on the one connection that is open.
    expect(await plansOf(text)).toEqual([{ generic_plans: 2, custom_plans: 0 }]);
  });

  test('keeps no more than a hundred texts prepared, and answers the others all the same', async () => {
    for (let n = 0; n < 120; n += 1) expect(await db.reader.query(`select ${n} as n`)).toEqual([{ n }]);
    expect(await db.reader.query('select count(*) as kept from pg_prepared_statements')).toEqual([{ kept: 100 }]);
  });

  test('writes nothing', async () => {
    const writing = db.reader.query('update account set display_name = display_name');
    await expect(writing).rejects.toMatchObject({ code: '25006' });
  });
});
