import type { SignalState } from '#platform/graphql-types';
import { meanOf } from '#platform/mean';
import type { LocalDate } from '#platform/signals';
import { dayNumber, daysFrom, laterOf } from '#platform/slots';
import type { StoredSession } from '../plan/store.ts';
import { validNeedMin, validNight } from '../readiness/formula/history.ts';
import type { Band } from '../readiness/formula/score.ts';
import { sleepDebt } from '../sleep/debt.ts';
import type { SleepRecord } from '../sleep/read-debt.ts';
import type { LoadDay, LoadSeries } from '../training/load-types.ts';
import { tenths } from '../training/rounding.ts';
import type { WeekPlan, WeekReadiness, WeekSleep, WeekTraining } from './graph-types.ts';
import { weekBefore, type Week } from './week.ts';

/** The four parts of a week, each out of what one viewer may see. `since`: the first day of it; null: all. */

/** A mean of fewer scores says little about a week: two means are compared from here on, as in the roster. */
const SCORES_COMPARED = 3;

/** A day as its view has it. */
export interface ScoredDay {
  date: LocalDate;
  score: number | null;
  band: Band | null;
  isCalibrating: boolean;
}

/** The days of the week and of the week before, all of one basis. */
export function readinessWeek(options: {
  week: Week;
  days: readonly ScoredDay[];
  since: LocalDate | null;
}): WeekReadiness {
  const { week, since } = options;
  const seen = options.days.filter(({ date }) => since === null || date >= since);
  const days = seen.filter(({ date }) => date >= week.monday && date <= week.lastDay);
  const before = seen.filter(({ date }) => date < week.monday);
  const [scores, scoresBefore] = [days, before].map((list) => list.flatMap(({ score }) => score ?? []));
  const isComparable = [scores, scoresBefore].every((list) => (list?.length ?? 0) >= SCORES_COMPARED);
  const [mean, meanBefore] = [meanOf(scores ?? []), meanOf(scoresBefore ?? [])];
  const count = (band: Band): number => days.filter((day) => day.band === band).length;
  return {
    state: stateOf({ isKnown: mean !== null, isCalibrating: days.some(({ isCalibrating }) => isCalibrating) }),
    since: cutBy(week, since),
    meanScore: tenths(mean),
    changeFromWeekBefore: isComparable && mean !== null && meanBefore !== null ? tenths(mean - meanBefore) : null,
    high: count('HIGH'),
    normal: count('NORMAL'),
    reduced: count('REDUCED'),
    low: count('LOW'),
    noScore: days.filter(({ score }) => score === null).length,
  };
}

/** Nights before a grant enter the debt, as they do in every baseline of a shared signal, but no debt of such a day is told. */
export function sleepWeek(options: { week: Week; record: SleepRecord; since: LocalDate | null }): WeekSleep {
  const { week, since } = options;
  const { needMin, nights } = options.record;
  const asleep = daysFrom(laterOf(week.monday, since), week.lastDay).flatMap(
    (date) => validNight(nights, date)?.asleepMin ?? [],
  );
  const mean = meanOf(asleep);
  const debtOn = (date: LocalDate): number | null =>
    since !== null && date < since ? null : sleepDebt({ needMin, nights, day: dayNumber(date) }).debtMin;
  const debtMin = debtOn(week.lastDay);
  const debtBefore = debtOn(weekBefore(week).sunday);
  return {
    state: stateOf({ isKnown: mean !== null, isCalibrating: false }),
    since: cutBy(week, since),
    nights: asleep.length,
    meanAsleepMin: mean === null ? null : Math.round(mean),
    needMin: validNeedMin(needMin),
    debtMin,
    debtChangeMin: debtMin === null || debtBefore === null ? null : debtMin - debtBefore,
  };
}

