import { Field, ID, InputType, ObjectType } from 'type-graphql';

@ObjectType({ description: "How one coach looks at a team's table: filters, order, search and columns, under a name." })
export class SavedView {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, {
    description: 'What stands behind the "?" of the address of the table, such as `sort=-sleep&flag=sleep-short`.',
  })
  query!: string;
}

@InputType()
export class SaveViewInput {
  @Field(() => ID)
  teamId!: string;

  @Field(() => String, { description: 'At most 60 characters.' })
  name!: string;

  @Field(() => String, { description: 'At most 2000 characters, as URLSearchParams writes them.' })
  query!: string;
}
