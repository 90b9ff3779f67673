import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTimeScalar, enumOf, SignalStateEnum, type SignalState } from '#platform/graphql-types';
import type { WorkoutSampleKind } from '../measurements/measurement.ts';
import { SPORTS } from './sport.ts';

/** What clients see inside a workout. */

export const SportEnum = enumOf(SPORTS);
registerEnumType(SportEnum, {
  name: 'Sport',
  description: 'The sport of a workout in a word that means the same for every provider. OTHER: none we know.',
});

export const WorkoutStreamKindEnum = enumOf(['HEART_RATE', 'SPEED', 'POWER', 'CADENCE', 'ALTITUDE', 'DISTANCE']);
export type WorkoutStreamKind = keyof typeof WorkoutStreamKindEnum;
registerEnumType(WorkoutStreamKindEnum, {
  name: 'WorkoutStreamKind',
  description:
    'What is sampled during a workout: bpm, m/s, W, per minute (as the provider counts it: Strava the steps of one foot, Garmin those of both), m above the sea, m from the start.',
});

export const WORKOUT_STREAM_KINDS = Object.keys(WorkoutStreamKindEnum) as readonly WorkoutStreamKind[];

export const sampleKindOf = (kind: WorkoutStreamKind): WorkoutSampleKind => kind.toLowerCase() as WorkoutSampleKind;

@ObjectType({ description: 'A lap, a kilometre or an interval of a workout. Null means unknown, never zero.' })
export class WorkoutSplit {
  @Field(() => Int, { description: "Place in the provider's own list, from 1." })
  index!: number;

  @Field(() => DateTimeScalar)
  startedAt!: Date;

  @Field(() => Float)
  durationS!: number;

  @Field(() => Float, { nullable: true })
  distanceM!: number | null;

  @Field(() => Float, { nullable: true })
  averageHeartRateBpm!: number | null;

  @Field(() => Float, { nullable: true })
  elevationGainM!: number | null;
}

@ObjectType({ description: 'One series of a workout. Where it is withheld or there is none, the lists are empty.' })
export class WorkoutStream {
  @Field(() => WorkoutStreamKindEnum)
  kind!: WorkoutStreamKind;

  @Field(() => SignalStateEnum)
  state!: SignalState;

  @Field(() => [Int], { description: 'Seconds after the start of the workout, ascending.' })
  offsetsS!: number[];

  @Field(() => [Float])
  values!: number[];
}
