import { GraphQLDateTime } from 'graphql-scalars';
import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { Directive, Field, ObjectType, registerEnumType } from 'type-graphql';
import { ORIGINS, SIGNALS, isLocalDate } from '#platform/signals';

/** What several subgraphs declare alike. Composition fails when two of them differ. */

/** An instant: ISO 8601 with zone in, UTC out; a JavaScript `Date` in code. */
export const DateTimeScalar = GraphQLDateTime;

function localDate(value: unknown): string {
  if (typeof value === 'string' && isLocalDate(value)) return value;
  throw new GraphQLError('A Date is a calendar day written as YYYY-MM-DD.', { extensions: { code: 'BAD_USER_INPUT' } });
}

/** A calendar day in the athlete's own zone. Plain text in code: it is not an instant. */
export const DateScalar = new GraphQLScalarType<string, string>({
  name: 'Date',
  description: "A calendar day in the athlete's own zone, written as YYYY-MM-DD.",
  serialize: localDate,
  parseValue: localDate,
  parseLiteral: (node) => localDate(node.kind === Kind.STRING ? node.value : undefined),
});

type EnumOf<Names extends readonly string[]> = { [Name in Names[number]]: Name };
const enumOf = <const Names extends readonly string[]>(names: Names): EnumOf<Names> =>
  Object.fromEntries(names.map((name) => [name, name])) as EnumOf<Names>;

export const SignalEnum = enumOf(SIGNALS);
registerEnumType(SignalEnum, { name: 'Signal', description: 'What can be measured and shared, each on its own.' });

export const ProviderEnum = enumOf(ORIGINS);
registerEnumType(ProviderEnum, {
  name: 'Provider',
  description: 'Where measurements come from.',
  valuesConfig: {
    MANUAL: { description: 'Typed in by the athlete. It cannot be linked, and nothing is fetched from it.' },
  },
});

export const SignalStateEnum = enumOf(['AVAILABLE', 'STALE', 'CALIBRATING', 'NO_DATA', 'NOT_SHARED']);
export type SignalState = keyof typeof SignalStateEnum;
registerEnumType(SignalStateEnum, {
  name: 'SignalState',
  description:
    'In what state a series is for this viewer. STALE: the newest value is older than the day before the last one asked for, or before today. CALIBRATING: fewer than seven nights are known. Workouts are never STALE: a day of rest is not missing data.',
});

@Directive('@shareable')
@ObjectType()
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => Boolean)
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true })
  startCursor!: string | null;

  @Field(() => String, { nullable: true })
  endCursor!: string | null;
}

export { enumOf };
