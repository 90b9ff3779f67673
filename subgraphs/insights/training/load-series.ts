import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';
import { LOAD_METHODS, loadsOf, type LoadByMethod, type LoadMethod, type LoadProfile, type Session } from './load.ts';
import { WEEK_DAYS, ewmaRatio, weekFacts, type DayLoads, type WeekFacts } from './load-week.ts';

const METHOD_DAYS = 28;
const FITNESS_DAYS = 42;
const FATIGUE_DAYS = 7;
/** 1 - e^(-1/42) and 1 - e^(-1/7). */
export const FITNESS_SHARE = 1 - Math.exp(-1 / FITNESS_DAYS);
export const FATIGUE_SHARE = 1 - Math.exp(-1 / FATIGUE_DAYS);
/** After so many unknown days running both means are guesses: the next known day begins a new series. */
const UNKNOWN_DAYS_BORNE = 14;

export type DaySession = { readonly activity: string; readonly minutes: number; readonly load: number | null };

/**
 * One local day. `load` in AU of `method`: 0 on a rest day, null when unknown. `fitness` and `fatigue` are those of its
 * evening, `form` that of the evening before; null where the day they end on is unknown, or not over.
 */
export type LoadDay = {
  readonly date: LocalDate;
  readonly method: LoadMethod | null;
  readonly load: number | null;
  readonly isRest: boolean;
  readonly isOver: boolean;
  readonly startsSeries: boolean;
  readonly warmingUp: boolean;
  readonly fitness: number | null;
  readonly fatigue: number | null;
  readonly form: number | null;
  readonly sessions: readonly DaySession[];
};

export type LoadHistory = {
  readonly profile: LoadProfile;
  readonly sessions: readonly Session[];
  /** Whether a source that brings sessions was connected on that day: only then does no session mean no load. */
  readonly wasConnected: (date: LocalDate) => boolean;
  /** The first day that is looked at, and the athlete's today. */
  readonly first: LocalDate;
  readonly today: LocalDate;
};

type DaySum = LoadByMethod & { readonly sessions: readonly { session: Session; loads: LoadByMethod }[] };
/** The state after an evening. `isKnown`: that evening's load was. */
type Series = {
  readonly method: LoadMethod;
  readonly start: number;
  readonly fitness: number;
  readonly fatigue: number;
  readonly unknownDays: number;
  readonly isKnown: boolean;
};
type MethodDays = Record<LoadMethod, number>;
type WeekDescription = WeekFacts & {
  readonly ewmaRatio: number | null;
  /** Of its seven days, oldest first. */
  readonly loads: DayLoads;
};

export type LoadSeries = {
  readonly days: readonly LoadDay[];
  /** The facts of the week that ends on this day; null for a day that is not here, is not over, or has no method. */
  readonly weekEnding: (date: LocalDate) => WeekDescription | null;
  /**
   * From this day on the method is certain: more days were trained by it than by any other, so that it would be the same
   * whatever stands before `first`. Null: on no day.
   */
  readonly certainFrom: LocalDate | null;
};

/**
 * Section 10, day by day from `first` to `today`. What is said of a day never depends on the days after it.
 * The method is the one with most days among the last 28 that all of a day's sessions have a load by; with as many,
 * the one in use goes on. A change starts a new series.
 */
export function loadSeries(history: LoadHistory): LoadSeries {
  const [first, today] = [dayNumber(history.first), dayNumber(history.today)];
  const sums = daySums(history);
  const countTo = countMethodDays(sums, first);
  const days: LoadDay[] = [];
  let series: Series | null = null;
  let certainFrom: LocalDate | null = null;
  for (let day = first; day <= today; day++) {
    const date = dateOf(day);
    const isOver = day < today;
    const sum = sums.get(date);
    const isRest = !sum && isOver && history.wasConnected(date);
    const before: Series | null = series;
    const counts = countTo(day);
    series = seriesOn({ counts, day, sum, isRest, before });
    if (day >= first + METHOD_DAYS - 1 && isCertain(counts)) certainFrom ??= date;
    const load = loadBy({ series, sum, isRest });
    // Form is of yesterday evening, so it is read before the day passes.
    const form = series?.isKnown ? series.fitness - series.fatigue : null;
    if (series && isOver) series = evening(series, load);
    const isKnown = isOver && series?.isKnown === true;
    days.push({
      date,
      method: series?.method ?? null,
      load,
      isRest,
      isOver,
      startsSeries: series !== null && series.start === day,
      warmingUp: series !== null && day - series.start < FITNESS_DAYS,
      fitness: isKnown && series ? series.fitness : null,
      fatigue: isKnown && series ? series.fatigue : null,
      form,
      sessions: sessionsOf(sum, series),
    });
  }
  return { days, weekEnding: (date) => weekEnding({ days, sums, date }), certainFrom };
}

