import { z } from 'zod';
import type { ArchivePlace } from '#platform/archive';
import { associatedData, sameBytes, sha256 } from '#platform/crypto';
import type { PayloadKeys } from '#platform/payload-keys';
import { PROVIDERS } from '#platform/signals';

const FORMAT = 1;

/** A delivery as the archive keeps it: what is needed to store it again, and a body that only its payload key opens. */
export interface ArchivedDelivery extends ArchivePlace {
  keyId: string;
  domain: string;
  connectionId: string | null;
  receivedAt: Date;
  sourceUpdatedAt: Date;
  provenance: string;
  /** SHA-256 of the plain body. */
  bodyHash: Buffer;
  bodySealed: Buffer;
}

const shape = z.object({
  format: z.literal(FORMAT),
  deliveryId: z.uuid(),
  keyId: z.uuid(),
  provider: z.enum(PROVIDERS),
  domain: z.string().min(1).max(100),
  connectionId: z.uuid().nullable(),
  receivedAt: z.iso.datetime(),
  sourceUpdatedAt: z.iso.datetime(),
  provenance: z.string().min(1).max(20),
  bodyHash: z.hex().length(64),
  body: z.base64(),
  proof: z.base64(),
});

/**
 * The bytes of an object. `proof` seals a hash of the other fields and of the object's place under the payload key, so that
 * whoever may write to the store still cannot change a time or a domain, nor lay one athlete's object into another's folder.
 * The payload key must be in memory.
 */
export function encodeObject(delivery: ArchivedDelivery, payloadKeys: PayloadKeys): Buffer {
  const { keyId } = delivery;
  const proof = payloadKeys.seal({ keyId, plaintext: digestOf(delivery), deliveryId: proofId(delivery) });
  return Buffer.from(
    JSON.stringify({
      format: FORMAT,
      deliveryId: delivery.deliveryId,
      keyId,
      provider: delivery.provider,
      domain: delivery.domain,
      connectionId: delivery.connectionId,
      receivedAt: delivery.receivedAt.toISOString(),
      sourceUpdatedAt: delivery.sourceUpdatedAt.toISOString(),
      provenance: delivery.provenance,
      bodyHash: delivery.bodyHash.toString('hex'),
      body: delivery.bodySealed.toString('base64'),
      proof: proof.toString('base64'),
    } satisfies z.infer<typeof shape>),
  );
}

/** A delivery as an object tells it, read and not believed yet. */
export type SealedObject = ArchivedDelivery & { proof: Buffer };

/** What stands in an object; `openObject` says whether it is true. null when it is none of ours. */
export function decodeObject(bytes: Buffer, place: ArchivePlace): SealedObject | null {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
  const { data } = shape.safeParse(json);
  if (!data || data.deliveryId !== place.deliveryId || data.provider !== place.provider) return null;
  return {
    ...place,
    keyId: data.keyId,
    domain: data.domain,
    connectionId: data.connectionId,
    receivedAt: new Date(data.receivedAt),
    sourceUpdatedAt: new Date(data.sourceUpdatedAt),
    provenance: data.provenance,
    bodyHash: Buffer.from(data.bodyHash, 'hex'),
    bodySealed: Buffer.from(data.body, 'base64'),
    proof: Buffer.from(data.proof, 'base64'),
  };
}

/** The plain body, when body, fields and place are those that were archived; null otherwise. Its key must be in memory. */
export function openObject(object: SealedObject, payloadKeys: PayloadKeys): Buffer | null {
  const { keyId, deliveryId } = object;
  try {
    const digest = payloadKeys.open({ keyId, sealed: object.proof, deliveryId: proofId(object) });
    const body = payloadKeys.open({ keyId, sealed: object.bodySealed, deliveryId });
    return sameBytes(digest, digestOf(object)) && sameBytes(sha256(body), object.bodyHash) ? body : null;
  } catch {
    return null;
  }
}

/** The body and the proof are sealed under one key: bound to different names, one cannot stand for the other. */
const proofId = ({ deliveryId }: { deliveryId: string }): string => `${deliveryId}/object`;

const digestOf = (delivery: ArchivedDelivery): Buffer =>
  sha256(
    associatedData([
      String(FORMAT),
      delivery.provider,
      delivery.receivedOn,
      delivery.athleteId,
      delivery.deliveryId,
      delivery.keyId,
      delivery.domain,
      delivery.connectionId ?? '',
      delivery.receivedAt.toISOString(),
      delivery.sourceUpdatedAt.toISOString(),
      delivery.provenance,
    ]),
    delivery.bodyHash,
    sha256(delivery.bodySealed),
  );
