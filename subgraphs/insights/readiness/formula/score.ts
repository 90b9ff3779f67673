import {
  CALIBRATION_NIGHTS,
  type SleepReading,
  type SleepSignal,
  type Source,
  type StreamReading,
  type StreamSignal,
} from './baseline.ts';

/** A published algorithm never changes: any change to a constant below makes readiness/2 (section 8). */
export const ALGORITHM = 'readiness/1';

export type SignalKey = 'hrv' | 'rhr' | 'sleep';
export type DriverId = 'hrv_day' | 'hrv_trend' | 'rhr' | 'sleep_duration' | 'sleep_debt' | 'sleep_quality';
export type Band = 'HIGH' | 'NORMAL' | 'REDUCED' | 'LOW';
export type HrvState = 'SUPPRESSED' | 'LOW' | 'ELEVATED' | 'NORMAL';
export type ReadinessStatus = 'OK' | 'CALIBRATING' | 'INSUFFICIENT';
export type ConfidenceLevel = 'HIGH' | 'MEDIUM' | 'LOW';

/** The signals of one view tonight. A withheld signal is absent; one that is shared but missing has a null reading. */
export type Readings = { readonly hrv?: StreamSignal; readonly rhr?: StreamSignal; readonly sleep?: SleepSignal };

/** `index` in [-1, 1] after discordance and maturity; `weight` as applied, that is divided by sqrt(A); `points` whole. */
export type Driver = {
  readonly id: DriverId;
  readonly index: number;
  readonly weight: number;
  readonly points: number;
};

/** Unrounded except `points`, `score` and `confidence`, which the specification defines as rounded. */
export type Score = {
  readonly status: ReadinessStatus;
  readonly score: number | null;
  readonly band: Band | null;
  readonly drivers: readonly Driver[];
  readonly hrvState: HrvState | null;
  readonly isDiscordant: boolean;
  readonly confidence: number;
  readonly confidenceLevel: ConfidenceLevel;
  readonly staleSignals: readonly SignalKey[];
  readonly staleShare: number;
};

type Effect = { readonly id: DriverId; readonly index: number; readonly weight: number };

/** In the order of the table, which also settles ties. Hundredths: whole numbers keep "half of the weight" exact. */
const WEIGHTS: Record<DriverId, { readonly signal: SignalKey; readonly hundredths: number }> = {
  hrv_day: { signal: 'hrv', hundredths: 20 },
  hrv_trend: { signal: 'hrv', hundredths: 30 },
  rhr: { signal: 'rhr', hundredths: 20 },
  sleep_duration: { signal: 'sleep', hundredths: 15 },
  sleep_debt: { signal: 'sleep', hundredths: 9 },
  sleep_quality: { signal: 'sleep', hundredths: 6 },
};
const DRIVER_IDS = Object.keys(WEIGHTS) as DriverId[];
const SIGNAL_HUNDREDTHS: Record<SignalKey, number> = { hrv: 50, rhr: 20, sleep: 30 };
const SIGNAL_KEYS = ['hrv', 'rhr', 'sleep'] as const;
const NEEDED_HUNDREDTHS = 50;

export const ORDINARY_DAY = 70;
const MOST_GAIN = 30;
const MOST_LOSS = 70;
/** Platforms differ in the last bits of logarithms and roots; integers must not (section 4.6). */
const TOLERANCE = 1e-9;

/** Sections 3 to 7: score, drivers, confidence and status of one view, from nothing but that view's readings. */
export function scoreOf(readings: Readings): Score {
  const usable = SIGNAL_KEYS.filter((key) => readings[key]?.reading);
  const usableHundredths = usable.reduce((sum, key) => sum + SIGNAL_HUNDREDTHS[key], 0);
  const isScored = usableHundredths >= NEEDED_HUNDREDTHS;
  const { indices, isDiscordant } = indicesOf(readings);
  const drivers = isScored ? decompose(weighted(indices, usableHundredths / 100)) : [];
  const score = isScored ? drivers.reduce((sum, { points }) => sum + points, ORDINARY_DAY) : null;
  const staleSignals = usable.filter((key) => readings[key]?.reading?.source === 'MOVING_AVERAGE');
  const staleHundredths = staleSignals.reduce((sum, key) => sum + SIGNAL_HUNDREDTHS[key], 0);
  const hrv = readings.hrv?.reading;
  const confidence = confidenceOf(readings);
  return {
    status: statusOf(readings, isScored),
    score,
    band: score === null ? null : bandOf(score),
    drivers,
    hrvState: hrv ? hrvStateOf(hrv) : null,
    isDiscordant,
    confidence,
    confidenceLevel: confidenceLevelOf(confidence),
    staleSignals,
    staleShare: usableHundredths === 0 ? 0 : staleHundredths / usableHundredths,
  };
}

