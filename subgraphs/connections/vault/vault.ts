import { bulkhead, BulkheadRejectedError, type BulkheadPolicy } from 'cockatiel';
import { appendAudit } from '#platform/audit';
import type { Clock } from '#platform/clock';
import type { KeyRing } from '#platform/crypto';
import type { Database, Sql } from '#platform/database';
import { AppError } from '#platform/errors';
import type { WrappedKey } from '#platform/payload-keys';
import type { Provider } from '#platform/signals';
import type { Vendor } from '../providers/provider.ts';
import { ProviderUnavailable } from '../asking/ask-provider.ts';
import { holdTokenKey, insertDataKey } from './data-keys.ts';
import { openTokens, readTokenRows, sealPair, type TokenPlace, type TokenRow } from './sealed-token.ts';

/** What a provider gave us for one athlete, in the clear: held for the length of one use, never logged. */
export interface ProviderTokens {
  accessToken: string;
  /** null: the provider gives none, the access token lives for years. */
  refreshToken: string | null;
  accessExpiresAt: Date;
}

/** An opened access token. `generation` counts the pairs of a connection: whoever saw an older one must re-read. */
export interface OpenedToken {
  accessToken: string;
  accessExpiresAt: Date;
  generation: number;
}

/** Thrown inside `renew` by the call to the provider: the refresh token is dead, only the athlete can help. */
export class GrantLost extends Error {}

/** The tokens and the data keys of athletes. Nothing else in the product opens a token. */
export interface Vault {
  /** The athlete's two data keys, made with the athlete. Repeating it changes nothing. */
  createAthleteKeys(tx: Sql, athleteId: string): Promise<void>;
  /** The wrapped payload key under which bodies of this athlete are sealed. */
  payloadKeyOf(athleteId: string): Promise<WrappedKey>;
  /** The key for bodies that belong to nobody we know; made at the first call of the first process. */
  intakeKey(): Promise<WrappedKey>;
  /** Stores a pair in place of the one before. */
  sealTokens(tx: Sql, options: { connectionId: string; tokens: ProviderTokens }): Promise<void>;
  /** Opens the access token; the audit entry is committed before. NOT_FOUND when there is none (any more). */
  openAccessToken(options: { connectionId: string; purpose: string }): Promise<OpenedToken>;
  /** Opens both tokens for their last use, the provider's revoke call. null when there are none. */
  openForRevocation(connectionId: string): Promise<(ProviderTokens & { generation: number }) | null>;
  /**
   * A newer access token than `seen`. One refresh per connection over all replicas: the row is locked while `exchange`
   * asks the provider, and the new pair is committed before anybody may use it. Whoever waited takes what is there.
   * A dead refresh token is read a second time before it is believed: another replica may have used it up, and its pair is
   * then taken. Throws GrantLost when it is dead, ProviderUnavailable when too many wait for this vendor already; other
   * failures of `exchange` pass through and change nothing.
   */
  renew(options: {
    vendor: Pick<Vendor, 'provider' | 'name'>;
    connectionId: string;
    purpose: string;
    seen: number;
    exchange: (refreshToken: string) => Promise<ProviderTokens>;
    /** For the revoke call of a link that is over. Nobody else gets a token of one: NOT_FOUND. */
    isForRevocation?: boolean;
  }): Promise<OpenedToken>;
  destroyTokens(tx: Sql, connectionId: string): Promise<void>;
}

/**
 * A refresh holds a pooled connection for as long as the provider takes to answer, and needs a second one for the record of
 * access: without a bound, as many refreshes as the pool has connections would wait for each other. Of one vendor fewer, so
 * that one that takes the call and never answers leaves places to the others.
 */
const REFRESHES_AT_ONCE = 6;
const OF_ONE_VENDOR = 2;
/** More than these are told to come again: they would wait longer than whoever asked. */
const WAITING_FOR_ONE_VENDOR = 50;
const COME_AGAIN_MS = 5_000;

