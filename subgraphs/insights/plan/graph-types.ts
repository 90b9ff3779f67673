import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateScalar, DateTimeScalar, SignalEnum, enumOf } from '#platform/graphql-types';
import type { LocalDate, Signal } from '#platform/signals';
import { BandEnum, ConfidenceLevelEnum, HrvStateEnum } from '../readiness/graph-types.ts';
import type { StoredSession } from './store.ts';

export const IntensityEnum = enumOf(['REST', 'RECOVERY', 'LOW', 'MODERATE', 'HIGH']);
registerEnumType(IntensityEnum, { name: 'Intensity', description: 'How hard a session is meant to be, rising.' });

export const SessionKindEnum = enumOf(['NORMAL', 'RACE', 'TEST']);
registerEnumType(SessionKindEnum, {
  name: 'SessionKind',
  description: 'Races and tests are never changed by a suggestion.',
});

export const PlanActionEnum = enumOf(['CREATED', 'CHANGED', 'REMOVED', 'ACCEPTED', 'REVERTED']);
registerEnumType(PlanActionEnum, {
  name: 'PlanAction',
  description:
    'ACCEPTED and REVERTED: a suggestion, in the eyes of the athlete. A coach reads CHANGED: by whatever way the athlete came to it.',
});

export const PlanActorEnum = enumOf(['ATHLETE', 'COACH']);
registerEnumType(PlanActorEnum, { name: 'PlanActor', description: 'Who changed the plan.' });

export const SuggestionStateEnum = enumOf(['PENDING', 'ACCEPTED', 'REVERTED', 'EXPIRED', 'SUPERSEDED']);
registerEnumType(SuggestionStateEnum, {
  name: 'SuggestionState',
  description:
    'REVERTED: the plan was kept, or brought back. EXPIRED: undecided when the session began. SUPERSEDED: undecided when readiness or the plan changed.',
});

export const SuggestionRuleEnum = enumOf([
  'ILLNESS_PATTERN',
  'READINESS_LOW',
  'HRV_SUPPRESSED',
  'READINESS_REDUCED',
  'HRV_ELEVATED_OVERLOAD',
  'TWO_HIGH_IN_ROW',
  'READINESS_HIGH',
]);
registerEnumType(SuggestionRuleEnum, { name: 'SuggestionRule', description: 'The first rule that held.' });

@ObjectType({ description: 'A session as a suggestion takes it.' })
export class SessionLoad {
  @Field(() => IntensityEnum)
  intensity!: keyof typeof IntensityEnum;

  @Field(() => Int)
  minutes!: number;

  @Field(() => Int, { description: 'Expected: RPE 0, 2, 3, 5 or 7 of the intensity times minutes, in AU.' })
  load!: number;
}

@ObjectType()
export class RationaleDriver {
  @Field(() => String)
  id!: string;

  @Field(() => Int)
  points!: number;
}

@ObjectType({ description: 'What a suggestion rests on: parameters of the view it was made of, and nothing else.' })
export class SuggestionRationale {
  @Field(() => Int, { nullable: true })
  score!: number | null;

  @Field(() => BandEnum, { nullable: true })
  band!: keyof typeof BandEnum | null;

  @Field(() => Float)
  confidence!: number;

  @Field(() => ConfidenceLevelEnum)
  confidenceLevel!: keyof typeof ConfidenceLevelEnum;

  @Field(() => Boolean)
  stale!: boolean;

  @Field(() => [SignalEnum])
  staleSignals!: Signal[];

  @Field(() => HrvStateEnum, { nullable: true })
  hrvState!: keyof typeof HrvStateEnum | null;

  @Field(() => [RationaleDriver], {
    description: 'Those that speak for the change, the strongest first; three at most.',
  })
  drivers!: RationaleDriver[];

  @Field(() => Int, { description: 'Low days running, the day itself included.' })
  lowDays!: number;
}

@ObjectType({
  description:
    "A suggestion for one session of today, made of one view of its athlete: the athlete's own, or what a coach is shown. It changes nothing until the athlete accepts it.",
})
export class Suggestion {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  sessionId!: string;

  @Field(() => Int, { description: 'The version of the session that it is made for.' })
  baseVersion!: number;

  @Field(() => SuggestionStateEnum)
  state!: keyof typeof SuggestionStateEnum;

  @Field(() => Boolean, { description: 'To be read only: a race, a test, or locked by the coach.' })
  isAdviceOnly!: boolean;

  @Field(() => SessionLoad)
  from!: SessionLoad;

  @Field(() => SessionLoad)
  to!: SessionLoad;

  @Field(() => SuggestionRuleEnum)
  rule!: keyof typeof SuggestionRuleEnum;

  @Field(() => String, { description: 'The rule in one sentence.' })
  sentence!: string;

