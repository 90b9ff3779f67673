import { Directive, Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateScalar, DateTimeScalar, SignalEnum, enumOf } from '#platform/graphql-types';
import type { LocalDate, Signal } from '#platform/signals';

/** What clients see of readiness. Where nothing is shared, all of it is empty, whatever there is. */

export const ReadinessStatusEnum = enumOf(['OK', 'CALIBRATING', 'INSUFFICIENT', 'NOT_SHARED']);
registerEnumType(ReadinessStatusEnum, {
  name: 'ReadinessStatus',
  description: 'CALIBRATING: a first baseline is on its way. INSUFFICIENT: no score, and nothing to wait for.',
});

export const DayStateEnum = enumOf(['PENDING', 'PROVISIONAL', 'FINAL']);
registerEnumType(DayStateEnum, {
  name: 'DayState',
  description: 'PROVISIONAL: something is estimated or still expected, and the score may change.',
});

export const BandEnum = enumOf(['HIGH', 'NORMAL', 'REDUCED', 'LOW']);
registerEnumType(BandEnum, { name: 'Band', description: 'HIGH from 80, NORMAL from 60, REDUCED from 40, LOW below.' });

export const ConfidenceLevelEnum = enumOf(['HIGH', 'MEDIUM', 'LOW']);
registerEnumType(ConfidenceLevelEnum, { name: 'ConfidenceLevel', description: 'HIGH from 0.75, MEDIUM from 0.5.' });

export const ChangeReasonEnum = enumOf([
  'SNAPSHOT',
  'COMPUTED',
  'LATE_DATA',
  'CORRECTION',
  'DELETION',
  'BACKFILL',
  'CONSENT_CHANGED',
  'LEFT_TEAM',
]);
export type ChangeReason = keyof typeof ChangeReasonEnum;
registerEnumType(ChangeReasonEnum, { name: 'ChangeReason', description: 'Why an event speaks of an athlete.' });

export const FreshnessStateEnum = enumOf(['LAST_NIGHT', 'ESTIMATED', 'CALIBRATING', 'NO_DATA', 'NOT_SHARED']);
registerEnumType(FreshnessStateEnum, { name: 'FreshnessState', description: 'How new the value of a signal is.' });

export const HrvStateEnum = enumOf(['SUPPRESSED', 'LOW', 'ELEVATED', 'NORMAL']);
registerEnumType(HrvStateEnum, {
  name: 'HrvState',
  description: "Where the week stands against the athlete's own baseline.",
});

@Directive('@key(fields: "id")')
@ObjectType()
export class Athlete {
  @Field(() => ID)
  id!: string;
}

@ObjectType({ description: 'One part of a score. The points of all drivers and 70, an ordinary day, add up to it.' })
export class Driver {
  @Field(() => String)
  id!: string;

  @Field(() => SignalEnum)
  signal!: Signal;

  @Field(() => Int)
  points!: number;

  @Field(() => Float, { description: 'From -1 (as bad as it gets) to 1.' })
  index!: number;

  @Field(() => Float, { description: 'Share of the score, after the weights of missing signals are spread.' })
  weight!: number;
}

@ObjectType()
export class HrvInput {
  @Field(() => String, { description: 'LAST_NIGHT, ALTERNATE_STREAM, MOVING_AVERAGE, or NONE: no value today.' })
  source!: string;

  @Field(() => Int)
  ageDays!: number;

  @Field(() => Int, { description: 'Earlier nights behind the baseline.' })
  nights!: number;

  @Field(() => Float, { nullable: true, description: 'Natural logarithm of ms, as are m7, mean and sd.' })
  value!: number | null;

  @Field(() => Float, { nullable: true, description: 'Mean of the last seven nights.' })
  m7!: number | null;

  @Field(() => Float, { nullable: true })
  mean!: number | null;

  @Field(() => Float, { nullable: true })
  sd!: number | null;

  @Field(() => Float, { nullable: true, description: 'Last night against the baseline, in SD.' })
  z!: number | null;

  @Field(() => Float, { nullable: true, description: 'The week against the baseline, in SD.' })
  t!: number | null;

  @Field(() => Float, { nullable: true, description: 'Variation within the week, per cent.' })
  cv7Pct!: number | null;

  @Field(() => HrvStateEnum, { nullable: true })
  state!: keyof typeof HrvStateEnum | null;

  @Field(() => Boolean, { description: 'Low HRV beside a low resting heart rate: counted half.' })
  discordant!: boolean;
}

@ObjectType()
export class RestingHeartRateInput {
  @Field(() => String, { description: 'LAST_NIGHT, ALTERNATE_STREAM, MOVING_AVERAGE, or NONE: no value today.' })
  source!: string;

