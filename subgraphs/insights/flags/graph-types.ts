import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { DateScalar, DateTimeScalar, SignalEnum, enumOf } from '#platform/graphql-types';
import type { LocalDate, Signal } from '#platform/signals';
import { FLAG_CODES, type FlagCode } from './flags.ts';

export const FlagCodeEnum = enumOf(FLAG_CODES);
registerEnumType(FlagCodeEnum, {
  name: 'FlagCode',
  description: 'Most urgent first. What each one asks for is told in readiness.md, section 11.',
});

@ObjectType({
  description:
    'Something to look at, told from the signals that the viewer may see. It closes after two days without its condition.',
})
export class Flag {
  @Field(() => ID)
  id!: string;

  @Field(() => FlagCodeEnum)
  code!: FlagCode;

  @Field(() => String, { description: 'One sentence for people. It holds no value and makes no diagnosis.' })
  sentence!: string;

  @Field(() => [SignalEnum], { description: 'Signals it is told from; empty where it is told from the score.' })
  signals!: Signal[];

  @Field(() => DateScalar, { description: 'First day of this spell, at most four weeks back.' })
  openedOn!: LocalDate;

  @Field(() => Boolean, { description: 'Whether its condition holds today.' })
  holdsToday!: boolean;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When somebody of this team, or the athlete, has seen it.',
  })
  acknowledgedAt!: Date | null;
}
