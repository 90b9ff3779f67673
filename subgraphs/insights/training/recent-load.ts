import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';
import type { LoadMethod } from './load.ts';
import { loadSeries, type LoadHistory, type LoadSeries } from './load-series.ts';
import { WEEK_DAYS, type WeekFacts } from './load-week.ts';

/** What the load says on a day, as far as flags ask (readiness.md, section 11): always of the week that ended the evening before. */
export const LOAD_FACTS = ['LOAD_SPIKE', 'MONOTONY_HIGH'] as const;
export type LoadFact = (typeof LOAD_FACTS)[number];

/** Of this many days, today included, it is told what the load said. */
export const FACT_DAYS = 28;
/** Days that the weeks of these days, the three weeks before each, and the choice of a method look back on. */
export const RECENT_DAYS = FACT_DAYS + 28 + 28;

/** The week up to yesterday, in AU of `method`, and what the load said on the last days. */
export interface RecentLoad {
  method: LoadMethod | null;
  /** Of the seven days up to yesterday, those that are open to the viewer and whose load is known. */
  daysKnown: number;
  /** Null where nobody can say: a day of it is unknown, or not open to the viewer. */
  weekLoad: number | null;
  /** Over the mean of the three weeks before. */
  loadChange: number | null;
  /** The first day on which all of the week before it is open to the viewer; null: it always was. */
  toldFrom: LocalDate | null;
  facts: ReadonlyMap<LocalDate, readonly LoadFact[]>;
}

const SPIKE_OVER = 1.5;
const MONOTONY_OVER = 2;

/**
 * The end of a history, for a viewer who may see days from `since` on. A week is told when each of its days is open; the
 * weeks it is compared with may be older, as every baseline. Null where the history is too short to be certain of the
 * method: then all of it has to be read.
 */
export function recentLoad(history: LoadHistory, since: LocalDate | null): RecentLoad | null {
  const today = dayNumber(history.today);
  const series = loadSeries(history);
  const { certainFrom } = series;
  const isShort = dayNumber(history.first) > today - RECENT_DAYS;
  if (isShort && (certainFrom === null || dayNumber(certainFrom) > today - FACT_DAYS)) return null;
  return recentLoadOn(series, { date: history.today, since });
}

/** The same as it stood on some day of a series, of which nothing is asked that comes after. */
export function recentLoadOn(
  { days, weekEnding }: Pick<LoadSeries, 'days' | 'weekEnding'>,
  { date: on, since }: { date: LocalDate; since: LocalDate | null },
): RecentLoad {
  const today = dayNumber(on);
  const toldFrom = since === null ? null : dateOf(dayNumber(since) + WEEK_DAYS);
  const facts = new Map<LocalDate, readonly LoadFact[]>();
  for (let day = today - FACT_DAYS + 1; day <= today; day++) {
    const date = dateOf(day);
    const isTold = toldFrom === null || date >= toldFrom;
    const said = isTold ? factsOf(weekEnding(dateOf(day - 1))) : [];
    if (said.length > 0) facts.set(date, said);
  }
  const week = weekEnding(dateOf(today - 1));
  const isTold = toldFrom === null || on >= toldFrom;
  const firstOpen = since === null ? 0 : Math.max(0, dayNumber(since) - (today - WEEK_DAYS));
  return {
    method: days.findLast(({ date }) => date < on)?.method ?? null,
    daysKnown: (week?.loads ?? []).slice(firstOpen).filter((load) => load !== null).length,
    weekLoad: isTold && week ? week.weekLoad : null,
    loadChange: isTold && week ? week.loadChange : null,
    toldFrom,
    facts,
  };
}

function factsOf(week: WeekFacts | null): LoadFact[] {
  if (week === null) return [];
  const { loadChange, monotony, weekLoad, meanWeekLoad } = week;
  const isAboveMonth = weekLoad !== null && meanWeekLoad !== null && weekLoad > meanWeekLoad;
  const said: Record<LoadFact, boolean> = {
    LOAD_SPIKE: loadChange !== null && loadChange > SPIKE_OVER,
    MONOTONY_HIGH: isAboveMonth && monotony !== null && monotony > MONOTONY_OVER,
  };
  return LOAD_FACTS.filter((fact) => said[fact]);
}
