import { Field, Float, ID, InputType, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '#platform/graphql-types';
import type { ManualNightEntry, ManualRestingHeartRateEntry, ManualWorkoutEntry, WorkoutRatingEntry } from './entry.ts';

/** The same shape in and out: what a device sends is what another one gets. */

const MADE_BY_CLIENT =
  'Made by the client: up to 64 letters, digits, "-", "_" and ".", unique for the athlete. The same id again is the same record.';

@ObjectType({ description: "An athlete's rating of one workout." })
@InputType('WorkoutRatingInput')
export class WorkoutRating implements WorkoutRatingEntry {
  @Field(() => ID, { description: "The workout's id." })
  id!: string;

  @Field(() => Float, {
    description: 'CR-10: how hard the whole session was, from 0 (rest) to 10 (maximal), in half steps.',
  })
  rpe!: number;
}

@ObjectType({ description: 'A session that the athlete typed in. Among workouts its provider is MANUAL.' })
@InputType('ManualWorkoutInput')
export class ManualWorkout implements ManualWorkoutEntry {
  @Field(() => ID, { description: MADE_BY_CLIENT })
  id!: string;

  @Field(() => String, { description: 'A name of up to 40 characters, such as "running".' })
  sport!: string;

  @Field(() => DateTimeScalar)
  startedAt!: Date;

  @Field(() => Float, { description: 'From 1 to 1440. The session is over: it ends at most now.' })
  durationMin!: number;

  @Field(() => Float, { nullable: true })
  distanceM!: number | null;

  @Field(() => Float, { nullable: true, description: 'Average heart rate, beats per minute.' })
  avgHr!: number | null;
}

@ObjectType({
  description:
    'A night that the athlete typed in. It belongs to the local day of its end; up to three hours asleep are a nap.',
})
@InputType('ManualNightInput')
export class ManualNight implements ManualNightEntry {
  @Field(() => ID, { description: MADE_BY_CLIENT })
  id!: string;

  @Field(() => DateTimeScalar)
  bedtimeStart!: Date;

  @Field(() => DateTimeScalar, { description: 'At most 24 hours after the start, and not in the future.' })
  bedtimeEnd!: Date;

  @Field(() => Float, { description: 'At most the time in bed.' })
  asleepMin!: number;
}

@ObjectType({
  description:
    'A resting heart rate that the athlete took. A stream of its own, method "entered". HRV is not typed in: it needs the beats.',
})
@InputType('ManualRestingHeartRateInput')
export class ManualRestingHeartRate implements ManualRestingHeartRateEntry {
  @Field(() => ID, { description: 'The local day, YYYY-MM-DD: one a day.' })
  id!: string;

  @Field(() => Float, { description: 'Beats per minute.' })
  bpm!: number;
}
