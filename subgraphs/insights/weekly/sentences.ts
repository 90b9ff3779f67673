import type { Signal } from '#platform/signals';
import type { WeekPlan, WeekReadiness, WeekSentence, WeekSleep, WeekTraining } from './graph-types.ts';

/** Below these a number says that nothing changed. */
const POINTS = 3;
const DEBT_MIN = 60;
const LOAD_PCT = 10;

/**
 * What changed in a week, in a few sentences. Filled with numbers of the same view and nothing else: what is withheld
 * cannot be said. No sentence judges, and none foretells.
 */
export function sentencesOf(parts: {
  basis: readonly Signal[];
  readiness: WeekReadiness;
  sleep: WeekSleep;
  training: WeekTraining;
  plan: WeekPlan;
}): WeekSentence[] {
  const { basis, readiness, sleep, training, plan } = parts;
  const told = (texts: string[], signals: readonly Signal[]): WeekSentence[] =>
    texts.map((text) => ({ text, signals: [...signals] }));
  return [
    ...told(ofReadiness(readiness), basis),
    ...told(ofSleep(sleep), ['SLEEP']),
    ...told(ofTraining(training), ['TRAINING']),
    ...told(ofPlan(plan), ['TRAINING']),
  ];
}

function ofReadiness({ meanScore, changeFromWeekBefore: change, reduced, low }: WeekReadiness): string[] {
  if (meanScore === null) return [];
  const mean = `Readiness was ${Math.round(meanScore)} on average`;
  const belowDays = (reduced ?? 0) + (low ?? 0);
  return [
    change === null ? `${mean}.` : `${mean}, ${comparedInPoints(change)} the week before.`,
    ...(belowDays > 0 ? [`It was reduced or low on ${counted(belowDays, 'day')}.`] : []),
  ];
}

function comparedInPoints(change: number): string {
  const points = Math.round(Math.abs(change));
  if (points < POINTS) return 'about as in';
  return `${points} points ${change > 0 ? 'above' : 'below'}`;
}

function ofSleep({ meanAsleepMin, needMin, debtChangeMin: change }: WeekSleep): string[] {
  if (meanAsleepMin === null) return [];
  const need = needMin === null ? '' : `, of ${clock(needMin)} needed`;
  const asleep = `Asleep for ${clock(meanAsleepMin)} h a night${need}.`;
  if (change === null || Math.abs(change) < DEBT_MIN) return [asleep];
  return [asleep, `The sleep debt ${change > 0 ? 'grew' : 'shrank'} by ${clock(Math.abs(change))} h.`];
}

function ofTraining({ loadChangePct: change, restDays, trainedDays, unknownDays, state }: WeekTraining): string[] {
  if (state !== 'AVAILABLE') return [];
  const days = `${counted(trainedDays ?? 0, 'day')} with training, ${counted(restDays ?? 0, 'day')} of rest`;
  const unknown = (unknownDays ?? 0) > 0 ? `, ${counted(unknownDays ?? 0, 'day')} unknown` : '';
  if (change === null) return [`${days}${unknown}.`];
  const load =
    Math.abs(change) < LOAD_PCT
      ? 'Training load was about as in the week before'
      : `Training load was ${Math.abs(change)} % ${change > 0 ? 'above' : 'below'} the week before`;
  return [`${load}: ${days}.`];
}

function ofPlan({ planned, done, missed, changed, unknown, state }: WeekPlan): string[] {
  if (state !== 'AVAILABLE' || !planned) return [];
  const rest = [
    missed ? `${missed} missed` : '',
    unknown ? `${unknown} unknown` : '',
    changed ? `${changed} changed on ${changed === 1 ? 'its' : 'their'} day` : '',
  ].filter(Boolean);
  return [`${done} of ${counted(planned, 'planned session')} done${rest.map((words) => `, ${words}`).join('')}.`];
}

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

const clock = (minutes: number): string =>
  `${Math.floor(minutes / 60)}:${String(Math.round(minutes % 60)).padStart(2, '0')}`;
