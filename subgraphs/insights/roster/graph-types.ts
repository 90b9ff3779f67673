import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { PageInfo } from '#platform/graphql-types';
import { Athlete, Readiness, SignalFreshness } from '../readiness/graph-types.ts';

@Directive('@key(fields: "id")')
@ObjectType()
export class Team {
  @Field(() => ID)
  id!: string;
}

@ObjectType({ description: "One athlete in the coach's table, made of what this athlete shares with this team." })
export class RosterRow {
  @Field(() => Athlete)
  athlete!: Athlete;

  @Field(() => Readiness)
  readiness!: Readiness;

  @Field(() => Int, {
    nullable: true,
    description: "Today's score minus the mean of the seven days before; needs three of them.",
  })
  changeFromWeek!: number | null;

  @Field(() => [SignalFreshness])
  freshness!: SignalFreshness[];
}

@ObjectType()
export class RosterEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => RosterRow)
  node!: RosterRow;
}

@ObjectType()
export class RosterConnection {
  @Field(() => [RosterEdge])
  edges!: RosterEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;

  @Field(() => Int)
  totalCount!: number;
}
