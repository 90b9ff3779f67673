import { createPublicKey, type KeyObject } from 'node:crypto';
import { AppError } from '#platform/errors';
import type { Logger } from '#platform/log';
import { isFields, jsonOf } from './reading.ts';

/** The keys Google signs deliveries with, by their Tink id. */
export interface GoogleKeys {
  /** null: Google has no such key in use. Throws UNAVAILABLE while no key set of the last seven days is at hand. */
  find(keyId: number, now: Date): Promise<KeyObject | null>;
}

/** Keys change every 30 days or so. */
const FRESH_MS = 86_400_000;
/** What cannot be loaded anew is still good for this long. */
const USABLE_MS = 7 * FRESH_MS;
/** Ids nobody knows must not become as many calls. */
const ASKED_AT_MOST_EVERY_MS = 30_000;

/** Loads the key set when it is first needed, once a day, and when a delivery names a key that it lacks. */
export function createGoogleKeys(options: {
  url: string;
  load: (url: string) => Promise<Buffer>;
  log: Logger;
}): GoogleKeys {
  const { url, load, log } = options;
  let held: { keys: ReadonlyMap<number, KeyObject>; loadedAtMs: number } | null = null;
  let askedAtMs = -Infinity;
  let loading: Promise<void> | null = null;

  async function loadAt(nowMs: number): Promise<void> {
    try {
      held = { keys: readKeySet(await load(url)), loadedAtMs: nowMs };
    } catch (error) {
      log.warn(
        { err: error, provider: 'google-health' },
        'the key set was not loaded; the one before goes on for a week',
      );
    }
  }

  /** One call for all who wait. */
  async function refresh(nowMs: number): Promise<void> {
    if (loading === null) {
      if (nowMs - askedAtMs < ASKED_AT_MOST_EVERY_MS) return;
      askedAtMs = nowMs;
      loading = loadAt(nowMs).finally(() => (loading = null));
    }
    await loading;
  }

  return {
    async find(keyId, now) {
      const nowMs = now.getTime();
      const isYounger = (ms: number): boolean => held !== null && nowMs - held.loadedAtMs < ms;
      if (!isYounger(FRESH_MS) || held?.keys.has(keyId) !== true) await refresh(nowMs);
      if (!isYounger(USABLE_MS)) {
        const detail = 'The keys of the provider could not be loaded, so nothing of it can be verified. Send it again.';
        throw new AppError('UNAVAILABLE', detail);
      }
      return held?.keys.get(keyId) ?? null;
    },
  };
}

/**
 * The keys in use of a Tink key set in JSON: `{ key: [{ keyId, status, outputPrefixType, keyData: { typeUrl, value } }] }`.
 * Those of another kind are left out. Throws for a set without one that can be used.
 */
export function readKeySet(body: Buffer): Map<number, KeyObject> {
  const set = jsonOf(body);
  const entries = isFields(set) && Array.isArray(set['key']) ? (set['key'] as unknown[]) : [];
  const keys = new Map<number, KeyObject>();
  for (const entry of entries) {
    const { keyId, status, outputPrefixType, keyData } = isFields(entry) ? entry : {};
    const { typeUrl, value } = isFields(keyData) ? keyData : {};
    const isInUse = status === 'ENABLED' && outputPrefixType === 'TINK' && typeUrl === ECDSA_PUBLIC_KEY;
    if (!isInUse || typeof keyId !== 'number' || typeof value !== 'string') continue;
    const key = readEcdsaKey(Buffer.from(value, 'base64'));
    if (key !== null) keys.set(keyId, key);
  }
  if (keys.size === 0) throw new Error('the key set holds no ECDSA key that is in use');
  return keys;
}

const ECDSA_PUBLIC_KEY = 'type.googleapis.com/google.crypto.tink.EcdsaPublicKey';

/** Field numbers and values of Tink's `EcdsaPublicKey` and `EcdsaParams`. */
const KEY = { params: 2, x: 3, y: 4 };
const PARAMS = { hash: 1, curve: 2, encoding: 3 };
const SHA256 = 3;
const NIST_P256 = 2;
const DER = 2;

/** null for a key of another curve, hash or encoding, and for bytes that are no point of the curve. */
function readEcdsaKey(bytes: Buffer): KeyObject | null {
  const fields = readMessage(bytes);
  const [params, x, y] = [KEY.params, KEY.x, KEY.y].map((field) => fields?.get(field));
  if (!Buffer.isBuffer(params) || !Buffer.isBuffer(x) || !Buffer.isBuffer(y)) return null;
  const kinds = readMessage(params);
  const isP256 =
    kinds?.get(PARAMS.hash) === SHA256 && kinds.get(PARAMS.curve) === NIST_P256 && kinds.get(PARAMS.encoding) === DER;
  const [coordinateX, coordinateY] = [coordinateOf(x), coordinateOf(y)];
  if (!isP256 || coordinateX === null || coordinateY === null) return null;
  try {
    return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: coordinateX, y: coordinateY }, format: 'jwk' });
  } catch {
    // Not on the curve.
    return null;
  }
}

const COORDINATE_BYTES = 32;

/** A number of 32 bytes, which may stand behind zeros or have lost its own. */
function coordinateOf(bytes: Buffer): string | null {
  const from = bytes.findIndex((byte) => byte !== 0);
  const digits = bytes.subarray(from < 0 ? bytes.length : from);
  if (digits.length > COORDINATE_BYTES) return null;
  return Buffer.concat([Buffer.alloc(COORDINATE_BYTES - digits.length), digits]).toString('base64url');
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** The fields of a protobuf message that has numbers and bytes only, the last of each; null for anything else. */
function readMessage(bytes: Buffer): Map<number, number | Buffer> | null {
  const fields = new Map<number, number | Buffer>();
  for (let at = 0; at < bytes.length;) {
    const tag = readVarint(bytes, at);
    const value = tag && readVarint(bytes, tag.next);
    if (!tag || !value) return null;
    const field = tag.value >>> 3;
    const wire = tag.value & 7;
    if (wire === VARINT) fields.set(field, value.value);
    else if (wire !== LENGTH_DELIMITED || value.next + value.value > bytes.length) return null;
    else fields.set(field, bytes.subarray(value.next, value.next + value.value));
    at = value.next + (wire === LENGTH_DELIMITED ? value.value : 0);
  }
  return fields;
}

/** Seven bits a byte, the lowest first. Four bytes are far more than a key has. */
function readVarint(bytes: Buffer, from: number): { value: number; next: number } | null {
  let value = 0;
  for (let count = 0; count < 4; count += 1) {
    const byte = bytes[from + count];
    if (byte === undefined) return null;
    value += (byte & 0x7f) << (7 * count);
    if (byte < 0x80) return { value, next: from + count + 1 };
  }
  return null;
}
