import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  hash,
  pbkdf2Sync,
  randomBytes,
  sign as signBytes,
  timingSafeEqual,
  verify as verifyBytes,
  type KeyObject,
} from 'node:crypto';

const FORMAT = 1;
const FORMAT_BYTE = Buffer.of(FORMAT);
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const LENGTH_BYTES = 4;
const KEK_ITERATIONS = 100_000;
const KNOWN_ANSWER = Buffer.from('athlete-ally');

export const sha256 = (first: Buffer | string, ...others: (Buffer | string)[]): Buffer => {
  // In one call it costs half, and by way of text half of that: bytes that Node makes itself are counted and collected.
  if (others.length === 0) return Buffer.from(hash('sha256', first), 'hex');
  const whole = createHash('sha256').update(first);
  for (const part of others) whole.update(part);
  return whole.digest();
};

/** The same of one body, as text: what it costs to make bytes of it is saved where nobody needs them. */
export const sha256Hex = (bytes: Buffer): string => hash('sha256', bytes);

export const hmacSha256 = (key: Buffer | KeyObject | string, ...parts: (Buffer | string)[]): Buffer => {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return Buffer.from(hmac.digest('hex'), 'hex');
};

/** Equal in constant time; lengths are compared first, which tells nothing about content. */
export const sameBytes = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/** Length-prefixed, so that no two different lists give the same bytes. */
export function associatedData(parts: readonly string[]): Buffer {
  const bytes = Buffer.allocUnsafe(parts.reduce((sum, part) => sum + LENGTH_BYTES + Buffer.byteLength(part), 0));
  let at = 0;
  for (const part of parts) {
    const length = bytes.write(part, at + LENGTH_BYTES);
    bytes.writeUInt32BE(length, at);
    at += LENGTH_BYTES + length;
  }
  return bytes;
}

/**
 * AES-256-GCM. Layout: format (1) | nonce (12, random) | ciphertext | tag (16).
 * `aad` binds the text to its place: a record moved to another row does not open.
 */
export function seal(options: { key: Buffer | KeyObject; plaintext: Buffer; aad: readonly string[] }): Buffer {
  const nonce = newNonce();
  const cipher = createCipheriv('aes-256-gcm', options.key, nonce);
  cipher.setAAD(associatedData(options.aad));
  const body = cipher.update(options.plaintext);
  cipher.final();
  return Buffer.concat([FORMAT_BYTE, nonce, body, cipher.getAuthTag()]);
}

const NONCES_AT_ONCE = 512;
let nonces = Buffer.alloc(0);
let noncesUsed = 0;

/** Random bytes are drawn many at a time: a call to the system for each nonce costs more than the nonce. */
function newNonce(): Buffer {
  if (noncesUsed === nonces.length) {
    nonces = randomBytes(NONCES_AT_ONCE * NONCE_BYTES);
    noncesUsed = 0;
  }
  noncesUsed += NONCE_BYTES;
  return nonces.subarray(noncesUsed - NONCE_BYTES, noncesUsed);
}

/** A key as the cipher wants it: made once, it saves two thirds of the cost of sealing a small record. */
export const keyObject = (key: Buffer): KeyObject => createSecretKey(key);

/** The plaintext, or one generic error whatever is wrong: key, place, bytes or format. */
export function open(options: { key: Buffer | KeyObject; sealed: Buffer; aad: readonly string[] }): Buffer {
  const { sealed } = options;
  if (sealed.length < 1 + NONCE_BYTES + TAG_BYTES || sealed[0] !== FORMAT)
    throw new Error('a sealed record did not open');
  try {
    const decipher = createDecipheriv('aes-256-gcm', options.key, sealed.subarray(1, 1 + NONCE_BYTES));
    decipher.setAAD(associatedData(options.aad));
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const body = decipher.update(sealed.subarray(1 + NONCE_BYTES, sealed.length - TAG_BYTES));
    decipher.final();
    return body;
  } catch {
    throw new Error('a sealed record did not open');
  }
}

/** What root secrets are for: each purpose has its own, and they never open what the other sealed. */
export type RootPurpose = 'token' | 'payload';

