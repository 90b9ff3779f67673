import { appendAudit } from '#platform/audit';
import type { Clock } from '#platform/clock';
import type { Database, Sql } from '#platform/database';
import { hashedId, type Logger } from '#platform/log';
import { startRounds, type Rounds } from '#platform/rounds';
import type { Provider } from '#platform/signals';
import type { Vendor } from '../providers/provider.ts';
import type { Vendors } from '../providers/registry.ts';
import { ProviderUnavailable, type AskProvider } from '../asking/ask-provider.ts';
import { GrantLost, type ProviderTokens, type Vault } from '../vault/vault.ts';
import { refreshTokens, revokeAtProvider } from './oauth.ts';

const ROUND_EVERY_MS = 60_000;
/** A wait is as long as the revocation is old, within these: 1, 1, 2, 4, ... minutes. */
const SHORTEST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 6 * 3_600_000;
const GIVEN_UP_AFTER_MS = 7 * 86_400_000;
const BATCH = 20;

export interface RevocationParts {
  db: Database;
  vault: Vault;
  ask: AskProvider;
  clock: Clock;
  log: Logger;
}

interface Pending {
  athleteId: string;
  connectionId: string;
  provider: Provider;
  providerUserId: string;
  orderedAt: Date;
}

const PENDING = `athlete_id as "athleteId", connection_id as "connectionId", provider, provider_user_id as "providerUserId",
            ordered_at as "orderedAt"`;

/**
 * Orders the revocation of a link's pair, in the transaction that ends the link: from its commit on no other call gets a
 * token of it. Waits for a refresh that is under way, so the newest pair is revoked. Nothing where there is no pair.
 */
export async function orderRevocation(tx: Sql, options: { connectionId: string; at: Date }): Promise<void> {
  // Not due at once: whoever ended the link tries first.
  const nextAt = new Date(options.at.getTime() + SHORTEST_WAIT_MS);
  await tx.query(
    `insert into pending_revocation (athlete_id, connection_id, provider, provider_user_id, ordered_at, next_at)
     select c.athlete_id, c.id, c.provider, c.provider_user_id, $2, $3
       from provider_connection c join sealed_token t on t.connection_id = c.id where c.id = $1
     on conflict do nothing`,
    [options.connectionId, options.at, nextAt],
  );
}

/** The account is linked again: at most providers a revocation with the pair of before would end the new grant too. */
export async function forgetRevocation(
  tx: Sql,
  options: { provider: Provider; providerUserId: string },
): Promise<void> {
  await tx.query(
    `delete from sealed_token t using pending_revocation p
      where p.connection_id = t.connection_id and p.provider = $1 and p.provider_user_id = $2`,
    [options.provider, options.providerUserId],
  );
}

/** Tries at once what waits of this athlete at that provider. What does not work stays for the rounds; nothing is thrown. */
export async function settleRevocations(parts: RevocationParts & { vendor: Vendor; athleteId: string }): Promise<void> {
  const { db, vendor, athleteId } = parts;
  const waiting = await db.query<Pending[]>(
    `select ${PENDING} from pending_revocation where athlete_id = $1 and provider = $2`,
    [athleteId, vendor.provider],
  );
  for (const pending of waiting) await settle(pending, parts);
}

/** Tries again and again what could not be revoked when its link ended, for a week. */
export function keepRevoking(parts: RevocationParts & { vendors: Vendors }): Rounds {
  return startRounds({
    everyMs: ROUND_EVERY_MS,
    complaint: 'grants that are over could not be looked through; the next round tries once more',
    log: parts.log,
    round: async () => ((await revokeDue(parts)) === BATCH ? 'more' : 'done'),
  });
}

/** One look. Answers how many were due. */
export async function revokeDue(parts: RevocationParts & { vendors: Vendors }): Promise<number> {
  const { db, clock, vendors } = parts;
  const now = clock.now();
  // Put off before it is tried: no other replica takes it up meanwhile.
  const due = await db.query<Pending[]>(
    `with due as (
       select connection_id as id from pending_revocation where next_at <= $1 order by next_at limit ${BATCH} for update skip locked
     ), taken as (
       update pending_revocation p
          set next_at = $1 + least(greatest($1 - p.ordered_at, $2 * interval '1 ms'), $3 * interval '1 ms')
         from due where p.connection_id = due.id returning p.*
     ) select ${PENDING} from taken`,
    [now, SHORTEST_WAIT_MS, LONGEST_WAIT_MS],
  );
  for (const pending of due) {
    // Without credentials there is none, and nobody to ask; they may come back within the week.
    const vendor = vendors.all.find(({ provider }) => provider === pending.provider);
    if (now.getTime() - pending.orderedAt.getTime() > GIVEN_UP_AFTER_MS) await giveUp(pending, parts);
    else if (vendor) await settle(pending, { ...parts, vendor });
  }
  return due.length;
}

async function settle(pending: Pending, parts: RevocationParts & { vendor: Vendor }): Promise<void> {
  const { db, vault, vendor, log } = parts;
  const about = { connection: hashedId(pending.connectionId), provider: vendor.slug };
  try {
    const ending = await revoke(pending, parts);
    if (ending === 'unavailable')
      return log.info(about, 'a provider could not be told that a grant is over; it is told later');
    if (ending === 'not_taken')
      log.warn(about, 'the provider took no revoke call; the tokens are destroyed all the same');
    await vault.destroyTokens(db, pending.connectionId);
  } catch (error) {
    log.error({ ...about, err: error }, 'a grant that is over could not be revoked; it is tried again');
  }
}

async function revoke(
  { connectionId, providerUserId }: Pending,
  { vault, ask, clock, vendor }: RevocationParts & { vendor: Vendor },
): Promise<'over' | 'unavailable' | 'not_taken'> {
  const told = async (tokens: ProviderTokens) => {
    const ending = await revokeAtProvider({ ask, vendor, grant: { ...tokens, providerUserId } });
    return ending === 'revoked' ? 'over' : ending;
  };
  const tokens = await vault.openForRevocation(connectionId);
  if (tokens === null) return 'over';
  const first = await told(tokens);
  if (first !== 'token_ended') return first;
  // Access tokens of an hour have mostly ended by now, and some providers take no other word for a revocation.
  if (tokens.refreshToken === null) return 'over';
  try {
    await vault.renew({
      vendor,
      connectionId,
      purpose: 'revoke at the provider',
      seen: tokens.generation,
      exchange: (refreshToken) => refreshTokens({ ask, vendor, clock, refreshToken }),
      isForRevocation: true,
    });
  } catch (error) {
    if (error instanceof GrantLost) return 'over';
    if (error instanceof ProviderUnavailable) return 'unavailable';
    throw error;
  }
  const fresh = await vault.openForRevocation(connectionId);
  const second = fresh ? await told(fresh) : 'over';
  // A token that was renewed a moment ago has not ended: it is not what the provider refuses.
  return second === 'token_ended' ? 'not_taken' : second;
}

async function giveUp(pending: Pending, { db, vault, clock, log }: RevocationParts): Promise<void> {
  const { athleteId, connectionId, provider } = pending;
  await db.transaction(async (tx) => {
    await vault.destroyTokens(tx, connectionId);
    await appendAudit(tx, [
      {
        at: clock.now(),
        actorId: null,
        actorKind: 'SYSTEM',
        athleteId,
        action: 'UNLINK',
        signals: [],
        purpose: `gave up telling ${provider} that the link is over`,
        requestId: null,
      },
    ]);
  });
  log.warn({ connection: hashedId(connectionId), provider }, 'a provider was not told for a week that a grant is over');
}
