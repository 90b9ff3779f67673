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

/** An unwrapped key. Whoever holds it may seal with it, whatever the memory below forgets. */
export interface PayloadKey {
  id: string;
  key: KeyObject;
}

const CACHED_KEYS = 20_000;

/** Opens raw bodies: the athlete's payload key is read once, unwrapped, and kept in memory (bounded, least recently used out first). */
export interface PayloadKeys {
  /** Reads the keys of `ids` that are not in memory: one query. */
  load(db: Sql, ids: readonly string[]): Promise<void>;
  remember(key: WrappedKey): PayloadKey;
  has(id: string): boolean;
  /** Throws when the key is destroyed, was never loaded, or so many others were used since that it is forgotten. */
  of(id: string): PayloadKey;
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
  const keys = new Map<string, PayloadKey>();

  function remember(wrappedKey: WrappedKey): PayloadKey {
    const { id, wrapped, kekVersion } = wrappedKey;
    // An id has one key for ever, whatever it is wrapped under.
    const known = used(id);
    if (known !== undefined) return known;
    const key = { id, key: keyObject(options.ring.unwrap({ wrapped, kekVersion, aad: payloadKeyAad(wrappedKey) })) };
    keepNewest(keys, [id, key], CACHED_KEYS);
    return key;
  }

  /** What is asked for goes to the back of the queue: else a key of this very batch could leave to make room for another. */
  function used(id: string): PayloadKey | undefined {
    const key = keys.get(id);
    if (key !== undefined) keepNewest(keys, [id, key], CACHED_KEYS);
    return key;
  }

  function of(id: string): PayloadKey {
    const key = used(id);
    if (!key) throw new Error('the payload key of this body is not there: it was destroyed or never loaded');
    return key;
  }

  return {
    remember,
    has: (id) => keys.has(id),
    async load(db, ids) {
      const missing = [...new Set(ids)].filter((id) => used(id) === undefined);
      if (missing.length === 0) return;
      const rows = await db.query<WrappedKey[]>(
        'select id, athlete_id as "athleteId", wrapped, kek_version as "kekVersion" from connections.payload_key_v1 where id = any($1)',
        [missing],
      );
      for (const row of rows) remember(row);
    },
    of,
    seal: ({ keyId, plaintext, deliveryId }) => sealBody(of(keyId), { plaintext, deliveryId }),
    open: ({ keyId, sealed, deliveryId }) =>
      open({ key: of(keyId).key, sealed, aad: ['payload-body', deliveryId, keyId] }),
  };
}

export const sealBody = ({ id, key }: PayloadKey, body: { plaintext: Buffer; deliveryId: string }): Buffer =>
  seal({ key, plaintext: body.plaintext, aad: ['payload-body', body.deliveryId, id] });
