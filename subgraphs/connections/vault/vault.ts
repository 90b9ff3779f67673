import { appendAudit } from '#platform/audit';
import type { Clock } from '#platform/clock';
import { newDataKey, open, seal, type KeyRing } from '#platform/crypto';
import type { Database, Sql } from '#platform/database';
import { AppError } from '#platform/errors';
import { newId } from '#platform/ids';
import { payloadKeyAad, type WrappedKey } from '#platform/payload-keys';

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
  openForRevocation(connectionId: string): Promise<ProviderTokens | null>;
  /**
   * A newer access token than `seen`. One refresh per connection over all replicas: the row is locked while `exchange`
   * asks the provider, and the new pair is committed before anybody may use it. Whoever waited takes what is there.
   * Throws GrantLost when the refresh token is dead; other failures of `exchange` pass through and change nothing.
   */
  renew(options: {
    connectionId: string;
    purpose: string;
    seen: number;
    exchange: (refreshToken: string) => Promise<ProviderTokens>;
  }): Promise<OpenedToken>;
  destroyTokens(tx: Sql, connectionId: string): Promise<void>;
}

interface TokenRow {
  connectionId: string;
  athleteId: string;
  provider: string;
  keyId: string;
  accessSealed: Buffer;
  refreshSealed: Buffer | null;
  accessExpiresAt: Date;
  generation: number;
  wrapped: Buffer;
  kekVersion: number;
}

const TOKEN_ROW = `
  select t.connection_id as "connectionId", c.athlete_id as "athleteId", c.provider, t.key_id as "keyId",
         t.access_sealed as "accessSealed", t.refresh_sealed as "refreshSealed", t.access_expires_at as "accessExpiresAt",
         t.generation, k.wrapped, k.kek_version as "kekVersion"
    from sealed_token t
    join provider_connection c on c.id = t.connection_id
    join data_key k on k.id = t.key_id
   where t.connection_id = $1`;

const tokenKeyAad = (key: { id: string; athleteId: string }): string[] => ['token', key.athleteId, key.id];

type TokenPlace = { athleteId: string; provider: string; connectionId: string; keyId: string };
const tokenAad = (place: TokenPlace, kind: 'access' | 'refresh'): string[] => [
  'provider-token',
  place.athleteId,
  place.provider,
  place.connectionId,
  kind,
  place.keyId,
];

