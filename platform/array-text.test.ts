import { createDatabase, type TestDatabase } from '../tests/support/database.ts';
import { arrayText } from './array-text.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

it.each([
  [
    'text',
    ['a', '', 'NULL', null, 'with "quotes"', 'and \\ back', '{curly, comma}', ' spaces ', 'line\nbreak', 'ä 😀'],
  ],
  ['int', [0, -1, null, 2_147_483_647]],
  ['double precision', [0.1, -1e-7, 1e21, null]],
  ['boolean', [true, false, null]],
  ['timestamptz', [new Date('2026-11-20T10:00:00.123Z'), null, new Date('2000-01-01T00:00:00Z')]],
  ['uuid', ['0193a000-0000-7000-8000-000000000001']],
  ['text', []],
])('a list of %s is read as it was meant', async (type, values) => {
  const [row] = await database.query<{ list: unknown[] }>(`select $1::${type}[] as list`, [arrayText(values)]);
  expect(row?.list).toEqual(values);
});

it('takes a byte array of another kind for a mistake', () => {
  expect(() => arrayText([Buffer.from('x')])).toThrow('cannot be an element');
});