/** Section 3: losses are linear to 2 SD, gains stop at 1 SD and fade to nothing. */
export function phi(z: number): number {
  if (z <= -2) return -1;
  if (z <= 0) return z / 2;
  if (z <= 1) return z;
  if (z <= 1.5) return 1;
  return z >= 2.5 ? 0 : 2.5 - z;
}

/** What a stream of n earlier nights may say. */
export function maturity(n: number): number {
  if (n < CALIBRATION_NIGHTS) return 0;
  if (n < 14) return 0.5;
  return n < 28 ? 0.8 : 1;
}

/** Index of `asleepMin / needMin`. */
export function durationIndex(share: number): number {
  if (share < 1) return Math.max(-1, (share - 1) / 0.25);
  return share <= 1.35 ? Math.min(1, (share - 1) / 0.1) : 0;
}

/** Index of the weighted shortfall, minutes a night. */
export function debtIndex(shortfallMin: number): number {
  return shortfallMin <= 20 ? (20 - shortfallMin) / 20 : Math.max(-1, -(shortfallMin - 20) / 60);
}

/** Mean of those of the four parts that are known; null if none is. */
export function qualityIndex(night: Omit<SleepReading, 'source' | 'ageDays' | 'asleepMin'>): number | null {
  const { efficiencyPct, latencyMin, wasoMin, awakenings } = night;
  const parts: number[] = [];
  if (efficiencyPct !== null) parts.push((efficiencyPct - 85) / 10);
  if (latencyMin !== null) parts.push((30 - latencyMin) / 15);
  if (wasoMin !== null) parts.push((20 - wasoMin) / 20);
  if (awakenings !== null) parts.push(awakenings <= 1 ? 1 - awakenings : -(awakenings - 1) / 3);
  if (parts.length === 0) return null;
  return parts.reduce((sum, part) => sum + Math.min(1, Math.max(-1, part)), 0) / parts.length;
}

export function bandOf(score: number): Band {
  if (score >= 80) return 'HIGH';
  if (score >= 60) return 'NORMAL';
  return score >= 40 ? 'REDUCED' : 'LOW';
}

/** The first that holds; without a week mean only the day speaks. */
export function hrvStateOf({ z, t }: Pick<StreamReading, 'z' | 't'>): HrvState {
  if (t !== null && t < -0.5) return 'SUPPRESSED';
  if (z < -1) return 'LOW';
  return t !== null && t > 0.5 ? 'ELEVATED' : 'NORMAL';
}

export function confidenceLevelOf(confidence: number): ConfidenceLevel {
  if (confidence >= 0.75) return 'HIGH';
  return confidence >= 0.5 ? 'MEDIUM' : 'LOW';
}

/**
 * Section 4.6: whole points that add up to the rounded sum. Each driver gets its floor, the points left over go one
 * each to the largest fractions, ties in the order of the table.
 */
export function decompose(effects: readonly Effect[]): Driver[] {
  const exact = effects.map(({ index, weight }) => weight * (index >= 0 ? MOST_GAIN : MOST_LOSS) * index);
  const points = exact.map((value) => Math.floor(value + TOLERANCE));
  const fractions = exact.map((value, at) => value - (points[at] ?? 0));
  let left = roundAwayFromZero(sumOf(exact)) - sumOf(points);
  for (; left > 0; left--) {
    const largest = Math.max(...fractions);
    const at = fractions.findIndex((fraction) => fraction >= largest - TOLERANCE);
    points[at] = (points[at] ?? 0) + 1;
    fractions[at] = -Infinity;
  }
  return effects.map((effect, at) => ({ ...effect, points: points[at] ?? 0 }));
}

type Indices = Partial<Record<DriverId, number>>;

