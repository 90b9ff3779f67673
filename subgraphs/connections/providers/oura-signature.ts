import { hmacSha256, sameBytes } from '#platform/crypto';
import type { Verification, WebhookRequest } from './provider.ts';
import { beginsWithDigit, onlyHeader } from './reading.ts';

const TIMESTAMP = /^\d{1,16}$/;
const SIGNATURE = /^[0-9a-fA-F]{64}$/;

/** From here on a number is milliseconds: as seconds it would be the year 33658. The vendor's papers disagree with its deliveries. */
const MILLISECONDS_FROM = 1e12;

/**
 * `x-oura-signature` is the hex of HMAC-SHA256(client secret, timestamp header + body), nothing between.
 * The exact bytes count. `isReserialisedAccepted` also takes a signature over the body parsed and written compactly, as
 * the vendor's JavaScript sample computes it; off unless the vendor is seen to do so.
 */
export function verifyOuraSignature(options: {
  request: WebhookRequest;
  secrets: readonly string[];
  toleranceMs: number;
  isReserialisedAccepted: boolean;
}): Verification {
  const { request, secrets } = options;
  const timestamp = onlyHeader(request.headers, 'x-oura-timestamp');
  const signature = onlyHeader(request.headers, 'x-oura-signature');
  if (timestamp === undefined || signature === undefined) return { ok: false, reason: 'missing_header' };
  if (timestamp === null || signature === null || !TIMESTAMP.test(timestamp) || !SIGNATURE.test(signature)) {
    return { ok: false, reason: 'malformed_header' };
  }
  // Nothing stands between time and body: a digit at the front of the body could have been the last one of the time.
  if (beginsWithDigit(request.rawBody)) return { ok: false, reason: 'wrong_signature' };
  const given = Buffer.from(signature, 'hex');
  const isSigned = (body: Buffer | string): boolean =>
    secrets.some((secret) => sameBytes(hmacSha256(secret, timestamp, body), given));
  const isExact = isSigned(request.rawBody);
  const compact = isExact || !options.isReserialisedAccepted ? null : compactJson(request.rawBody);
  if (!isExact && (compact === null || !isSigned(compact))) return { ok: false, reason: 'wrong_signature' };
  const signedMs = Number(timestamp) >= MILLISECONDS_FROM ? Number(timestamp) : Number(timestamp) * 1000;
  if (Math.abs(request.now.getTime() - signedMs) > options.toleranceMs)
    return { ok: false, reason: 'outside_tolerance' };
  return { ok: true, provenance: 'signed', signedAt: timestamp, ...(isExact ? {} : { remark: 'reserialised' }) };
}

function compactJson(rawBody: Buffer): string | null {
  try {
    return JSON.stringify(JSON.parse(rawBody.toString('utf8')));
  } catch {
    return null;
  }
}
