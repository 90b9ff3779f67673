import DataLoader from 'dataloader';
import { signalsOf } from '#platform/basis';
import { decide, mayKnow, type Access } from '#platform/consent';
import type { RequestContext } from '#platform/context';
import { AppError } from '#platform/errors';
import type { LocalDate, Signal } from '#platform/signals';
import { dateOf, dayNumber, daysFrom, laterOf, localDate } from '#platform/slots';
import type { PlanContext } from '../plan/read.ts';
import { sightOn } from '../readiness/views/bases.ts';
import { readSleepRecords, type SleepRecord } from '../sleep/read-debt.ts';
import type { LoadLoader } from '../training/read-load.ts';
import type { WeeklySummary, WeekPlan, WeekReadiness, WeekSleep, WeekTraining } from './graph-types.ts';
import { planWeek, readinessWeek, sleepWeek, trainingWeek } from './parts.ts';
import { sentencesOf } from './sentences.ts';
import { lastMonday, weekBefore, weekOf, type Week } from './week.ts';

/** Nights of one athlete over a stretch of days. */
interface RecordKey {
  athleteId: string;
  from: LocalDate;
  to: LocalDate;
}

export type SleepRecordLoader = DataLoader<RecordKey, SleepRecord, string>;

/** All that are asked for in the same step of a request, by one statement. Consent is asked by whoever asks. */
export const createSleepRecordLoader = ({ together }: RequestContext): SleepRecordLoader =>
  new DataLoader<RecordKey, SleepRecord, string>((keys) => readSleepRecords(together, keys), {
    cacheKeyFn: ({ athleteId, from, to }) => `${athleteId} ${from} ${to}`,
  });

export interface WeekContext extends PlanContext {
  loads: LoadLoader;
  sleepRecords: SleepRecordLoader;
}

const MAX_DAYS = 400;
/** A debt looks back on a fortnight; that of the Sunday before the week is asked for as well. */
const DEBT_DAYS = 14;

/**
 * One week of one athlete, in the view that the viewer has of them: by what `teamId` was granted, or (null) by the union of
 * the viewer's teams. `day`: any day of it; null: the last week that is over. Null for whoever may not know the athlete.
 * The number of statements does not rise with the number of athletes asked for in one request.
 *
 * @throws AppError BAD_USER_INPUT for a week to come, or of more than 400 days ago
 */
export async function readWeek(
  context: WeekContext,
  asked: { athleteId: string; teamId: string | null; day: LocalDate | null },
): Promise<WeeklySummary | null> {
  const { athleteId, teamId } = asked;
  const access = await context.access.load({ athleteId, teamId });
  if (!mayKnow(access)) return null;
  const today = localDate(context.now, access.timeZone);
  const week = weekOf(asked.day ?? lastMonday(today), today);
  checkWeek(week, today);
  const parts = { context, access, teamId, week, today };
  const [{ basis, readiness }, sleep, { training, plan }] = await Promise.all([
    readReadiness(parts),
    readSleep(parts),
    readTraining(parts),
  ]);
  return {
    from: week.monday,
    to: week.sunday,
    isOver: week.isOver,
    basis,
    sentences: sentencesOf({ basis, readiness, sleep, training, plan }),
    readiness,
    sleep,
    training,
    plan,
  };
}

function checkWeek({ monday }: Week, today: LocalDate): void {
  if (monday > today)
    throw new AppError('BAD_USER_INPUT', `The week of ${monday} has not begun. Ask for one that has.`);
  if (dayNumber(today) - dayNumber(monday) > MAX_DAYS)
    throw new AppError('BAD_USER_INPUT', `Weeks are told of for ${MAX_DAYS} days. Ask for a later one.`);
}

interface Parts {
  context: WeekContext;
  access: Access;
  teamId: string | null;
  week: Week;
  today: LocalDate;
}

/** Of one set of signals: the one that the viewer sees on the last day. Days on which they saw less are left out. */
async function readReadiness(parts: Parts): Promise<{ basis: Signal[]; readiness: WeekReadiness }> {
  const { context, access, week } = parts;
  const { athleteId } = access;
  const sight = sightOn({ access, date: week.lastDay, at: context.now });
  if (sight === null || sight.basis === 0) return { basis: [], readiness: WITHHELD_READINESS };
  const { basis, since } = sight;
  for (const signal of signalsOf(basis)) context.reads.note(athleteId, signal);
  const first = laterOf(weekBefore(week).monday, since);
  const rows = await context.views.loadMany(daysFrom(first, week.lastDay).map((date) => ({ athleteId, basis, date })));
  const days = rows.map((row) => {
    if (row instanceof Error) throw row;
    const { score, band, status } = row.view;
    return { date: row.date, score, band, isCalibrating: status === 'CALIBRATING' };
  });
  return { basis: signalsOf(basis), readiness: readinessWeek({ week, days, since }) };
}

async function readSleep({ context, access, week }: Parts): Promise<WeekSleep> {
  const { athleteId } = access;
  const decision = decide({ access, signal: 'SLEEP', on: week.lastDay, at: context.now });
  if (!decision.allowed) return WITHHELD_SLEEP;
  context.reads.note(athleteId, 'SLEEP');
  const from = dateOf(dayNumber(week.monday) - DEBT_DAYS);
  const record = await context.sleepRecords.load({ athleteId, from, to: week.lastDay });
  return sleepWeek({ week, record, since: decision.since });
}

/** Load and plan both belong to TRAINING. */
async function readTraining(parts: Parts): Promise<{ training: WeekTraining; plan: WeekPlan }> {
  const { context, access, teamId, week, today } = parts;
  const { athleteId } = access;
  const decision = decide({ access, signal: 'TRAINING', on: week.lastDay, at: context.now });
  if (!decision.allowed) return { training: WITHHELD_TRAINING, plan: WITHHELD_PLAN };
  const { since } = decision;
  context.reads.note(athleteId, 'TRAINING');
  const [series, plan] = await Promise.all([
    context.loads.load({ athleteId, teamId, from: weekBefore(week).monday, to: week.sunday }),
    context.planning.plans.load({ athleteId, from: laterOf(week.monday, since), to: week.sunday }),
  ]);
  // Withdrawn between the two questions.
  if (series === null || series.state === 'NOT_SHARED') return { training: WITHHELD_TRAINING, plan: WITHHELD_PLAN };
  return {
    training: trainingWeek({ week, series, since }),
    plan: planWeek({ week, today, plan, series, since }),
  };
}

const WITHHELD = { state: 'NOT_SHARED', since: null } as const;
const WITHHELD_READINESS: WeekReadiness = {
  ...WITHHELD,
  ...{ meanScore: null, changeFromWeekBefore: null, high: null, normal: null, reduced: null, low: null, noScore: null },
};
const WITHHELD_SLEEP: WeekSleep = {
  ...WITHHELD,
  ...{ nights: null, meanAsleepMin: null, needMin: null, debtMin: null, debtChangeMin: null },
};
const WITHHELD_TRAINING: WeekTraining = {
  ...WITHHELD,
  ...{ method: null, load: null, loadBefore: null, loadChangePct: null, monotony: null },
  ...{ trainedDays: null, restDays: null, unknownDays: null },
};
const WITHHELD_PLAN: WeekPlan = {
  ...WITHHELD,
  ...{ planned: null, done: null, missed: null, unknown: null, toCome: null, changed: null, plannedMin: null },
  doneMin: null,
};
