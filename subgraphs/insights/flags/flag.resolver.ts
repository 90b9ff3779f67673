import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import type { InsightsContext } from '../context.ts';
import { Athlete, ReadinessChange } from '../readiness/graph-types.ts';
import { RosterRow } from '../roster/graph-types.ts';
import { acknowledgeFlag } from './acknowledge.ts';
import { Flag } from './graph-types.ts';
import { flagsOf } from './read.ts';

@Resolver(() => Athlete)
export class FlagResolver {
  @FieldResolver(() => [Flag], {
    nullable: true,
    description: 'Open today in the view of this viewer, most urgent first.',
  })
  flags(@Root() athlete: Athlete, @Ctx() context: InsightsContext): Promise<Flag[] | null> {
    return flagsOf(context, { athleteId: athlete.id, teamId: null });
  }

  @Mutation(() => Flag, { description: 'Marks an open flag as seen, for the athlete or for the whole team.' })
  acknowledgeFlag(@Arg('id', () => ID) id: string, @Ctx() context: InsightsContext): Promise<Flag> {
    return acknowledgeFlag(context, id);
  }
}

const OF_THIS_VIEW = {
  nullable: true,
  description: 'Open today in the view that this is made of, most urgent first.',
} as const;

@Resolver(() => RosterRow)
export class RosterRowFlagResolver {
  @FieldResolver(() => [Flag], OF_THIS_VIEW)
  flags(@Root() { athlete, teamId }: RosterRow, @Ctx() context: InsightsContext): Promise<Flag[] | null> {
    return flagsOf(context, { athleteId: athlete.id, teamId });
  }
}

@Resolver(() => ReadinessChange)
export class ReadinessChangeFlagResolver {
  @FieldResolver(() => [Flag], OF_THIS_VIEW)
  flags(@Root() { athleteId, teamId }: ReadinessChange, @Ctx() context: InsightsContext): Promise<Flag[] | null> {
    return flagsOf(context, { athleteId, teamId });
  }
}
