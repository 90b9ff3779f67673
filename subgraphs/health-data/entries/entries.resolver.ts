import { Arg, Ctx, Float, ID, Mutation, Resolver } from 'type-graphql';
import { DateScalar } from '#platform/graphql-types';
import type { LocalDate } from '#platform/signals';
import type { HealthDataContext } from '../context.ts';
import { workoutId } from '../measurements/workout-id.ts';
import type { Change } from './entry.ts';
import { ManualNight, ManualRestingHeartRate, ManualWorkout, WorkoutRating } from './graph-types.ts';
import { writeNow } from './own.ts';

/** What athletes enter by hand while they are online. Apps that work offline push the same records, see sync/. */
@Resolver()
export class EntriesResolver {
  @Mutation(() => WorkoutRating, {
    description: 'Rates how hard a workout was (CR-10). Replaces an earlier rating; shared with TRAINING.',
  })
  async rateWorkout(
    @Arg('workoutId', () => ID) workoutId: string,
    @Arg('rpe', () => Float) rpe: number,
    @Ctx() context: HealthDataContext,
  ): Promise<WorkoutRating> {
    const entry = { id: workoutId, rpe };
    await writeNow(context, { table: 'workoutRatings', id: workoutId, entry });
    return entry;
  }

  @Mutation(() => Boolean, { description: 'True also when there was none.' })
  async removeWorkoutRating(
    @Arg('workoutId', () => ID) workoutId: string,
    @Ctx() context: HealthDataContext,
  ): Promise<boolean> {
    await writeNow(context, { table: 'workoutRatings', id: workoutId, entry: null });
    return true;
  }

  @Mutation(() => ManualWorkout, { description: 'Adds a session by hand, or replaces the one with this id.' })
  async saveManualWorkout(
    @Arg('input', () => ManualWorkout) input: ManualWorkout,
    @Arg('rpe', () => Float, { nullable: true, description: 'Rates it at once; left out, a rating stays as it was.' })
    rpe: number | null,
    @Ctx() context: HealthDataContext,
  ): Promise<ManualWorkout> {
    const { id, distanceM = null, avgHr = null } = input;
    const entry = { ...input, distanceM, avgHr };
    const workout: Change = { table: 'manualWorkouts', id, entry };
    const ratingId = workoutId({ provider: 'MANUAL', recordId: id });
    if (typeof rpe !== 'number') await writeNow(context, workout);
    else await writeNow(context, workout, { table: 'workoutRatings', id: ratingId, entry: { id: ratingId, rpe } });
    return entry;
  }

  @Mutation(() => Boolean, {
    description: 'Deletes a session added by hand, and its rating. True also when it was gone.',
  })
  async deleteManualWorkout(@Arg('id', () => ID) id: string, @Ctx() context: HealthDataContext): Promise<boolean> {
    await writeNow(context, { table: 'manualWorkouts', id, entry: null });
    return true;
  }

  @Mutation(() => ManualNight, { description: 'Adds a night by hand, or replaces the one with this id.' })
  async saveManualNight(
    @Arg('input', () => ManualNight) input: ManualNight,
    @Ctx() context: HealthDataContext,
  ): Promise<ManualNight> {
    await writeNow(context, { table: 'manualNights', id: input.id, entry: { ...input } });
    return input;
  }

  @Mutation(() => Boolean, { description: 'True also when it was gone.' })
  async deleteManualNight(@Arg('id', () => ID) id: string, @Ctx() context: HealthDataContext): Promise<boolean> {
    await writeNow(context, { table: 'manualNights', id, entry: null });
    return true;
  }

  @Mutation(() => ManualRestingHeartRate, { description: 'Enters the resting heart rate of a day, or replaces it.' })
  async saveManualRestingHeartRate(
    @Arg('date', () => DateScalar) date: LocalDate,
    @Arg('bpm', () => Float) bpm: number,
    @Ctx() context: HealthDataContext,
  ): Promise<ManualRestingHeartRate> {
    const entry = { id: date, bpm };
    await writeNow(context, { table: 'manualRestingHeartRates', id: date, entry });
    return entry;
  }

  @Mutation(() => Boolean, { description: 'True also when there was none.' })
  async deleteManualRestingHeartRate(
    @Arg('date', () => DateScalar) date: LocalDate,
    @Ctx() context: HealthDataContext,
  ): Promise<boolean> {
    await writeNow(context, { table: 'manualRestingHeartRates', id: date, entry: null });
    return true;
  }
}
