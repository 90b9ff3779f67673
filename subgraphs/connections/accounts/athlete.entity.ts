import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { enumOf } from '#platform/graphql-types';

export const SexEnum = enumOf(['FEMALE', 'MALE']);
export type Sex = keyof typeof SexEnum;
registerEnumType(SexEnum, { name: 'Sex', description: 'As formulas for heart rates and load ask for it.' });

/** Heart rates are in beats per minute; quiet hours are wall-clock times `HH:MM` in the athlete's zone. */
@Directive('@key(fields: "id")')
@ObjectType({
  description: 'A person whose data this is. Known to themselves and to the coaches of the teams they are a member of.',
})
@Entity({ name: 'athlete' })
export class Athlete {
  @Field(() => ID)
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ name: 'account_id', type: 'uuid' })
  accountId!: string;

  @Field(() => String)
  @Column({ name: 'display_name', type: 'text' })
  displayName!: string;

  @Field(() => String, {
    description: 'IANA name, such as Europe/Berlin. Every calendar day of this athlete is a day of this zone.',
  })
  @Column({ name: 'time_zone', type: 'text' })
  timeZone!: string;

  @Column({ name: 'sleep_need_min', type: 'int' })
  sleepNeedMin!: number;

  @Column({ type: 'text', nullable: true })
  sex!: Sex | null;

  @Column({ name: 'max_hr_bpm', type: 'int', nullable: true })
  maxHrBpm!: number | null;

  @Column({ name: 'rest_hr_bpm', type: 'int', nullable: true })
  restHrBpm!: number | null;

  @Column({ name: 'vt1_bpm', type: 'int', nullable: true })
  vt1Bpm!: number | null;

  @Column({ name: 'vt2_bpm', type: 'int', nullable: true })
  vt2Bpm!: number | null;

  @Column({ name: 'quiet_from', type: 'text' })
  quietFrom!: string;

  @Column({ name: 'quiet_to', type: 'text' })
  quietTo!: string;
}

@ObjectType({
  description: 'When no notification is sent, as wall-clock times HH:MM in the athlete’s zone. May span midnight.',
})
export class QuietHours {
  @Field(() => String)
  from!: string;

  @Field(() => String)
  to!: string;
}

@ObjectType({ description: 'What the athlete told us about themselves. Heart rates in beats per minute.' })
export class AthleteProfile {
  @Field(() => Int, { description: 'Minutes of sleep the athlete needs a night.' })
  sleepNeedMin!: number;

  @Field(() => SexEnum, { nullable: true })
  sex!: Sex | null;

  @Field(() => Int, { nullable: true })
  maxHr!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The resting heart rate that load is reckoned with; never the measured one.',
  })
  restHr!: number | null;

  @Field(() => Int, { nullable: true, description: 'Heart rate at the first ventilatory threshold.' })
  vt1!: number | null;

  @Field(() => Int, { nullable: true, description: 'Heart rate at the second ventilatory threshold.' })
  vt2!: number | null;

  @Field(() => QuietHours)
  quietHours!: QuietHours;
}
