import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateScalar, SignalStateEnum, enumOf, type SignalState } from '#platform/graphql-types';
import type { LocalDate } from '#platform/signals';
import type { SleepDebtTrend } from './debt.ts';
import { NUDGE_KINDS, type NudgeKind } from './nudge.ts';

export const SleepDebtTrendEnum = enumOf(['RISING', 'STEADY', 'FALLING']);
registerEnumType(SleepDebtTrendEnum, {
  name: 'SleepDebtTrend',
  description: 'Against seven days ago; STEADY within an hour.',
});

export const SleepNudgeKindEnum = enumOf(NUDGE_KINDS);
registerEnumType(SleepNudgeKindEnum, {
  name: 'SleepNudgeKind',
  description:
    'FIFTEEN_MINUTES: to bed 15 to 20 minutes earlier. HALF_HOUR: 30 minutes earlier for four nights. THREE_QUARTERS: 45 to 60 minutes earlier, or a nap of 20 to 30 minutes before 15:00.',
});

export const SleepNudgeAnswerEnum = enumOf(['WILL_TRY', 'NOT_NOW']);
export type SleepNudgeAnswer = keyof typeof SleepNudgeAnswerEnum;
registerEnumType(SleepNudgeAnswerEnum, {
  name: 'SleepNudgeAnswer',
  description: 'Either is an answer; none is a duty.',
});

@ObjectType({ description: 'One suggestion a day for somebody who is short of sleep. For the athlete only.' })
export class SleepNudge {
  @Field(() => ID)
  id!: string;

  @Field(() => DateScalar)
  date!: LocalDate;

  @Field(() => SleepNudgeKindEnum)
  kind!: NudgeKind;

  @Field(() => SleepNudgeAnswerEnum, { nullable: true })
  answer!: SleepNudgeAnswer | null;
}

@ObjectType({ description: 'When to go to bed tonight, in wall-clock times HH:MM of the athlete.' })
export class Bedtime {
  @Field(() => String)
  at!: string;

  @Field(() => String, { description: 'Median of the last fortnight.' })
  usualWakeAt!: string;

  @Field(() => Int, { description: 'Median; 0 where no source tells it.' })
  usualLatencyMin!: number;

  @Field(() => Int, { description: 'What the debt brings forward, in quarters of an hour, at most an hour.' })
  catchUpMin!: number;
}

@ObjectType({ description: 'Sleep owed over the last fortnight, recent nights counting more.' })
export class SleepDebt {
  /** Whose it is; not a field. */
  athleteId!: string;

  @Field(() => SignalStateEnum, { description: 'CALIBRATING: fewer than seven nights of the last fourteen are known.' })
  state!: SignalState;

  @Field(() => Int, { nullable: true })
  debtMin!: number | null;

  @Field(() => Int, { nullable: true, description: 'Known nights of the last fourteen.' })
  nightsCounted!: number | null;

  @Field(() => SleepDebtTrendEnum, { nullable: true })
  trend!: SleepDebtTrend | null;

  @Field(() => Int, { nullable: true, description: 'Minutes a night.' })
  needMin!: number | null;
}
