import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { InsightsContext } from '../context.ts';
import { ReadinessSummary, RosterConnection, RosterFilter, RosterSort, Team } from './graph-types.ts';
import { readRoster } from './roster.ts';
import { readSummary } from './summary.ts';

/** What this subgraph adds to a team. */
@Resolver(() => Team)
export class RosterResolver {
  @FieldResolver(() => RosterConnection, {
    nullable: true,
    description: 'At most 500 rows at once, by name unless a sort is given. For coaches of the team.',
  })
  roster(
    @Root() team: Team,
    @Arg('filter', () => RosterFilter, { nullable: true }) filter: RosterFilter | null,
    @Arg('sort', () => RosterSort, { nullable: true }) sort: RosterSort | null,
    @Arg('first', () => Int, { nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() context: InsightsContext,
  ): Promise<RosterConnection | null> {
    return readRoster(context, team.id, {
      filter: filter ?? {},
      sort: sort ?? { by: 'NAME', isDescending: false },
      first: first ?? null,
      after: after ?? null,
    });
  }

  @FieldResolver(() => ReadinessSummary, {
    nullable: true,
    description: 'The team in numbers, of the views that its athletes give it. For coaches of the team.',
  })
  readinessSummary(@Root() team: Team, @Ctx() context: InsightsContext): Promise<ReadinessSummary | null> {
    return readSummary(context, team.id);
  }
}
