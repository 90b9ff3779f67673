import fc from 'fast-check';
import type { SleepSignal, StreamSignal } from './baseline.ts';
import {
  type Readings,
  bandOf,
  confidenceLevelOf,
  debtIndex,
  decompose,
  durationIndex,
  freshness,
  hrvStateOf,
  maturity,
  phi,
  qualityIndex,
  scoreOf,
} from './score.ts';

const seed = Math.floor(Math.random() * 2 ** 31);
const NIGHTS_OF = { LAST_NIGHT: 0, ALTERNATE_STREAM: 0, MOVING_AVERAGE: 1 };
type StreamPart = { z?: number; t?: number | null; nights?: number; source?: keyof typeof NIGHTS_OF; ageDays?: number };

const stream = ({ z = 0, t = 0, nights = 60, source = 'LAST_NIGHT', ...rest }: StreamPart): StreamSignal => ({
  reading: {
    stream: 'a',
    source,
    ageDays: rest.ageDays ?? NIGHTS_OF[source],
    nights,
    value: 0,
    mean: 0,
    sd: 1,
    band: [-0.5, 0.5],
    z,
    m7: t,
    t,
    sd7: null,
    cv7: null,
  },
  nights,
  calibrationNight: null,
  hasTonight: true,
  isExpected: false,
});
const unusable = (calibrationNight: number | null): StreamSignal => {
  return { reading: null, nights: 0, calibrationNight, hasTonight: false, isExpected: false };
};
type SleepPart = { asleepMin?: number; shortfallMin?: number | null; nights?: number; efficiencyPct?: number | null };
const sleep = (part: SleepPart): SleepSignal => ({
  reading: {
    source: 'LAST_NIGHT',
    ageDays: 0,
    asleepMin: part.asleepMin ?? 480,
    efficiencyPct: part.efficiencyPct === undefined ? 85 : part.efficiencyPct,
    latencyMin: null,
    wasoMin: null,
    awakenings: null,
  },
  needMin: 480,
  debt: {
    nights: part.nights ?? 14,
    shortfallMin: part.shortfallMin === undefined ? 20 : part.shortfallMin,
    debtMin: 0,
  },
  hasTonight: true,
  isExpected: false,
});
const indexOf = (readings: Readings, id: string) => scoreOf(readings).drivers.find((driver) => driver.id === id)?.index;
const weights = (readings: Readings) => {
  return Object.fromEntries(scoreOf(readings).drivers.map(({ id, weight }) => [id, Number(weight.toFixed(6))]));
};

test.each([
  [-2.001, -1],
  [-2, -1],
  [-1.999, -0.9995],
  [-1, -0.5],
  [0, 0],
  [0.5, 0.5],
  [0.999, 0.999],
  [1, 1],
  [1.001, 1],
  [1.499, 1],
  [1.5, 1],
  [1.501, 0.999],
  [2, 0.5],
  [2.499, 0.001],
  [2.5, 0],
  [2.501, 0],
  [9, 0],
])('phi(%p) is %p', (z, expected) => {
  expect(phi(z)).toBeCloseTo(expected, 9);
});

test.each([
  [0, 0],
  [6, 0],
  [7, 0.5],
  [13, 0.5],
  [14, 0.8],
  [27, 0.8],
  [28, 1],
])('a stream of %p nights counts %p', (n, expected) => {
  expect(maturity(n)).toBe(expected);
});

test.each([
  [0.74, -1],
  [0.75, -1],
  [0.76, -0.96],
  [0.99, -0.04],
  [1, 0],
  [1.05, 0.5],
  [1.1, 1],
  [1.11, 1],
  [1.35, 1],
  [648 / 480, 1],
  [649 / 480, 0],
])('sleep of %p of the need has the index %p', (share, expected) => {
  expect(durationIndex(share)).toBeCloseTo(expected, 9);
});

