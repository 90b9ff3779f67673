import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTimeScalar, ProviderEnum, enumOf } from '#platform/graphql-types';
import type { Provider } from '#platform/signals';

/** In the order a delivery goes through them; REFUSED is where one ends that went no further. */
export const DataTraceStageEnum = enumOf([
  'CONNECTION',
  'SEEN',
  'VERIFIED',
  'FETCHED',
  'NORMALISED',
  'STORED',
  'REFUSED',
]);
export type DataTraceStage = keyof typeof DataTraceStageEnum;
registerEnumType(DataTraceStageEnum, {
  name: 'DataTraceStage',
  description: 'How far something came on its way from a provider to the athlete.',
});

export const DataTraceOutcomeEnum = enumOf([
  'NOT_CONNECTED',
  'NEEDS_RECONNECT',
  'UNLINKED',
  'LOADING_HISTORY',
  'NOTHING_RECEIVED',
  'UNPLACED',
  'SHORTENED',
  'RECEIVED',
  'SIGNED',
  'HINT',
  'UPLOADED',
  'PENDING',
  'WAITING',
  'FETCHED',
  'DELETED_AT_PROVIDER',
  'MISSING_PERMISSION',
  'NOT_USED',
  'READ',
  'NOTHING_TO_STORE',
  'IGNORED',
  'SUPERSEDED',
  'ERASED',
  'STORED',
  'REJECTED',
  'SET_ASIDE',
]);
export type DataTraceOutcome = keyof typeof DataTraceOutcomeEnum;
registerEnumType(DataTraceOutcomeEnum, { name: 'DataTraceOutcome', description: 'How a step ended.' });

@ObjectType({
  description: 'One step of what a provider sent for a day, in words for the athlete. Holds no measurement.',
})
export class DataTraceStep {
  @Field(() => DateTimeScalar, { nullable: true, description: 'Null where nothing happened yet.' })
  at!: Date | null;

  @Field(() => ProviderEnum, { nullable: true, description: 'Null when no provider is connected.' })
  provider!: Provider | null;

  @Field(() => DataTraceStageEnum)
  stage!: DataTraceStage;

  @Field(() => DataTraceOutcomeEnum)
  outcome!: DataTraceOutcome;

  @Field(() => String, { nullable: true, description: 'A word of a fixed list, for programs: why it ended so.' })
  reason!: string | null;

  @Field(() => String, { description: 'What happened, why, and what to do next.' })
  explanation!: string;

  @Field(() => ID, { nullable: true, description: 'Steps of one delivery share it: the notification that began it.' })
  deliveryId!: string | null;

  @Field(() => String, { nullable: true, description: 'The kind of data, such as sleep.' })
  domain!: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How often the same came again. Only where something was received.',
  })
  repeats!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the next try is due.' })
  until!: Date | null;
}
