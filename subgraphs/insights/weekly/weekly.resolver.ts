import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { DateScalar } from '#platform/graphql-types';
import type { LocalDate } from '#platform/signals';
import type { InsightsContext } from '../context.ts';
import { Athlete } from '../readiness/graph-types.ts';
import { Team } from '../roster/graph-types.ts';
import { TeamWeeklySummary, WeeklySummary } from './graph-types.ts';
import { readWeek } from './read-weeks.ts';
import { readTeamWeek } from './team-week.ts';

const WHICH_WEEK = {
  nullable: true,
  description: 'Any day of the week; the last week that is over if left out.',
} as const;

@Resolver(() => Athlete)
export class WeekResolver {
  @FieldResolver(() => WeeklySummary, { nullable: true, description: 'At most 400 days back.' })
  weeklySummary(
    @Root() athlete: Athlete,
    @Arg('week', () => DateScalar, WHICH_WEEK) week: LocalDate | null,
    @Ctx() context: InsightsContext,
  ): Promise<WeeklySummary | null> {
    return readWeek(context, { athleteId: athlete.id, teamId: null, day: week ?? null });
  }
}

@Resolver(() => Team)
export class TeamWeekResolver {
  @FieldResolver(() => TeamWeeklySummary, { nullable: true, description: 'For coaches of the team.' })
  weeklySummary(
    @Root() team: Team,
    @Arg('week', () => DateScalar, WHICH_WEEK) week: LocalDate | null,
    @Ctx() context: InsightsContext,
  ): Promise<TeamWeeklySummary | null> {
    return readTeamWeek(context, { teamId: team.id, day: week ?? null });
  }
}
