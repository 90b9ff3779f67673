import type { Clock } from '#platform/clock';
import type { Database } from '#platform/database';
import { hashedId, type Logger } from '#platform/log';
import type { Provider } from '#platform/signals';
import { opensWorkouts, type AskAsAthlete, type Notification, type Vendor } from '../providers/provider.ts';
import { NeedsReconnect, type OpenAccess } from '../asking/access.ts';
import type { Vault } from '../vault/vault.ts';
import { endConnection } from './end-connection.ts';

/** `not_confirmed`: the provider still serves us, so nobody took anything away. */
export type AccountEventOutcome = 'deauthorised' | 'permissions_read' | 'not_confirmed';

/** What a person did with our access at the provider. A notification of it is a hint: the provider itself is asked. */
export interface AccountEvents {
  /** Throws ProviderUnavailable when it cannot be asked now; repeating it changes nothing. */
  settle(event: {
    vendor: Vendor;
    about: Exclude<Notification['about'], 'record'>;
    connectionId: string;
  }): Promise<AccountEventOutcome>;
}

export function createAccountEvents(options: {
  db: Database;
  vault: Vault;
  openAccess: OpenAccess;
  clock: Clock;
  log: Logger;
  onEnded: (link: { vendor: Vendor; providerUserId: string }) => void;
}): AccountEvents {
  const { db, vault, openAccess, clock, log } = options;

  async function end(vendor: Vendor, connectionId: string): Promise<'deauthorised'> {
    const [connection] = await db.query<
      { id: string; athleteId: string; provider: Provider; providerUserId: string }[]
    >(
      `select id, athlete_id as "athleteId", provider, provider_user_id as "providerUserId" from provider_connection where id = $1`,
      [connectionId],
    );
    if (!connection) return 'deauthorised';
    const reason = `Access was taken away at ${vendor.name}. What it brought stays; link it again to go on.`;
    const part = {
      vault,
      connection,
      vendorName: vendor.name,
      data: 'KEEP' as const,
      at: clock.now(),
      reason,
      by: null,
    };
    await db.transaction((tx) => endConnection(tx, part));
    options.onEnded({ vendor, providerUserId: connection.providerUserId });
    log.info({ connection: hashedId(connectionId), provider: vendor.slug }, 'access was taken away at the provider');
    return 'deauthorised';
  }

  async function readScopes(vendor: Vendor, connectionId: string, ask: AskAsAthlete): Promise<AccountEventOutcome> {
    const scopes = (await vendor.oauth.readScopes?.(ask)) ?? null;
    if (scopes === null) return 'not_confirmed';
    // Workouts given back begin anew: of the days in between nobody knows.
    await db.query(
      `update provider_connection
          set granted_scopes = $2, state_reason = $3,
              workouts_since = case when $4 and (workouts_since is null or workouts_until is not null) then $5 else workouts_since end,
              workouts_until = case when $4 then null else coalesce(workouts_until, $5) end
        where id = $1 and state = 'ACTIVE'`,
      [connectionId, scopes, reasonFor(vendor, scopes), opensWorkouts(vendor, scopes), clock.now()],
    );
    return 'permissions_read';
  }

  return {
    async settle({ vendor, about, connectionId }) {
      try {
        const ask = openAccess({ vendor, connectionId, purpose: `confirm ${about}` });
        if (about === 'permissions') return await readScopes(vendor, connectionId, ask);
        const answer = await ask({ method: 'GET', url: vendor.oauth.probeUrl });
        return answer.status === 403 ? await end(vendor, connectionId) : 'not_confirmed';
      } catch (error) {
        if (!(error instanceof NeedsReconnect)) throw error;
        return end(vendor, connectionId);
      }
    },
  };
}

/** What an athlete is told who left scopes unticked; null when nothing is missing. */
export function reasonFor(vendor: Vendor, scopes: readonly string[]): string | null {
  const missing = vendor.data.missingScopes(scopes);
  return missing.length === 0 ? null : `Not granted at ${vendor.name}: ${missing.join(', ')}. Link again to add them.`;
}
