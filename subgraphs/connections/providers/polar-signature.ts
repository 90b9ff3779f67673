import { hmacSha256, sameBytes } from '#platform/crypto';
import type { Verification, WebhookRequest } from './provider.ts';
import { onlyHeader } from './reading.ts';

const SIGNATURE = /^[0-9a-fA-F]{64}$/;

/**
 * `Polar-Webhook-Signature` is the hex of HMAC-SHA256 over the exact bytes, under the secret Polar showed when the webhook
 * was made. No time is signed: a delivery sent again by a stranger makes us fetch what is ours to fetch, nothing more.
 */
export function verifyPolarSignature(request: WebhookRequest, secrets: readonly string[]): Verification {
  const signature = onlyHeader(request.headers, 'polar-webhook-signature');
  if (signature === undefined) return { ok: false, reason: 'missing_header' };
  if (signature === null || !SIGNATURE.test(signature)) return { ok: false, reason: 'malformed_header' };
  const given = Buffer.from(signature, 'hex');
  const isSigned = secrets.some((secret) => sameBytes(hmacSha256(secret, request.rawBody), given));
  return isSigned ? { ok: true, provenance: 'signed', signedAt: '' } : { ok: false, reason: 'wrong_signature' };
}