function indicesOf({ hrv, rhr, sleep }: Readings): { indices: Indices; isDiscordant: boolean } {
  const indices: Indices = {};
  let isDiscordant = false;
  if (hrv?.reading) {
    const { z, t, nights } = hrv.reading;
    const day = phi(z);
    const trend = t === null ? null : phi(2 * t);
    // Named discordant only where the rule has something to halve: a low resting rate beside high HRV agrees with it.
    isDiscordant = (rhr?.reading?.z ?? 0) <= -1 && (day < 0 || (trend ?? 0) < 0);
    const damped = (index: number) => maturity(nights) * (isDiscordant && index < 0 ? index / 2 : index);
    indices.hrv_day = damped(day);
    if (trend !== null) indices.hrv_trend = damped(trend);
  }
  if (rhr?.reading) indices.rhr = maturity(rhr.reading.nights) * phi(-rhr.reading.z);
  if (sleep?.reading) {
    indices.sleep_duration = durationIndex(sleep.reading.asleepMin / sleep.needMin);
    if (sleep.debt.shortfallMin !== null) indices.sleep_debt = debtIndex(sleep.debt.shortfallMin);
    const quality = qualityIndex(sleep.reading);
    if (quality !== null) indices.sleep_quality = quality;
  }
  return { indices, isDiscordant };
}

/** A missing driver leaves its weight to the others of its signal; a missing signal divides every weight by sqrt(A). */
function weighted(indices: Indices, usableShare: number): Effect[] {
  const present = { hrv: 0, rhr: 0, sleep: 0 };
  for (const id of DRIVER_IDS) {
    if (indices[id] !== undefined) present[WEIGHTS[id].signal] += WEIGHTS[id].hundredths;
  }
  return DRIVER_IDS.flatMap((id) => {
    const index = indices[id];
    if (index === undefined) return [];
    const { signal, hundredths } = WEIGHTS[id];
    const share = (hundredths * SIGNAL_HUNDREDTHS[signal]) / present[signal] / 100;
    return [{ id, index, weight: share / Math.sqrt(usableShare) }];
  });
}

/** Section 6, two decimals. Also given where there is no score: it says how little is known. */
function confidenceOf({ hrv, rhr, sleep }: Readings): number {
  let sum = 0;
  if (hrv?.reading) {
    const { nights, m7 } = hrv.reading;
    sum += SIGNAL_HUNDREDTHS.hrv * maturity(nights) * freshness(hrv.reading) * (m7 === null ? 0.6 : 1);
  }
  if (rhr?.reading) sum += SIGNAL_HUNDREDTHS.rhr * maturity(rhr.reading.nights) * freshness(rhr.reading);
  if (sleep?.reading) sum += SIGNAL_HUNDREDTHS.sleep * (sleep.debt.nights >= 7 ? 1 : 0.7) * freshness(sleep.reading);
  return Math.floor(sum + 0.5 + TOLERANCE) / 100;
}

/** What a value counts for, by where it came from and, for a moving average, its age of 1 to 3 days. */
export function freshness({ source, ageDays }: { source: Source; ageDays: number }): number {
  if (source === 'LAST_NIGHT') return 1;
  if (source === 'ALTERNATE_STREAM') return 0.9;
  if (ageDays <= 1) return 0.6;
  return ageDays <= 2 ? 0.4 : 0.2;
}

/**
 * A view that could not reach half of the weight with every night in (resting heart rate alone) has nothing to wait
 * for, so it is insufficient and not calibrating, however young its streams are.
 */
function statusOf(readings: Readings, isScored: boolean): ReadinessStatus {
  if (isScored) return 'OK';
  const shared = SIGNAL_KEYS.filter((key) => readings[key]).reduce((sum, key) => sum + SIGNAL_HUNDREDTHS[key], 0);
  const streams = [readings.hrv, readings.rhr];
  const isCalibrating = streams.some((signal) => typeof signal?.calibrationNight === 'number');
  return shared >= NEEDED_HUNDREDTHS && isCalibrating ? 'CALIBRATING' : 'INSUFFICIENT';
}

function roundAwayFromZero(value: number): number {
  const size = Math.floor(Math.abs(value) + 0.5 + TOLERANCE);
  return value < 0 ? -size : size;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
