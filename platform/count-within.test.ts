import { countWithin } from './count-within.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('above its points a key is told when the stretch ends, and counts anew from there', () => {
  const count = countWithin({ points: 2, perS: 10, most: 3 });
  expect([count('a'), count('a')]).toEqual([null, null]);
  jest.advanceTimersByTime(3_500);
  expect(count('a')).toBe(7);
  jest.advanceTimersByTime(6_499);
  expect(count('a')).toBe(1);
  jest.advanceTimersByTime(1);
  expect([count('a'), count('a'), count('a')]).toEqual([null, null, 10]);
});

test('each key has its own', () => {
  const count = countWithin({ points: 1, perS: 10, most: 3 });
  expect([count('a'), count('b'), count('a')]).toEqual([null, null, 10]);
});

test('no more keys are remembered than that, and the one that began first is forgotten first', () => {
  const count = countWithin({ points: 1, perS: 10, most: 2 });
  expect([count('a'), count('b')]).toEqual([null, null]);
  jest.advanceTimersByTime(10_000);
  // Begins anew, behind the other.
  expect([count('a'), count('c')]).toEqual([null, null]);
  expect([count('a'), count('c')]).toEqual([10, 10]);
  expect([count('d'), count('c'), count('d')]).toEqual([null, 10, 10]);
  expect(count('a')).toBeNull();
});
