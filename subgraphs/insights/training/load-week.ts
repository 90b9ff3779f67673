/** A day's load in AU, oldest first; 0 is a rest day, null an unknown one. */
export type DayLoads = readonly (number | null)[];

/** What one stretch of loads adds up to. `monotony` is null when all are equal: nothing to divide by. */
export type Spread = { readonly sum: number; readonly monotony: number | null; readonly strain: number | null };

/** What is told of the week that ends with the last of the loads; null where a day it needs is unknown. */
export type WeekFacts = {
  readonly weekLoad: number | null;
  readonly monotony: number | null;
  readonly strain: number | null;
  readonly loadChange: number | null;
  /** A quarter of the load of the 28 days that end here: what a week of this month came to. */
  readonly meanWeekLoad: number | null;
};

export const WEEK_DAYS = 7;
const WEEKS_BEFORE = 3;
const ACUTE_DAYS = 7;
const CHRONIC_DAYS = 28;
/** Equal loads differ in their last bit once they are summed: such a spread is none. */
const NO_SPREAD = 1e-9;

/**
 * Monotony is mean / SD, SD with n; strain the sum times monotony. Foster 1998, Med Sci Sports Exerc 30:1164-8. The
 * printed example of Foster et al. 2001 (3400, 1.26, 4284) comes out with the loads of sessions; ours are days.
 */
export function spreadOf(loads: readonly number[]): Spread {
  const sum = loads.reduce((total, load) => total + load, 0);
  if (loads.length === 0) return { sum, monotony: null, strain: null };
  const mean = sum / loads.length;
  const sd = Math.sqrt(loads.reduce((total, load) => total + (load - mean) ** 2, 0) / loads.length);
  if (sd <= NO_SPREAD * Math.max(1, mean)) return { sum, monotony: null, strain: null };
  const monotony = mean / sd;
  return { sum, monotony, strain: sum * monotony };
}

/** Section 10. `loadChange`: the last seven days over the mean of the three weeks before, which do not hold them. */
export function weekFacts(loads: DayLoads): WeekFacts {
  const week = knownOf(loads.slice(-WEEK_DAYS), WEEK_DAYS);
  if (week === null) return { weekLoad: null, monotony: null, strain: null, loadChange: null, meanWeekLoad: null };
  const { sum, monotony, strain } = spreadOf(week);
  const known = knownOf(loads.slice(-(1 + WEEKS_BEFORE) * WEEK_DAYS, -WEEK_DAYS), WEEKS_BEFORE * WEEK_DAYS);
  const before = known === null ? null : known.reduce((total, load) => total + load, 0);
  return {
    weekLoad: sum,
    monotony,
    strain,
    loadChange: before !== null && before > 0 ? sum / (before / WEEKS_BEFORE) : null,
    meanWeekLoad: before === null ? null : (before + sum) / (1 + WEEKS_BEFORE),
  };
}

/**
 * Acute over chronic exponentially weighted mean, lambda 2 / (N + 1) for 7 and 28 days, from the first day of the
 * series on; null before its 28th day. Williams et al. 2017, Br J Sports Med 51:209-10. A description and nothing else:
 * the ratio is a rescaled acute load (Impellizzeri et al. 2020, IJSPP 15:907-13). An unknown day counts as the chronic
 * mean, so that it moves nothing by itself; the series must end on a known one.
 */
export function ewmaRatio(loads: DayLoads): number | null {
  if (loads.length < CHRONIC_DAYS || typeof loads.at(-1) !== 'number') return null;
  const [acuteShare, chronicShare] = [2 / (ACUTE_DAYS + 1), 2 / (CHRONIC_DAYS + 1)];
  let acute = loads[0] ?? 0;
  let chronic = acute;
  for (const known of loads.slice(1)) {
    const load = known ?? chronic;
    acute += acuteShare * (load - acute);
    chronic += chronicShare * (load - chronic);
  }
  return chronic > 0 ? acute / chronic : null;
}

function knownOf(loads: DayLoads, count: number): number[] | null {
  const known = loads.filter((load) => load !== null);
  return known.length === count ? known : null;
}
