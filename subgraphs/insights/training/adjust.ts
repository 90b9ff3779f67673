import type { ReadinessView } from '../readiness/formula/view.ts';

export type Intensity = 'REST' | 'RECOVERY' | 'LOW' | 'MODERATE' | 'HIGH';

/** In the order of the table of section 12. */
export type AdjustRule =
  | 'insufficient_data'
  | 'locked_session'
  | 'illness_pattern'
  | 'readiness_low'
  | 'hrv_suppressed'
  | 'readiness_reduced'
  | 'hrv_elevated_overload'
  | 'two_high_in_row'
  | 'readiness_high'
  | 'as_planned';

export type PlannedSession = {
  readonly id?: string;
  readonly intensity: Intensity;
  readonly durationMin: number;
  /** Locked by the coach. */
  readonly locked: boolean;
  /** A race or a test is never changed; any other word is a session like another. */
  readonly kind?: string;
};

/** Facts of the same view as the readiness beside them; the caller owes that (section 13). */
export type AdjustContext = {
  /** Low days running, today included. */
  readonly lowDays: number;
  readonly illnessPattern?: boolean;
  readonly hrvElevatedOverload?: boolean;
  /** Days running before today with a high session. */
  readonly highDaysBefore?: number;
  readonly coachAllowsIncrease?: boolean;
  readonly loadSpike?: boolean;
};

/** All that a rationale sentence may be filled with: nothing outside this view. */
export type Rationale = Pick<ReadinessView, 'score' | 'band' | 'basis' | 'confidence' | 'stale' | 'staleSignals'> & {
  readonly hrvState: string | null;
  readonly drivers: { id: string; points: number }[];
  readonly lowDays: number;
};

/**
 * What is suggested for one session; `changed` false means keep it as planned. `load` is expected load in AU
 * (RPE of the intensity times minutes). `advice`: for a locked session, what would have been suggested, to be read only.
 */
export type Adjustment = {
  readonly sessionId?: string;
  readonly rule: AdjustRule;
  readonly changed: boolean;
  readonly intensity: Intensity;
  readonly durationMin: number;
  readonly load: { readonly from: number; readonly to: number };
  readonly rationale: Rationale;
  readonly advice: { rule: AdjustRule; intensity: Intensity; durationMin: number } | null;
};

type Target = { rule: AdjustRule; atMost?: Intensity; tenths?: number };
type Case = { session: PlannedSession; view: ReadinessView; context: AdjustContext };

/** Expected session RPE (CR-10) of an intensity, in rising order. */
const EXPECTED_RPE: Record<Intensity, number> = { REST: 0, RECOVERY: 2, LOW: 3, MODERATE: 5, HIGH: 7 };
const SHORTEST_MIN = 20;
const LARGEST_INCREASE_MIN = 15;
const SMALLEST_CHANGE_MIN = 5;
/** Streams with fewer earlier nights may only take away (section 7). */
const NIGHTS_FOR_INCREASE = 14;

/** Section 12 for one session: the first rule that holds, its suggestion and what it would do to the load. */
export function adjust(input: Case): Adjustment {
  const { session, view, context } = input;
  const target = targetOf(input);
  const suggested = apply(session, target);
  const isLocked = target.rule === 'locked_session';
  const advised = isLocked ? targetOf({ ...input, session: { ...session, locked: false, kind: '' } }) : null;
  return {
    ...(session.id !== undefined && { sessionId: session.id }),
    rule: target.rule,
    changed: suggested.changed,
    intensity: suggested.intensity,
    durationMin: suggested.durationMin,
    load: { from: expectedLoad(session), to: expectedLoad(suggested) },
    rationale: {
      score: view.score,
      band: view.band,
      basis: view.basis,
      confidence: view.confidence,
      stale: view.stale,
      staleSignals: view.staleSignals,
      hrvState: view.signals.hrv?.state ?? null,
      drivers: view.drivers.map(({ id, points }) => ({ id, points })),
      lowDays: context.lowDays,
    },
    advice: advised && adviceOf(session, advised),
  };
}

/** Expected load in AU: RPE 0, 2, 3, 5 or 7 times minutes. */
export function expectedLoad({ intensity, durationMin }: { intensity: Intensity; durationMin: number }): number {
  return EXPECTED_RPE[intensity] * durationMin;
}

