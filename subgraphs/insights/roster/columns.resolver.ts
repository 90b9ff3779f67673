import { Ctx, FieldResolver, Float, Resolver, Root } from 'type-graphql';
import type { InsightsContext } from '../context.ts';
import { SleepDebt } from '../sleep/graph-types.ts';
import { WeekLoad } from '../training/load-types.ts';
import { readWeekLoad } from '../training/week-load.ts';
import { RosterRow } from './graph-types.ts';
import { SPARK_DAYS, readHrvDays } from './hrv-days.ts';

/** What a row can tell beside the view of today, each by what is shared with the team of the roster. */
@Resolver(() => RosterRow)
export class RosterColumnsResolver {
  @FieldResolver(() => WeekLoad, { nullable: true })
  load(@Root() { athlete, teamId }: RosterRow, @Ctx() context: InsightsContext): Promise<WeekLoad | null> {
    return readWeekLoad(context, { athleteId: athlete.id, teamId });
  }

  @FieldResolver(() => SleepDebt, { nullable: true })
  sleepDebt(@Root() { athlete, teamId }: RosterRow, @Ctx() context: InsightsContext): Promise<SleepDebt | null> {
    return context.sleepDebts.load({ athleteId: athlete.id, teamId });
  }

  @FieldResolver(() => [Float], {
    nullable: 'itemsAndList',
    description: `HRV of the last ${SPARK_DAYS} nights, today last, each in standard deviations from the athlete's own mean before it: the usual range is -0.5 to 0.5. Null for a night without one; all null where HRV is not shared.`,
  })
  hrvDays(@Root() { athlete, teamId }: RosterRow, @Ctx() context: InsightsContext): Promise<(number | null)[] | null> {
    return readHrvDays(context, { athleteId: athlete.id, teamId });
  }
}