function weekEnding(options: {
  days: readonly LoadDay[];
  sums: ReadonlyMap<LocalDate, DaySum>;
  date: LocalDate;
}): WeekDescription | null {
  const { days, sums, date } = options;
  const at = days.findIndex((day) => day.date === date);
  const day = days[at];
  if (!day?.isOver || day.method === null) return null;
  const { method } = day;
  // In the method of that day: the days before count by it too, whatever was in use then.
  const month = days
    .slice(Math.max(0, at + 1 - METHOD_DAYS), at + 1)
    .map((each) => sums.get(each.date)?.[method] ?? (each.isRest ? 0 : null));
  const start = days.findLastIndex((each, index) => index <= at && each.startsSeries);
  return {
    ...weekFacts(month),
    ewmaRatio: ewmaRatio(days.slice(start, at + 1).map(({ load }) => load)),
    loads: month.slice(-WEEK_DAYS),
  };
}

/** The series a day belongs to: the one before, or a new one with another method or after a long silence. */
function seriesOn(options: {
  counts: MethodDays;
  day: number;
  sum: DaySum | undefined;
  isRest: boolean;
  before: Series | null;
}): Series | null {
  const { counts, day, sum, isRest, before } = options;
  const method = mostDays(counts, before?.method ?? null);
  if (method === null) return null;
  const fresh: Series = { method, start: day, fitness: 0, fatigue: 0, unknownDays: 0, isKnown: false };
  if (before === null || before.method !== method) return fresh;
  const wasSilent = before.unknownDays > UNKNOWN_DAYS_BORNE;
  return wasSilent && loadBy({ series: before, sum, isRest }) !== null ? fresh : before;
}

function loadBy(options: { series: Series | null; sum: DaySum | undefined; isRest: boolean }): number | null {
  const { series, sum, isRest } = options;
  if (sum) return series && sum[series.method];
  return isRest ? 0 : null;
}

/**
 * Two exponential means of the load (Morton, Fitz-Clarke and Banister 1990; Coggan's time constants). On an unknown day
 * the usual load stands in: fitness stays, fatigue moves towards it. Zero would be a rest that nobody saw.
 */
function evening(series: Series, known: number | null): Series {
  const load = known ?? series.fitness;
  return {
    ...series,
    fitness: series.fitness + FITNESS_SHARE * (load - series.fitness),
    fatigue: series.fatigue + FATIGUE_SHARE * (load - series.fatigue),
    unknownDays: known === null ? series.unknownDays + 1 : 0,
    isKnown: known !== null,
  };
}

const sessionsOf = (sum: DaySum | undefined, series: Series | null): DaySession[] =>
  (sum?.sessions ?? []).map(({ session: { activity, minutes }, loads }) => {
    return { activity, minutes, load: series && loads[series.method] };
  });

/** Days with sessions. A day has a load by a method only if each of its sessions has. */
function daySums({ sessions, profile }: Pick<LoadHistory, 'sessions' | 'profile'>): Map<LocalDate, DaySum> {
  const sums = new Map<LocalDate, DaySum>();
  for (const [day, group] of Map.groupBy(sessions, (session) => session.day)) {
    const each = group.map((session) => ({ session, loads: loadsOf({ session, profile }) }));
    const sumBy = (method: LoadMethod): number | null =>
      each.reduce<number | null>((sum, { loads }) => {
        const load = loads[method];
        return sum === null || load === null ? null : sum + load;
      }, 0);
    sums.set(day, {
      SESSION_RPE: sumBy('SESSION_RPE'),
      BANISTER: sumBy('BANISTER'),
      EDWARDS: sumBy('EDWARDS'),
      LUCIA: sumBy('LUCIA'),
      sessions: each,
    });
  }
  return sums;
}

/** Days of the last 28 by each method, counted on as the days pass. */
function countMethodDays(sums: ReadonlyMap<LocalDate, DaySum>, first: number): (day: number) => MethodDays {
  const counts: MethodDays = { SESSION_RPE: 0, BANISTER: 0, EDWARDS: 0, LUCIA: 0 };
  const count = (day: number, by: 1 | -1): void => {
    const sum = sums.get(dateOf(day));
    if (sum) for (const method of LOAD_METHODS) if (sum[method] !== null) counts[method] += by;
  };
  for (let day = first - METHOD_DAYS; day < first; day++) count(day, 1);
  return (day) => {
    count(day, 1);
    count(day - METHOD_DAYS, -1);
    return counts;
  };
}

/** Those by heart rate have the same days, or none for want of a profile: only effort can draw level with them. */
const isCertain = ({ SESSION_RPE, ...byHeartRate }: MethodDays): boolean =>
  SESSION_RPE !== Math.max(...Object.values(byHeartRate));

function mostDays(counts: MethodDays, current: LoadMethod | null): LoadMethod | null {
  const most = Math.max(...LOAD_METHODS.map((method) => counts[method]));
  if (most === 0 || (current !== null && counts[current] === most)) return current;
  return LOAD_METHODS.find((method) => counts[method] === most) ?? current;
}
