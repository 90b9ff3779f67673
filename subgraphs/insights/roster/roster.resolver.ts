import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { InsightsContext } from '../context.ts';
import { RosterConnection, Team } from './graph-types.ts';
import { readRoster } from './roster.ts';

/** What this subgraph adds to a team. */
@Resolver(() => Team)
export class RosterResolver {
  @FieldResolver(() => RosterConnection, {
    nullable: true,
    description: 'At most 500 rows at once. For coaches of the team.',
  })
  roster(
    @Root() team: Team,
    @Arg('first', () => Int, { nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() context: InsightsContext,
  ): Promise<RosterConnection | null> {
    return readRoster(context, team.id, { first: first ?? null, after: after ?? null });
  }
}
