import { open, seal, sha256 } from '#platform/crypto';
import type { Sql } from '#platform/database';
import { newId } from '#platform/ids';
import { keyNameOf, sealingKey, type PushKeys } from './push-keys.ts';

/** A browser that asked to be told, as it registered (Push API): where it is reached, and what it is encrypted with. */
export interface Browser {
  id: string;
  accountId: string;
  endpoint: string;
  p256dh: string;
  auth: string;
  /** The push service asked us to leave it alone until then. */
  notBefore: Date;
}

export type Registration = Pick<Browser, 'accountId' | 'endpoint' | 'p256dh' | 'auth'>;

/** One account's browsers, at most: more would be a mistake, and each is a message sent. */
const MOST_BROWSERS = 20;

/** Keeps a browser, sealed. One that was somebody else's is theirs no more: whoever registered it last has it before them. */
export async function keepBrowser(
  db: Sql,
  options: { registration: Registration; keys: PushKeys; now: Date },
): Promise<void> {
  const { registration, keys, now } = options;
  const { accountId, endpoint, p256dh, auth } = registration;
  const id = newId();
  const sealed = seal({
    key: sealingKey(keys),
    plaintext: Buffer.from(JSON.stringify({ endpoint, p256dh, auth })),
    aad: aadOf({ id, accountId }),
  });
  await db.query(
    `insert into insights.push_subscription (id, account_id, endpoint_hash, sealed, key_name, created_at, not_before)
     values ($1, $2, $3, $4, $5, $6, $6)
     on conflict (endpoint_hash) do update
        set id = excluded.id, account_id = excluded.account_id, sealed = excluded.sealed, key_name = excluded.key_name,
            created_at = excluded.created_at, not_before = excluded.not_before`,
    [id, accountId, sha256(endpoint), sealed, keyNameOf(keys), now],
  );
  await db.query(
    `delete from insights.push_subscription where id in (
       select id from insights.push_subscription where account_id = $1 order by created_at desc offset ${MOST_BROWSERS})`,
    [accountId],
  );
}

/** One that is not registered, or is somebody else's, is not there to be forgotten. */
export async function forgetBrowser(db: Sql, options: { accountId: string; endpoint: string }): Promise<void> {
  await db.query('delete from insights.push_subscription where account_id = $1 and endpoint_hash = $2', [
    options.accountId,
    sha256(options.endpoint),
  ]);
}

export async function forgetBrowsers(db: Sql, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db.query('delete from insights.push_subscription where id = any($1)', [ids]);
}

export async function countBrowsers(db: Sql, accountId: string): Promise<number> {
  const [row] = await db.query<{ count: number }[]>(
    'select count(*) as count from insights.push_subscription where account_id = $1',
    [accountId],
  );
  return row?.count ?? 0;
}

/** The browsers of many accounts, opened; `stale`: those that were registered with other push keys, for good. */
export async function readBrowsers(
  db: Sql,
  options: { accountIds: readonly string[]; keys: PushKeys },
): Promise<{ browsers: Browser[]; stale: string[] }> {
  const { accountIds, keys } = options;
  const rows = await db.query<{ id: string; accountId: string; sealed: Buffer; keyName: string; notBefore: Date }[]>(
    `select id, account_id as "accountId", sealed, key_name as "keyName", not_before as "notBefore"
       from insights.push_subscription where account_id = any($1) order by created_at`,
    [accountIds],
  );
  const key = sealingKey(keys);
  const ours = rows.filter(({ keyName }) => keyName === keyNameOf(keys));
  return {
    browsers: ours.map(({ id, accountId, sealed, notBefore }) => {
      const text = open({ key, sealed, aad: aadOf({ id, accountId }) }).toString();
      return { id, accountId, notBefore, ...(JSON.parse(text) as Pick<Browser, 'endpoint' | 'p256dh' | 'auth'>) };
    }),
    stale: rows.filter((row) => !ours.includes(row)).map(({ id }) => id),
  };
}

/** A push service asked us to wait with this browser. */
export async function holdBack(db: Sql, held: readonly { id: string; notBefore: Date }[]): Promise<void> {
  if (held.length === 0) return;
  await db.query(
    `update insights.push_subscription s set not_before = h.not_before
       from unnest($1::uuid[], $2::timestamptz[]) as h(id, not_before) where s.id = h.id`,
    [held.map(({ id }) => id), held.map(({ notBefore }) => notBefore)],
  );
}

const aadOf = ({ id, accountId }: { id: string; accountId: string }): string[] => ['browser', id, accountId];
