import type { Database, Ordered } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import { recordTouches } from '../measurements/store.ts';
import { TABLES } from '../measurements/tables.ts';
import { CHOOSABLE } from './choosable.ts';
import { holdAthletes, refreshSummaries } from './daily-summary.ts';
import { markRepeats } from './mark-repeats.ts';
import { refreshNights } from './stream-nights.ts';

/** Days looked at, and those of which a summary, a counted session or night was not what it should be. */
export interface Rebuilt {
  athletes: number;
  days: number;
  changed: number;
}

/**
 * Derives anew, athlete by athlete, what is derived of the stored rows: which sessions and nights count, and the summary of each day.
 * It is kept current by every write, so a rebuild changes nothing unless somebody changed rows by hand.
 */
export async function rebuildSummaries(
  db: Database,
  options: { athleteIds: readonly string[]; now: Date },
): Promise<Rebuilt> {
  const rebuilt = { athletes: 0, days: 0, changed: 0 };
  for (const athleteId of options.athleteIds) {
    const { days, changed } = await db.prepared.transaction((tx) => rebuildOne(tx, athleteId, options.now));
    rebuilt.athletes += 1;
    rebuilt.days += days;
    rebuilt.changed += changed;
  }
  return rebuilt;
}

const DAYS = `
  select day from health_data.daily_summary where athlete_id = $1
  union select day from health_data.stream_night where athlete_id = $1
  ${[...CHOOSABLE.values()]
    .map(
      ({ name }) =>
        `union select day from health_data.${name} where athlete_id = $1 and delete_rank = 0 and day is not null`,
    )
    .join(' ')}`;

async function rebuildOne(tx: Ordered, athleteId: string, now: Date): Promise<{ days: number; changed: number }> {
  await holdAthletes(tx, [athleteId]);
  const found = await tx.query<{ day: LocalDate }[]>(DAYS, [athleteId]);
  const days = found.map(({ day }) => ({ athleteId, day }));
  const recounted = await markRepeats(tx, days);
  const nights = await refreshNights(tx, days);
  const changed = await refreshSummaries(tx, days);
  const { signal, domain } = TABLES.workout;
  // Insights finds them by its sweep.
  await recordTouches(tx, { touches: recounted.map((day) => ({ ...day, signal, domain })), now });
  return { days: days.length, changed: new Set([...recounted, ...nights, ...changed].map(({ day }) => day)).size };
}
