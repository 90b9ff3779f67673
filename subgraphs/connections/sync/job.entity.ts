import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { DateScalar, DateTimeScalar, ProviderEnum, enumOf } from '#platform/graphql-types';
import type { LocalDate, Origin, Provider } from '#platform/signals';

export const SyncJobKindEnum = enumOf(['HISTORICAL', 'INCREMENTAL', 'RECONCILE']);
export type SyncJobKind = keyof typeof SyncJobKindEnum;
registerEnumType(SyncJobKindEnum, { name: 'SyncJobKind', description: 'Why a provider is asked for a range of days.' });

export const SyncJobStateEnum = enumOf(['QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED']);
export type SyncJobState = keyof typeof SyncJobStateEnum;
registerEnumType(SyncJobStateEnum, { name: 'SyncJobState', description: 'Where a job stands.' });

/** A range of days that is loaded from a provider. */
@ObjectType({ description: 'A range of days that is loaded from a provider.' })
@Entity({ name: 'sync_job' })
export class SyncJob {
  @Field(() => ID)
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ type: 'uuid', name: 'athlete_id' })
  athleteId!: string;

  @Column({ type: 'uuid', name: 'connection_id' })
  connectionId!: string;

  @Field(() => ProviderEnum)
  @Column({ type: 'text' })
  provider!: Provider;

  @Field(() => SyncJobKindEnum)
  @Column({ type: 'text' })
  kind!: SyncJobKind;

  @Field(() => SyncJobStateEnum)
  @Column({ type: 'text' })
  state!: SyncJobState;

  @Field(() => DateScalar)
  @Column({ type: 'date', name: 'from_date' })
  from!: LocalDate;

  @Field(() => DateScalar, { description: 'The last day, included.' })
  @Column({ type: 'date', name: 'to_date' })
  to!: LocalDate;

  @Field(() => Int)
  @Column({ type: 'int', name: 'steps_done' })
  stepsDone!: number;

  @Field(() => Int, { description: 'Ranges of data types to ask for; 0 before the job has begun.' })
  @Column({ type: 'int', name: 'steps_total' })
  stepsTotal!: number;

  @Field(() => Int, { description: 'Documents received so far.' })
  @Column({ type: 'int' })
  records!: number;

  @Field(() => String, {
    nullable: true,
    description: 'Why it failed or was cancelled, or what the provider kept from us, in words.',
  })
  @Column({ type: 'text', name: 'failure_reason', nullable: true })
  failureReason!: string | null;

  @Field(() => DateTimeScalar)
  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Field(() => DateTimeScalar)
  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;
}

@InputType()
export class StartBackfillInput {
  @Field(() => ProviderEnum)
  provider!: Origin;

  @Field(() => DateScalar)
  from!: LocalDate;

  @Field(() => DateScalar, { nullable: true, description: 'The last day, included; today when left out.' })
  to?: LocalDate | null;
}

export const isFinal = (state: SyncJobState): boolean =>
  state === 'DONE' || state === 'FAILED' || state === 'CANCELLED';
