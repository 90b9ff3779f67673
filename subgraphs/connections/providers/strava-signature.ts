import { hmacSha256, sameBytes } from '#platform/crypto';
import type { Verification, WebhookRequest } from './provider.ts';
import { onlyHeader } from './reading.ts';

const SIGNATURE = /^t=(\d{1,16}),v1=([0-9a-fA-F]{64})$/;

/**
 * `X-Strava-Signature: t=<unix seconds>,v1=<hex>`, the hex of HMAC-SHA256(key, t + "." + body). Deliveries were seen to
 * carry it, but the vendor does not say which key it is made with: whoever enforces this has tried it before.
 */
export function verifyStravaSignature(options: {
  request: WebhookRequest;
  secrets: readonly string[];
  toleranceMs: number;
}): Verification {
  const { request, secrets } = options;
  const header = onlyHeader(request.headers, 'x-strava-signature');
  if (header === undefined) return { ok: false, reason: 'missing_header' };
  const [, time, signature] = SIGNATURE.exec(header ?? '') ?? [];
  if (time === undefined || signature === undefined) return { ok: false, reason: 'malformed_header' };
  const given = Buffer.from(signature, 'hex');
  const isSigned = secrets.some((secret) => sameBytes(hmacSha256(secret, time, '.', request.rawBody), given));
  if (!isSigned) return { ok: false, reason: 'wrong_signature' };
  if (Math.abs(request.now.getTime() - Number(time) * 1000) > options.toleranceMs)
    return { ok: false, reason: 'outside_tolerance' };
  return { ok: true, provenance: 'signed', signedAt: time };
}
