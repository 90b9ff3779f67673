import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { DateScalar } from '#platform/graphql-types';
import type { LocalDate } from '#platform/signals';
import type { HealthDataContext } from '../context.ts';
import { writeNow } from '../entries/own.ts';
import { Athlete } from '../measurements/graph-types.ts';
import { CheckIn, CheckInInput } from './graph-types.ts';

@Resolver(() => Athlete)
export class CheckInResolver {
  @FieldResolver(() => CheckIn, {
    nullable: true,
    description: 'What the athlete said of a day. Shared with CHECK_IN.',
  })
  checkIn(
    @Root() athlete: Athlete,
    @Arg('date', () => DateScalar) date: LocalDate,
    @Ctx() context: HealthDataContext,
  ): Promise<CheckIn | null> {
    return context.loaders.checkIn.load({ athleteId: athlete.id, date });
  }

  @Mutation(() => CheckIn, { description: 'Records the check-in of a day, or replaces it.' })
  async recordCheckIn(
    @Arg('input', () => CheckInInput) input: CheckInInput,
    @Ctx() context: HealthDataContext,
  ): Promise<CheckIn> {
    const { date, soreness = null, stress = null, mood = null, feel = null } = input;
    const answers = { soreness, stress, mood, feel };
    await writeNow(context, { table: 'checkIns', id: date, entry: { id: date, ...answers } });
    return { date, state: 'AVAILABLE', ...answers };
  }

  @Mutation(() => Boolean, { description: 'True also when there was none.' })
  async deleteCheckIn(
    @Arg('date', () => DateScalar) date: LocalDate,
    @Ctx() context: HealthDataContext,
  ): Promise<boolean> {
    await writeNow(context, { table: 'checkIns', id: date, entry: null });
    return true;
  }
}
