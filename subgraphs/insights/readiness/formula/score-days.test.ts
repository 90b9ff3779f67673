import { dateOf, dayNumber } from '#platform/slots';
import type { AthleteHistory } from './history.ts';
import { changeFromWeek, scoreDays, type ScoredView, type StoredView } from './score-days.ts';

const TODAY = '2026-05-31';
const ago = (days: number): string => dateOf(dayNumber(TODAY) - days);

function history(part: { hrv?: (back: number) => number; rhr?: (back: number) => number } = {}): AthleteHistory {
  const values = (read: (back: number) => number) =>
    new Map(Array.from({ length: 70 }, (_, back) => [ago(back), read(back)] as const));
  const { hrv = (back) => 60 + (back % 5), rhr = (back) => 48 + (back % 3) } = part;
  return {
    needMin: 480,
    hrv: [{ id: 'oura:rmssd:night', metric: 'rmssd', isPrimary: false, values: values(hrv) }],
    rhr: [{ id: 'oura:rhr:night', metric: 'rhr', isPrimary: false, values: values(rhr) }],
    sleep: new Map(),
  };
}

const days = (...dates: string[]) => dates.map((date) => ({ date, reason: 'COMPUTED' as const }));
const storedFrom = (views: readonly ScoredView[]): Map<string, StoredView> =>
  new Map(
    views.map(({ date, revision, view, payload, weekScores }) => [
      date,
      { revision, score: view.score, payload, weekScores },
    ]),
  );
const NOTHING = new Map<string, StoredView>();

test('a first view is revision 1, and the same again is nothing', () => {
  const first = scoreDays({ history: history(), basis: 3, days: days(TODAY), stored: NOTHING });
  expect(first).toMatchObject([{ date: TODAY, revision: 1, reason: 'COMPUTED', view: { status: 'OK' } }]);
  expect(scoreDays({ history: history(), basis: 3, days: days(TODAY), stored: storedFrom(first) })).toEqual([]);
});

test('a changed night is the next revision in the views that hold it, and nothing in the others', () => {
  const changed = history({ rhr: (back) => (back === 0 ? 60 : 48 + (back % 3)) });
  for (const [basis, count] of [
    [1, 0],
    [2, 1],
    [3, 1],
  ] as const) {
    const before = scoreDays({ history: history(), basis, days: days(TODAY), stored: NOTHING });
    const after = scoreDays({ history: changed, basis, days: days(TODAY), stored: storedFrom(before) });
    expect(after.map(({ revision }) => revision)).toEqual(Array(count).fill(2));
  }
});

test('scores of the week before come from what is stored and from what was just scored', () => {
  const [first, second] = scoreDays({ history: history(), basis: 3, days: days(ago(1), TODAY), stored: NOTHING });
  expect(first?.weekScores).toEqual(Array(7).fill(null));
  expect(second?.weekScores).toEqual([first?.view.score, ...Array(6).fill(null)]);
});

test('a new score of yesterday alone is a new revision of today, whose week it is in', () => {
  const before = scoreDays({ history: history(), basis: 3, days: days(ago(1), TODAY), stored: NOTHING });
  const stored = storedFrom(before);
  const yesterday = stored.get(ago(1)) as StoredView;
  stored.set(ago(1), { ...yesterday, score: 12, payload: '{}' });
  const after = scoreDays({ history: history(), basis: 3, days: days(ago(1), TODAY), stored: new Map([...stored]) });
  expect(after.map(({ date }) => date)).toEqual([ago(1)]);
  const alone = scoreDays({ history: history(), basis: 3, days: days(TODAY), stored });
  expect(alone).toMatchObject([{ date: TODAY, revision: 2, weekScores: [12, null, null, null, null, null, null] }]);
});

const change = (score: number | null, weekScores: (number | null)[], since: string | null = null) =>
  changeFromWeek({ date: TODAY, score, weekScores, since });

test.each([
  [80, [70, 70, 70, 70, 70, 70, 70], 10],
  [80, [70, null, 71, 72], 9],
  [71, [70, 70, 71], 1],
  [70, [70, 71, 71], -1],
  [70, [70, 70, 70], 0],
  [70, [60, 60], null],
  [null, [60, 60, 60], null],
])('a score of %p after a week of %p changed by %p', (score, week, expected) => {
  expect(change(score, week)).toBe(expected);
});

test('a half is rounded away from zero on both sides', () => {
  expect(change(73, [70, 71, 71, 70])).toBe(3);
  expect(change(68, [70, 71, 71, 70])).toBe(-3);
});

test('scores of days before the grant stay out of the comparison', () => {
  const week = [70, 70, 70, 10, 10, 10, 10];
  expect(change(75, week, ago(3))).toBe(5);
  expect(change(75, week, ago(2))).toBeNull();
  expect(change(75, week, TODAY)).toBeNull();
  expect(change(75, week, ago(100))).toBe(39);
});
