import type { Clock } from '#platform/clock';
import type { Database } from '#platform/database';
import type { Logger } from '#platform/log';
import { startRounds, type Rounds } from '#platform/rounds';
import type { Vendor } from '../providers/provider.ts';
import type { Vendors } from '../providers/registry.ts';
import { NeedsReconnect, type OpenAccess } from '../asking/access.ts';
import { ProviderUnavailable } from '../asking/ask-provider.ts';

const ROUND_EVERY_MS = 10 * 60_000;
const DAY_MS = 86_400_000;
/** Of one provider in one round: thousands of grants are kept over some hours, not in one burst. */
const KEPT_PER_ROUND = 100;

export interface KeepGrantsParts {
  db: Database;
  vendors: Vendors;
  openAccess: OpenAccess;
  clock: Clock;
  log: Logger;
}

/**
 * Refreshes grants before they lapse from disuse, where a provider has them lapse and delivers without being asked. Two
 * replicas may meet at one connection: the vault refreshes it once.
 */
export function keepGrants(parts: KeepGrantsParts): Rounds {
  return startRounds({
    everyMs: ROUND_EVERY_MS,
    complaint: 'grants that lapse from disuse could not be refreshed; the next round tries once more',
    log: parts.log,
    async round() {
      for (const vendor of parts.vendors.all) await keepGrantsOf(vendor, parts);
      return 'done';
    },
  });
}

/** Answers how many grants were used. Stops at a provider that cannot be asked now: there are months of time. */
export async function keepGrantsOf(
  vendor: Vendor,
  { db, openAccess, clock, log }: Omit<KeepGrantsParts, 'vendors'>,
): Promise<number> {
  const { refreshEveryDays, probeUrl } = vendor.oauth;
  if (refreshEveryDays === undefined) return 0;
  // In no order, so that one that always fails holds nobody up.
  const resting = await db.query<{ id: string }[]>(
    `select c.id from provider_connection c join sealed_token t on t.connection_id = c.id
      where c.provider = $1 and c.state = 'ACTIVE' and t.updated_at < $2 order by random() limit ${KEPT_PER_ROUND}`,
    [vendor.provider, new Date(clock.now().getTime() - refreshEveryDays * DAY_MS)],
  );
  let kept = 0;
  for (const { id } of resting) {
    try {
      // The access token has long ended, so any call refreshes. What is answered to it is not our question here.
      const ask = openAccess({ vendor, connectionId: id, purpose: 'keep the grant', isBulk: true });
      await ask({ method: 'GET', url: probeUrl });
      kept += 1;
    } catch (error) {
      if (error instanceof ProviderUnavailable) break;
      if (!(error instanceof NeedsReconnect)) throw error;
    }
  }
  if (resting.length > 0) log.info({ provider: vendor.slug, kept }, 'grants were used, so that they do not lapse');
  return kept;
}
