import DataLoader from 'dataloader';
import { createDatabase, type TestDatabase } from '../tests/support/database.ts';
import { heardDatabase } from '../tests/support/heard-database.ts';
import type { Sql } from './database.ts';
import { instantOf, readTogether } from './together.ts';

let database: TestDatabase;
let together: Sql;
let statements: string[];
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  statements = [];
  const heard = heardDatabase(await database.open('connections'), (sql) => void statements.push(sql));
  together = readTogether(heard.prepared.composed);
});

const numbers = (from: number, to: number): Promise<{ n: number }[]> =>
  together.query('select n from generate_series($1::int, $2::int) n', [from, to]);

test('what is asked in one step is one statement, and each gets its own rows in their order', async () => {
  const [up, none, down] = await Promise.all([
    numbers(1, 3),
    numbers(2, 1),
    together.query('select n from generate_series($1::int, $2::int) n order by n desc', [11, 12]),
  ]);
  expect([up, none, down]).toEqual([[{ n: 1 }, { n: 2 }, { n: 3 }], [], [{ n: 12 }, { n: 11 }]]);
  expect(statements).toHaveLength(1);
});

test('a step holds what loaders ask of loaders; what needs an answer is the next step', async () => {
  const inner = new DataLoader((keys: readonly number[]) => Promise.all(keys.map((key) => numbers(key, key))));
  const outer = new DataLoader((keys: readonly number[]) => Promise.all(keys.map((key) => inner.load(key))));
  const follow = async (key: number) => {
    const [row] = await outer.load(key);
    return await numbers(row?.n ?? 0, (row?.n ?? 0) + 1);
  };
  expect(await Promise.all([follow(5), follow(7), Promise.resolve().then(() => numbers(9, 9))])).toEqual([
    [{ n: 5 }, { n: 6 }],
    [{ n: 7 }, { n: 8 }],
    [{ n: 9 }],
  ]);
  expect(statements).toHaveLength(2);
});

test.each(['alone', 'beside others'])('rows asked for %s are the same', async (how) => {
  const text = `select date '2026-11-21' as day, 7::int8 as count, 0.1::float8 as part, 3::smallint as small, $1::text as word,
    '{1,2}'::int[] as list, '{"a": [null]}'::json as body, null::text as nothing,
    timestamptz '2026-11-21 04:05:06.789+02' as at, true as "isSo"`;
  // What looks like a value of the statement, or like an instant, is text like any other.
  const word = '$1 2026-11-21T02:05:06+00:00';
  const [[row]] = (await Promise.all([
    together.query(text, [word]),
    ...(how === 'alone' ? [] : [numbers(1, 2), numbers(3, 4)]),
  ])) as [Record<string, unknown>[]];
  expect(row).toEqual({
    ...{ day: '2026-11-21', count: 7, part: 0.1, small: 3, word, list: [1, 2], body: { a: [null] }, nothing: null },
    ...{ at: '2026-11-21T02:05:06.789+00:00', isSo: true },
  });
  expect(instantOf(row?.['at'] as string)).toEqual(new Date('2026-11-21T02:05:06.789Z'));
  expect(instantOf(null)).toBeNull();
});

test('a value that PostgreSQL refuses is the error of whoever sent it', async () => {
  const refused = together.query('select $1::text::date as day', ['yesterday week']);
  const answers = await Promise.allSettled([numbers(1, 1), refused, numbers(2, 2)]);
  expect(answers).toEqual([
    { status: 'fulfilled', value: [{ n: 1 }] },
    { status: 'rejected', reason: expect.objectContaining({ code: '22007' }) },
    { status: 'fulfilled', value: [{ n: 2 }] },
  ]);
});

test('any other failure is that of the whole step, and the next step begins anew', async () => {
  const failing = [numbers(1, 1), together.query('select * from nowhere')];
  const unknownTable = { status: 'rejected', reason: expect.objectContaining({ code: '42P01' }) };
  expect(await Promise.allSettled(failing)).toEqual([unknownTable, unknownTable]);
  expect(statements).toHaveLength(1);
  expect(await numbers(4, 4)).toEqual([{ n: 4 }]);
});
