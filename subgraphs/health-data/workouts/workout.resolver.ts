import { Arg, Ctx, FieldResolver, Float, Int, Resolver, Root } from 'type-graphql';
import { AppError } from '#platform/errors';
import type { HealthDataContext } from '../context.ts';
import type { WorkoutKey } from './read.ts';
import { sportOf, type Sport } from './sport.ts';
import { thin } from './thin.ts';
import {
  SportEnum,
  WORKOUT_STREAM_KINDS,
  WorkoutSplit,
  WorkoutStream,
  WorkoutStreamKindEnum,
  sampleKindOf,
  Workout,
  type WorkoutStreamKind,
} from './graph-types.ts';

const POINTS = 500;
const MAX_POINTS = 2000;
const MIN_POINTS = 3;

/** What a list of workouts need not hold: read only where it is asked for, for all workouts of a request at once. */
@Resolver(() => Workout)
export class WorkoutResolver {
  @FieldResolver(() => SportEnum)
  sport(@Root() { provider, type }: Workout): Sport {
    return sportOf({ provider, activity: type });
  }

  @FieldResolver(() => Float, { nullable: true })
  async elevationGainM(@Root() workout: Workout, @Ctx() context: HealthDataContext): Promise<number | null> {
    return (await detailsOf(workout, context))?.elevationGainM ?? null;
  }

  @FieldResolver(() => [Float], {
    nullable: true,
    description: "Seconds in the provider's heart rate zones, lowest first.",
  })
  async heartRateZonesS(@Root() workout: Workout, @Ctx() context: HealthDataContext): Promise<number[] | null> {
    return (await detailsOf(workout, context))?.heartRateZonesS ?? null;
  }

  @FieldResolver(() => Boolean, { nullable: true, description: 'Typed in by the athlete instead of measured.' })
  async isManual(@Root() workout: Workout, @Ctx() context: HealthDataContext): Promise<boolean | null> {
    return (await detailsOf(workout, context))?.isManual ?? null;
  }

  @FieldResolver(() => [WorkoutSplit], {
    nullable: true,
    description: 'Laps or kilometres in order of time, at most 500. Empty where the provider gives none.',
  })
  async splits(@Root() workout: Workout, @Ctx() context: HealthDataContext): Promise<WorkoutSplit[] | null> {
    return (await detailsOf(workout, context))?.splits ?? null;
  }

  @FieldResolver(() => [WorkoutStream], {
    nullable: true,
    description:
      'What was sampled during the workout, one entry for each kind asked for, thinned to maxPoints (3 to 2000, else 500) without moving a peak. Heart rate needs HEART_RATE beside TRAINING. At most 20 workouts a request.',
  })
  async streams(
    @Root() workout: Workout,
    @Arg('kinds', () => [WorkoutStreamKindEnum], { nullable: true }) kinds: WorkoutStreamKind[] | null,
    @Arg('maxPoints', () => Int, { nullable: true }) maxPoints: number | null,
    @Ctx() context: HealthDataContext,
  ): Promise<WorkoutStream[] | null> {
    const points = maxPoints ?? POINTS;
    if (points < MIN_POINTS || points > MAX_POINTS) {
      throw new AppError('BAD_USER_INPUT', `"maxPoints" must be between ${MIN_POINTS} and ${MAX_POINTS}.`);
    }
    const wanted = [...new Set(kinds ?? WORKOUT_STREAM_KINDS)];
    return Promise.all(
      wanted.map(async (kind): Promise<WorkoutStream> => {
        const key = { ...keyOf(workout), sampleKind: sampleKindOf(kind) };
        const line = await context.loaders.workoutStreams.load(key);
        if (line === 'NOT_SHARED') return { kind, state: 'NOT_SHARED', offsetsS: [], values: [] };
        return { kind, state: line.values.length === 0 ? 'NO_DATA' : 'AVAILABLE', ...thin(line, points) };
      }),
    );
  }
}

const detailsOf = (workout: Workout, { loaders }: HealthDataContext) => loaders.workoutDetails.load(keyOf(workout));

/** A workout carries, unseen by clients, what names it. */
const keyOf = ({ athleteId, provider, recordId, startedAt, endedAt }: Workout): WorkoutKey => ({
  athleteId,
  provider,
  recordId,
  startedAt,
  endedAt,
});
