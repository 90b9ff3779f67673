import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root, Subscription } from 'type-graphql';
import { DateScalar } from '#platform/graphql-types';
import type { LocalDate } from '#platform/signals';
import type { InsightsContext } from '../context.ts';
import { Athlete, Readiness, ReadinessEvent } from './graph-types.ts';
import { readDay, readHistory } from './read.ts';
import { ALGORITHM } from './formula/score.ts';

interface Subscribing<Args> {
  args: Args;
  context: InsightsContext;
}

/** What this subgraph adds to an athlete, and its live streams. */
@Resolver(() => Athlete)
export class ReadinessResolver {
  @Query(() => String, { description: 'The algorithm that scores are computed with now.' })
  readinessAlgorithm(): string {
    return ALGORITHM;
  }

  @FieldResolver(() => Readiness, { nullable: true, description: "Today in the athlete's zone if no date is given." })
  readiness(
    @Root() athlete: Athlete,
    @Arg('date', () => DateScalar, { nullable: true }) date: LocalDate | null,
    @Ctx() context: InsightsContext,
  ): Promise<Readiness | null> {
    return readDay(context, athlete.id, date ?? null);
  }

  @FieldResolver(() => [Readiness], { nullable: true, description: 'At most 400 days, oldest first.' })
  readinessHistory(
    @Root() athlete: Athlete,
    @Arg('from', () => DateScalar) from: LocalDate,
    @Arg('to', () => DateScalar) to: LocalDate,
    @Ctx() context: InsightsContext,
  ): Promise<Readiness[] | null> {
    return readHistory(context, athlete.id, { from, to });
  }

  @Subscription(() => ReadinessEvent, {
    description: "The athlete's own readiness, in full.",
    subscribe: ({ args, context }: Subscribing<{ athleteId: string; since?: string | null }>) =>
      context.live.watchAthlete({ context, athleteId: args.athleteId, since: args.since ?? null }) as never,
  })
  readinessChanged(
    @Root() event: ReadinessEvent,
    @Arg('athleteId', () => ID) _athleteId: string,
    @Arg('since', () => String, { nullable: true }) _since: string | null,
  ): ReadinessEvent {
    return event;
  }

  @Subscription(() => ReadinessEvent, {
    description: "A team's readiness, each athlete in the view that they give this team.",
    subscribe: ({ args, context }: Subscribing<{ teamId: string; since?: string | null }>) =>
      context.live.watchTeam({ context, teamId: args.teamId, since: args.since ?? null }) as never,
  })
  teamReadinessChanged(
    @Root() event: ReadinessEvent,
    @Arg('teamId', () => ID) _teamId: string,
    @Arg('since', () => String, { nullable: true }) _since: string | null,
  ): ReadinessEvent {
    return event;
  }
}
