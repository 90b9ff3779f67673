import { dateOf, dayNumber } from '#platform/slots';
import type { SleepNight } from '../readiness/formula/history.ts';
import { sleepDebt, sleepDebtTrend, trendOf } from './debt.ts';

const DAY = dayNumber('2026-05-04');
const night = (asleepMin: number, napMin = 0): SleepNight => {
  return { asleepMin, inBedMin: null, latencyMin: null, wasoMin: null, awakenings: null, napMin };
};
/** Newest first; null is a night that is missing. */
const nights = (newestFirst: (SleepNight | null)[]): Map<string, SleepNight> => {
  return new Map(newestFirst.flatMap((each, back) => (each ? [[dateOf(DAY - back), each]] : [])));
};
const debtOf = (newestFirst: (SleepNight | null)[], needMin = 480) => {
  return sleepDebt({ needMin, nights: nights(newestFirst), day: DAY });
};
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

test('last night weighs 15.2 % when all fourteen are known', () => {
  const debt = debtOf([night(380), ...times(13, night(480))]);
  expect(debt.shortfallMin).toBeCloseTo(15.2, 1);
  expect(debt).toMatchObject({ nights: 14, debtMin: Math.round(14 * (debt.shortfallMin ?? 0)) });
});

test('the same shortfall every night is the mean shortfall, however many nights are known', () => {
  for (const known of [7, 10, 14]) {
    const debt = debtOf(times(known, night(450)));
    expect(debt.shortfallMin).toBeCloseTo(30, 9);
    expect(debt).toMatchObject({ nights: known, debtMin: 420 });
  }
});

test('six nights are too few, seven are enough, last night need not be one of them', () => {
  expect(debtOf(times(6, night(400)))).toEqual({ nights: 6, shortfallMin: null, debtMin: null });
  expect(debtOf(times(7, night(400))).debtMin).toBe(1120);
  expect(debtOf([null, ...times(7, night(400))]).debtMin).toBe(1120);
});

test('the fourteenth night back counts, the fifteenth does not', () => {
  expect(debtOf(times(15, night(480)))).toMatchObject({ nights: 14 });
  const gap = times(7, null);
  expect(debtOf([...gap, ...times(7, night(400))])).toMatchObject({ nights: 7, debtMin: 1120 });
  expect(debtOf([...gap, null, ...times(7, night(400))])).toMatchObject({ nights: 6, debtMin: null });
});

test('a surplus repays at most an hour a night, and never leaves a credit', () => {
  const short = times(7, night(400));
  expect(debtOf([night(540), ...short]).debtMin).toBe(debtOf([night(700), ...short]).debtMin);
  expect(debtOf([night(539), ...short]).debtMin).toBeGreaterThan(debtOf([night(540), ...short]).debtMin ?? Infinity);
  expect(debtOf(times(14, night(600)))).toMatchObject({ shortfallMin: 0, debtMin: 0 });
});

test('naps count as sleep of their date, but not on a date without a valid night', () => {
  expect(debtOf(times(7, night(420, 60))).debtMin).toBe(0);
  expect(debtOf([night(0, 300), ...times(7, night(420))])).toEqual(debtOf([null, ...times(7, night(420))]));
});

test.each([
  [61, 'RISING'],
  [60, 'STEADY'],
  [-60, 'STEADY'],
  [-61, 'FALLING'],
])('a change of %p minutes in a week is %s', (changeMin, trend) => {
  expect(trendOf(changeMin)).toBe(trend);
});

test('the trend compares today with seven days ago, and is unknown without both', () => {
  const trend = (newestFirst: (SleepNight | null)[]) => {
    return sleepDebtTrend({ needMin: 480, nights: nights(newestFirst), day: DAY });
  };
  expect(trend([...times(7, night(380)), ...times(14, night(480))])).toBe('RISING');
  expect(trend([...times(7, night(540)), ...times(14, night(400))])).toBe('FALLING');
  expect(trend(times(21, night(450)))).toBe('STEADY');
  expect(trend(times(13, night(450)))).toBeNull();
  expect(trend(times(14, night(450)))).toBe('STEADY');
});
