import { createDatabase, type TestDatabase } from '../tests/support/database.ts';
import { intArrayBytes, realArrayBytes, slicesOf } from './array-bytes.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

it('lists of one array come back each by its place', async () => {
  const ints = [[0, -1, 2_147_483_647], [], [7], [1, 2]];
  const reals = [[0.5, -1.25], [], [], [181.5]];
  const [ofInts, ofReals] = [slicesOf(ints), slicesOf(reals)];
  const rows = await database.query<{ ints: number[]; reals: number[] }>(
    `select ($5::int[])[a:b] as ints, ($6::real[])[c:d] as reals
       from unnest($1::int[], $2::int[], $3::int[], $4::int[]) with ordinality as t(a, b, c, d, at) order by at`,
    [ofInts.from, ofInts.to, ofReals.from, ofReals.to, intArrayBytes(ints), realArrayBytes(reals)],
  );
  expect(rows).toEqual(ints.map((list, at) => ({ ints: list, reals: reals[at] })));
});

it('a number that an int cannot hold is refused', () => {
  expect(() => intArrayBytes([[2 ** 31]])).toThrow('out of range');
});