test.each([
  [0, 1],
  [19, 0.05],
  [20, 0],
  [21, -1 / 60],
  [79, -59 / 60],
  [80, -1],
  [81, -1],
])('a shortfall of %p minutes a night has the index %p', (shortfallMin, expected) => {
  expect(debtIndex(shortfallMin)).toBeCloseTo(expected, 9);
});

const NOTHING = { efficiencyPct: null, latencyMin: null, wasoMin: null, awakenings: null };
test.each([
  ['efficiencyPct', 74, -1],
  ['efficiencyPct', 75, -1],
  ['efficiencyPct', 85, 0],
  ['efficiencyPct', 95, 1],
  ['efficiencyPct', 96, 1],
  ['latencyMin', 46, -1],
  ['latencyMin', 45, -1],
  ['latencyMin', 30, 0],
  ['latencyMin', 15, 1],
  ['latencyMin', 14, 1],
  ['wasoMin', 41, -1],
  ['wasoMin', 40, -1],
  ['wasoMin', 20, 0],
  ['wasoMin', 0, 1],
  ['awakenings', 0, 1],
  ['awakenings', 0.5, 0.5],
  ['awakenings', 1, 0],
  ['awakenings', 2, -1 / 3],
  ['awakenings', 4, -1],
  ['awakenings', 5, -1],
])('%s of %p has the quality %p', (field, value, expected) => {
  expect(qualityIndex({ ...NOTHING, [field]: value })).toBeCloseTo(expected, 9);
});

test('quality is the mean of what is known, and unknown if nothing is', () => {
  expect(qualityIndex(NOTHING)).toBeNull();
  expect(qualityIndex({ ...NOTHING, efficiencyPct: 99, wasoMin: 99 })).toBe(0);
  expect(qualityIndex({ ...NOTHING, efficiencyPct: 99, wasoMin: 99, awakenings: 0 })).toBeCloseTo(1 / 3, 12);
});

test.each([
  [100, 'HIGH'],
  [80, 'HIGH'],
  [79, 'NORMAL'],
  [60, 'NORMAL'],
  [59, 'REDUCED'],
  [40, 'REDUCED'],
  [39, 'LOW'],
  [0, 'LOW'],
])('a score of %p is %s', (score, band) => {
  expect(bandOf(score)).toBe(band);
});

test.each([
  [-3, -0.501, 'SUPPRESSED'],
  [-3, -0.5, 'LOW'],
  [-1.001, 3, 'LOW'],
  [-1, 0.5, 'NORMAL'],
  [-1, 0.501, 'ELEVATED'],
  [0, -0.501, 'SUPPRESSED'],
  [-1.001, null, 'LOW'],
  [-1, null, 'NORMAL'],
  [3, null, 'NORMAL'],
])('z %p with t %p is %s', (z, t, state) => {
  expect(hrvStateOf({ z, t })).toBe(state);
});

test.each([
  [0.75, 'HIGH'],
  [0.74, 'MEDIUM'],
  [0.5, 'MEDIUM'],
  [0.49, 'LOW'],
])('a confidence of %p is %s', (confidence, level) => {
  expect(confidenceLevelOf(confidence)).toBe(level);
});

test('freshness falls with the source and the age', () => {
  expect(freshness({ source: 'LAST_NIGHT', ageDays: 0 })).toBe(1);
  expect(freshness({ source: 'ALTERNATE_STREAM', ageDays: 0 })).toBe(0.9);
  expect([1, 2, 3].map((ageDays) => freshness({ source: 'MOVING_AVERAGE', ageDays }))).toEqual([0.6, 0.4, 0.2]);
});

