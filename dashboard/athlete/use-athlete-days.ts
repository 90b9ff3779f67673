import { useCallback, useMemo } from 'react';
import { useQuery } from 'urql';
import { inBackground } from '../client.ts';
import { AthleteDaysDocument, type AthleteDaysQuery } from '../graphql/graphql.ts';
import { browserZone, datesBetween, localDate, plusDays } from '../local-time.ts';

export type AthleteDays = NonNullable<AthleteDaysQuery['athlete']>;

/** The longest window, plus the six nights before it that its first 7-day mean needs. */
const FETCHED_DAYS = 66;

/**
 * Everything the charts of one athlete draw, fetched once for the longest window. Asked up to tomorrow: the athlete's
 * zone may already be a day ahead of this browser's.
 */
export function useAthleteDays(athleteId: string) {
  const today = localDate(new Date(), browserZone);
  const variables = useMemo(
    () => ({ id: athleteId, from: plusDays(today, 1 - FETCHED_DAYS), to: plusDays(today, 1) }),
    [athleteId, today],
  );
  const [{ data, error, fetching }, ask] = useQuery({
    query: AthleteDaysDocument,
    variables,
    requestPolicy: 'cache-and-network',
  });
  const refresh = useCallback(() => ask(inBackground), [ask]);
  return { athlete: data?.athlete, error, fetching, refresh };
}

/** The dates of a window that ends on the athlete's own today. */
export function windowDates({ last, days }: { last: string; days: number }): string[] {
  return datesBetween(plusDays(last, 1 - days), last);
}
