import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { DateScalar, DateTimeScalar, SignalEnum } from '#platform/graphql-types';
import type { LocalDate, Signal } from '#platform/signals';

/** The newest word of an athlete to one team about one signal. */
@ObjectType({ description: 'One signal that an athlete shares, or shared, with one team.' })
@Entity({ name: 'consent' })
export class Consent {
  @PrimaryColumn({ name: 'athlete_id', type: 'uuid' })
  athleteId!: string;

  @PrimaryColumn({ name: 'team_id', type: 'uuid' })
  teamId!: string;

  @Field(() => SignalEnum)
  @PrimaryColumn({ type: 'text' })
  signal!: Signal;

  @Field(() => DateScalar, { description: 'The first day the team may see.' })
  @Column({ type: 'date' })
  since!: LocalDate;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ends by itself.' })
  @Column({ type: 'timestamptz', nullable: true })
  until!: Date | null;

  @Field(() => DateTimeScalar)
  @Column({ name: 'granted_at', type: 'timestamptz' })
  grantedAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true })
  @Column({ name: 'withdrawn_at', type: 'timestamptz', nullable: true })
  withdrawnAt!: Date | null;
}

@InputType()
export class GrantConsentInput {
  @Field(() => ID)
  teamId!: string;

  @Field(() => SignalEnum)
  signal!: Signal;

  @Field(() => DateScalar, { nullable: true, description: 'The first day the team may see; today when left out.' })
  since?: LocalDate | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ends by itself; never when left out.' })
  until?: Date | null;
}

@InputType()
export class WithdrawConsentInput {
  @Field(() => ID)
  teamId!: string;

  @Field(() => SignalEnum)
  signal!: Signal;
}
