import { dateOf } from '#platform/slots';
import { type SleepNights, validNeedMin, validNight } from '../readiness/formula/history.ts';

/** Nights that count towards the debt: tonight and the thirteen before. */
const DEBT_NIGHTS = 14;
/** Fewer known nights than this say nothing about a fortnight. */
const DEBT_NIGHTS_NEEDED = 7;
/** The weight of a night falls by this factor a day: last night 15.2 % of the whole. */
const DECAY = 0.87;
/** Sleep beyond the need repays at most an hour a night. */
const REPAYMENT_MIN = 60;
const TREND_MIN = 60;

/**
 * `nights`: valid nights among the last fourteen. `shortfallMin`: weighted mean shortfall in minutes a night, never
 * below zero. `debtMin`: what that is over fourteen nights, whole minutes. Both null with fewer than seven nights.
 */
export type SleepDebt = {
  readonly nights: number;
  readonly shortfallMin: number | null;
  readonly debtMin: number | null;
};

export type SleepDebtTrend = 'RISING' | 'FALLING' | 'STEADY';

/** Section 9 for the night of `day` (a day number). Does not need last night. */
export function sleepDebt({ needMin, nights, day }: { needMin: number; nights: SleepNights; day: number }): SleepDebt {
  const need = validNeedMin(needMin);
  let count = 0;
  let weightSum = 0;
  let weighted = 0;
  let weight = 1;
  for (let back = 0; back < DEBT_NIGHTS; back++, weight *= DECAY) {
    const night = validNight(nights, dateOf(day - back));
    if (!night) continue;
    count += 1;
    weightSum += weight;
    weighted += weight * Math.max(-REPAYMENT_MIN, need - (night.asleepMin + night.napMin));
  }
  if (count < DEBT_NIGHTS_NEEDED) return { nights: count, shortfallMin: null, debtMin: null };
  const shortfallMin = Math.max(0, weighted / weightSum);
  return { nights: count, shortfallMin, debtMin: Math.floor(DEBT_NIGHTS * shortfallMin + 0.5 + 1e-9) };
}

/** Which way the debt moved in a week; null if either debt is unknown. */
export function sleepDebtTrend(input: { needMin: number; nights: SleepNights; day: number }): SleepDebtTrend | null {
  const today = sleepDebt(input).debtMin;
  const weekAgo = sleepDebt({ ...input, day: input.day - 7 }).debtMin;
  if (today === null || weekAgo === null) return null;
  return trendOf(today - weekAgo);
}

/** Section 9: more than an hour either way is a movement. */
export function trendOf(changeMin: number): SleepDebtTrend {
  if (changeMin > TREND_MIN) return 'RISING';
  return changeMin < -TREND_MIN ? 'FALLING' : 'STEADY';
}
