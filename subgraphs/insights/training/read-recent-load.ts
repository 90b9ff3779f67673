import DataLoader from 'dataloader';
import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';
import { LOOK_BACK_DAYS, readHistories, type HistoryKey } from './read-history.ts';
import { RECENT_DAYS, recentLoad, type RecentLoad } from './recent-load.ts';

/** Whose recent load, for somebody who may see days from `since` on (null: all). Consent was asked before. */
export interface RecentLoadKey extends Omit<HistoryKey, 'first'> {
  since: LocalDate | null;
}

export type RecentLoadLoader = DataLoader<RecentLoadKey, RecentLoad | null, string>;

export const createRecentLoadLoader = (db: Sql): RecentLoadLoader =>
  new DataLoader<RecentLoadKey, RecentLoad | null, string>((keys) => readRecentLoads(db, keys), {
    cacheKeyFn: ({ athleteId, timeZone, today, since }) => `${athleteId} ${timeZone} ${today} ${since}`,
  });

/**
 * The end of each history by one statement, whatever the number of athletes: a roster reads a seventh of what a chart
 * does. Those whose method it leaves open are read as a chart reads them, by one more. Null for an athlete who is gone.
 */
export async function readRecentLoads(db: Sql, keys: readonly RecentLoadKey[]): Promise<(RecentLoad | null)[]> {
  const loads = await readBack(db, keys, RECENT_DAYS - 1);
  const open = keys.flatMap((_, at) => (loads[at] === null ? [at] : []));
  if (open.length === 0) return loads;
  const whole = await readBack(
    db,
    open.flatMap((at) => keys[at] ?? []),
    LOOK_BACK_DAYS,
  );
  open.forEach((at, place) => (loads[at] = whole[place] ?? null));
  return loads;
}

async function readBack(db: Sql, keys: readonly RecentLoadKey[], days: number): Promise<(RecentLoad | null)[]> {
  const histories = await readHistories(
    db,
    keys.map((key) => ({ ...key, first: dateOf(dayNumber(key.today) - days) })),
  );
  return keys.map(({ since }, at) => {
    const history = histories[at];
    return history ? recentLoad(history, since) : null;
  });
}