export function createVault(options: { db: Database; tokenRing: KeyRing; payloadRing: KeyRing; clock: Clock }): Vault {
  const { db, tokenRing, payloadRing, clock } = options;
  const renewing = new Map<string, Promise<OpenedToken>>();
  // Unbounded is only what the vendors' own bounds have let through.
  const refreshes = bulkhead(REFRESHES_AT_ONCE, Infinity);
  const refreshesOf = new Map<Provider, BulkheadPolicy>();

  /** In the vendor's turn first, then in that of all: who waits for a slow vendor takes no place from the others. */
  async function inTurn<T>({ provider, name }: Pick<Vendor, 'provider' | 'name'>, work: () => Promise<T>): Promise<T> {
    let own = refreshesOf.get(provider);
    if (!own) refreshesOf.set(provider, (own = bulkhead(OF_ONE_VENDOR, WAITING_FOR_ONE_VENDOR)));
    try {
      return await own.execute(() => refreshes.execute(work));
    } catch (error) {
      if (!(error instanceof BulkheadRejectedError)) throw error;
      throw new ProviderUnavailable(name, new Date(clock.now().getTime() + COME_AGAIN_MS), { isWait: true });
    }
  }

  async function readKey(kind: 'payload' | 'intake', athleteId: string | null): Promise<WrappedKey | undefined> {
    const [row] = await db.query<WrappedKey[]>(
      `select id, athlete_id as "athleteId", wrapped, kek_version as "kekVersion" from data_key
        where kind = $1 and athlete_id is not distinct from $2::uuid`,
      [kind, athleteId],
    );
    return row;
  }

  async function opened(row: TokenRow, purpose: string): Promise<OpenedToken> {
    await auditDecrypt({ db, clock, rows: [row], purpose });
    return {
      accessToken: openTokens(tokenRing, row).access(),
      accessExpiresAt: row.accessExpiresAt,
      generation: row.generation,
    };
  }

  async function sealTokens(
    tx: Sql,
    { connectionId, tokens }: { connectionId: string; tokens: ProviderTokens },
  ): Promise<void> {
    const [place] = await tx.query<TokenPlace[]>(
      `select id as "connectionId", athlete_id as "athleteId", provider from provider_connection where id = $1`,
      [connectionId],
    );
    if (!place) throw new Error('there is no such connection to seal tokens for');
    const key = await holdTokenKey(tx, place.athleteId);
    const sealed = sealPair({ ring: tokenRing, key, place, tokens });
    await tx.query(
      `insert into sealed_token as t (connection_id, key_id, access_sealed, refresh_sealed, access_expires_at, generation, updated_at)
       values ($1, $2, $3, $4, $5, 1, $6)
       on conflict (connection_id) do update
         set key_id = excluded.key_id, access_sealed = excluded.access_sealed, refresh_sealed = excluded.refresh_sealed,
             access_expires_at = excluded.access_expires_at, generation = t.generation + 1, updated_at = excluded.updated_at`,
      [connectionId, sealed.keyId, sealed.accessSealed, sealed.refreshSealed, tokens.accessExpiresAt, clock.now()],
    );
  }

  /** Waits for whoever refreshes or re-seals this connection, then holds the row. */
  async function heldRow(tx: Sql, connectionId: string): Promise<TokenRow> {
    // Locked by a statement of its own: one that also joined the key would lose the row when a rotation has just changed it.
    await tx.query('select from sealed_token where connection_id = $1 for update', [connectionId]);
    return rowOf(tx, connectionId);
  }

  /** Stores a pair that follows generation `seen`. null when somebody else has stored one by now. */
  async function storeNext(
    tx: Sql,
    { connectionId, seen, tokens }: { connectionId: string; seen: number; tokens: ProviderTokens },
  ): Promise<OpenedToken | null> {
    const row = await heldRow(tx, connectionId);
    if (row.generation !== seen) return null;
    await sealTokens(tx, { connectionId, tokens });
    return { accessToken: tokens.accessToken, accessExpiresAt: tokens.accessExpiresAt, generation: seen + 1 };
  }

  async function renewOnce(request: Parameters<Vault['renew']>[0]): Promise<OpenedToken> {
    const { connectionId, purpose, seen, exchange, isForRevocation = false } = request;
    let fresh: ProviderTokens | null = null;
    const stored = await db
      .transaction(async (tx) => {
        const row = await heldRow(tx, connectionId);
        if (row.isEnded && !isForRevocation) throw noTokens();
        if (row.generation !== seen) return null;
        if (row.refreshSealed === null)
          throw new GrantLost('The provider gave no refresh token, and the access token is not taken any more.');
        await auditDecrypt({ db, clock, rows: [row], purpose: `${purpose}: refresh` });
        const before = openTokens(tokenRing, row).refresh();
        const tokens = await exchange(before as string);
        // A provider that does not rotate sends no new refresh token: the old one stays good.
        fresh = { ...tokens, refreshToken: tokens.refreshToken ?? before };
        return storeNext(tx, { connectionId, seen, tokens: fresh });
      })
      .catch((error: unknown) => {
        // The old refresh token is used up: a pair that the database lost on the way is stored again, or the grant is gone.
        const tokens = fresh;
        if (tokens === null) throw error;
        return db.transaction((tx) => storeNext(tx, { connectionId, seen, tokens }));
      });
    return stored ?? opened(await rowOf(db, connectionId), purpose);
  }

  /** The second reading, under the lock: a replica that is about to commit a new pair is waited for. */
  async function unlessRenewed(request: Parameters<Vault['renew']>[0], error: GrantLost): Promise<OpenedToken> {
    const row = await db.transaction((tx) => heldRow(tx, request.connectionId));
    if (row.generation === request.seen) throw error;
    return opened(row, request.purpose);
  }

  return {
    async createAthleteKeys(tx, athleteId) {
      await insertDataKey(tx, { ring: tokenRing, kind: 'token', athleteId, clock });
      await insertDataKey(tx, { ring: payloadRing, kind: 'payload', athleteId, clock });
    },
    async payloadKeyOf(athleteId) {
      const key = await readKey('payload', athleteId);
      if (!key) throw new Error('the athlete has no payload key');
      return key;
    },
    async intakeKey() {
      const existing = await readKey('intake', null);
      if (existing) return existing;
      await insertDataKey(db, { ring: payloadRing, kind: 'intake', athleteId: null, clock });
      return (await readKey('intake', null)) as WrappedKey;
    },
    sealTokens,
    async openAccessToken({ connectionId, purpose }) {
      const row = await rowOf(db, connectionId);
      if (row.isEnded) throw noTokens();
      return opened(row, purpose);
    },
    async openForRevocation(connectionId) {
      const [row] = await readTokenRows(db, [connectionId]);
      if (!row) return null;
      await auditDecrypt({ db, clock, rows: [row], purpose: 'revoke at the provider' });
      const tokens = openTokens(tokenRing, row);
      return {
        accessToken: tokens.access(),
        refreshToken: tokens.refresh(),
        accessExpiresAt: row.accessExpiresAt,
        generation: row.generation,
      };
    },
    async renew(request) {
      const { connectionId } = request;
      // Within the process the first asks for all: a queue on the row would hold a pooled connection each.
      for (let running = renewing.get(connectionId); running; running = renewing.get(connectionId)) {
        const token = await running;
        if (token.generation !== request.seen) return token;
      }
      const work = inTurn(request.vendor, () => renewOnce(request))
        .catch((error: unknown) => {
          if (error instanceof GrantLost) return unlessRenewed(request, error);
          throw error;
        })
        .finally(() => renewing.delete(connectionId));
      renewing.set(connectionId, work);
      return work;
    },
    async destroyTokens(tx, connectionId) {
      await tx.query('delete from sealed_token where connection_id = $1', [connectionId]);
    },
  };
}

async function rowOf(db: Sql, connectionId: string): Promise<TokenRow> {
  const [row] = await readTokenRows(db, [connectionId]);
  if (!row) throw noTokens();
  return row;
}

const noTokens = (): AppError =>
  new AppError('NOT_FOUND', 'There are no tokens for this connection: it was ended. Link the provider again.');

/** On a connection of its own: committed before a token is used, and kept if what follows is rolled back. */
export function auditDecrypt(options: {
  db: Database;
  clock: Clock;
  rows: readonly TokenRow[];
  purpose: string;
}): Promise<void> {
  const at = options.clock.now();
  return appendAudit(
    options.db,
    options.rows.map(({ athleteId }) => ({
      at,
      actorId: null,
      actorKind: 'SYSTEM',
      athleteId,
      action: 'DECRYPT',
      signals: [],
      purpose: options.purpose,
      requestId: null,
    })),
  );
}
