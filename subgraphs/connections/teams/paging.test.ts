import { publicError } from '#platform/errors';
import { cursorOf, pageOf, pageOfRows } from './paging.ts';

const isOurs = (parts: readonly string[]): boolean => parts.length === 1 && /^\d+$/.test(parts[0] ?? '');

function codeOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return publicError(error).code;
  }
}

test('a cursor comes back as the parts it was made of', () => {
  expect(pageOf({ first: 10, after: cursorOf(['42']), isOurs })).toEqual({ first: 10, after: ['42'] });
  expect(pageOf({ first: undefined, after: null, isOurs })).toEqual({ first: 50, after: null });
});

test.each([
  '',
  'abc',
  cursorOf(['x']),
  cursorOf(['1', '2']),
  Buffer.from('{"a":1}').toString('base64url'),
  Buffer.from('[1]').toString('base64url'),
])('%p is no cursor of ours', (after) => {
  expect(codeOf(() => pageOf({ first: 10, after, isOurs }))).toBe('BAD_USER_INPUT');
});

test.each([0, -1, 101])('a page of %p rows is refused', (first) => {
  expect(codeOf(() => pageOf({ first, after: null, isOurs }))).toBe('BAD_USER_INPUT');
});

test('the row too many only says that there is more', () => {
  const cursor = (row: number): string => `c${row}`;
  expect(pageOfRows({ rows: [1, 2, 3], page: { first: 2, after: null }, cursor })).toEqual({
    edges: [
      { cursor: 'c1', node: 1 },
      { cursor: 'c2', node: 2 },
    ],
    pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: 'c1', endCursor: 'c2' },
  });
  expect(pageOfRows({ rows: [3], page: { first: 2, after: ['2'] }, cursor }).pageInfo).toEqual({
    hasNextPage: false,
    hasPreviousPage: true,
    startCursor: 'c3',
    endCursor: 'c3',
  });
  expect(pageOfRows({ rows: [], page: { first: 2, after: null }, cursor }).pageInfo.endCursor).toBeNull();
});
