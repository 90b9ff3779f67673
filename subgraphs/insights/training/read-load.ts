import type DataLoader from 'dataloader';
import type { Access } from '#platform/consent';
import { createConsentedLoader } from '#platform/consented';
import type { RequestContext } from '#platform/context';
import type { SignalState } from '#platform/graphql-types';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber, laterOf, localDate } from '#platform/slots';
import { loadSeries, type LoadDay, type LoadHistory } from './load-series.ts';
import type { LoadSeries } from './load-types.ts';
import { WEEK_DAYS } from './load-week.ts';
import { LOOK_BACK_DAYS, type HistoryLoader } from './read-history.ts';
import { hundredths, tenths } from './rounding.ts';

/**
 * One athlete's load over a stretch of local days, both ends included. `teamId`: by what that team was granted; null: by
 * the union of the viewer's teams.
 */
export interface LoadKey {
  athleteId: string;
  teamId: string | null;
  from: LocalDate;
  to: LocalDate;
}

export type LoadLoader = DataLoader<LoadKey, LoadSeries | null, string>;

const WITHHELD: LoadSeries = {
  state: 'NOT_SHARED',
  unit: null,
  method: null,
  days: [],
  weekEnd: null,
  weekLoad: null,
  monotony: null,
  strain: null,
  loadChange: null,
  ewmaRatio: null,
};

/** What one viewer may see of one athlete. `since`: the first day; what was trained before it enters means alone. */
interface Asked extends LoadKey {
  access: Access;
  since: LocalDate | null;
  today: LocalDate;
}

/** Load is a function of TRAINING and the profile alone: one statement for all that is shared. */
export const createLoadLoader = (context: RequestContext, histories: HistoryLoader): LoadLoader =>
  createConsentedLoader<LoadKey, LoadSeries>({
    context,
    signal: 'TRAINING',
    cacheKeyOf: ({ athleteId, teamId, from, to }) => `${athleteId} ${teamId} ${from} ${to}`,
    withheld: () => WITHHELD,
    read: (shared) =>
      readLoads(
        histories,
        shared.map(({ key, access, since }) => {
          return { ...key, access, since, today: localDate(context.now, access.timeZone) };
        }),
      ),
  });

async function readLoads(loader: HistoryLoader, asked: readonly Asked[]): Promise<LoadSeries[]> {
  const histories = await Promise.all(
    asked.map(({ athleteId, access, from, today }) => {
      const start = dayNumber(from < today ? from : today);
      const first = dateOf(start - LOOK_BACK_DAYS);
      return loader.load({ athleteId, timeZone: access.timeZone, first, today });
    }),
  );
  // The athlete was there when access was read, a moment ago.
  return asked.map((each, at) => {
    const history = histories[at];
    return history ? present(each, history) : { ...WITHHELD, state: 'NO_DATA' };
  });
}

function present(asked: Asked, history: LoadHistory): LoadSeries {
  const { from, to, since, today } = asked;
  const { days, weekEnding } = loadSeries(history);
  const first = laterOf(from, since);
  const shown = days.filter(({ date }) => date >= first && date <= to);
  const yesterday = dateOf(dayNumber(today) - 1);
  const weekEnd = to < yesterday ? to : yesterday;
  // The sum of a week tells of each of its days, so all seven must be open. Means of longer ago are a baseline.
  const isOpen = weekEnd >= first && (since === null || dateOf(dayNumber(weekEnd) - WEEK_DAYS + 1) >= since);
  const week = isOpen ? weekEnding(weekEnd) : null;
  return {
    state: stateOf(shown),
    unit: 'AU',
    method: shown.at(-1)?.method ?? null,
    days: shown.map(rounded),
    weekEnd: week && weekEnd,
    weekLoad: tenths(week?.weekLoad),
    monotony: hundredths(week?.monotony),
    strain: tenths(week?.strain),
    loadChange: hundredths(week?.loadChange),
    ewmaRatio: hundredths(week?.ewmaRatio),
  };
}

/** Of the days shown: nothing known, means that still warm up, a last whole day nobody knows of, or all is well. */
function stateOf(days: readonly LoadDay[]): SignalState {
  const last = days.findLast(({ isOver }) => isOver) ?? days.at(-1);
  if (!last || days.every(({ load, sessions }) => load === null && sessions.length === 0)) return 'NO_DATA';
  if (last.method === null || last.warmingUp) return 'CALIBRATING';
  return last.isOver && last.load === null ? 'STALE' : 'AVAILABLE';
}

const rounded = (day: LoadDay): LoadSeries['days'][number] => ({
  ...day,
  load: tenths(day.load),
  fitness: tenths(day.fitness),
  fatigue: tenths(day.fatigue),
  form: tenths(day.form),
  sessions: day.sessions.map(({ activity, minutes, load }) => {
    return { activity, minutes: Math.round(minutes * 10) / 10, load: tenths(load) };
  }),
});
