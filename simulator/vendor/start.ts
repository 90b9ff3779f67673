import type { FastifyInstance } from 'fastify';
import type { Day } from '../athletes/day.ts';
import type { Squad } from '../athletes/squad.ts';
import type { Story } from '../athletes/stories.ts';
import type { Store } from '../state.ts';
import { addConsent } from './consent.ts';
import { createCourier } from './courier.ts';
import type { PlayedNight, VendorConduct, VendorDefinition } from './definition.ts';
import { createDeletedNights } from './deleted-nights.ts';
import type { DeletedNights } from './deleted-nights.ts';
import type { Attempt, DeliveryLog } from './delivery-log.ts';
import { createFaults } from './faults.ts';
import type { Faults } from './faults.ts';
import { createGrants } from './grants.ts';
import type { Grants } from './grants.ts';
import { createGuard } from './guard.ts';
import type { VendorSettings } from './tables.ts';
import { addTokenEndpoint } from './token-endpoint.ts';

/** A vendor as the control API and the page see it: running, whichever it is. */
export interface SimulatedVendor {
  readonly slug: string;
  readonly name: string;
  readonly faults: Faults;
  readonly grants: Grants;
  readonly deletedNights: DeletedNights;
  userIdOf(athlete: Story): string;
  documentIdOf(day: Day): string;
  tell(athlete: Story, nights: readonly PlayedNight[]): Promise<Attempt[]>;
  tellUnknownUser(): Promise<Attempt[]>;
  /** Deletes a night at this vendor and sends what it sends then. */
  deleteNight(athlete: Story, day: Day): Promise<Attempt[]>;
  /** Ends the athlete's tokens and sends what it sends then. */
  revokeAthlete(athlete: Story): Promise<Attempt[]>;
  /** How many deliveries wait for their next attempt. */
  pending(): number;
  /** A look inside, without secrets. */
  shown(): object;
  resume(): void;
  stop(): void;
}

/** Puts one vendor together from its tables, and its addresses under `/{slug}` of the server. */
export function startVendor(
  app: FastifyInstance,
  {
    definition,
    seed,
    settings,
    store,
    squad,
    log,
    now,
    retryAfterMs,
  }: {
    definition: VendorDefinition;
    seed: number;
    settings: VendorSettings;
    store: Store;
    squad: Squad;
    log: DeliveryLog;
    now: () => number;
    retryAfterMs?: (attempts: number) => number;
  },
): SimulatedVendor {
  const { slug, name, oauth, delivery, api } = definition;
  const memory = store.vendor(slug);
  const faults = createFaults();
  const deletedNights = createDeletedNights({ store, memory });
  const grants = createGrants({
    store,
    memory,
    oauth,
    accessTokenSec: settings.accessTokenSec,
    now,
    named: (key) => squad.named(key),
    userIdOf: (athlete) => conduct.userIdOf(athlete),
  });
  const retries = retryAfterMs ? { retryAfterMs } : {};
  const courier = createCourier({ slug, store, memory, settings, delivery, faults, log, now, ...retries });
  const guard = createGuard({ squad, grants, faults, api, settings, now });
  const conduct = definition.create({
    slug,
    seed,
    settings,
    squad,
    grants,
    courier,
    faults,
    guard,
    deletedNights,
    memory,
    store,
    now,
  });
  void app.register(
    async (scope) => {
      addConsent(scope, { slug, name, oauth, squad, grants, settings });
      addTokenEndpoint(scope, { oauth, grants, settings });
      conduct.addRoutes(scope);
    },
    { prefix: `/${slug}` },
  );
  return {
    slug,
    name,
    faults,
    grants,
    deletedNights,
    ...actsOf({ conduct, grants, deletedNights }),
    pending: () => memory.pending.length,
    shown: () => ({
      linked: [...grants.linkedKeys()],
      accessTokens: Object.keys(memory.accessTokens).length,
      subscriptions: memory.subscriptions.map(({ id, callbackUrl }) => ({ id, callbackUrl })),
      pendingDeliveries: memory.pending.map(({ id, attempts, dueAtMs }) => ({ id, attempts, dueAtMs })),
      faults: faults.left(),
    }),
    resume: courier.resume,
    stop: courier.stop,
  };
}

function actsOf({
  conduct,
  grants,
  deletedNights,
}: {
  conduct: VendorConduct;
  grants: Grants;
  deletedNights: DeletedNights;
}): Pick<SimulatedVendor, 'userIdOf' | 'documentIdOf' | 'tell' | 'tellUnknownUser' | 'deleteNight' | 'revokeAthlete'> {
  return {
    userIdOf: (athlete) => conduct.userIdOf(athlete),
    documentIdOf: (day) => conduct.documentIdOf(day),
    tell: async (athlete, nights) => (grants.isLinked(athlete.key) ? conduct.tell(athlete, nights) : []),
    tellUnknownUser: () => conduct.tellUnknownUser(),
    deleteNight: async (athlete, day) => {
      deletedNights.add(athlete, day.dayIndex);
      return grants.isLinked(athlete.key) ? conduct.tellDeleted(athlete, day) : [];
    },
    revokeAthlete: async (athlete) => {
      const wasLinked = grants.isLinked(athlete.key);
      grants.revokeAthlete(athlete.key);
      return wasLinked && conduct.tellRevoked ? conduct.tellRevoked(athlete) : [];
    },
  };
}
