import type { IncomingHttpHeaders } from 'node:http';
import { hmacSha256, sameBytes } from '#platform/crypto';
import type { SignedRequest, Verification } from './provider.ts';

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
  request: SignedRequest;
  secrets: readonly string[];
  toleranceMs: number;
  isReserialisedAccepted: boolean;
}): Verification {
  const { request, secrets } = options;
  const timestamp = onlyValue(request.headers, 'x-oura-timestamp');
  const signature = onlyValue(request.headers, 'x-oura-signature');
  if (timestamp === undefined || signature === undefined) return { ok: false, reason: 'missing_header' };
  if (timestamp === null || signature === null || !TIMESTAMP.test(timestamp) || !SIGNATURE.test(signature)) {
    return { ok: false, reason: 'malformed_header' };
  }
  const given = Buffer.from(signature, 'hex');
  const isSigned = (body: Buffer | string): boolean =>
    secrets.some((secret) => sameBytes(hmacSha256(secret, timestamp, body), given));
  const isExact = isSigned(request.rawBody);
  const compact = isExact || !options.isReserialisedAccepted ? null : compactJson(request.rawBody);
  if (!isExact && (compact === null || !isSigned(compact))) return { ok: false, reason: 'wrong_signature' };
  const signedMs = Number(timestamp) >= MILLISECONDS_FROM ? Number(timestamp) : Number(timestamp) * 1000;
  if (Math.abs(request.now.getTime() - signedMs) > options.toleranceMs)
    return { ok: false, reason: 'outside_tolerance' };
  return isExact ? { ok: true, signedAt: timestamp } : { ok: true, signedAt: timestamp, isReserialised: true };
}

/** null for a header sent twice: which of the two was meant is the sender's secret. Joined by Node with a comma, it fits no pattern. */
function onlyValue(headers: IncomingHttpHeaders, name: string): string | null | undefined {
  const value = headers[name];
  return Array.isArray(value) ? null : value;
}

function compactJson(rawBody: Buffer): string | null {
  try {
    return JSON.stringify(JSON.parse(rawBody.toString('utf8')));
  } catch {
    return null;
  }
}
