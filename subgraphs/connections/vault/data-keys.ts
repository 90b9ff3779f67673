import type { Clock } from '#platform/clock';
import { newDataKey, type KeyRing, type RootPurpose } from '#platform/crypto';
import type { Sql } from '#platform/database';
import { newId } from '#platform/ids';
import { payloadKeyAad } from '#platform/payload-keys';

/** What a data key seals: an athlete's tokens, an athlete's bodies, bodies of nobody we know, our sign-in keys. */
export type DataKeyKind = 'token' | 'payload' | 'intake' | 'signing';

/** Which root secret wraps which kinds. */
export const KINDS_UNDER: Record<RootPurpose, readonly DataKeyKind[]> = {
  token: ['token', 'signing'],
  payload: ['payload', 'intake'],
};

export interface DataKeyPlace {
  id: string;
  /** null for the kinds that belong to no athlete. */
  athleteId: string | null;
  kind: DataKeyKind;
}

/** A data key as its row holds it. */
export interface StoredDataKey extends DataKeyPlace {
  wrapped: Buffer;
  kekVersion: number;
}

/** What a wrapped key is bound to: moved to another row it does not open. */
export function dataKeyAad(key: DataKeyPlace): string[] {
  if (key.kind === 'token') return ['token', key.athleteId as string, key.id];
  if (key.kind === 'signing') return ['signing', key.id];
  return payloadKeyAad(key);
}

export const unwrapDataKey = (ring: KeyRing, key: StoredDataKey): Buffer =>
  ring.unwrap({ wrapped: key.wrapped, kekVersion: key.kekVersion, aad: dataKeyAad(key) });

/** A new random key, wrapped for its place. */
export function makeDataKey(ring: KeyRing, key: { athleteId: string | null; kind: DataKeyKind }): StoredDataKey {
  const place = { ...key, id: newId() };
  return { ...place, ...ring.wrap({ dataKey: newDataKey(), aad: dataKeyAad(place) }) };
}

/** Stores a new key unless the athlete has one of this kind. */
export async function insertDataKey(
  tx: Sql,
  options: { ring: KeyRing; athleteId: string | null; kind: DataKeyKind; clock: Clock },
): Promise<void> {
  const key = makeDataKey(options.ring, options);
  await tx.query(
    `insert into data_key (id, athlete_id, kind, wrapped, kek_version, created_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (athlete_id, kind) where retired_at is null do nothing`,
    [key.id, key.athleteId, key.kind, key.wrapped, key.kekVersion, options.clock.now()],
  );
}

/**
 * The keys under which tokens of these athletes are sealed from now on, by athlete. They stay current until the transaction
 * ends: a rotation waits for that, so nothing is ever sealed under a key that is being retired.
 * An athlete without an answer has no key, or had it replaced in this very moment: then the next statement sees the new one.
 */
export async function holdTokenKeys(tx: Sql, athleteIds: readonly string[]): Promise<Map<string, StoredDataKey>> {
  const rows = await tx.query<(StoredDataKey & { athleteId: string })[]>(
    `select id, athlete_id as "athleteId", kind, wrapped, kek_version as "kekVersion" from data_key
      where athlete_id = any($1::uuid[]) and kind = 'token' and retired_at is null for share`,
    [athleteIds],
  );
  return new Map(rows.map((row) => [row.athleteId, row]));
}

/** The same for one athlete. Throws when there is none. */
export async function holdTokenKey(tx: Sql, athleteId: string): Promise<StoredDataKey> {
  // A second look finds the successor of a key that was retired while the first one waited for it.
  for (let look = 0; look < 2; look += 1) {
    const key = (await holdTokenKeys(tx, [athleteId])).get(athleteId);
    if (key) return key;
  }
  throw new Error('the athlete has no token key');
}

export interface KeyCount {
  kind: DataKeyKind;
  version: number;
  keys: number;
  isCurrent: boolean;
}

/** How many data keys of a ring's purpose stand under which version. */
export const keysByVersion = (db: Sql, ring: KeyRing): Promise<KeyCount[]> =>
  db.query<KeyCount[]>(
    `select kind, kek_version as version, count(*) as keys, kek_version = $2 as "isCurrent" from data_key
      where kind = any($1) group by kind, kek_version order by kind, kek_version`,
    [KINDS_UNDER[ring.purpose], ring.currentVersion],
  );
