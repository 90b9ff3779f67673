import type { Sql } from '#platform/database';
import type { Source } from '../erasure/orders.ts';
import { holdClock, nextTime, setClock } from './clock.ts';
import { TABLE_NAMES } from './entry.ts';
import { isManual } from './measure.ts';
import { ENTRY_TABLES } from './tables.ts';

/**
 * The athlete's own words about a source that is erased: its ratings, and for MANUAL every manual entry. The values go
 * for good; the ids stay as deletions, so that each device deletes its copy, and a device that was offline and edits
 * one meets a newer deletion. Answers how many rows lost their values. Call it after `holdSources`, as writers do.
 */
export async function forgetEntries(tx: Sql, options: { source: Source; now: Date }): Promise<number> {
  const { athleteId, provider } = options.source;
  const clock = await holdClock(tx, athleteId);
  const at = nextTime(clock, options.now);
  let count = 0;
  for (const table of TABLE_NAMES) {
    const isRating = table === 'workoutRatings';
    if (!isRating && !(provider === 'MANUAL' && isManual(table))) continue;
    const { name, columns } = ENTRY_TABLES[table];
    const [{ forgotten } = { forgotten: 0 }] = await tx.query<{ forgotten: number }[]>(
      `with gone as (
         update health_data.${name} set is_deleted = true, changed_at = $2, ${columns.map((one) => `${one.name} = null`).join(', ')}
          where athlete_id = $1 and not is_deleted and ${isRating ? 'provider = $3' : '$3::text is not null'}
          returning 1)
       select count(*) as forgotten from gone`,
      [athleteId, at, provider],
    );
    count += forgotten;
  }
  if (count > 0) await setClock(tx, athleteId, { ...clock, at });
  return count;
}
