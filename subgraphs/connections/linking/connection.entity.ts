import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { DateTimeScalar, ProviderEnum, enumOf } from '#platform/graphql-types';
import type { Provider } from '#platform/signals';

export const ConnectionStateEnum = enumOf(['ACTIVE', 'NEEDS_RECONNECT', 'REVOKED']);
export type ConnectionState = keyof typeof ConnectionStateEnum;
registerEnumType(ConnectionStateEnum, {
  name: 'ConnectionState',
  description: 'Whether a linked provider can be asked.',
});

export const UnlinkDataEnum = enumOf(['KEEP', 'DELETE']);
export type UnlinkData = keyof typeof UnlinkDataEnum;
registerEnumType(UnlinkDataEnum, {
  name: 'UnlinkData',
  description: 'What happens to the measurements of a provider that is unlinked.',
});

/** One provider account of one athlete. Tokens stand elsewhere, sealed. */
@ObjectType({ description: 'A provider an athlete has linked.' })
@Entity({ name: 'provider_connection' })
export class ProviderConnection {
  @Field(() => ID)
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ type: 'uuid', name: 'athlete_id' })
  athleteId!: string;

  @Field(() => ProviderEnum)
  @Column({ type: 'text' })
  provider!: Provider;

  @Column({ type: 'text', name: 'provider_user_id' })
  providerUserId!: string;

  @Field(() => ConnectionStateEnum)
  @Column({ type: 'text' })
  state!: ConnectionState;

  @Field(() => String, {
    nullable: true,
    name: 'reason',
    description: 'Why it is not, or not fully, active, in words.',
  })
  @Column({ type: 'text', name: 'state_reason', nullable: true })
  stateReason!: string | null;

  @Field(() => [String], {
    description:
      "What the athlete granted at the provider, in the provider's words. A phone does not tell: the types of record it has sent.",
  })
  @Column({ type: 'text', array: true, name: 'granted_scopes' })
  grantedScopes!: string[];

  @Field(() => DateTimeScalar)
  @Column({ type: 'timestamptz', name: 'linked_at' })
  linkedAt!: Date;

  @Column({ type: 'timestamptz', name: 'ended_at', nullable: true })
  endedAt!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When something last came from this provider.' })
  @Column({ type: 'timestamptz', name: 'last_delivery_at', nullable: true })
  lastDeliveryAt!: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the athlete had everything deleted that came through this connection; null if it was kept.',
  })
  @Column({ type: 'timestamptz', name: 'data_deleted_at', nullable: true })
  dataDeletedAt!: Date | null;
}

@ObjectType({ description: "The way to a provider's consent page." })
export class ProviderLink {
  @Field(() => String, { description: 'To be opened in the browser of the athlete.' })
  authorizationUrl!: string;

  @Field(() => DateTimeScalar)
  expiresAt!: Date;
}

@ObjectType({ description: 'A return from a provider that waits for the word of the athlete who began.' })
export class PendingLink {
  @Field(() => ProviderEnum)
  provider!: Provider;

  @Field(() => DateTimeScalar)
  expiresAt!: Date;

  @Field(() => Boolean, {
    description: 'It was begun in the session that asks. If not, ask the athlete before confirming.',
  })
  isFromThisSession!: boolean;
}