test('a resting heart rate one spread below usual halves what HRV takes away, not what it gives', () => {
  const low = { hrv: stream({ z: -1, t: 0.25 }) };
  expect(indexOf({ ...low, rhr: stream({ z: -0.999 }) }, 'hrv_day')).toBe(-0.5);
  expect(indexOf({ ...low, rhr: stream({ z: -1 }) }, 'hrv_day')).toBe(-0.25);
  expect(indexOf({ ...low, rhr: stream({ z: -1 }) }, 'hrv_trend')).toBe(0.5);
  expect(indexOf({ hrv: stream({ t: -0.5 }), rhr: stream({ z: -1 }) }, 'hrv_trend')).toBe(-0.25);
  expect(scoreOf({ ...low, rhr: stream({ z: -1 }) }).isDiscordant).toBe(true);
  expect(scoreOf({ ...low, rhr: stream({ z: -0.999 }) }).isDiscordant).toBe(false);
  expect(scoreOf({ hrv: stream({ z: 1 }), rhr: stream({ z: -1 }) }).isDiscordant).toBe(false);
  expect(scoreOf({ ...low, rhr: unusable(null) }).isDiscordant).toBe(false);
});

test('young streams are damped, after discordance', () => {
  expect(indexOf({ hrv: stream({ z: -1, nights: 13 }) }, 'hrv_day')).toBe(-0.25);
  expect(indexOf({ hrv: stream({ z: -1, nights: 14 }), rhr: stream({ z: -1 }) }, 'hrv_day')).toBe(-0.2);
  expect(indexOf({ hrv: stream({}), rhr: stream({ z: 1, nights: 27 }) }, 'rhr')).toBe(-0.4);
});

test('a missing driver leaves its weight to the others of its signal', () => {
  const rhr = stream({});
  expect(weights({ hrv: stream({ t: null }), rhr, sleep: sleep({}) })).toMatchObject({ hrv_day: 0.5, rhr: 0.2 });
  expect(weights({ hrv: stream({}), rhr, sleep: sleep({ shortfallMin: null }) })).toEqual({
    hrv_day: 0.2,
    hrv_trend: 0.3,
    rhr: 0.2,
    sleep_duration: 0.214286,
    sleep_quality: 0.085714,
  });
  expect(weights({ hrv: stream({}), rhr, sleep: sleep({ shortfallMin: null, efficiencyPct: null }) })).toMatchObject({
    sleep_duration: 0.3,
  });
});

test('a missing signal divides every weight by the root of what is left, and less than half is no score', () => {
  const hrv = stream({});
  const rhr = stream({});
  expect(weights({ hrv })).toEqual({ hrv_day: 0.282843, hrv_trend: 0.424264 });
  expect(weights({ rhr, sleep: sleep({}) })).toMatchObject({ rhr: 0.282843, sleep_duration: 0.212132 });
  expect(weights({ hrv, rhr: unusable(null), sleep: sleep({}) })).toMatchObject({ hrv_day: 0.223607 });
  for (const readings of [{ rhr }, { sleep: sleep({}) }, { hrv: unusable(null), sleep: sleep({}) }, {}]) {
    expect(scoreOf(readings)).toMatchObject({ score: null, band: null, drivers: [] });
  }
});

test.each<[string, Readings, string]>([
  ['a score', { hrv: stream({}) }, 'OK'],
  ['HRV on its way', { hrv: unusable(3), rhr: unusable(null), sleep: sleep({}) }, 'CALIBRATING'],
  ['resting heart rate on its way beside sleep', { rhr: unusable(1), sleep: sleep({}) }, 'CALIBRATING'],
  ['resting heart rate alone, which never suffices', { rhr: unusable(3) }, 'INSUFFICIENT'],
  ['sleep alone', { sleep: sleep({}) }, 'INSUFFICIENT'],
  ['silent streams', { hrv: unusable(null), rhr: unusable(null), sleep: sleep({}) }, 'INSUFFICIENT'],
  ['nothing shared', {}, 'INSUFFICIENT'],
])('%s is %#: status %s', (_, readings, status) => {
  expect(scoreOf(readings).status).toBe(status);
});

