import { dateOf, dayNumber } from '#platform/slots';
import { affectedDays } from './affected-days.ts';

const TODAY = '2026-05-31';
const ago = (days: number) => dateOf(dayNumber(TODAY) - days);
const range = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, at) => ago(from - at));
const affected = (input: { touched: string[]; scored?: string[]; firstNight?: string | null }) => {
  const { touched, scored = [], firstNight = ago(90) } = input;
  return affectedDays({ touched, today: TODAY, scoredDays: new Set(scored), firstNight });
};
const late = (days: string[]) => days.map((date) => ({ date, reason: 'LATE_DATA' }));
const backfilled = (days: string[]) => days.map((date) => ({ date, reason: 'BACKFILL' }));
const COMPUTED = { date: TODAY, reason: 'COMPUTED' };

test('tonight alone scores today', () => {
  expect(affected({ touched: [TODAY], scored: range(60, 1) })).toEqual([COMPUTED]);
});

test('more of tonight scores today again', () => {
  expect(affected({ touched: [TODAY, TODAY], scored: range(60, 0) })).toEqual(late([TODAY]));
});

test('a night of seven days ago scores it and all days since again, one of eight days ago none', () => {
  expect(affected({ touched: [ago(7)], scored: range(60, 0) })).toEqual(late(range(7, 0)));
  expect(affected({ touched: [ago(8)], scored: range(60, 0) })).toEqual([]);
});

test('an old and a recent night together score again from the recent one only', () => {
  expect(affected({ touched: [ago(3), ago(20), ago(5)], scored: range(60, 0) })).toEqual(late(range(5, 0)));
});

test('sixty nights of a new athlete score sixty days in date order', () => {
  const touched = range(59, 0).toReversed();
  expect(affected({ touched, firstNight: ago(59) })).toEqual([...backfilled(range(59, 1)), COMPUTED]);
});

test('a backfill around days that have a score fills the gaps and leaves the old scores alone', () => {
  const days = affected({ touched: range(40, 30), scored: [...range(35, 20), ...range(5, 0)] });
  expect(days).toEqual(backfilled([...range(40, 36), ...range(19, 6)]));
});

test('a backfill that reaches into the last week scores again from there on', () => {
  const days = affected({ touched: range(20, 4), scored: range(6, 0) });
  expect(days).toEqual([...backfilled(range(20, 7)), ...late(range(6, 0))]);
});

test('an old night still leads to the first score of today', () => {
  expect(affected({ touched: [ago(30)], scored: range(60, 1) })).toEqual([COMPUTED]);
});

test('days before the first night that is left get no first score, but a score that rested on it is revised', () => {
  expect(affected({ touched: [ago(4)], scored: [ago(4)], firstNight: ago(1) })).toEqual([
    ...late([ago(4)]),
    ...backfilled([ago(1)]),
    COMPUTED,
  ]);
  expect(affected({ touched: [ago(2)], scored: [ago(2)], firstNight: null })).toEqual(late([ago(2)]));
});

test('nights that are still to come here, and no nights at all, change nothing', () => {
  expect(affected({ touched: [ago(-1)], scored: range(60, 1) })).toEqual([]);
  expect(affected({ touched: [] })).toEqual([]);
});
