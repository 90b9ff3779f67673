import type { Clock } from '#platform/clock';
import type { Database } from '#platform/database';
import { hashedId, type Logger } from '#platform/log';
import { refreshTokens } from '../linking/oauth.ts';
import type { AskAsAthlete, Vendor } from '../providers/provider.ts';
import { GrantLost, type OpenedToken, type Vault } from '../vault/vault.ts';
import type { AskProvider } from './ask-provider.ts';

/** The athlete must link again: the provider takes neither the access nor the refresh token. */
export class NeedsReconnect extends Error {}

export interface OpenAccess {
  /**
   * Calls in the name of one athlete. One audited decrypt, by the first call that breaker and quota let out; the token is
   * held for as long as the answer of this function is. A 401 refreshes once and asks again. The calls throw NeedsReconnect
   * or ProviderUnavailable. `isBulk` as in AskProvider.
   */
  (options: { vendor: Vendor; connectionId: string; purpose: string; isBulk?: boolean }): AskAsAthlete;
}

/** Refreshed before use when it ends within this time. */
const EARLY_MS = 60_000;

export function createOpenAccess(options: {
  db: Database;
  vault: Vault;
  ask: AskProvider;
  clock: Clock;
  log: Logger;
}): OpenAccess {
  const { db, vault, ask, clock, log } = options;

  return ({ vendor, connectionId, purpose, isBulk = false }) => {
    let held: OpenedToken | null = null;
    let opening: Promise<OpenedToken> | null = null;

    /** Calls that begin side by side open it once. */
    async function opened(): Promise<OpenedToken> {
      if (held) return held;
      opening ??= vault.openAccessToken({ connectionId, purpose }).finally(() => (opening = null));
      const token = await opening;
      return (held ??= token);
    }

    async function renewed(seen: OpenedToken): Promise<OpenedToken> {
      try {
        return await vault.renew({
          vendor,
          connectionId,
          purpose,
          seen: seen.generation,
          exchange: (refreshToken) => refreshTokens({ ask, vendor, clock, refreshToken }),
        });
      } catch (error) {
        if (!(error instanceof GrantLost)) throw error;
        await markNeedsReconnect({ db, connectionId, reason: error.message, seen, now: clock.now() });
        log.info(
          { connection: hashedId(connectionId), provider: vendor.slug },
          'the athlete has to link the provider again',
        );
        throw new NeedsReconnect(error.message);
      }
    }

    return async (call) => {
      const sent: { token?: OpenedToken } = {};
      const authorization = async (): Promise<string> => {
        let token = await opened();
        if (token.accessExpiresAt.getTime() - clock.now().getTime() < EARLY_MS) held = token = await renewed(token);
        sent.token = token;
        return `Bearer ${token.accessToken}`;
      };
      const answer = await ask(vendor, call, { isBulk, authorization });
      if (answer.status !== 401 || !sent.token) return answer;
      // One that a call beside this one has brought is taken as it is.
      if (held?.generation === sent.token.generation) held = await renewed(sent.token);
      const again = await ask(vendor, call, { isBulk, authorization });
      if (again.status !== 401) return again;
      const reason = `${vendor.name} does not take a token it has just renewed. Link it again.`;
      await markNeedsReconnect({ db, connectionId, reason, seen: sent.token, now: clock.now() });
      throw new NeedsReconnect(reason);
    };
  };
}

/** Not when there are newer tokens than `seen`: the athlete may have linked again in the meantime. */
async function markNeedsReconnect(options: {
  db: Database;
  connectionId: string;
  reason: string;
  seen: OpenedToken;
  now: Date;
}): Promise<void> {
  await options.db.query(
    `update provider_connection set state = 'NEEDS_RECONNECT', state_reason = $2, needs_reconnect_at = $3
      where id = $1 and state = 'ACTIVE'
        and not exists (select from sealed_token t where t.connection_id = $1 and t.generation > $4)`,
    [options.connectionId, options.reason, options.now, options.seen.generation],
  );
}
