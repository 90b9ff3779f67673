import DataLoader from 'dataloader';
import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';
import type { LoadHistory } from './load-series.ts';
import { LOOK_BACK_DAYS, readHistories, type HistoryKey, type HistoryLoader } from './read-history.ts';
import { RECENT_DAYS, recentLoad, type RecentLoad } from './recent-load.ts';

/** Whose recent load, for somebody who may see days from `since` on (null: all). Consent was asked before. */
export interface RecentLoadKey extends Omit<HistoryKey, 'first'> {
  since: LocalDate | null;
}

export type RecentLoadLoader = DataLoader<RecentLoadKey, RecentLoad | null, string>;

/** Whoever asks for the load of the same athletes as well shares what is read for it. */
export const createRecentLoadLoader = (histories: HistoryLoader): RecentLoadLoader =>
  new DataLoader<RecentLoadKey, RecentLoad | null, string>(
    (keys) => recentLoads((asked) => Promise.all(asked.map((key) => histories.load(key))), keys),
    { cacheKeyFn: ({ athleteId, timeZone, today, since }) => `${athleteId} ${timeZone} ${today} ${since}` },
  );

export const readRecentLoads = (db: Sql, keys: readonly RecentLoadKey[]): Promise<(RecentLoad | null)[]> =>
  recentLoads((asked) => readHistories(db, asked), keys);

type HistoryReader = (asked: readonly HistoryKey[]) => Promise<(LoadHistory | undefined)[]>;

/**
 * The end of each history by one statement, whatever the number of athletes: a roster reads a seventh of what a chart
 * does. Those whose method it leaves open are read as a chart reads them, by one more. Null for an athlete who is gone.
 */
async function recentLoads(read: HistoryReader, keys: readonly RecentLoadKey[]): Promise<(RecentLoad | null)[]> {
  const loads = await readBack(read, keys, RECENT_DAYS - 1);
  const open = keys.flatMap((_, at) => (loads[at] === null ? [at] : []));
  if (open.length === 0) return loads;
  const whole = await readBack(
    read,
    open.flatMap((at) => keys[at] ?? []),
    LOOK_BACK_DAYS,
  );
  open.forEach((at, place) => (loads[at] = whole[place] ?? null));
  return loads;
}

async function readBack(
  read: HistoryReader,
  keys: readonly RecentLoadKey[],
  days: number,
): Promise<(RecentLoad | null)[]> {
  const histories = await read(keys.map((key) => ({ ...key, first: dateOf(dayNumber(key.today) - days) })));
  return keys.map(({ since }, at) => {
    const history = histories[at];
    return history ? recentLoad(history, since) : null;
  });
}