/** The root secrets of one purpose by version. `current` wraps; the others only unwrap. */
export interface RootSecrets {
  purpose: RootPurpose;
  roots: ReadonlyMap<number, Buffer>;
  /** Without it the highest version is current. */
  current?: number;
}

/** Wraps and unwraps data keys under a key-encryption key (KEK) that never leaves the process. */
export interface KeyRing {
  readonly purpose: RootPurpose;
  readonly currentVersion: number;
  /** Every version it can unwrap. */
  readonly versions: readonly number[];
  wrap(options: { dataKey: Buffer; aad: readonly string[] }): { wrapped: Buffer; kekVersion: number };
  unwrap(options: { wrapped: Buffer; kekVersion: number; aad: readonly string[] }): Buffer;
  /** A record by which the secret of this version is known again. It tells nothing about the secret. */
  knownAnswer(version: number): Buffer;
  /** Whether the record was made with the secret that is configured as this version. */
  isKnownAnswer(options: { version: number; answer: Buffer }): boolean;
}

/**
 * The KEK of each version is derived once at start: PBKDF2-HMAC-SHA256, 100,000 rounds, about 30 ms.
 * Never on a request path. The salt is public and fixed per purpose and version.
 */
export function createKeyRing(options: RootSecrets): KeyRing {
  const { purpose } = options;
  const keks = new Map<number, KeyObject>();
  for (const [version, root] of options.roots) {
    const salt = sha256(`athlete-ally/kek/${purpose}/${version}`);
    keks.set(version, keyObject(pbkdf2Sync(root, salt, KEK_ITERATIONS, 32, 'sha256')));
  }
  const currentVersion = options.current ?? Math.max(...keks.keys());
  const kek = (version: number): KeyObject => {
    const key = keks.get(version);
    if (!key) throw new Error(`no key-encryption key of version ${version} is configured`);
    return key;
  };
  const answerAad = (version: number): string[] => ['known-answer', purpose, String(version)];
  return {
    purpose,
    currentVersion,
    versions: [...keks.keys()],
    wrap: ({ dataKey, aad }) => ({
      wrapped: seal({ key: kek(currentVersion), plaintext: dataKey, aad: ['data-key', ...aad] }),
      kekVersion: currentVersion,
    }),
    unwrap: ({ wrapped, kekVersion, aad }) =>
      open({ key: kek(kekVersion), sealed: wrapped, aad: ['data-key', ...aad] }),
    knownAnswer: (version) => seal({ key: kek(version), plaintext: KNOWN_ANSWER, aad: answerAad(version) }),
    isKnownAnswer({ version, answer }) {
      try {
        return sameBytes(open({ key: kek(version), sealed: answer, aad: answerAad(version) }), KNOWN_ANSWER);
      } catch {
        return false;
      }
    },
  };
}

export const newDataKey = (): Buffer => randomBytes(32);

/** 256 random bits for links, tickets and refresh tokens, safe in a URL. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** Signs what goes over the bus (Ed25519): who can verify cannot forge. */
export interface MessageSigner {
  readonly keyId: string;
  sign(bytes: Buffer): Buffer;
}

export function createMessageSigner(options: { keyId: string; privateKey: string }): MessageSigner {
  const key = createPrivateKey({ key: Buffer.from(options.privateKey, 'base64'), format: 'der', type: 'pkcs8' });
  return { keyId: options.keyId, sign: (bytes) => signBytes(null, bytes, key) };
}

export type MessageVerifier = (keyId: string, bytes: Buffer, signature: Buffer) => boolean;

/**
 * `keys`: `id=<SPKI DER in base64>`, comma separated. An unknown key id verifies nothing, a known one any subject: who may publish
 * on which, the permissions of the bus say.
 */
export function createMessageVerifier(keys: string): MessageVerifier {
  const known = new Map<string, KeyObject>();
  for (const entry of keys.split(',')) {
    const at = entry.indexOf('=');
    known.set(
      entry.slice(0, at),
      createPublicKey({ key: Buffer.from(entry.slice(at + 1), 'base64'), format: 'der', type: 'spki' }),
    );
  }
  return (keyId, bytes, signature) => {
    const key = known.get(keyId);
    return key !== undefined && verifyBytes(null, bytes, key, signature);
  };
}
