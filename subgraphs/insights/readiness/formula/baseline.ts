import { meanOf } from '#platform/mean';
import { dateOf } from '#platform/slots';
import { type SleepDebt, sleepDebt } from '../../sleep/debt.ts';
import {
  type ScoredMetric,
  type SleepNights,
  type Stream,
  type ValidNight,
  validNeedMin,
  validNight,
  validValue,
} from './history.ts';

const BASELINE_NIGHTS = 60;
const WEEK_NIGHTS = 7;
/** A week mean of fewer nights is not valid (Plews et al. 2014). */
const WEEK_NIGHTS_NEEDED = 3;
/** The spread of a week needs more of it (Flatt, Esco 2015). */
const SPREAD_NIGHTS_NEEDED = 5;
/** Below this many earlier nights a stream has no baseline to speak of: "night k of 7". */
export const CALIBRATION_NIGHTS = 7;
const ALTERNATE_NIGHTS_NEEDED = 14;
const FULL_NIGHTS = 28;
/** The weight of the prior, in nights. */
const PRIOR_NIGHTS = 7;
/** A value older than this is never used. */
const OLDEST_DAYS = 3;

/** Spread of an unknown athlete, and the range a real one is held in: below the floor is device noise. ln ms and bpm. */
const SPREAD = {
  rmssd: { prior: 0.15, floor: 0.08, ceiling: 0.4 },
  rhr: { prior: 2.5, floor: 1.5, ceiling: 6 },
} as const;

/** `x` and everything beside it is ln(rMSSD in ms) or bpm. `ageDays` is 0 when tonight is there. */
export type StreamStats = {
  readonly id: string;
  readonly isPrimary: boolean;
  /** Valid nights among the sixty before tonight. */
  readonly n: number;
  readonly mean: number | null;
  readonly sd: number | null;
  readonly x: number | null;
  readonly ageDays: number | null;
  readonly weekNights: number;
  readonly m7: number | null;
  /** Sample SD of the week, null with fewer than five nights. */
  readonly sd7: number | null;
};

export type Source = 'LAST_NIGHT' | 'ALTERNATE_STREAM' | 'MOVING_AVERAGE';

/** What stands for a signal tonight, unrounded. `value`, `m7`, `mean`, `sd`, `sd7`, `band` in ln ms or bpm; z and t in SD. */
export type StreamReading = {
  readonly stream: string;
  readonly source: Source;
  readonly ageDays: number;
  readonly nights: number;
  readonly value: number;
  readonly mean: number;
  readonly sd: number;
  readonly band: readonly [number, number];
  readonly z: number;
  readonly m7: number | null;
  readonly t: number | null;
  readonly sd7: number | null;
  readonly cv7: number | null;
};

export type StreamSignal = {
  /** Null: the signal is unusable today. */
  readonly reading: StreamReading | null;
  /** Earlier nights of the stream that is read, or of the one that would be. */
  readonly nights: number;
  /** The k of "night k of 7", tonight counted; null once no stream is on its way to a first baseline. */
  readonly calibrationNight: number | null;
  readonly hasTonight: boolean;
  /** Tonight's value of a stream that matters is missing, and that stream delivered within the last three days. */
  readonly isExpected: boolean;
};

export type SleepReading = Omit<ValidNight, 'napMin'> & {
  readonly source: Exclude<Source, 'ALTERNATE_STREAM'>;
  readonly ageDays: number;
};

export type SleepSignal = {
  readonly reading: SleepReading | null;
  readonly needMin: number;
  readonly debt: SleepDebt;
  readonly hasTonight: boolean;
  readonly isExpected: boolean;
};

