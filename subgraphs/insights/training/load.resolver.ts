import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { DateScalar } from '#platform/graphql-types';
import type { LocalDate } from '#platform/signals';
import { checkStretch } from '#platform/stretch';
import type { InsightsContext } from '../context.ts';
import { Athlete } from '../readiness/graph-types.ts';
import { LoadSeries } from './load-types.ts';

@Resolver(() => Athlete)
export class LoadResolver {
  @FieldResolver(() => LoadSeries, { nullable: true, description: 'At most 400 days.' })
  load(
    @Root() athlete: Athlete,
    @Arg('from', () => DateScalar) from: LocalDate,
    @Arg('to', () => DateScalar) to: LocalDate,
    @Ctx() context: InsightsContext,
  ): Promise<LoadSeries | null> {
    checkStretch({ from, to });
    return context.loads.load({ athleteId: athlete.id, teamId: null, from, to });
  }
}
