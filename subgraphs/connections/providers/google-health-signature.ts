import { verify } from 'node:crypto';
import type { GoogleKeys } from './google-health-keys.ts';
import type { Verification, WebhookRequest } from './provider.ts';
import { onlyHeader } from './reading.ts';

/** The second is of an older text of the vendor's. */
const HEADERS = ['google-health-api-signature', 'x-healthapi-signature'];

const TINK_PREFIX = 1;
const PREFIX_BYTES = 5;
/** A signature of P-256 has at most 72 bytes. */
const BASE64 = /^[A-Za-z0-9+/]{16,120}={0,2}$/;

/**
 * The header is base64 of 0x01, the key's id in four bytes, and an ECDSA signature (P-256, SHA-256, DER) over the exact
 * bytes. No time is signed. Throws UNAVAILABLE while there are no keys.
 */
export async function verifyGoogleSignature(request: WebhookRequest, keys: GoogleKeys): Promise<Verification> {
  const header = HEADERS.map((name) => onlyHeader(request.headers, name)).find((value) => value !== undefined);
  if (header === undefined) return { ok: false, reason: 'missing_header' };
  const bytes = header === null ? null : bytesOf(header);
  if (bytes === null) return { ok: false, reason: 'malformed_header' };
  const key = await keys.find(bytes.readUInt32BE(1), request.now);
  const signature = bytes.subarray(PREFIX_BYTES);
  const isSigned = key !== null && verify('sha256', request.rawBody, { key, dsaEncoding: 'der' }, signature);
  return isSigned ? { ok: true, provenance: 'signed', signedAt: '' } : { ok: false, reason: 'wrong_signature' };
}

/** null for what is not written as base64 is, to the last bit, or does not begin as Tink does. */
function bytesOf(header: string): Buffer | null {
  if (!BASE64.test(header)) return null;
  const bytes = Buffer.from(header, 'base64');
  const isTink = bytes[0] === TINK_PREFIX && bytes.length > PREFIX_BYTES && bytes.toString('base64') === header;
  return isTink ? bytes : null;
}
