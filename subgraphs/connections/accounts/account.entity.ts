import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { enumOf } from '#platform/graphql-types';
import type { Role } from '#platform/identity';

export const RoleEnum = enumOf(['ATHLETE', 'COACH', 'ADMIN']);
registerEnumType(RoleEnum, {
  name: 'Role',
  description: 'What an account may do. An ADMIN is made by the operator and sees no health data.',
});

/** A person who signs in. The password's hash is no column of this class: only signing in reads it, by hand. */
@ObjectType('Viewer', { description: 'The account that asks.' })
@Entity({ name: 'account' })
export class Account {
  @Field(() => ID)
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Field(() => String)
  @Column({ type: 'text' })
  email!: string;

  @Field(() => String)
  @Column({ name: 'display_name', type: 'text' })
  displayName!: string;

  @Field(() => RoleEnum)
  @Column({ type: 'text' })
  role!: Role;
}