function targetOf(input: Case): Target {
  const { session, view, context } = input;
  if (view.score === null || view.confidence < 0.4) return { rule: 'insufficient_data' };
  if (session.locked || session.kind === 'race' || session.kind === 'test') return { rule: 'locked_session' };
  return easing(input) ?? (mayGrow({ session, view, context }) ? { rule: 'readiness_high', tenths: 11 } : asPlanned);
}

const asPlanned: Target = { rule: 'as_planned' };

function easing({ session, view, context }: Case): Target | null {
  const isHigh = session.intensity === 'HIGH';
  const isHard = isHigh || session.intensity === 'MODERATE';
  if (context.illnessPattern) return { rule: 'illness_pattern', atMost: 'REST' };
  if (view.band === 'LOW' && view.staleShare < 0.5) {
    return context.lowDays >= 3
      ? { rule: 'readiness_low', atMost: 'REST' }
      : { rule: 'readiness_low', atMost: 'LOW', tenths: 6 };
  }
  if (view.signals.hrv?.state === 'SUPPRESSED') return { rule: 'hrv_suppressed', atMost: 'LOW', tenths: 8 };
  // A low band that gets here rests on old values for half of its weight or more.
  if ((view.band === 'REDUCED' || view.band === 'LOW') && isHard) {
    return { rule: 'readiness_reduced', atMost: 'MODERATE', tenths: 8 };
  }
  if (context.hrvElevatedOverload && isHigh) return { rule: 'hrv_elevated_overload', atMost: 'LOW' };
  if ((context.highDaysBefore ?? 0) >= 2 && isHigh) return { rule: 'two_high_in_row', atMost: 'LOW' };
  return null;
}

function mayGrow({ session, view, context }: Case): boolean {
  const { hrv, rhr } = view.signals;
  // Confidence alone does not hold this back: a young HRV beside a long resting heart rate reaches 0.75.
  const isYoung = [hrv, rhr].some((signal) => signal?.source && signal.nights < NIGHTS_FOR_INCREASE);
  return (
    view.band === 'HIGH' &&
    EXPECTED_RPE[session.intensity] >= EXPECTED_RPE.LOW &&
    context.coachAllowsIncrease === true &&
    view.confidence >= 0.75 &&
    !view.stale &&
    !context.loadSpike &&
    !isYoung
  );
}

function apply(
  session: PlannedSession,
  target: Target,
): { changed: boolean; intensity: Intensity; durationMin: number } {
  const intensity = easierOf(session.intensity, target.atMost ?? session.intensity);
  const durationMin = session.intensity === 'REST' ? session.durationMin : minutesOf({ session, intensity, target });
  const isSmall = Math.abs(durationMin - session.durationMin) < SMALLEST_CHANGE_MIN;
  if (intensity === session.intensity && isSmall) {
    return { changed: false, intensity, durationMin: session.durationMin };
  }
  return { changed: true, intensity, durationMin };
}

/**
 * To the nearest five minutes, half up; at least 20 unless rest; never above the plan unless the rule grows it, and
 * then by 15 at most. A rule that speaks of intensity only leaves the minutes as they were planned, rounded or not.
 * The factor comes in tenths because 1.1 times 75 is not exactly 82.5.
 */
function minutesOf(input: { session: PlannedSession; intensity: Intensity; target: Target }): number {
  const planned = input.session.durationMin;
  const { tenths } = input.target;
  if (input.intensity === 'REST') return 0;
  if (tenths === undefined) return planned;
  const rounded = Math.max(SHORTEST_MIN, Math.floor((planned * tenths + 25) / 50) * 5);
  if (tenths <= 10) return Math.min(planned, rounded);
  return rounded <= planned + LARGEST_INCREASE_MIN ? rounded : Math.floor((planned + LARGEST_INCREASE_MIN) / 5) * 5;
}

function easierOf(planned: Intensity, atMost: Intensity): Intensity {
  return EXPECTED_RPE[planned] <= EXPECTED_RPE[atMost] ? planned : atMost;
}

function adviceOf(session: PlannedSession, target: Target): Adjustment['advice'] {
  const { changed, intensity, durationMin } = apply(session, target);
  return changed ? { rule: target.rule, intensity, durationMin } : null;
}
