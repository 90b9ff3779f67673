import { Field, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '#platform/graphql-types';

@ObjectType({
  description:
    'The roster as text, a line for each athlete and day, as a file has it: "not_shared" written out, unknown empty. In the order of names, then of days.',
})
export class RosterTable {
  @Field(() => [String])
  columns!: string[];

  @Field(() => [[String]], { description: 'Whole athletes, as many as fit; one text for each column.' })
  rows!: string[][];

  @Field(() => String, { nullable: true, description: 'For the next part; null at the end.' })
  endCursor!: string | null;
}

@ObjectType({
  description:
    'Where the roster can be fetched as a file. For whoever holds it, until it expires or the coach’s session or place in the team ends; what athletes share is asked when it is fetched.',
})
export class CsvLink {
  @Field(() => String, { description: 'From the root of the gateway’s address on.' })
  url!: string;

  @Field(() => DateTimeScalar)
  expiresAt!: Date;
}
