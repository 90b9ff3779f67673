import type { KeyObject } from 'node:crypto';
import { keyObject, open, seal, type KeyRing } from '#platform/crypto';
import type { Sql } from '#platform/database';
import { keepNewest } from '#platform/keep-newest';

/** A data key as the database holds it: wrapped under the KEK of `kekVersion`. */
export interface WrappedKey {
  id: string;
  /** null: the intake key, for bodies that belong to nobody we know. */
  athleteId: string | null;
  wrapped: Buffer;
  kekVersion: number;
}

const CACHED_KEYS = 5_000;

/** Opens raw bodies: the athlete's payload key is read once, unwrapped, and kept in memory (bounded, least recently loaded out first). */
export interface PayloadKeys {
  /** Reads the keys of `ids` that are not in memory: one query. */
  load(db: Sql, ids: readonly string[]): Promise<void>;
  remember(key: WrappedKey): void;
  has(id: string): boolean;
  seal(options: { keyId: string; plaintext: Buffer; deliveryId: string }): Buffer;
  /** Throws when the key is destroyed or the record was altered or moved. */
  open(options: { keyId: string; sealed: Buffer; deliveryId: string }): Buffer;
}

export const payloadKeyAad = (key: { id: string; athleteId: string | null }): string[] => [
  'payload',
  key.athleteId ?? 'intake',
  key.id,
];

export function createPayloadKeys(options: { ring: KeyRing }): PayloadKeys {
  const keys = new Map<string, KeyObject>();

  function remember(key: WrappedKey): void {
    // An id has one key for ever, whatever it is wrapped under.
    if (isKept(key.id)) return;
    const { id, wrapped, kekVersion } = key;
    keepNewest(
      keys,
      [id, keyObject(options.ring.unwrap({ wrapped, kekVersion, aad: payloadKeyAad(key) }))],
      CACHED_KEYS,
    );
  }

  /** What is asked for goes to the back of the queue: else a key of this very batch could leave to make room for another. */
  function isKept(id: string): boolean {
    const key = keys.get(id);
    if (!key) return false;
    keepNewest(keys, [id, key], CACHED_KEYS);
    return true;
  }

  function keyOf(id: string): KeyObject {
    const key = keys.get(id);
    if (!key) throw new Error('the payload key of this body is not there: it was destroyed or never loaded');
    return key;
  }

  return {
    remember,
    has: (id) => keys.has(id),
    async load(db, ids) {
      const missing = [...new Set(ids)].filter((id) => !isKept(id));
      if (missing.length === 0) return;
      const rows = await db.query<WrappedKey[]>(
        'select id, athlete_id as "athleteId", wrapped, kek_version as "kekVersion" from connections.payload_key_v1 where id = any($1)',
        [missing],
      );
      for (const row of rows) remember(row);
    },
    seal: ({ keyId, plaintext, deliveryId }) =>
      seal({ key: keyOf(keyId), plaintext, aad: ['payload-body', deliveryId, keyId] }),
    open: ({ keyId, sealed, deliveryId }) =>
      open({ key: keyOf(keyId), sealed, aad: ['payload-body', deliveryId, keyId] }),
  };
}
