import { meanOf } from '#platform/mean';
import type { LocalDate } from '#platform/signals';
import { localDate } from '#platform/slots';
import { readMembers } from '../roster/members.ts';
import { tenths } from '../training/rounding.ts';
import type { TeamWeekRow, TeamWeeklySummary, WeekSentence } from './graph-types.ts';
import { readWeek, type WeekContext } from './read-weeks.ts';
import { lastMonday, weekOf } from './week.ts';

/**
 * One week of a team, for a coach of it; null for others. `day`: any day of it; null: the last week that is over for
 * everybody. A coach sees each contributor's own row, so that no number here tells more than the rows do: a least number of
 * contributors (readiness.md, section 13) is for those who see sums alone, and there are none.
 */
export async function readTeamWeek(
  context: WeekContext,
  { teamId, day }: { teamId: string; day: LocalDate | null },
): Promise<TeamWeeklySummary | null> {
  const members = await readMembers(context.db, { teamId, viewer: context.viewer });
  if (members === null) return null;
  const accesses = await context.access.loadMany(members.map(({ athleteId }) => ({ athleteId, teamId })));
  const todays = accesses.flatMap((access) =>
    access && !(access instanceof Error) ? [localDate(context.now, access.timeZone)] : [],
  );
  // Where the day begins last: elsewhere it is at most one ahead.
  const today = todays.toSorted()[0] ?? localDate(context.now, 'UTC');
  const week = weekOf(day ?? lastMonday(today), today);
  const rows = await Promise.all(
    members.map(async ({ athleteId }): Promise<TeamWeekRow | null> => {
      const summary = await readWeek(context, { athleteId, teamId, day: week.monday });
      return summary && { athlete: { id: athleteId }, summary };
    }),
  );
  return {
    from: week.monday,
    to: week.sunday,
    isOver: week.isOver,
    athletes: members.length,
    ...summed(rows.filter((row) => row !== null)),
  };
}

/** The rows in numbers. What an athlete withholds is in none of them. */
export function summed(rows: readonly TeamWeekRow[]): Omit<TeamWeeklySummary, 'from' | 'to' | 'isOver' | 'athletes'> {
  const weeks = rows.map(({ summary }) => summary);
  const known = (read: (week: (typeof weeks)[number]) => number | null): number[] =>
    weeks.flatMap((week) => read(week) ?? []);
  const sum = (read: (week: (typeof weeks)[number]) => number | null): number =>
    known(read).reduce((all, value) => all + value, 0);
  const whole = (value: number | null): number | null => (value === null ? null : Math.round(value));
  const numbers = {
    scored: known(({ readiness }) => readiness.meanScore).length,
    meanScore: tenths(meanOf(known(({ readiness }) => readiness.meanScore))),
    changeFromWeekBefore: tenths(meanOf(known(({ readiness }) => readiness.changeFromWeekBefore))),
    slept: known(({ sleep }) => sleep.meanAsleepMin).length,
    meanAsleepMin: whole(meanOf(known(({ sleep }) => sleep.meanAsleepMin))),
    debtChangeMin: whole(meanOf(known(({ sleep }) => sleep.debtChangeMin))),
    loadChangePct: whole(meanOf(known(({ training }) => training.loadChangePct))),
    restDays: sum(({ training }) => training.restDays),
    unknownDays: sum(({ training }) => training.unknownDays),
    planned: sum(({ plan }) => plan.planned),
    done: sum(({ plan }) => plan.done),
    missed: sum(({ plan }) => plan.missed),
    changed: sum(({ plan }) => plan.changed),
  };
  return { ...numbers, sentences: teamSentences(rows, numbers), rows: [...rows] };
}

/** Points by which a mean of a week has to move to be told of. */
const POINTS = 3;

function teamSentences(
  rows: readonly TeamWeekRow[],
  numbers: { scored: number; planned: number; done: number; missed: number },
): WeekSentence[] {
  const changes = rows.flatMap(({ summary }) => summary.readiness.changeFromWeekBefore ?? []);
  const [up, down] = [changes.filter((by) => by >= POINTS).length, changes.filter((by) => by <= -POINTS).length];
  const debts = rows.flatMap(({ summary }) => summary.sleep.debtChangeMin ?? []);
  const owing = debts.filter((by) => by >= 60).length;
  const { planned, done, missed } = numbers;
  return [
    ...(changes.length > 0
      ? [
          {
            text: `Readiness rose in ${up} and fell in ${down} of ${changes.length} that can be compared.`,
            signals: [],
          },
        ]
      : []),
    ...(debts.length > 0
      ? [
          {
            text: `The sleep debt grew by an hour or more in ${owing} of ${debts.length}.`,
            signals: ['SLEEP' as const],
          },
        ]
      : []),
    ...(planned > 0
      ? [
          {
            text: `${done} of ${planned} planned sessions done, ${missed} missed.`,
            signals: ['TRAINING' as const],
          },
        ]
      : []),
  ];
}
