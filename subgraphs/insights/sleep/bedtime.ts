/** When a night ended, as minutes of the local day it ended on; `latencyMin` null where the source does not say. */
export type Waking = { readonly wakeMin: number; readonly latencyMin: number | null };

/** Local wall-clock times as minutes of the day; `catchUpMin` is what the debt brings forward. */
export type Bedtime = {
  readonly bedtimeMin: number;
  readonly wakeMin: number;
  readonly latencyMin: number;
  readonly catchUpMin: number;
};

const DAY_MIN = 1440;
/** A waking after 16:00 is one before midnight of the next day: shift workers' mornings do not average to noon. */
const EVENING_MIN = 960;
const NIGHTS_NEEDED = 7;
const DEBT_NIGHTS = 7;
const QUARTER_MIN = 15;
const MOST_CATCH_UP_MIN = 60;

/**
 * Section 9: usual wake time less need, usual latency and a seventh of the debt, which is rounded to a quarter of an
 * hour and at most an hour. "Usual" is the median of the nights given; null with fewer than seven.
 */
export function bedtimeOffer(input: {
  wakings: readonly Waking[];
  needMin: number;
  debtMin: number | null;
}): Bedtime | null {
  const { wakings, needMin, debtMin } = input;
  if (wakings.length < NIGHTS_NEEDED || debtMin === null) return null;
  const wake = median(wakings.map(({ wakeMin }) => (wakeMin > EVENING_MIN ? wakeMin - DAY_MIN : wakeMin)));
  const latencyMin = Math.round(median(wakings.flatMap(({ latencyMin }) => (latencyMin === null ? [] : [latencyMin]))));
  const share = Math.round(debtMin / DEBT_NIGHTS / QUARTER_MIN) * QUARTER_MIN;
  const catchUpMin = Math.min(MOST_CATCH_UP_MIN, Math.max(0, share));
  const wakeMin = Math.round(wake);
  return {
    bedtimeMin: ofDay(wakeMin - needMin - latencyMin - catchUpMin),
    wakeMin: ofDay(wakeMin),
    latencyMin,
    catchUpMin,
  };
}

/** Zero of nothing: a source that never tells how long falling asleep takes adds nothing to it. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? 0 : (low + high) / 2;
}

const ofDay = (minutes: number): number => ((minutes % DAY_MIN) + DAY_MIN) % DAY_MIN;
