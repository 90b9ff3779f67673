import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { InsightsContext } from '../context.ts';
import { ScheduledSession, Suggestion } from '../plan/graph-types.ts';
import { readToday } from '../plan/read.ts';
import { RosterRow } from './graph-types.ts';
import { readRowToday } from './today.ts';

/** What a row tells of the athlete's plan of today, by what is shared with the team of the roster. */
@Resolver(() => RosterRow)
export class RosterTodayResolver {
  @FieldResolver(() => [ScheduledSession], {
    nullable: true,
    description: "Today's sessions; null where TRAINING is not shared with this team.",
  })
  sessions(
    @Root() { athlete, teamId }: RosterRow,
    @Ctx() context: InsightsContext,
  ): Promise<ScheduledSession[] | null> {
    return readToday(context, { athleteId: athlete.id, teamId });
  }

  @FieldResolver(() => Suggestion, {
    nullable: true,
    description: "In this team's view: the first that is still open, else the first there is, of today's sessions.",
  })
  async suggestion(
    @Root() { athlete, teamId }: RosterRow,
    @Ctx() context: InsightsContext,
  ): Promise<Suggestion | null> {
    return (await readRowToday(context, { athleteId: athlete.id, teamId })).suggestion;
  }
}
