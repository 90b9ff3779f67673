import { sha256, sha256Hex } from '#platform/crypto';
import { newId } from '#platform/ids';
import { sealBody, type PayloadKey } from '#platform/payload-keys';
import type { Provider } from '#platform/signals';

/**
 * `signed`: by the provider, and the signature held. `unsigned`: pushed to our secret address by a provider that signs
 * nothing. `fetched`: read by us with the athlete's token. `uploaded`: by the athlete's phone, or a service with a key.
 */
export type Provenance = 'signed' | 'unsigned' | 'fetched' | 'uploaded';

/** A body on its way into the log of record. Its payload key must be in memory (`payloadKeys.load` or `remember`). */
export interface NewDelivery {
  provider: Provider;
  /** `notification`, or the vendor's resource kind. */
  domain: string;
  /** null together: a body that belongs to nobody we know, sealed under the intake key. */
  athleteId: string | null;
  connectionId: string | null;
  keyId: string;
  /** What makes two deliveries the same one; see `receivedKey` and `fetchedKey`. */
  deliveryKey: Buffer;
  body: Buffer;
  /** SHA-256 of the body, hex; reckoned when it is sealed where nobody knows it yet. */
  bodyHash?: string;
  /** Version of what the body says: the start of the fetch, or the time of receipt. */
  sourceUpdatedAt: Date;
  receivedAt: Date;
  /** Of a delivery that comes from the archive: when it came from the provider. */
  firstReceivedAt?: Date;
  provenance: Provenance;
  /** The notification or the job that this body was fetched for. */
  causeId?: string;
  /** Set aside at once instead of being published. */
  deadLetter?: { stage: string; reason: string; detail: string };
}

/**
 * Of a body as it came in. One that names its event is the same event however often and late it is sent again: then
 * `signedAt` is null. Where nothing but the signed time tells two events apart, that time belongs to the key.
 */
export const receivedKey = (part: {
  provider: Provider;
  connectionId: string | null;
  signedAt: string | null;
  /** SHA-256, hex. */
  bodyHash: string;
}): Buffer =>
  sha256(
    lengthPrefixed(
      'received',
      part.provider,
      part.connectionId ?? 'nobody',
      part.signedAt ?? 'any time',
      part.bodyHash,
    ),
  );

/**
 * Of a fetched document. `occasion` (the notification, or the page of a job) belongs to it: a record that changes and
 * changes back must be stored a second time, or the value in between would stand for ever.
 */
export const fetchedKey = (part: {
  provider: Provider;
  dataType: string;
  record: string;
  occasion: string;
  body: Buffer;
}): Buffer =>
  sha256(lengthPrefixed('fetched', part.provider, part.dataType, part.record, part.occasion), sha256(part.body));

export const lengthPrefixed = (...parts: string[]): string =>
  parts.map((part) => `${Buffer.byteLength(part)}:${part},`).join('');

/** A delivery with its id, ready to be written. */
export interface SealedDelivery {
  delivery: NewDelivery;
  id: string;
  /** SHA-256, hex. */
  bodyHash: string;
  bodySealed: Buffer;
}

/** Seals the body under its key and for its place. */
export function sealDelivery(delivery: NewDelivery, key: PayloadKey): SealedDelivery {
  const { body, bodyHash = sha256Hex(body) } = delivery;
  const id = newId();
  return { delivery, id, bodyHash, bodySealed: sealBody(key, { plaintext: body, deliveryId: id }) };
}
