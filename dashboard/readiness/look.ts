import type { Band, FreshnessViewFragment, ReadinessViewFragment, Signal } from '../graphql/graphql.ts';
import { localHour } from '../local-time.ts';

export type Readiness = ReadinessViewFragment;
export type Freshness = FreshnessViewFragment;

/** The looks of a readiness cell. Each has its own words and its own shape; colour only repeats them. */
export type Look =
  | { readonly kind: 'value'; readonly score: number; readonly band: Band }
  | { readonly kind: 'estimated'; readonly score: number; readonly band: Band }
  | { readonly kind: 'calibrating'; readonly night: number }
  | { readonly kind: 'not-shared' }
  /** Something is shared, but less than half of what a score is made of. */
  | { readonly kind: 'too-little-shared'; readonly basis: readonly Signal[] }
  | { readonly kind: 'expected' }
  | { readonly kind: 'no-data' };

export const CALIBRATION_NIGHTS = 7;
/** The specification's weights of the signals; a score needs half of the weight. */
const WEIGHTS: Partial<Record<Signal, number>> = { HRV: 0.5, RESTING_HEART_RATE: 0.2, SLEEP: 0.3 };
const NEEDED_WEIGHT = 0.5;
/** Local hour by which every athlete's score of the day is due. */
const DUE_HOUR = 7;

/** `freshness` may be empty where the graph does not offer it (an athlete's own day); the night count then comes from the score's inputs. */
export function lookOf(parts: {
  readiness: Readiness;
  freshness: readonly Freshness[];
  timeZone: string;
  now: Date;
}): Look {
  const { readiness, freshness, timeZone, now } = parts;
  const { status, score, band, basis } = readiness;
  if (status === 'NOT_SHARED' || basis.length === 0) return { kind: 'not-shared' };
  if (score !== null && band !== null) return { kind: readiness.stale ? 'estimated' : 'value', score, band };
  const sharedWeight = basis.reduce((sum, signal) => sum + (WEIGHTS[signal] ?? 0), 0);
  if (sharedWeight < NEEDED_WEIGHT) return { kind: 'too-little-shared', basis };
  if (status === 'CALIBRATING') return { kind: 'calibrating', night: calibrationNight({ readiness, freshness }) };
  const isEarly = localHour(now, timeZone) < DUE_HOUR;
  return readiness.state === 'PENDING' && isEarly ? { kind: 'expected' } : { kind: 'no-data' };
}

/** The k of "night k of 7": of the signal that has come furthest. */
function calibrationNight({ readiness, freshness }: { readiness: Readiness; freshness: readonly Freshness[] }): number {
  const counts = freshness.filter(({ state }) => state === 'CALIBRATING').map(({ nights }) => nights);
  const { hrv, restingHeartRate } = readiness.signals;
  const inputs = [hrv, restingHeartRate].map((input) => input?.nights ?? 0);
  return Math.min(CALIBRATION_NIGHTS, Math.max(...(counts.length > 0 ? counts : inputs), 0));
}

/** The up to two drivers that moved the score most; those that moved nothing are no reason. */
export function reasons(readiness: Readiness): Readiness['drivers'] {
  return readiness.drivers
    .filter(({ points }) => points !== 0)
    .toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points))
    .slice(0, 2);
}

type SleepLook =
  | {
      readonly kind: 'value';
      readonly asleepMin: number;
      readonly debtMin: number | null;
      readonly isEstimated: boolean;
    }
  | { readonly kind: 'not-shared' }
  | { readonly kind: 'no-data' };

export function sleepLookOf(readiness: Readiness): SleepLook {
  if (!readiness.basis.includes('SLEEP')) return { kind: 'not-shared' };
  const sleep = readiness.signals.sleep;
  if (!sleep || sleep.asleepMin === null) return { kind: 'no-data' };
  return { kind: 'value', asleepMin: sleep.asleepMin, debtMin: sleep.debtMin, isEstimated: sleep.ageDays > 0 };
}
