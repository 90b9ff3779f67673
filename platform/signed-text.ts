import { createSecretKey, type KeyObject } from 'node:crypto';
import { hmacSha256, sameBytes } from '#platform/crypto';

/** What is signed, and under which key. `purpose` keeps two kinds of texts apart that are signed under one key. */
interface SigningKey {
  key: Buffer;
  purpose?: string;
}

/** A key is read in once: from bytes it costs five times the signature, and each call between our programs has one. */
const keyObjects = new WeakMap<Buffer, KeyObject>();

function keyObjectOf(key: Buffer): KeyObject {
  let known = keyObjects.get(key);
  if (!known) keyObjects.set(key, (known = createSecretKey(key)));
  return known;
}

const signatureOf = ({ key, purpose }: SigningKey, payload: string): Buffer =>
  hmacSha256(keyObjectOf(key), purpose === undefined ? payload : `${purpose} ${payload}`);

/** Claims as one text for a header or an address: their JSON and its HMAC-SHA256, each in base64url, a dot between. */
export function signText(signing: SigningKey, claims: unknown): string {
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${payload}.${signatureOf(signing, payload).toString('base64url')}`;
}

/** The claims of a text that was signed so; null for one that is forged, altered, or no such text. Whoever signed them chose their shape. */
export function readSignedText<Claims>(signing: SigningKey, text: string): Claims | null {
  const [payload = '', signature = '', ...rest] = text.split('.');
  const isOurs = rest.length === 0 && sameBytes(signatureOf(signing, payload), Buffer.from(signature, 'base64url'));
  return isOurs ? (JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims) : null;
}
