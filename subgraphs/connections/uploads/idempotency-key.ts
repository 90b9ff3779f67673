import type { IncomingHttpHeaders } from 'node:http';
import { HttpProblem } from '#platform/http';

const PRINTABLE = /^[\x21-\x7e]{1,255}$/;

/** The header `Idempotency-Key`; null without one. Throws HttpProblem 400 for one that cannot be told from others. */
export function idempotencyKeyOf(headers: IncomingHttpHeaders): string | null {
  const key = headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && PRINTABLE.test(key)) return key;
  throw new HttpProblem({
    status: 400,
    code: 'malformed_payload',
    detail: 'Idempotency-Key must be one value of 1 to 255 printable ASCII characters without spaces.',
  });
}

/** The answer to a key that was used for something else. */
export const keyIsUsed = (): HttpProblem =>
  new HttpProblem({
    status: 409,
    code: 'duplicate_event',
    detail: 'This Idempotency-Key was used for another body. Send the same bytes again, or a new key for a new body.',
  });