/** `series`: of the week and the week before, as far as the viewer may see. */
export function trainingWeek(options: { week: Week; series: LoadSeries; since: LocalDate | null }): WeekTraining {
  const { week, series, since } = options;
  const days = series.days.filter(({ date }) => date >= week.monday && date <= week.lastDay);
  const before = series.days.filter(({ date }) => date < week.monday);
  const known = days.filter((day) => day.load !== null);
  // A session whose load nobody can tell is not one without load.
  const isKnown = known.length > 0 && days.every((day) => day.load !== null || !hasSessions(day));
  const load = isKnown ? sumOf(known) : null;
  const isComparable = week.isOver && isWhole([...before, ...days]) && sumOf(before) > 0;
  const over = days.filter(({ isOver }) => isOver);
  return {
    state: stateOf({ isKnown: days.some(hasSessions) || load !== null, isCalibrating: false }),
    since: cutBy(week, since),
    method: days.at(-1)?.method ?? null,
    load: tenths(load),
    loadBefore: isComparable ? tenths(sumOf(before)) : null,
    loadChangePct: isComparable && load !== null ? Math.round((load / sumOf(before) - 1) * 100) : null,
    monotony: series.weekEnd === week.sunday ? series.monotony : null,
    trainedDays: days.filter(hasSessions).length,
    restDays: days.filter(({ isRest }) => isRest).length,
    unknownDays: over.filter((day) => !day.isRest && !hasSessions(day)).length,
  };
}

const hasSessions = ({ sessions }: LoadDay): boolean => sessions.length > 0;
const sumOf = (days: readonly LoadDay[]): number => days.reduce((sum, { load }) => sum + (load ?? 0), 0);

/** Two weeks without an unknown day, in one method: else their sums cannot be compared. */
const isWhole = (days: readonly LoadDay[]): boolean =>
  days.length === 14 &&
  days.every(({ load }) => load !== null) &&
  new Set(days.flatMap(({ method }) => method ?? [])).size === 1;

type Outcome = 'done' | 'missed' | 'open' | 'unknown';

/**
 * What became of the planned sessions. A day's longest workout is held to be its longest session, and so on. Without a
 * workout a session was missed only where a source would have brought one; a rest that was planned is no session.
 */
export function planWeek(options: {
  week: Week;
  today: LocalDate;
  plan: readonly StoredSession[];
  series: LoadSeries;
  since: LocalDate | null;
}): WeekPlan {
  const { week, today, series, since } = options;
  const loadOn = new Map(series.days.map((day) => [day.date, day]));
  const planned = options.plan.filter(({ intensity }) => intensity !== 'REST');
  const told = [...Map.groupBy(planned, ({ date }) => date)].flatMap(([date, sessions]) => {
    const day = loadOn.get(date);
    const workouts = (day?.sessions ?? []).map(({ minutes }) => minutes).toSorted((a, b) => b - a);
    return sessions
      .toSorted((a, b) => b.minutes - a.minutes)
      .map((session, at) => ({ session, doneMin: workouts[at], outcome: outcomeOf({ day, at, date, today }) }));
  });
  const count = (outcome: Outcome): number => told.filter((each) => each.outcome === outcome).length;
  return {
    state: stateOf({ isKnown: told.length > 0, isCalibrating: false }),
    since: cutBy(week, since),
    planned: told.length,
    done: count('done'),
    missed: count('missed'),
    unknown: count('unknown'),
    toCome: count('open'),
    changed: told.filter(({ session }) => session.chosenFrom !== null).length,
    plannedMin: told.reduce((sum, { session }) => sum + session.minutes, 0),
    doneMin: Math.round(told.reduce((sum, { doneMin }) => sum + (doneMin ?? 0), 0)),
  };
}

function outcomeOf(parts: { day: LoadDay | undefined; at: number; date: LocalDate; today: LocalDate }): Outcome {
  const { day, at, date, today } = parts;
  if (at < (day?.sessions.length ?? 0)) return 'done';
  if (date >= today) return 'open';
  return day && (day.isRest || hasSessions(day)) ? 'missed' : 'unknown';
}

function stateOf({ isKnown, isCalibrating }: { isKnown: boolean; isCalibrating: boolean }): SignalState {
  if (isKnown) return 'AVAILABLE';
  return isCalibrating ? 'CALIBRATING' : 'NO_DATA';
}

/** Where a grant begins within the week; null where the whole of it is open. */
const cutBy = ({ monday }: Week, since: LocalDate | null): LocalDate | null =>
  since !== null && since > monday ? since : null;
