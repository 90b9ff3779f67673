import fc from 'fast-check';
import { has } from '#platform/basis';
import { dateOf, dayNumber } from '#platform/slots';
import type { AthleteHistory, SleepNight, Stream } from './formula/history.ts';
import { present, presentNothing } from './present.ts';
import type { ViewRow } from './views/snapshots.ts';
import { computeView } from './formula/view.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
const DATE = '2026-05-31';
const ago = (days: number): string => dateOf(dayNumber(DATE) - days);
const SLEPT: SleepNight = { asleepMin: 450, inBedMin: 500, latencyMin: 10, wasoMin: 20, awakenings: 1, napMin: 0 };

const series = <T>(read: (back: number) => T, from: number, to: number): Map<string, T> =>
  new Map(Array.from({ length: Math.max(0, from - to + 1) }, (_, at) => [ago(to + at), read(to + at)] as const));

/** `from`, `to`: the oldest and the newest night, in days before the date. */
function historyOf(nights: Record<'hrv' | 'rhr' | 'sleep', [from: number, to: number]>, shift = 0): AthleteHistory {
  const stream = (metric: 'rmssd' | 'rhr', base: number, [from, to]: [number, number]): Stream => {
    return { id: metric, metric, isPrimary: false, values: series((back) => base + ((back + shift) % 5), from, to) };
  };
  return {
    needMin: 480,
    hrv: [stream('rmssd', 60, nights.hrv)],
    rhr: [stream('rhr', 48, nights.rhr)],
    sleep: series((back) => ({ ...SLEPT, asleepMin: 440 + ((back + shift) % 7) }), ...nights.sleep),
  };
}

function rowOf(history: AthleteHistory, basis: number): ViewRow {
  const view = computeView({ history, date: DATE, basis });
  const stored = {
    revision: 3,
    reason: 'COMPUTED',
    weekScores: [70, 71, 72],
    computedAt: new Date('2026-05-31T05:00:00Z'),
  } as const;
  return { athleteId: 'x', basis, date: DATE, view, ...stored };
}

const ALL: [number, number] = [60, 0];

test.each([
  ['last night', ALL, 'LAST_NIGHT', 0, 60],
  ['an estimate of two days', [60, 2], 'ESTIMATED', 2, 59],
  ['a third night', [2, 0], 'CALIBRATING', null, 3],
  ['nothing at all', [0, 1], 'NO_DATA', null, 0],
] as const)('%s is told as it is', (_, hrv, state, ageDays, nights) => {
  const { freshness } = present(rowOf(historyOf({ hrv: [...hrv], rhr: ALL, sleep: ALL }), 5), null);
  expect(freshness[0]).toEqual({ signal: 'HRV', state, ageDays, nights });
  expect(freshness[1]).toEqual({ signal: 'RESTING_HEART_RATE', state: 'NOT_SHARED', ageDays: null, nights: 0 });
});

test('a view without sleep carries no instant', () => {
  const history = historyOf({ hrv: ALL, rhr: ALL, sleep: ALL });
  expect(present(rowOf(history, 3), null).readiness.computedAt).toBeNull();
  expect(present(rowOf(history, 7), null).readiness.computedAt).toEqual(new Date('2026-05-31T05:00:00Z'));
});

test('a shared signal without a value is there and says so, one that is not shared is not', () => {
  const { signals } = present(rowOf(historyOf({ hrv: [2, 0], rhr: ALL, sleep: ALL }), 5), null).readiness;
  expect(signals.hrv).toMatchObject({ source: 'NONE', nights: 2, value: null });
  expect(signals.sleep).toMatchObject({ source: 'LAST_NIGHT', debtNights: 14 });
  expect(signals.restingHeartRate).toBeNull();
});

test('each driver names its signal, and the points are the score', () => {
  const { readiness } = present(rowOf(historyOf({ hrv: ALL, rhr: ALL, sleep: ALL }), 7), null);
  expect(readiness.drivers.map(({ id, signal }) => `${id} ${signal}`)).toEqual([
    'hrv_day HRV',
    'hrv_trend HRV',
    'rhr RESTING_HEART_RATE',
    'sleep_duration SLEEP',
    'sleep_debt SLEEP',
    'sleep_quality SLEEP',
  ]);
  expect(readiness.drivers.reduce((sum, { points }) => sum + points, 70)).toBe(readiness.score);
});

test(`what is shown is the same to the byte, whatever a withheld signal holds (seed ${seed})`, () => {
  const range = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 5 }));
  const nights = fc.record({ hrv: range, rhr: range, sleep: range });
  fc.assert(
    fc.property(nights, nights, fc.integer({ min: 0, max: 7 }), (one, other, basis) => {
      const mixed = historyOf(
        {
          hrv: has(basis, 'HRV') ? one.hrv : other.hrv,
          rhr: has(basis, 'RESTING_HEART_RATE') ? one.rhr : other.rhr,
          sleep: has(basis, 'SLEEP') ? one.sleep : other.sleep,
        },
        0,
      );
      const shown = (history: AthleteHistory) => JSON.stringify(present(rowOf(history, basis), null));
      expect(shown(mixed)).toBe(shown(historyOf(one)));
    }),
    { seed, numRuns: 200 },
  );
});

test('nothing shared is always the same nothing', () => {
  const { readiness, changeFromWeek, freshness } = presentNothing(DATE);
  expect(readiness).toMatchObject({ status: 'NOT_SHARED', state: 'PENDING', revision: 0, basis: [], drivers: [] });
  expect([readiness.score, readiness.confidence, readiness.computedAt, changeFromWeek]).toEqual([
    null,
    null,
    null,
    null,
  ]);
  expect(freshness.map(({ state }) => state)).toEqual(['NOT_SHARED', 'NOT_SHARED', 'NOT_SHARED']);
});
