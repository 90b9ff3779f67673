import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Resolver, Root } from 'type-graphql';
import type { InsightsContext } from '../context.ts';
import { RosterFilter, Team } from '../roster/graph-types.ts';
import { CsvLink, RosterTable } from './graph-types.ts';
import { makeLink } from './link.ts';
import { readTable } from './read-table.ts';

/** The roster as a file. */
@Resolver(() => Team)
export class RosterFileResolver {
  @FieldResolver(() => RosterTable, {
    nullable: true,
    description: 'For coaches of the team: the last days of each athlete, at most 90, today included.',
  })
  rosterTable(
    @Root() team: Team,
    @Arg('filter', () => RosterFilter, { nullable: true }) filter: RosterFilter | null,
    @Arg('days', () => Int, { nullable: true }) days: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() context: InsightsContext,
  ): Promise<RosterTable | null> {
    return readTable(context, team.id, { filter: filter ?? {}, days: days ?? 1, after: after ?? null });
  }

  @Mutation(() => CsvLink, {
    description: 'A short-lived address of the roster as CSV: its rows, filter and view, of today or the last "days".',
  })
  rosterCsvLink(
    @Arg('teamId', () => ID) teamId: string,
    @Arg('filter', () => RosterFilter, { nullable: true }) filter: RosterFilter | null,
    @Arg('days', () => Int, { nullable: true }) days: number | null,
    @Ctx() context: InsightsContext,
  ): Promise<CsvLink> {
    return makeLink(context, { teamId, filter: filter ?? {}, days: days ?? 1 });
  }
}
