import type { Signal } from '#platform/signals';

/**
 * The signals a readiness view rests on, as a bit set: HRV 1, RESTING_HEART_RATE 2, SLEEP 4 (0..7).
 * Stored beside every snapshot and compared in SQL, so the bits never change their meaning.
 */
export type Basis = number;

/** A signal that carries weight in the score. The others (TRAINING, STEPS, ...) never do. */
export type ScoreSignal = Extract<Signal, 'HRV' | 'RESTING_HEART_RATE' | 'SLEEP'>;

const BITS: readonly (readonly [ScoreSignal, number])[] = [
  ['HRV', 1],
  ['RESTING_HEART_RATE', 2],
  ['SLEEP', 4],
];

/** Everything the score can use: the athlete's own view. */
export const FULL_BASIS: Basis = 7;

/** The basis of a set of shared signals; signals that carry no weight in the score are ignored. */
export function basisOf(signals: Iterable<Signal>): Basis {
  let basis = 0;
  for (const signal of signals) basis |= bitOf(signal);
  return basis;
}

/** The signals of a basis, always in the order HRV, RESTING_HEART_RATE, SLEEP. */
export function signalsOf(basis: Basis): ScoreSignal[] {
  return BITS.filter(([, bit]) => (basis & bit) !== 0).map(([signal]) => signal);
}

/** Whether the basis holds the signal; false for signals that carry no weight in the score. */
export function has(basis: Basis, signal: Signal): boolean {
  return (basis & bitOf(signal)) !== 0;
}

function bitOf(signal: Signal): number {
  return BITS.find(([name]) => name === signal)?.[1] ?? 0;
}
