import { keepNewest } from './keep-newest.ts';

test('a memory holds the newest entries; one that comes again is new', () => {
  const memory = new Map<string, number>();
  for (const [key, value] of [
    ['a', 1],
    ['b', 2],
    ['c', 3],
    ['a', 4],
    ['d', 5],
  ] as const)
    keepNewest(memory, [key, value], 3);
  expect([...memory]).toEqual([
    ['c', 3],
    ['a', 4],
    ['d', 5],
  ]);
});
