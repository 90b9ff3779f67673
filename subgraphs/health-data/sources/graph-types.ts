import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateScalar, ProviderEnum, SignalEnum, enumOf } from '#platform/graphql-types';
import type { LocalDate, Origin, Signal } from '#platform/signals';

export const SourceChoiceEnum = enumOf(['ATHLETE', 'COMPLETENESS']);
registerEnumType(SourceChoiceEnum, {
  name: 'SourceChoice',
  description: 'Who says which source counts: the athlete, or day by day whichever measured most.',
});

@ObjectType({ description: 'What one provider brought of a signal.' })
export class SignalSource {
  @Field(() => ProviderEnum)
  provider!: Origin;

  @Field(() => Int, { description: 'Days it measured.' })
  dayCount!: number;

  @Field(() => DateScalar)
  newestDay!: LocalDate;

  @Field(() => String, { nullable: true, description: 'What measured last, where the provider says.' })
  device!: string | null;
}

@ObjectType({ description: 'Who measures a signal, and which of them counts first.' })
export class SignalSources {
  @Field(() => SignalEnum)
  signal!: Signal;

  @Field(() => SourceChoiceEnum)
  chosenBy!: keyof typeof SourceChoiceEnum;

  @Field(() => ProviderEnum, {
    nullable: true,
    description: "The athlete's choice. Null while completeness decides.",
  })
  primary!: Origin | null;

  @Field(() => [SignalSource], { description: 'The one with most days first.' })
  providers!: SignalSource[];
}
