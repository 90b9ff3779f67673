import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '#platform/graphql-types';
import type { Role } from '#platform/identity';
import { RoleEnum } from './account.entity.ts';
import { SexEnum, type Sex } from './athlete.entity.ts';

@ObjectType({ description: 'What a sign-in gives. The refresh token works once: each use answers a new one.' })
export class AuthSession {
  @Field(() => String)
  accessToken!: string;

  @Field(() => String)
  refreshToken!: string;

  @Field(() => DateTimeScalar, { description: 'When the access token ends. Refresh before.' })
  expiresAt!: Date;
}

@InputType()
export class RegisterInput {
  @Field(() => String)
  email!: string;

  @Field(() => String, { description: 'At least 12 characters.' })
  password!: string;

  @Field(() => String)
  displayName!: string;

  @Field(() => String, { description: 'IANA name, such as Europe/Berlin.' })
  timeZone!: string;

  @Field(() => RoleEnum, { description: 'ATHLETE or COACH.' })
  role!: Role;
}

@InputType()
export class LoginInput {
  @Field(() => String)
  email!: string;

  @Field(() => String)
  password!: string;
}

@InputType({ description: 'Wall-clock times HH:MM.' })
export class QuietHoursInput {
  @Field(() => String)
  from!: string;

  @Field(() => String)
  to!: string;
}

@InputType({
  description:
    'What is left out stays. A null clears sex, maxHr, restHr, vt1 and vt2; for the others, which always have a value, it is the same as left out.',
})
export class UpdateProfileInput {
  @Field(() => String, { nullable: true })
  displayName?: string | null;

  @Field(() => String, { nullable: true })
  timeZone?: string | null;

  @Field(() => Int, { nullable: true, description: '360 to 600.' })
  sleepNeedMin?: number | null;

  @Field(() => SexEnum, { nullable: true })
  sex?: Sex | null;

  @Field(() => Int, { nullable: true, description: '100 to 240.' })
  maxHr?: number | null;

  @Field(() => Int, { nullable: true, description: '25 to 120.' })
  restHr?: number | null;

  @Field(() => Int, { nullable: true, description: '60 to 230, below vt2.' })
  vt1?: number | null;

  @Field(() => Int, { nullable: true, description: '60 to 230, above vt1.' })
  vt2?: number | null;

  @Field(() => QuietHoursInput, { nullable: true })
  quietHours?: QuietHoursInput | null;
}
