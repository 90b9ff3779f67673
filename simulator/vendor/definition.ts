import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { Day } from '../athletes/day.ts';
import type { Squad } from '../athletes/squad.ts';
import type { Story } from '../athletes/stories.ts';
import type { Store, VendorState } from '../state.ts';
import type { Courier } from './courier.ts';
import type { DeletedNights } from './deleted-nights.ts';
import type { Attempt } from './delivery-log.ts';
import type { Faults } from './faults.ts';
import type { Grants } from './grants.ts';
import type { Guard } from './guard.ts';
import type { ApiOptions, DeliveryOptions, OauthOptions, VendorSettings } from './tables.ts';

/**
 * All that tells one simulated vendor from another. A vendor is a folder that exports one of these and a line in
 * `vendors.ts`: the tables here are read by the shared consent page, token endpoint, guard and courier; `create` adds
 * the vendor's own addresses and says what it sends when something happened.
 */
export interface VendorDefinition<Variables extends Record<string, z.ZodType> = Record<string, z.ZodType>> {
  /** As it stands in addresses; all of the vendor's lie below `/{slug}`. */
  readonly slug: string;
  /** As people call it. */
  readonly name: string;
  /** Further variables, without the prefix; their values are `settings.own`. */
  readonly variables: Variables;
  readonly oauth: OauthOptions;
  readonly delivery: DeliveryOptions;
  readonly api: ApiOptions;
  create(parts: VendorParts<z.infer<z.ZodObject<Variables>>>): VendorConduct;
}

/** `defineVendor({...})` keeps the types of `settings.own` inside the vendor's folder, and forgets them outside. */
export function defineVendor<Variables extends Record<string, z.ZodType>>(
  definition: VendorDefinition<Variables>,
): VendorDefinition {
  return definition;
}

/** What `create` is handed. */
export interface VendorParts<Own = Record<string, unknown>> {
  slug: string;
  /** Part of the name of whatever the vendor makes up. */
  seed: number;
  settings: VendorSettings<Own>;
  squad: Squad;
  grants: Grants;
  courier: Courier;
  faults: Faults;
  /** Turns away who may not ask; put it before the vendor's data routes. */
  guard: Guard;
  deletedNights: DeletedNights;
  /** The vendor's own part of the state; call `store.changed()` after changing it. */
  memory: VendorState;
  store: Store;
  now: () => number;
}

/** A night as it was played: created, or edited. */
export interface PlayedNight {
  day: Day;
  event: 'create' | 'update';
}

/** What a vendor does. All sends resolve after the first attempt of each delivery. */
export interface VendorConduct {
  /** Adds data API, subscriptions, revocation and whatever else; paths are below `/{slug}`. */
  addRoutes(app: FastifyInstance): void;
  /** The id under which the vendor knows the athlete; stable for a seed. */
  userIdOf(athlete: Story): string;
  /** The id of the record that is told of first when a night was played. */
  documentIdOf(day: Day): string;
  /** Sends what this vendor sends about nights that came or changed; the athlete is linked. */
  tell(athlete: Story, nights: readonly PlayedNight[]): Promise<Attempt[]>;
  /** Sends what this vendor sends when a night was deleted. */
  tellDeleted(athlete: Story, day: Day): Promise<Attempt[]>;
  /** Sends one ordinary delivery for a user nobody knows. */
  tellUnknownUser(): Promise<Attempt[]>;
  /** Sends that the athlete took access away; null where the vendor is silent about it. */
  tellRevoked: ((athlete: Story) => Promise<Attempt[]>) | null;
}
