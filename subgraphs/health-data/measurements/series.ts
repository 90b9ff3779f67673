import type DataLoader from 'dataloader';
import type { Access } from '#platform/consent';
import { createConsentedLoader } from '#platform/consented';
import type { RequestContext } from '#platform/context';
import type { SignalState } from '#platform/graphql-types';
import type { LocalDate, Provider, Signal } from '#platform/signals';
import { dayNumber, laterOf, localDate } from '#platform/slots';

/** One athlete's series over a stretch of local days, both ends included. */
export interface SeriesKey {
  athleteId: string;
  from: LocalDate;
  to: LocalDate;
  /** What this provider says, whether it counts or not; what counts if left out. */
  provider?: Provider | null;
}

/** A series the viewer may see, and what consent leaves of its days. */
export interface Asked {
  key: SeriesKey;
  permission: { access: Access; from: LocalDate; to: LocalDate };
}

/** A loader of series: ONE statement for every key that is shared. `read` answers in the order it was asked. */
export const createSeriesLoader = <Series>(options: {
  context: RequestContext;
  signal: Signal;
  withheld: Series;
  read: (asked: readonly Asked[]) => Promise<Series[]>;
}): DataLoader<SeriesKey, Series | null, string> =>
  createConsentedLoader<SeriesKey, Series>({
    context: options.context,
    signal: options.signal,
    cacheKeyOf: ({ athleteId, from, to, provider }) => `${athleteId} ${from} ${to} ${provider ?? ''}`,
    withheld: () => options.withheld,
    read: (asked) =>
      options.read(
        asked.map(({ key, access, since }) => {
          return { key, permission: { access, from: laterOf(key.from, since), to: key.to } };
        }),
      ),
  });

/** Rows of many keys, told apart by the position of their key in `asked`. */
export function byPosition<Row extends { position: number }>(count: number, rows: readonly Row[]): Row[][] {
  const groups: Row[][] = Array.from({ length: count }, () => []);
  for (const row of rows) groups[row.position]?.push(row);
  return groups;
}

/** Nights a stream needs before its values count (readiness.md, section 7). */
export const CALIBRATED_NIGHTS = 7;

/** `known`: nights there are at all of the longest stream, up to seven. A value of today or yesterday is fresh. */
export function stateOf(
  context: RequestContext,
  asked: Asked,
  newest: LocalDate | null,
  known: number | null,
): SignalState {
  if (newest === null) return 'NO_DATA';
  if (known !== null && known < CALIBRATED_NIGHTS) return 'CALIBRATING';
  const today = localDate(context.now, asked.permission.access.timeZone);
  const end = asked.permission.to < today ? asked.permission.to : today;
  return dayNumber(end) - dayNumber(newest) <= 1 ? 'AVAILABLE' : 'STALE';
}

export const newestOf = (rows: readonly { date: LocalDate }[]): LocalDate | null =>
  rows.reduce<LocalDate | null>((newest, { date }) => (newest === null || date > newest ? date : newest), null);
