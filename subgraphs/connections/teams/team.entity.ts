import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { DateTimeScalar, PageInfo } from '#platform/graphql-types';

@Directive('@key(fields: "id")')
@ObjectType({ description: 'Coaches and the athletes they look after. Known to both, and to nobody else.' })
@Entity({ name: 'team' })
export class Team {
  @Field(() => ID)
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Field(() => String)
  @Column({ type: 'text' })
  name!: string;
}

@ObjectType({ description: 'A coach, as the members of the team see them.' })
export class Coach {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  displayName!: string;
}

@ObjectType({ description: 'An athlete in a team.' })
export class TeamMember {
  athleteId!: string;

  @Field(() => DateTimeScalar)
  joinedAt!: Date;
}

@ObjectType()
export class TeamMemberEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => TeamMember)
  node!: TeamMember;
}

@ObjectType()
export class TeamMemberConnection {
  @Field(() => [TeamMemberEdge])
  edges!: TeamMemberEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;

  @Field(() => Int, { description: 'How many members the viewer may see, on all pages together.' })
  totalCount!: number;
}

@ObjectType({ description: 'A way into a team, for one athlete.' })
export class Invitation {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: 'Opens the invitation in the dashboard.' })
  url!: string;

  @Field(() => String, { description: 'Told this once; only its hash is kept.' })
  token!: string;

  @Field(() => DateTimeScalar)
  expiresAt!: Date;
}
