import { Field, ID, InputType } from 'type-graphql';

@InputType()
export class CreateTeamInput {
  @Field(() => String)
  name!: string;
}

@InputType()
export class InviteAthleteInput {
  @Field(() => ID)
  teamId!: string;

  @Field(() => String, { nullable: true, description: 'When given, only the athlete with this address may accept.' })
  email?: string | null;
}
