import type DataLoader from 'dataloader';
import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { ProviderEnum, SignalEnum } from '#platform/graphql-types';
import type { RequestContext } from '#platform/context';
import { requireAccount, requireAthlete } from '#platform/identity';
import type { Origin, Provider, Signal } from '#platform/signals';
import { Account } from '../accounts/account.entity.ts';
import { Athlete } from '../accounts/athlete.entity.ts';
import type { Limits } from '../limits/limits.ts';
import { requireProvider } from '../providers/linkable.ts';
import type { Vendors } from '../providers/registry.ts';
import { phoneOf, phoneSignals } from '../uploads/phones.ts';
import { PendingLink, ProviderConnection, ProviderLink, UnlinkDataEnum, type UnlinkData } from './connection.entity.ts';
import type { Linking } from './linking.ts';

/** What these resolvers need of the request. */
export interface LinkingContext extends RequestContext {
  linking: Linking;
  vendors: Vendors;
  limits: Limits;
  address: string;
  loaders: { connections: DataLoader<string, ProviderConnection[]> };
}

@Resolver(() => Account)
export class LinkableResolver {
  @FieldResolver(() => [ProviderEnum], {
    description: 'The providers that can be linked on this installation. Phones are linked by their app.',
  })
  linkableProviders(@Ctx() { vendors }: LinkingContext): Provider[] {
    return vendors.all.map(({ provider }) => provider);
  }
}

@Resolver(() => Athlete)
export class ConnectionResolver {
  @FieldResolver(() => [ProviderConnection], {
    nullable: true,
    description: 'For the athlete only: providers linked now, and those unlinked.',
  })
  async connections(
    @Root() athlete: Athlete,
    @Ctx() { viewer, loaders }: LinkingContext,
  ): Promise<ProviderConnection[] | null> {
    if (viewer.kind !== 'account' || viewer.athleteId !== athlete.id) return null;
    return loaders.connections.load(athlete.id);
  }

  @Mutation(() => ProviderLink, {
    description: "Begins to link a provider: the answer leads to the provider's consent page.",
  })
  async linkProvider(
    @Arg('provider', () => ProviderEnum) origin: Origin,
    @Ctx() { viewer, linking, limits, address }: LinkingContext,
  ): Promise<ProviderLink> {
    const athleteId = requireAthlete(viewer);
    const provider = requireProvider(origin);
    const { accountId, sessionId } = requireAccount(viewer);
    await limits.take('linkProvider', { account: accountId, address });
    return linking.begin({ provider, athleteId, sessionId });
  }

  @Query(() => PendingLink, {
    nullable: true,
    description: 'What waits under the handle of a return; null for anybody but the athlete who began.',
  })
  pendingLink(
    @Arg('handle', () => String) handle: string,
    @Ctx() { viewer, linking }: LinkingContext,
  ): Promise<PendingLink | null> {
    const { sessionId, athleteId } = requireAccount(viewer);
    return linking.look({ handle, sessionId, athleteId });
  }

  @Mutation(() => ProviderConnection, {
    description:
      'The word of the athlete who began that it was them at the provider: links. A handle works once; confirmed by anybody else, it is destroyed.',
  })
  async confirmProviderLink(
    @Arg('handle', () => String) handle: string,
    @Ctx() { viewer, linking, limits, address, requestId }: LinkingContext,
  ): Promise<ProviderConnection> {
    const { accountId, athleteId } = requireAccount(viewer);
    await limits.take('confirmProviderLink', { account: accountId, address });
    return linking.confirm({ handle, athleteId, requestId });
  }

  @Mutation(() => ProviderConnection, {
    description:
      'Ends a link: the grant is revoked at the provider and its tokens are destroyed. DELETE also deletes everything the provider ever brought, and may be asked for after an unlink with KEEP.',
  })
  unlinkProvider(
    @Arg('provider', () => ProviderEnum) origin: Origin,
    @Arg('data', () => UnlinkDataEnum) data: UnlinkData,
    @Ctx() { viewer, linking, requestId }: LinkingContext,
  ): Promise<ProviderConnection> {
    const athleteId = requireAthlete(viewer);
    return linking.unlink({
      provider: requireProvider(origin),
      athleteId,
      data,
      by: { accountId: requireAccount(viewer).accountId, requestId },
    });
  }
}

@Resolver(() => ProviderConnection)
export class ProviderConnectionResolver {
  @FieldResolver(() => [SignalEnum], {
    description: 'What the granted scopes can bring; of a phone, what has come so far.',
  })
  signals(@Root() connection: ProviderConnection, @Ctx() { vendors }: LinkingContext): Signal[] {
    const phone = phoneOf(connection.provider);
    if (phone) return phoneSignals(phone, connection.grantedScopes);
    return vendors.of(connection.provider).data.signalsOf(connection.grantedScopes);
  }

  @FieldResolver(() => Boolean, { description: 'The provider takes our tokens no more: only linking again helps.' })
  needsReconnect(@Root() connection: ProviderConnection): boolean {
    return connection.state === 'NEEDS_RECONNECT';
  }
}
