import { Directive, Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import {
  DateScalar,
  DateTimeScalar,
  ProviderEnum,
  SignalStateEnum,
  enumOf,
  type SignalState,
} from '#platform/graphql-types';
import type { LocalDate, Origin } from '#platform/signals';
import { Source } from '../sources/source.ts';

/** What clients see of measurements. A withheld series says that it is withheld and nothing else. */

export const HrvMetricEnum = enumOf(['RMSSD', 'SDNN']);
registerEnumType(HrvMetricEnum, {
  name: 'HrvMetric',
  description: 'Two different quantities; there is no conversion.',
});

export const ResolutionEnum = enumOf(['RAW', 'MINUTE', 'HOUR', 'DAY']);
export type Resolution = keyof typeof ResolutionEnum;
registerEnumType(ResolutionEnum, {
  name: 'Resolution',
  description:
    "Width of one point. HOUR and DAY are those of the clock in the athlete's zone: a day on which the clocks change has 23 or 25 hours.",
});

@Directive('@key(fields: "id")')
@ObjectType()
export class Athlete {
  @Field(() => ID)
  id!: string;
}

@ObjectType()
export class HrvNight {
  @Field(() => DateScalar)
  date!: LocalDate;

  @Field(() => Float)
  ms!: number;

  @Field(() => Float, { description: 'Natural logarithm of ms.' })
  ln!: number;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'End of the night. Null where sleep is withheld: it would tell when.',
  })
  capturedAt!: Date | null;

  @Field(() => Source)
  source!: Source;
}

@ObjectType({ description: 'One provider, metric and method. Values of two streams never meet.' })
export class HrvStream {
  @Field(() => ID)
  id!: string;

  @Field(() => ProviderEnum)
  provider!: Origin;

  @Field(() => HrvMetricEnum)
  metric!: keyof typeof HrvMetricEnum;

  @Field(() => String)
  method!: string;

  @Field(() => [HrvNight])
  nights!: HrvNight[];

  @Field(() => Boolean, { description: 'Of the source that the athlete chose for this signal.' })
  isPrimary!: boolean;
}

@ObjectType()
export class HrvSeries {
  @Field(() => SignalStateEnum)
  state!: SignalState;

  @Field(() => [HrvStream])
  streams!: HrvStream[];
}

@ObjectType()
export class RestingHeartRateNight {
  @Field(() => DateScalar)
  date!: LocalDate;

  @Field(() => Float)
  bpm!: number;

  @Field(() => DateTimeScalar, { nullable: true })
  capturedAt!: Date | null;

  @Field(() => Source)
  source!: Source;
}

@ObjectType()
export class RestingHeartRateStream {
  @Field(() => ID)
  id!: string;

  @Field(() => ProviderEnum)
  provider!: Origin;

  @Field(() => String)
  method!: string;

  @Field(() => [RestingHeartRateNight])
  nights!: RestingHeartRateNight[];

  @Field(() => Boolean, { description: 'Of the source that the athlete chose for this signal.' })
  isPrimary!: boolean;
}

@ObjectType()
export class RestingHeartRateSeries {
  @Field(() => SignalStateEnum)
  state!: SignalState;

  @Field(() => [RestingHeartRateStream])
  streams!: RestingHeartRateStream[];
}

@ObjectType({ description: 'Minutes in each stage; null where the provider gave none.' })
export class SleepStages {
  @Field(() => Float, { nullable: true })
  deepMin!: number | null;

  @Field(() => Float, { nullable: true })
  lightMin!: number | null;

  @Field(() => Float, { nullable: true })
  remMin!: number | null;

  @Field(() => Float, { nullable: true })
  awakeMin!: number | null;
}

@ObjectType()
export class Nap {
  @Field(() => DateTimeScalar)
  startedAt!: Date;

  @Field(() => DateTimeScalar)
  endedAt!: Date;

  @Field(() => Float)
  asleepMin!: number;
}

@ObjectType({ description: 'The night that ended on `date` in the zone of the night. Null means unknown, never zero.' })
export class SleepNight {
  @Field(() => DateScalar)
  date!: LocalDate;

  @Field(() => Float)
  asleepMin!: number;

  @Field(() => Float, { nullable: true })
  inBedMin!: number | null;

  @Field(() => Float, { nullable: true })
  efficiencyPct!: number | null;

  @Field(() => Float, { nullable: true })
  latencyMin!: number | null;

  @Field(() => Float, { nullable: true, description: 'Wake after sleep onset.' })
  wasoMin!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Definitions differ between providers: do not compare across them.',
  })
  wakeCount!: number | null;

  @Field(() => SleepStages, { nullable: true })
  stages!: SleepStages | null;

  @Field(() => [Nap])
  naps!: Nap[];

  @Field(() => ProviderEnum)
  provider!: Origin;

  @Field(() => DateTimeScalar)
  bedtimeStart!: Date;

  @Field(() => DateTimeScalar)
  bedtimeEnd!: Date;

  @Field(() => Source)
  source!: Source;
}

@ObjectType()
export class SleepSeries {
  @Field(() => SignalStateEnum)
  state!: SignalState;

  @Field(() => [SleepNight])
  nights!: SleepNight[];
}

@ObjectType()
export class HeartRatePoint {
  @Field(() => DateTimeScalar)
  at!: Date;

  @Field(() => Float, { description: 'Mean of the samples in this point.' })
  bpm!: number;

  @Field(() => Float)
  minBpm!: number;

  @Field(() => Float)
  maxBpm!: number;
}

@ObjectType()
export class HeartRateSeries {
  /** What was asked for, whose sources are asked for in turn. */
  key!: { athleteId: string; from: Date; to: Date };

  @Field(() => SignalStateEnum)
  state!: SignalState;

  @Field(() => ResolutionEnum)
  resolution!: Resolution;

  @Field(() => [HeartRatePoint])
  points!: HeartRatePoint[];
}

@ObjectType()
export class StepsDay {
  @Field(() => DateScalar)
  date!: LocalDate;

  @Field(() => Int)
  steps!: number;

  @Field(() => ProviderEnum)
  provider!: Origin;

  @Field(() => Source)
  source!: Source;
}

@ObjectType()
export class StepsSeries {
  @Field(() => SignalStateEnum)
  state!: SignalState;

  @Field(() => [StepsDay])
  days!: StepsDay[];
}

@ObjectType()
export class VitalsDay {
  @Field(() => DateScalar)
  date!: LocalDate;

  @Field(() => Float, { nullable: true })
  temperatureDeviationC!: number | null;

  @Field(() => Float, { nullable: true, description: 'Breaths per minute.' })
  respiratoryRateBrpm!: number | null;

  @Field(() => Float, { nullable: true })
  spo2Pct!: number | null;

  @Field(() => Float, { nullable: true })
  stressHighMin!: number | null;

  @Field(() => ProviderEnum)
  provider!: Origin;

  @Field(() => [Source], { description: 'Of each document that a value of this day stands in.' })
  sources!: Source[];
}

@ObjectType()
export class VitalsSeries {
  @Field(() => SignalStateEnum)
  state!: SignalState;

  @Field(() => [VitalsDay])
  days!: VitalsDay[];
}
