import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';
import { loadSeries } from '../training/load-series.ts';
import { LOOK_BACK_DAYS, readHistories } from '../training/read-history.ts';
import type { RecentLoadKey } from '../training/read-recent-load.ts';
import { recentLoadOn, type RecentLoad } from '../training/recent-load.ts';

/**
 * What `readRecentLoads` reads, for many days of few athletes: one history and one series of each, since what is said of a
 * day never depends on the days after it. One statement. Null for an athlete who is gone.
 */
export async function readLoadsOfDays(db: Sql, keys: readonly RecentLoadKey[]): Promise<(RecentLoad | null)[]> {
  const byAthlete = [...Map.groupBy(keys, ({ athleteId }) => athleteId).values()];
  const histories = await readHistories(
    db,
    byAthlete.map((own) => {
      const days = own.map(({ today }) => today).toSorted();
      const { athleteId, timeZone } = own[0] as RecentLoadKey;
      const [first = '', last = ''] = [days[0], days.at(-1)];
      return { athleteId, timeZone, first: dateOf(dayNumber(first) - LOOK_BACK_DAYS), today: last };
    }),
  );
  const loads = new Map<RecentLoadKey, RecentLoad>();
  byAthlete.forEach((own, at) => {
    const history = histories[at];
    if (!history) return;
    const { days, weekEnding } = loadSeries(history);
    const series = { days, weekEnding: remembered(weekEnding) };
    for (const key of own) loads.set(key, recentLoadOn(series, { date: key.today, since: key.since }));
  });
  return keys.map((key) => loads.get(key) ?? null);
}

/** Twenty-eight days of the file ask about each week. */
function remembered<Week>(weekEnding: (date: LocalDate) => Week): (date: LocalDate) => Week {
  const weeks = new Map<LocalDate, Week>();
  return (date) => {
    if (!weeks.has(date)) weeks.set(date, weekEnding(date));
    return weeks.get(date) as Week;
  };
}
