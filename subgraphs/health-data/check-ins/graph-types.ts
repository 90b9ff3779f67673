import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateScalar, enumOf, SignalStateEnum, type SignalState } from '#platform/graphql-types';
import type { LocalDate } from '#platform/signals';
import type { CheckInEntry, Feel } from '../entries/entry.ts';
import { scaleInWords } from './scales.ts';

export const FeelEnum = enumOf(['BETTER', 'AS_SHOWN', 'WORSE']);
registerEnumType(FeelEnum, {
  name: 'Feel',
  description: 'How an athlete feels against the readiness shown. Stored beside the score, never mixed into it.',
});

const SORENESS = { nullable: true, description: `Muscle soreness: ${scaleInWords('soreness')}.` };
const STRESS = { nullable: true, description: `Stress: ${scaleInWords('stress')}.` };
const MOOD = { nullable: true, description: `Mood, higher is better: ${scaleInWords('mood')}.` };
const FEEL =
  'For the athlete only: it answers to a score of their own, which may be made of signals that nobody else sees.';

@ObjectType({ description: 'What an athlete said of one local day. AVAILABLE, NO_DATA or NOT_SHARED.' })
export class CheckIn {
  @Field(() => DateScalar)
  date!: LocalDate;

  @Field(() => SignalStateEnum)
  state!: SignalState;

  @Field(() => Int, SORENESS)
  soreness!: number | null;

  @Field(() => Int, STRESS)
  stress!: number | null;

  @Field(() => Int, MOOD)
  mood!: number | null;

  @Field(() => FeelEnum, { nullable: true, description: FEEL })
  feel!: Feel | null;
}

@InputType({ description: 'All of a day: what is left out is unanswered.' })
export class CheckInInput {
  @Field(() => DateScalar, { description: 'The local day, today at the latest. One check-in a day.' })
  date!: LocalDate;

  @Field(() => Int, SORENESS)
  soreness!: number | null;

  @Field(() => Int, STRESS)
  stress!: number | null;

  @Field(() => Int, MOOD)
  mood!: number | null;

  @Field(() => FeelEnum, { nullable: true, description: FEEL })
  feel!: Feel | null;
}

@ObjectType({ description: 'A check-in as apps synchronise it.' })
@InputType('CheckInRecordInput')
export class CheckInRecord implements CheckInEntry {
  @Field(() => ID, { description: 'The local day, YYYY-MM-DD: one a day.' })
  id!: string;

  @Field(() => Int, SORENESS)
  soreness!: number | null;

  @Field(() => Int, STRESS)
  stress!: number | null;

  @Field(() => Int, MOOD)
  mood!: number | null;

  @Field(() => FeelEnum, { nullable: true, description: FEEL })
  feel!: Feel | null;
}
