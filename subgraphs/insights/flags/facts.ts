import type { ReadinessView } from '../readiness/formula/view.ts';

/**
 * What one view says of one day, as far as flags ask (readiness.md, section 11). A fact rests on that day's view alone;
 * flags put the facts of several days together. Stored beside the view as bits: the order never changes.
 */
export const FACTS = [
  'SCORE_LOW',
  'SCORE_UNDER_60',
  'HRV_SUPPRESSED',
  'HRV_UNSTABLE',
  'HRV_FLATTENED',
  'HRV_ELEVATED',
  'RHR_HIGH',
  'RHR_FAR_OVER_MEAN',
  'ILLNESS_PATTERN',
  'SLEPT_SHORT',
  'DEBT_HIGH',
  'NO_NIGHT',
] as const;
export type Fact = (typeof FACTS)[number];

const SHORT_NIGHT_MIN = 6 * 60;
const HIGH_DEBT_MIN = 8 * 60;
const FAR_OVER_MEAN_BPM = 7;

/** The facts of one view, from nothing but its payload. */
export function factsOf(view: ReadinessView): Fact[] {
  const { hrv, rhr, sleep } = view.signals;
  const signals = [hrv, rhr, sleep].filter((signal) => signal !== undefined);
  const facts: Record<Fact, boolean> = {
    SCORE_LOW: view.score !== null && view.score < 40 && view.confidence >= 0.5,
    SCORE_UNDER_60: view.score !== null && view.score < 60,
    ...hrvFacts(hrv),
    RHR_HIGH: isAtLeast(rhr?.z, 2),
    RHR_FAR_OVER_MEAN: isAtLeast(difference(rhr?.value, rhr?.mean), FAR_OVER_MEAN_BPM),
    ILLNESS_PATTERN: isIllnessPattern(view),
    SLEPT_SHORT: isMeasured(sleep) && isUnder(sleep?.asleepMin, SHORT_NIGHT_MIN),
    DEBT_HIGH: isAtLeast(sleep?.debtMin, HIGH_DEBT_MIN),
    NO_NIGHT: signals.length > 0 && !signals.some(isMeasured),
  };
  return FACTS.filter((fact) => facts[fact]);
}

/** Resting heart rate far up and HRV far down, both measured: a mean of earlier nights is no sign of today. */
export const isIllnessPattern = ({ signals: { hrv, rhr } }: Pick<ReadinessView, 'signals'>): boolean =>
  isMeasured(hrv) && isMeasured(rhr) && isAtLeast(rhr?.z, 2.5) && isAtLeast(difference(0, hrv?.z), 1.5);

type HrvFact = Extract<Fact, `HRV_${string}`>;

/** `cv7` is the week's spread in per cent of its mean; beside the spread of the baseline it says how steady the week was. */
function hrvFacts(hrv: ReadinessView['signals']['hrv']): Record<HrvFact, boolean> {
  const { cv7 = null, m7 = null, sd = null, t = null } = hrv ?? {};
  const weekSd = cv7 === null || m7 === null ? null : (cv7 / 100) * m7;
  const isSuppressed = isUnder(t, -0.5);
  return {
    HRV_SUPPRESSED: isSuppressed,
    HRV_ELEVATED: t !== null && t > 0.5,
    HRV_UNSTABLE: weekSd !== null && sd !== null && weekSd > 1.5 * sd,
    HRV_FLATTENED: isSuppressed && weekSd !== null && sd !== null && weekSd < 0.5 * sd,
  };
}

type Maybe = number | null | undefined;

const isUnder = (value: Maybe, limit: number): boolean => value !== null && value !== undefined && value < limit;
const isAtLeast = (value: Maybe, limit: number): boolean => value !== null && value !== undefined && value >= limit;
const difference = (a: Maybe, b: Maybe): number | null =>
  a === null || a === undefined || b === null || b === undefined ? null : a - b;

/** Measured last night, by whatever stream: no mean of earlier nights stands in. */
export const isMeasured = (signal: { source: string | null } | undefined): boolean =>
  signal?.source === 'LAST_NIGHT' || signal?.source === 'ALTERNATE_STREAM';

export const bitsOf = (facts: readonly Fact[]): number =>
  facts.reduce((bits, fact) => bits | (1 << FACTS.indexOf(fact)), 0);

export const factsIn = (bits: number): Fact[] => FACTS.filter((_, index) => (bits & (1 << index)) !== 0);
