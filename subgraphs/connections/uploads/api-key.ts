import type { Clock } from '#platform/clock';
import { newSecret, sha256 } from '#platform/crypto';
import type { Sql } from '#platform/database';
import { AppError } from '#platform/errors';
import { isId, newId } from '#platform/ids';

export const API_KEY_SCOPES = ['ingest'] as const;
export type ApiKeyScope = (typeof API_KEY_SCOPES)[number];

/** A key as operators see it. The key itself is shown once, when it is made. */
export interface ApiKey {
  id: string;
  name: string;
  scope: ApiKeyScope;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  /** UTC day. */
  lastUsedOn: string | null;
}

/** Whoever sent a valid key. */
export interface ApiKeyHolder {
  apiKeyId: string;
}

/**
 * Keys of services. At rest there is the SHA-256 of a key: a key is 256 random bits, so there is nothing to guess that a
 * slow hash would slow down, and every request would pay for it.
 */
export interface ApiKeys {
  /** `key` is `aa_` and the secret. It is stored nowhere. */
  create(options: { name: string; scope: ApiKeyScope; expiresAt: Date | null }): Promise<{ id: string; key: string }>;
  /** Newest first. */
  list(): Promise<ApiKey[]>;
  /** From its commit on the key opens nothing. NOT_FOUND when there is no such key; revoking again changes nothing. */
  revoke(id: string): Promise<ApiKey>;
  /** Throws UNAUTHENTICATED for a key that is none, unknown, revoked or expired, all alike; FORBIDDEN for another scope. */
  check(options: { key: string | undefined; scope: ApiKeyScope }): Promise<ApiKeyHolder>;
}

const PREFIX = 'aa_';
/** 32 bytes in base64url. */
const KEY = /^aa_[A-Za-z0-9_-]{43}$/;

const COLUMNS = `id, name, scope, created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt", last_used_on as "lastUsedOn"`;

export function createApiKeys(options: { db: Sql; clock: Clock }): ApiKeys {
  const { db, clock } = options;
  return {
    async create({ name, scope, expiresAt }) {
      const [id, key] = [newId(), `${PREFIX}${newSecret()}`];
      await db.query(
        'insert into api_key (id, name, scope, hash, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)',
        [id, name, scope, sha256(key), clock.now(), expiresAt],
      );
      return { id, key };
    },
    list: () => db.query<ApiKey[]>(`select ${COLUMNS} from api_key order by created_at desc, id desc`),
    async revoke(id) {
      const [revoked] = isId(id)
        ? await db.query<ApiKey[]>(
            `with revoked as (
               update api_key set revoked_at = coalesce(revoked_at, $2) where id = $1 returning *
             )
             select ${COLUMNS} from revoked`,
            [id, clock.now()],
          )
        : [];
      if (!revoked)
        throw new AppError('NOT_FOUND', 'There is no API key with this id. List the keys to see their ids.');
      return revoked;
    },
    async check({ key, scope }) {
      const found = key !== undefined && KEY.test(key) ? await use(db, { key, now: clock.now() }) : undefined;
      if (!found) {
        throw new AppError(
          'UNAUTHENTICATED',
          'The API key is missing, or is not valid (any more). Send it as authorization: Bearer, or as x-api-key.',
        );
      }
      if (found.scope !== scope)
        throw new AppError('FORBIDDEN', `This API key has not the scope ${scope}. Ask the operator for one that has.`);
      return { apiKeyId: found.id };
    },
  };
}

/** Finds a key that holds now, and writes down the day of its use, at most once a day. */
async function use(db: Sql, options: { key: string; now: Date }): Promise<{ id: string; scope: string } | undefined> {
  const [found] = await db.query<{ id: string; scope: string }[]>(
    `with found as (
       select id, scope, last_used_on from api_key
        where hash = $1 and revoked_at is null and (expires_at is null or expires_at > $2)
     ), used as (
       update api_key k set last_used_on = $3::date
         from found where k.id = found.id and (found.last_used_on is null or found.last_used_on < $3::date)
     )
     select id, scope from found`,
    [sha256(options.key), options.now, options.now.toISOString().slice(0, 10)],
  );
  return found;
}

/** What the access log calls the holders of keys. */
export async function apiKeyNames(db: Sql, ids: readonly string[]): Promise<(string | undefined)[]> {
  const rows = await db.query<{ id: string; name: string }[]>('select id, name from api_key where id = any($1)', [
    ids.filter(isId),
  ]);
  const nameOf = new Map(rows.map(({ id, name }) => [id, name]));
  return ids.map((id) => nameOf.get(id));
}
