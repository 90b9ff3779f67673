import { createDatabase, type TestDatabase } from '../tests/support/database.ts';
import { instantArrayBytes, intArrayBytes, realArrayBytes, slicesOf, uuidArrayBytes } from './array-bytes.ts';

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

it.each([[['0193a000-0000-7000-8000-0000000000ff', null]], [[null, null]], [[]]])(
  'ids are read as they are: %j',
  async (ids) => {
    const [row] = await database.query<{ list: unknown[] }>('select $1::uuid[] as list', [uuidArrayBytes(ids)]);
    expect(row?.list).toEqual(ids);
  },
);

// Before and after the server's first moment, in the first year and the last.
it('instants are read as they are', async () => {
  const instants = [
    '2026-11-20T10:00:00.123Z',
    '2000-01-01T00:00:00.000Z',
    '1999-12-31T23:59:59.999Z',
    '0001-01-01T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
  ].map((text) => new Date(text));
  const list = [...instants, null];
  const [row] = await database.query<{ list: unknown[] }>('select $1::timestamptz[] as list', [
    instantArrayBytes(list),
  ]);
  expect(row?.list).toEqual(list);
});

it.each([
  '',
  'nobody',
  '0193a000-0000-7000-8000-0000000000ff00',
  '0193a000-0000-7000-8000-0000000000',
  '0193a000-0000-7000-8000-00000000000g',
])('an id that is none is refused: %s', (id) => {
  expect(() => uuidArrayBytes([id])).toThrow('no UUID');
});

it('a date that is none is refused', () => {
  expect(() => instantArrayBytes([new Date(Number.NaN)])).toThrow(RangeError);
});
