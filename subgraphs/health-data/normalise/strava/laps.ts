import { type Item, isItem } from '../normaliser.ts';
import type { GivenSplit } from '../session/splits.ts';
import { type Range, isMissing, numberWithin, parseInstant } from '../units.ts';

const ELAPSED_S: Range = { min: 0, max: 7 * 86_400 };

/**
 * The laps, where somebody pressed the button at all; else the kilometres into which Strava cuts a run. Null of the short
 * form of lists, which has neither.
 */
export function splitsOf({ laps, splits_metric: kilometres }: Item, startedAt: Date): GivenSplit[] | null {
  const hasKilometres = Array.isArray(kilometres) && kilometres.length > 0;
  if (Array.isArray(laps) && (laps.length > 1 || !hasKilometres)) return Array.from(laps, lapOf);
  return hasKilometres ? kilometresOf(kilometres, startedAt) : null;
}

const UNREADABLE: GivenSplit = { startedAt: null, durationS: null };

function lapOf(lap: unknown): GivenSplit {
  if (!isItem(lap)) return UNREADABLE;
  const startedAt = parseInstant(lap['start_date'])?.at ?? null;
  return { startedAt, ...valuesOf(lap), elevationGainM: lap['total_elevation_gain'] };
}

/**
 * Kilometres name no start: each begins when the elapsed time of those before it is over, and behind one without a time
 * nobody knows when. Their `elevation_difference` is no gain.
 */
function kilometresOf(kilometres: readonly unknown[], startedAt: Date): GivenSplit[] {
  let elapsedS: number | null = 0;
  return Array.from(kilometres, (kilometre) => {
    const lengthS = isItem(kilometre) ? numberWithin(kilometre['elapsed_time'], ELAPSED_S) : null;
    const beginsAt = elapsedS === null ? null : new Date(startedAt.getTime() + elapsedS * 1000);
    elapsedS = elapsedS === null || lengthS === null ? null : elapsedS + lengthS;
    return isItem(kilometre) ? { startedAt: beginsAt, ...valuesOf(kilometre) } : UNREADABLE;
  });
}

/** The length of a split is that of the moving, as with the activity. */
const valuesOf = (split: Item): Pick<GivenSplit, 'durationS' | 'distanceM' | 'averageHeartRateBpm'> => ({
  durationS: [split['moving_time'], split['elapsed_time']].find((value) => !isMissing(value) && value !== 0),
  distanceM: split['distance'],
  averageHeartRateBpm: split['average_heartrate'],
});