  @Field(() => SuggestionRationale)
  rationale!: SuggestionRationale;

  @Field(() => [SignalEnum], { description: 'The signals of the view it is made of.' })
  basis!: Signal[];

  @Field(() => Int, { description: 'The revision of that view.' })
  revision!: number;

  @Field(() => DateTimeScalar, { description: 'The start of the session, else the end of the day.' })
  expiresAt!: Date;
}

@ObjectType({ description: 'One thing that a change made different, as text.' })
export class PlanFieldChange {
  @Field(() => String, { description: 'The name of the field of the session.' })
  field!: string;

  @Field(() => String, { nullable: true })
  from!: string | null;

  @Field(() => String, { nullable: true })
  to!: string | null;
}

@ObjectType({ description: 'One version of a session, and who made it.' })
export class PlanChange {
  @Field(() => Int)
  version!: number;

  @Field(() => PlanActionEnum)
  action!: keyof typeof PlanActionEnum;

  @Field(() => PlanActorEnum)
  by!: keyof typeof PlanActorEnum;

  @Field(() => DateScalar, { description: "The athlete's date when it was made." })
  date!: LocalDate;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Null for what an athlete did who withholds sleep: it would tell when they were up.',
  })
  at!: Date | null;

  @Field(() => [PlanFieldChange], { description: 'Against the version before; empty for a new session.' })
  fields!: PlanFieldChange[];
}

@ObjectType({
  description: 'A session in the plan of an athlete, seen by the athlete and by coaches to whom TRAINING is shared.',
})
export class ScheduledSession {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  athleteId!: string;

  @Field(() => Int, { description: 'Counts changes; whoever changes a session names the version that was read.' })
  version!: number;

  @Field(() => DateScalar)
  date!: LocalDate;

  @Field(() => String, { nullable: true, description: "HH:mm of the athlete's clock." })
  startTime!: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  startsAt!: Date | null;

  @Field(() => String)
  title!: string;

  @Field(() => String, { nullable: true })
  sport!: string | null;

  @Field(() => IntensityEnum)
  intensity!: keyof typeof IntensityEnum;

  @Field(() => Int)
  minutes!: number;

  @Field(() => Int, { description: 'Expected: RPE 0, 2, 3, 5 or 7 of the intensity times minutes, in AU.' })
  load!: number;

  @Field(() => SessionKindEnum)
  kind!: keyof typeof SessionKindEnum;

  @Field(() => Boolean, { description: 'Set by a coach: suggestions are advice only.' })
  isLocked!: boolean;

  @Field(() => Boolean, { description: 'Set by a coach: on a high day a little more may be suggested.' })
  allowsIncrease!: boolean;

  @Field(() => String, { nullable: true, description: 'For the athlete and the coach alike.' })
  notes!: string | null;

  /** What its further fields are read by; no part of the graph. */
  stored!: StoredSession;
  teamId!: string | null;
  timeZone!: string;
}

@InputType({ description: 'The whole session: what may be null and is left out becomes null.' })
export class ScheduledSessionInput {
  @Field(() => ID, { nullable: true, description: 'Of the session to change; left out for a new one.' })
  id?: string | null;

  @Field(() => Int, { nullable: true, description: 'The version that was read; needed with an id.' })
  version?: number | null;

  @Field(() => ID, { nullable: true, description: "Whose plan a new session goes into; left out: the athlete's own." })
  athleteId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'A name of your own for a new session, at most 64 characters: creating it twice makes one.',
  })
  clientId?: string | null;

  @Field(() => DateScalar)
  date!: LocalDate;

  @Field(() => String, { nullable: true, description: "HH:mm of the athlete's clock." })
  startTime?: string | null;

  @Field(() => String)
  title!: string;

  @Field(() => String, { nullable: true })
  sport?: string | null;

  @Field(() => IntensityEnum)
  intensity!: keyof typeof IntensityEnum;

  @Field(() => Int, { description: '0 for REST.' })
  minutes!: number;

  @Field(() => SessionKindEnum, { defaultValue: 'NORMAL' })
  kind!: keyof typeof SessionKindEnum;

  @Field(() => Boolean, { nullable: true, description: 'For coaches; left out: as it was.' })
  isLocked?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'For coaches; left out: as it was.' })
  allowsIncrease?: boolean | null;

  @Field(() => String, { nullable: true, description: 'At most 500 characters.' })
  notes?: string | null;
}

@InputType({ description: 'At most 200 sessions, each with a "clientId" of its own.' })
export class ImportScheduledSessionsInput {
  @Field(() => ID, { nullable: true, description: "Left out: the athlete's own plan." })
  athleteId?: string | null;

  @Field(() => [ScheduledSessionInput])
  sessions!: ScheduledSessionInput[];
}
