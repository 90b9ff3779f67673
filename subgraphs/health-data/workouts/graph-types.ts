import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import {
  DateTimeScalar,
  enumOf,
  PageInfo,
  ProviderEnum,
  SignalStateEnum,
  type SignalState,
} from '#platform/graphql-types';
import type { Origin } from '#platform/signals';
import type { WorkoutSampleKind } from '../measurements/measurement.ts';
import { Source } from '../sources/source.ts';
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

@ObjectType()
export class Workout {
  /** What names a workout is no field of the graph: `workout.resolver.ts` loads by it. */
  athleteId!: string;
  recordId!: string;

  @Field(() => ID)
  id!: string;

  @Field(() => DateTimeScalar)
  startedAt!: Date;

  @Field(() => DateTimeScalar)
  endedAt!: Date;

  @Field(() => String, { description: "The provider's own word for the sport." })
  type!: string;

  @Field(() => Float)
  durationS!: number;

  @Field(() => Float, { nullable: true })
  distanceM!: number | null;

  @Field(() => Float, { nullable: true })
  energyKcal!: number | null;

  @Field(() => Float, { nullable: true })
  avgHr!: number | null;

  @Field(() => Float, { nullable: true })
  maxHr!: number | null;

  @Field(() => String, { nullable: true })
  intensity!: string | null;

  @Field(() => ProviderEnum)
  provider!: Origin;

  @Field(() => Source)
  source!: Source;

  @Field(() => Float, { nullable: true, description: "The athlete's own rating of the effort, CR-10: 0 to 10." })
  rpe!: number | null;
}

@ObjectType()
export class WorkoutEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => Workout)
  node!: Workout;
}

@ObjectType()
export class WorkoutConnection {
  @Field(() => SignalStateEnum)
  state!: SignalState;

  @Field(() => [WorkoutEdge])
  edges!: WorkoutEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;

  @Field(() => Int)
  totalCount!: number;
}

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