test.each<[string, Readings, number]>([
  ['everything', { hrv: stream({}), rhr: stream({}), sleep: sleep({}) }, 1],
  ['HRV without a week mean', { hrv: stream({ t: null }), rhr: stream({}), sleep: sleep({}) }, 0.8],
  ['an alternate HRV', { hrv: stream({ source: 'ALTERNATE_STREAM' }) }, 0.45],
  ['HRV of three days ago', { hrv: stream({ source: 'MOVING_AVERAGE', ageDays: 3 }) }, 0.1],
  ['ten nights', { hrv: stream({ nights: 10 }), rhr: stream({ nights: 10 }), sleep: sleep({}) }, 0.65],
  ['seven nights of sleep', { hrv: stream({}), sleep: sleep({ nights: 7 }) }, 0.8],
  ['six nights of sleep', { hrv: stream({}), sleep: sleep({ nights: 6 }) }, 0.71],
  ['sleep alone', { sleep: sleep({}) }, 0.3],
  ['nothing', {}, 0],
])('%s: confidence as in section 6', (_, readings, confidence) => {
  expect(scoreOf(readings).confidence).toBe(confidence);
});

test('what is stale is named, with its share of what is usable', () => {
  const stale = stream({ source: 'MOVING_AVERAGE' });
  const unusedSleep: SleepSignal = { ...sleep({}), reading: null };
  const found = scoreOf({ hrv: stale, rhr: stream({}), sleep: unusedSleep });
  expect(found.staleSignals).toEqual(['hrv']);
  expect(found.staleShare).toBeCloseTo(5 / 7, 12);
  expect(scoreOf({ hrv: stream({}), rhr: stream({ source: 'ALTERNATE_STREAM' }) })).toMatchObject({
    staleSignals: [],
    staleShare: 0,
  });
});

const points = (...pairs: [number, number][]) => {
  return decompose(pairs.map(([index, weight]) => ({ id: 'rhr' as const, index, weight }))).map((each) => each.points);
};

test('the ends of the scale are reached and never passed', () => {
  const best = sleep({ asleepMin: 528, shortfallMin: 0, efficiencyPct: 95 });
  const worst = sleep({ asleepMin: 60, shortfallMin: 420, efficiencyPct: 75 });
  expect(scoreOf({ hrv: stream({ z: 1, t: 0.5 }), rhr: stream({ z: -1 }), sleep: best }).score).toBe(100);
  expect(scoreOf({ hrv: stream({ z: -9, t: -9 }), rhr: stream({ z: 9 }), sleep: worst }).score).toBe(0);
});

test('left-over points go to the largest fractions, ties to the driver named first', () => {
  expect(points([1, 0.02], [1, 0.02], [1, 0.01])).toEqual([1, 1, 0]);
  expect(points([1, 0.02], [1, 0.03], [1, 0.02])).toEqual([1, 1, 0]);
  expect(points([1, 0.01], [1, 0.03])).toEqual([0, 1]);
  expect(points([1, 0.01 + 1e-12], [1, 0.01 + 2e-12], [1, 0.01])).toEqual([1, 0, 0]);
});

test('the sum is rounded half away from zero, and thirds that miss an integer by a hair are that integer', () => {
  expect(points([1, 0.05])).toEqual([2]);
  expect(points([-0.5, 0.1 / 7])).toEqual([-1]);
  expect(points([-0.5, 0.0999 / 7])).toEqual([0]);
  expect(points([1, 0.1 - 1e-12])).toEqual([3]);
  expect(points([-1, 0.1 + 1e-13])).toEqual([-7]);
});

test(`points add up to the rounded sum, each next to its exact share (seed ${seed})`, () => {
  const effect = fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: 0, max: 0.5, noNaN: true }));
  fc.assert(
    fc.property(fc.array(effect, { maxLength: 6 }), (pairs) => {
      const exact = pairs.map(([index, weight]) => weight * (index >= 0 ? 30 : 70) * index);
      const sum = exact.reduce((total, value) => total + value, 0);
      const whole = points(...pairs);
      expect(Math.abs(whole.reduce((total, value) => total + value, 0) - sum)).toBeLessThanOrEqual(0.5 + 1e-8);
      whole.forEach((value, at) => expect(Math.abs(value - (exact[at] ?? NaN))).toBeLessThanOrEqual(1 + 1e-8));
    }),
    { seed, numRuns: 1000 },
  );
});