/** Section 2 for one stream and one night (a day number). */
export function streamStats(input: { stream: Stream; metric: ScoredMetric; day: number }): StreamStats {
  const { stream, metric, day } = input;
  const earlier: number[] = [];
  const week: number[] = [];
  let x: number | null = null;
  let ageDays: number | null = null;
  for (let back = BASELINE_NIGHTS; back >= 0; back--) {
    const raw = validValue(stream, metric, dateOf(day - back));
    if (raw === null) continue;
    const value = metric === 'rmssd' ? Math.log(raw) : raw;
    ageDays = back;
    if (back < WEEK_NIGHTS) week.push(value);
    if (back > 0) earlier.push(value);
    else x = value;
  }
  const mean = meanOf(earlier);
  return {
    id: stream.id,
    isPrimary: stream.isPrimary,
    n: earlier.length,
    mean,
    sd: mean === null ? null : baselineSd({ n: earlier.length, squares: squaresAround(earlier, mean), metric }),
    x,
    ageDays,
    weekNights: week.length,
    m7: week.length >= WEEK_NIGHTS_NEEDED ? meanOf(week) : null,
    sd7: week.length >= SPREAD_NIGHTS_NEEDED ? sampleSd(week) : null,
  };
}

/** Section 5 for the streams of one signal. SDNN streams are as if they were not there. */
export function readStreams(input: { streams: readonly Stream[]; metric: ScoredMetric; day: number }): StreamSignal {
  const ranked = input.streams
    .filter((stream) => stream.metric === input.metric)
    .map((stream) => streamStats({ ...input, stream }))
    .toSorted(byRank);
  const primary = ranked[0];
  if (!primary) return { reading: null, nights: 0, calibrationNight: null, hasTonight: false, isExpected: false };
  const hasTonight = ranked.some((stats) => stats.x !== null);
  const reading = lastNightOf(primary) ?? alternateOf(ranked.slice(1)) ?? movingAverageOf(ranked);
  if (reading) {
    // A stand-in that is here is no reason to wait for another stand-in; only the primary would change the score.
    const isExpected = reading.source === 'MOVING_AVERAGE' || (reading.source !== 'LAST_NIGHT' && isAwaited(primary));
    return { reading, nights: reading.nights, calibrationNight: null, hasTonight, isExpected };
  }
  const isExpected = ranked.some(isAwaited);
  // Of several, the one that is furthest along: a silent old device must not hide that the new one is being learnt.
  const calibrating = ranked.find((stats) => calibrationNightOf(stats) !== null);
  return {
    reading: null,
    nights: (calibrating ?? primary).n,
    calibrationNight: calibrating ? calibrationNightOf(calibrating) : null,
    hasTonight,
    isExpected,
  };
}

/** Section 5 for sleep, and the debt, which never needs last night. */
export function readSleep(input: { needMin: number; nights: SleepNights; day: number }): SleepSignal {
  const { nights, day } = input;
  const tonight = validNight(nights, dateOf(day));
  const ageDays = tonight ? 0 : lastNightAge(nights, day);
  return {
    reading: tonight ? { ...fieldsOf(tonight), source: 'LAST_NIGHT', ageDays: 0 } : sleepAverage(nights, day, ageDays),
    needMin: validNeedMin(input.needMin),
    debt: sleepDebt(input),
    hasTonight: tonight !== null,
    isExpected: !tonight && ageDays !== null,
  };
}

/** The athlete's choice, else the largest n, else the smaller id: a total order, whatever order the streams came in. */
function byRank(a: StreamStats, b: StreamStats): number {
  if (a.isPrimary !== b.isPrimary) return a.isPrimary ? -1 : 1;
  if (a.n !== b.n) return b.n - a.n;
  return a.id < b.id ? -1 : 1;
}

function lastNightOf(primary: StreamStats): StreamReading | null {
  return primary.x !== null && primary.n >= CALIBRATION_NIGHTS ? readingOf(primary, 'LAST_NIGHT', primary.x) : null;
}

function alternateOf(others: readonly StreamStats[]): StreamReading | null {
  const other = others.find((stats) => stats.x !== null && stats.n >= ALTERNATE_NIGHTS_NEEDED);
  return other && other.x !== null ? readingOf(other, 'ALTERNATE_STREAM', other.x) : null;
}

