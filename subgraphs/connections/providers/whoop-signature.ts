import { hmacSha256, sameBytes } from '#platform/crypto';
import type { Verification, WebhookRequest } from './provider.ts';
import { beginsWithDigit, onlyHeader } from './reading.ts';

/** Milliseconds. */
const TIMESTAMP = /^\d{1,16}$/;

/** 32 bytes in base64, written the one right way: the last letter carries four bits and no others. */
const SIGNATURE = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/**
 * `X-WHOOP-Signature` is the base64 of HMAC-SHA256(client secret, timestamp header + body), nothing between, over the
 * exact bytes. https://developer.whoop.com/docs/developing/webhooks
 */
export function verifyWhoopSignature(options: {
  request: WebhookRequest;
  secrets: readonly string[];
  toleranceMs: number;
}): Verification {
  const { request, secrets, toleranceMs } = options;
  const timestamp = onlyHeader(request.headers, 'x-whoop-signature-timestamp');
  const signature = onlyHeader(request.headers, 'x-whoop-signature');
  if (timestamp === undefined || signature === undefined) return { ok: false, reason: 'missing_header' };
  if (timestamp === null || signature === null || !TIMESTAMP.test(timestamp) || !SIGNATURE.test(signature)) {
    return { ok: false, reason: 'malformed_header' };
  }
  // Nothing stands between time and body: a digit at the front of the body could have been the last one of the time.
  if (beginsWithDigit(request.rawBody)) return { ok: false, reason: 'wrong_signature' };
  const given = Buffer.from(signature, 'base64');
  const isSigned = secrets.some((secret) => sameBytes(hmacSha256(secret, timestamp, request.rawBody), given));
  if (!isSigned) return { ok: false, reason: 'wrong_signature' };
  if (Math.abs(request.now.getTime() - Number(timestamp)) > toleranceMs)
    return { ok: false, reason: 'outside_tolerance' };
  return { ok: true, provenance: 'signed', signedAt: timestamp };
}