export function createVault(options: { db: Database; tokenRing: KeyRing; payloadRing: KeyRing; clock: Clock }): Vault {
  const { db, tokenRing, payloadRing, clock } = options;
  const renewing = new Map<string, Promise<OpenedToken>>();

  async function insertKey(
    tx: Sql,
    key: { kind: 'token' | 'payload' | 'intake'; athleteId: string | null },
  ): Promise<void> {
    const id = newId();
    const aad =
      key.kind === 'token'
        ? tokenKeyAad({ id, athleteId: key.athleteId as string })
        : payloadKeyAad({ id, athleteId: key.athleteId });
    const ring = key.kind === 'token' ? tokenRing : payloadRing;
    const { wrapped, kekVersion } = ring.wrap({ dataKey: newDataKey(), aad });
    await tx.query(
      `insert into data_key (id, athlete_id, kind, wrapped, kek_version, created_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (athlete_id, kind) do nothing`,
      [id, key.athleteId, key.kind, wrapped, kekVersion, clock.now()],
    );
  }

  async function readKey(kind: 'payload' | 'intake', athleteId: string | null): Promise<WrappedKey | undefined> {
    const [row] = await db.query<WrappedKey[]>(
      `select id, athlete_id as "athleteId", wrapped, kek_version as "kekVersion" from data_key
        where kind = $1 and athlete_id is not distinct from $2::uuid`,
      [kind, athleteId],
    );
    return row;
  }

  function openToken(row: TokenRow, kind: 'access' | 'refresh', sealed: Buffer): string {
    const aad = tokenKeyAad({ id: row.keyId, athleteId: row.athleteId });
    const key = tokenRing.unwrap({ wrapped: row.wrapped, kekVersion: row.kekVersion, aad });
    return open({ key, sealed, aad: tokenAad(row, kind) }).toString('utf8');
  }

  /** On a connection of its own: committed before the token is used, and kept if what follows is rolled back. */
  const auditDecrypt = (row: TokenRow, purpose: string): Promise<void> =>
    appendAudit(db, [
      {
        at: clock.now(),
        actorId: null,
        actorKind: 'SYSTEM',
        athleteId: row.athleteId,
        action: 'DECRYPT',
        signals: [],
        purpose,
        requestId: null,
      },
    ]);

  async function opened(row: TokenRow, purpose: string): Promise<OpenedToken> {
    await auditDecrypt(row, purpose);
    return {
      accessToken: openToken(row, 'access', row.accessSealed),
      accessExpiresAt: row.accessExpiresAt,
      generation: row.generation,
    };
  }

  async function rowOf(connectionId: string): Promise<TokenRow> {
    const [row] = await db.query<TokenRow[]>(TOKEN_ROW, [connectionId]);
    if (!row) throw noTokens();
    return row;
  }

  async function sealTokens(
    tx: Sql,
    { connectionId, tokens }: { connectionId: string; tokens: ProviderTokens },
  ): Promise<void> {
    const [row] = await tx.query<(Omit<TokenPlace, 'connectionId'> & { wrapped: Buffer; kekVersion: number })[]>(
      `select c.athlete_id as "athleteId", c.provider, k.id as "keyId", k.wrapped, k.kek_version as "kekVersion"
         from provider_connection c join data_key k on k.athlete_id = c.athlete_id and k.kind = 'token'
        where c.id = $1`,
      [connectionId],
    );
    if (!row) throw new Error('the athlete of this connection has no token key');
    const key = tokenRing.unwrap({ ...row, aad: tokenKeyAad({ id: row.keyId, athleteId: row.athleteId }) });
    const sealOne = (kind: 'access' | 'refresh', token: string): Buffer =>
      seal({ key, plaintext: Buffer.from(token), aad: tokenAad({ ...row, connectionId }, kind) });
    await tx.query(
      `insert into sealed_token as t (connection_id, key_id, access_sealed, refresh_sealed, access_expires_at, generation, updated_at)
       values ($1, $2, $3, $4, $5, 1, $6)
       on conflict (connection_id) do update
         set key_id = excluded.key_id, access_sealed = excluded.access_sealed, refresh_sealed = excluded.refresh_sealed,
             access_expires_at = excluded.access_expires_at, generation = t.generation + 1, updated_at = excluded.updated_at`,
      [
        connectionId,
        row.keyId,
        sealOne('access', tokens.accessToken),
        tokens.refreshToken === null ? null : sealOne('refresh', tokens.refreshToken),
        tokens.accessExpiresAt,
        clock.now(),
      ],
    );
  }

  async function renewOnce(request: Parameters<Vault['renew']>[0]): Promise<OpenedToken> {
    const { connectionId, purpose, seen, exchange } = request;
    const stored = await db.transaction(async (tx) => {
      const [row] = await tx.query<TokenRow[]>(`${TOKEN_ROW} for update of t`, [connectionId]);
      if (!row) throw noTokens();
      if (row.generation !== seen) return null;
      if (row.refreshSealed === null)
        throw new GrantLost('The provider gave no refresh token, and the access token is not taken any more.');
      await auditDecrypt(row, `${purpose}: refresh`);
      const before = openToken(row, 'refresh', row.refreshSealed);
      const tokens = await exchange(before);
      // A provider that does not rotate sends no new refresh token: the old one stays good.
      const kept = { ...tokens, refreshToken: tokens.refreshToken ?? before };
      await sealTokens(tx, { connectionId, tokens: kept });
      return { accessToken: kept.accessToken, accessExpiresAt: kept.accessExpiresAt, generation: row.generation + 1 };
    });
    return stored ?? opened(await rowOf(connectionId), purpose);
  }

  return {
    async createAthleteKeys(tx, athleteId) {
      await insertKey(tx, { kind: 'token', athleteId });
      await insertKey(tx, { kind: 'payload', athleteId });
    },
    async payloadKeyOf(athleteId) {
      const key = await readKey('payload', athleteId);
      if (!key) throw new Error('the athlete has no payload key');
      return key;
    },
    async intakeKey() {
      const existing = await readKey('intake', null);
      if (existing) return existing;
      await insertKey(db, { kind: 'intake', athleteId: null });
      return (await readKey('intake', null)) as WrappedKey;
    },
    sealTokens,
    openAccessToken: async ({ connectionId, purpose }) => opened(await rowOf(connectionId), purpose),
    async openForRevocation(connectionId) {
      const [row] = await db.query<TokenRow[]>(TOKEN_ROW, [connectionId]);
      if (!row) return null;
      await auditDecrypt(row, 'revoke at the provider');
      return {
        accessToken: openToken(row, 'access', row.accessSealed),
        refreshToken: row.refreshSealed === null ? null : openToken(row, 'refresh', row.refreshSealed),
        accessExpiresAt: row.accessExpiresAt,
      };
    },
    async renew(request) {
      const { connectionId } = request;
      // Within the process the first asks for all: a queue on the row would hold a pooled connection each.
      const running = renewing.get(connectionId);
      if (running) return running;
      const work = renewOnce(request)
        .catch(async (error: unknown) => {
          if (!(error instanceof GrantLost)) throw error;
          const row = await rowOf(connectionId);
          if (row.generation === request.seen) throw error;
          return opened(row, request.purpose);
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

const noTokens = (): AppError =>
  new AppError('NOT_FOUND', 'There are no tokens for this connection: it was ended. Link the provider again.');
