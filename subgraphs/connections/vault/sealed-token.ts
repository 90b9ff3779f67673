import { open, seal, type KeyRing } from '#platform/crypto';
import type { Sql } from '#platform/database';
import { unwrapDataKey, type StoredDataKey } from './data-keys.ts';

/** The tokens of one connection as the database holds them, with the key they are sealed under. */
export interface TokenRow {
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
  /** The link is over: all that is left to do with the pair is to revoke it. */
  isEnded: boolean;
}

/** Token and key come from one snapshot: a rotation between two statements would leave a reader without the key. */
export async function readTokenRows(db: Sql, connectionIds: readonly string[]): Promise<TokenRow[]> {
  return await db.query<TokenRow[]>(
    `select t.connection_id as "connectionId", c.athlete_id as "athleteId", c.provider, t.key_id as "keyId",
            t.access_sealed as "accessSealed", t.refresh_sealed as "refreshSealed", t.access_expires_at as "accessExpiresAt",
            t.generation, k.wrapped, k.kek_version as "kekVersion",
            exists (select from pending_revocation p where p.connection_id = t.connection_id) as "isEnded"
       from sealed_token t
       join provider_connection c on c.id = t.connection_id
       join data_key k on k.id = t.key_id
      where t.connection_id = any($1::uuid[])`,
    [connectionIds],
  );
}

export type TokenKind = 'access' | 'refresh';

/** What a sealed token is bound to. */
export type TokenPlace = Pick<TokenRow, 'athleteId' | 'provider' | 'connectionId'>;

const tokenAad = (place: TokenPlace, keyId: string, kind: TokenKind): string[] => [
  'provider-token',
  place.athleteId,
  place.provider,
  place.connectionId,
  kind,
  keyId,
];

/** Opens the tokens of a row; the caller has put that on record. */
export function openTokens(ring: KeyRing, row: TokenRow): { access(): string; refresh(): string | null } {
  const stored: StoredDataKey = { ...row, id: row.keyId, kind: 'token' };
  const openOne = (kind: TokenKind, sealed: Buffer): string =>
    open({ key: unwrapDataKey(ring, stored), sealed, aad: tokenAad(row, row.keyId, kind) }).toString('utf8');
  return {
    access: () => openOne('access', row.accessSealed),
    refresh: () => (row.refreshSealed === null ? null : openOne('refresh', row.refreshSealed)),
  };
}

export interface SealedPair {
  keyId: string;
  accessSealed: Buffer;
  refreshSealed: Buffer | null;
}

export function sealPair(options: {
  ring: KeyRing;
  key: StoredDataKey;
  place: TokenPlace;
  tokens: { accessToken: string; refreshToken: string | null };
}): SealedPair {
  const { key: stored, place, tokens } = options;
  const key = unwrapDataKey(options.ring, stored);
  const sealOne = (kind: TokenKind, token: string): Buffer =>
    seal({ key, plaintext: Buffer.from(token), aad: tokenAad(place, stored.id, kind) });
  return {
    keyId: stored.id,
    accessSealed: sealOne('access', tokens.accessToken),
    refreshSealed: tokens.refreshToken === null ? null : sealOne('refresh', tokens.refreshToken),
  };
}