  @Field(() => Int)
  ageDays!: number;

  @Field(() => Int)
  nights!: number;

  @Field(() => Float, { nullable: true, description: 'Beats per minute, as are mean and sd.' })
  value!: number | null;

  @Field(() => Float, { nullable: true })
  mean!: number | null;

  @Field(() => Float, { nullable: true })
  sd!: number | null;

  @Field(() => Float, { nullable: true })
  z!: number | null;
}

@ObjectType()
export class SleepInput {
  @Field(() => String, { description: 'LAST_NIGHT, MOVING_AVERAGE, or NONE: no value today.' })
  source!: string;

  @Field(() => Int)
  ageDays!: number;

  @Field(() => Float, { nullable: true })
  asleepMin!: number | null;

  @Field(() => Float, { nullable: true })
  efficiencyPct!: number | null;

  @Field(() => Int)
  needMin!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Minutes owed over the last fortnight, recent nights counting more.',
  })
  debtMin!: number | null;

  @Field(() => Int, { description: 'Nights behind the debt.' })
  debtNights!: number;
}

@ObjectType({ description: "What the score was made of; a signal outside the viewer's basis is null." })
export class ReadinessSignals {
  @Field(() => HrvInput, { nullable: true })
  hrv!: HrvInput | null;

  @Field(() => RestingHeartRateInput, { nullable: true })
  restingHeartRate!: RestingHeartRateInput | null;

  @Field(() => SleepInput, { nullable: true })
  sleep!: SleepInput | null;
}

@ObjectType({
  description:
    'Readiness of one athlete and day, computed from the signals that the viewer may see and from nothing else.',
})
export class Readiness {
  @Field(() => DateScalar)
  date!: LocalDate;

  @Field(() => ReadinessStatusEnum)
  status!: keyof typeof ReadinessStatusEnum;

  @Field(() => DayStateEnum)
  state!: keyof typeof DayStateEnum;

  @Field(() => Int, { description: 'Counts the changes of this view.' })
  revision!: number;

  @Field(() => String)
  algorithm!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Null where sleep is withheld: it would tell when.' })
  computedAt!: Date | null;

  @Field(() => Int, { nullable: true, description: '0 to 100. 70 is this athlete on an ordinary day.' })
  score!: number | null;

  @Field(() => BandEnum, { nullable: true })
  band!: keyof typeof BandEnum | null;

  @Field(() => [Driver])
  drivers!: Driver[];

  @Field(() => Float, { nullable: true })
  confidence!: number | null;

  @Field(() => ConfidenceLevelEnum, { nullable: true })
  confidenceLevel!: keyof typeof ConfidenceLevelEnum | null;

  @Field(() => [SignalEnum], { description: 'The signals this view rests on.' })
  basis!: Signal[];

  @Field(() => Boolean, { description: 'Something is estimated from the last days.' })
  stale!: boolean;

  @Field(() => [SignalEnum])
  staleSignals!: Signal[];

  @Field(() => ReadinessSignals)
  signals!: ReadinessSignals;
}

@ObjectType()
export class SignalFreshness {
  @Field(() => SignalEnum)
  signal!: Signal;

  @Field(() => FreshnessStateEnum)
  state!: keyof typeof FreshnessStateEnum;

  @Field(() => Int, { nullable: true, description: 'Days since the newest value in use.' })
  ageDays!: number | null;

  @Field(() => Int, {
    description: 'Earlier nights; while CALIBRATING the k of "night k of 7"; of sleep, nights of the last fortnight.',
  })
  nights!: number;
}

@ObjectType()
export class ReadinessChange {
  /** In whose view: a team's, or (null) the athlete's own. Not part of the graph. */
  teamId!: string | null;

  @Field(() => ChangeReasonEnum)
  reason!: ChangeReason;

  @Field(() => ID)
  athleteId!: string;

  @Field(() => Athlete, { nullable: true })
  athlete!: Athlete | null;

  @Field(() => Readiness)
  readiness!: Readiness;

  @Field(() => Int, { nullable: true })
  changeFromWeek!: number | null;

  @Field(() => [SignalFreshness])
  freshness!: SignalFreshness[];
}

@ObjectType()
export class ReadinessEvent {
  @Field(() => String, { description: 'Hand it back as "since" to go on from here.' })
  cursor!: string;

  @Field(() => Boolean, { description: 'What came before cannot be told: these changes are the whole state.' })
  gap!: boolean;

  @Field(() => [ReadinessChange])
  changes!: ReadinessChange[];
}
