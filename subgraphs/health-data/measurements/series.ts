import DataLoader from 'dataloader';
import { decide, type Access } from '#platform/consent';
import type { RequestContext } from '#platform/context';
import { AppError } from '#platform/errors';
import type { SignalState } from '#platform/graphql-types';
import type { LocalDate, Provider, Signal } from '#platform/signals';
import { dayNumber, localDate } from '#platform/slots';

/** One athlete's series over a stretch of local days, both ends included. */
export interface SeriesKey {
  athleteId: string;
  from: LocalDate;
  to: LocalDate;
  /** What this provider says, whether it counts or not; what counts if left out. */
  provider?: Provider | null;
}

/** What consent leaves of a request. `null`: this viewer may not know the athlete at all. */
export type Permission =
  | null
  | { isShared: false }
  | { isShared: true; access: Access; from: LocalDate; to: LocalDate };

const MAX_DAYS = 400;
const DAY_MS = 86_400_000;

/** Refuses stretches that run backwards or are longer than anyone charts. */
export function checkRange({ from, to }: { from: LocalDate; to: LocalDate }): void {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  if (days < 0) throw new AppError('BAD_USER_INPUT', `"from" (${from}) is after "to" (${to}). Swap them.`);
  if (days > MAX_DAYS)
    throw new AppError(
      'BAD_USER_INPUT',
      `At most ${MAX_DAYS} days can be asked for at once. Ask in smaller stretches.`,
    );
}

/** Asks the one rule for each key and notes what is about to be read of somebody else. */
export async function permit(
  context: RequestContext,
  signal: Signal,
  keys: readonly SeriesKey[],
): Promise<Permission[]> {
  const accesses = await context.access.loadMany(keys.map(({ athleteId }) => ({ athleteId, teamId: null })));
  return keys.map((key, index) => {
    const access = accesses[index];
    if (access instanceof Error) throw access;
    const decision = decide({ access, signal, at: context.now });
    if (!decision.allowed) return decision.reason === 'NOT_FOUND' ? null : { isShared: false };
    const from = decision.since !== null && decision.since > key.from ? decision.since : key.from;
    context.reads.note(key.athleteId, signal);
    return { isShared: true, access: access as Access, from, to: key.to };
  });
}

export interface Asked {
  key: SeriesKey;
  permission: Extract<NonNullable<Permission>, { isShared: true }>;
}

/**
 * A loader of series: consent for all keys together, then ONE statement for every key that is shared, whatever the
 * number of athletes. `read` answers in the order it was asked.
 */
export function createSeriesLoader<Series>(options: {
  context: RequestContext;
  signal: Signal;
  withheld: Series;
  read: (asked: readonly Asked[]) => Promise<Series[]>;
}): DataLoader<SeriesKey, Series | null, string> {
  return new DataLoader<SeriesKey, Series | null, string>(
    async (keys) => {
      const permissions = await permit(options.context, options.signal, keys);
      const asked: Asked[] = [];
      for (const [index, permission] of permissions.entries()) {
        const key = keys[index] as SeriesKey;
        if (permission?.isShared) asked.push({ key, permission });
      }
      const series = asked.length === 0 ? [] : await options.read(asked);
      let next = 0;
      return permissions.map((permission) => {
        if (permission === null) return null;
        return permission.isShared ? (series[next++] as Series) : options.withheld;
      });
    },
    { cacheKeyFn: ({ athleteId, from, to, provider }) => `${athleteId} ${from} ${to} ${provider ?? ''}` },
  );
}

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