// The specification says "a stream": the same order decides, so that the athlete's choice holds here too.
function movingAverageOf(ranked: readonly StreamStats[]): StreamReading | null {
  const stats = ranked.find((each) => each.n >= CALIBRATION_NIGHTS && each.m7 !== null && isAwaited(each));
  return stats && stats.m7 !== null ? readingOf(stats, 'MOVING_AVERAGE', stats.m7) : null;
}

function readingOf(stats: StreamStats, source: Source, value: number): StreamReading | null {
  const { mean, sd, m7, sd7 } = stats;
  if (mean === null || sd === null) return null;
  return {
    stream: stats.id,
    source,
    ageDays: stats.ageDays ?? 0,
    nights: stats.n,
    value,
    mean,
    sd,
    band: [mean - 0.5 * sd, mean + 0.5 * sd],
    z: (value - mean) / sd,
    m7,
    t: m7 === null ? null : (m7 - mean) / sd,
    sd7,
    cv7: sd7 === null || m7 === null ? null : (100 * sd7) / m7,
  };
}

/** Tonight is missing although the stream is alive. */
function isAwaited({ ageDays }: StreamStats): boolean {
  return ageDays !== null && ageDays >= 1 && ageDays <= OLDEST_DAYS;
}

/**
 * "Some stream has 1 to 6 nights" (section 7) is read with tonight counted, since the very first night is "night 1 of
 * 7" and something to wait for; a stream of six earlier nights stays on it until it has seven.
 */
function calibrationNightOf({ n, x }: StreamStats): number | null {
  const night = n + (x === null ? 0 : 1);
  return n < CALIBRATION_NIGHTS && night > 0 ? night : null;
}

function baselineSd(input: { n: number; squares: number; metric: ScoredMetric }): number {
  const { n, squares, metric } = input;
  const { prior, floor, ceiling } = SPREAD[metric];
  const variance =
    n >= FULL_NIGHTS ? squares / (n - 1) : (squares + PRIOR_NIGHTS * prior ** 2) / (n - 1 + PRIOR_NIGHTS);
  return Math.min(ceiling, Math.max(floor, Math.sqrt(variance)));
}

function lastNightAge(nights: SleepNights, day: number): number | null {
  for (let back = 1; back <= OLDEST_DAYS; back++) if (validNight(nights, dateOf(day - back))) return back;
  return null;
}

function sleepAverage(nights: SleepNights, day: number, ageDays: number | null): SleepReading | null {
  if (ageDays === null) return null;
  const week: ValidNight[] = [];
  for (let back = WEEK_NIGHTS - 1; back >= 1; back--) {
    const night = validNight(nights, dateOf(day - back));
    if (night) week.push(night);
  }
  const asleepMin = meanOfThree(week.map((night) => night.asleepMin));
  if (asleepMin === null) return null;
  return {
    source: 'MOVING_AVERAGE',
    ageDays,
    asleepMin,
    efficiencyPct: meanOfThree(week.map((night) => night.efficiencyPct)),
    latencyMin: meanOfThree(week.map((night) => night.latencyMin)),
    wasoMin: meanOfThree(week.map((night) => night.wasoMin)),
    awakenings: meanOfThree(week.map((night) => night.awakenings)),
  };
}

function fieldsOf({
  asleepMin,
  efficiencyPct,
  latencyMin,
  wasoMin,
  awakenings,
}: ValidNight): Omit<ValidNight, 'napMin'> {
  return { asleepMin, efficiencyPct, latencyMin, wasoMin, awakenings };
}

function meanOfThree(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length >= WEEK_NIGHTS_NEEDED ? meanOf(known) : null;
}

function squaresAround(values: readonly number[], mean: number): number {
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

function sampleSd(values: readonly number[]): number | null {
  const mean = meanOf(values);
  return mean === null || values.length < 2 ? null : Math.sqrt(squaresAround(values, mean) / (values.length - 1));
}
