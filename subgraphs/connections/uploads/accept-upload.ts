import { atMost } from '#platform/at-most';
import type { Clock } from '#platform/clock';
import { sameBytes, sha256 } from '#platform/crypto';
import type { Database, Sql } from '#platform/database';
import type { PayloadKeys } from '#platform/payload-keys';
import type { Provider } from '#platform/signals';
import type { SignedInAthlete } from '../accounts/bearer.ts';
import type { Vault } from '../vault/vault.ts';
import type { Reference } from '../webhooks/relay.ts';
import { lengthPrefixed } from '../webhooks/new-delivery.ts';
import { storeDeliveries } from '../webhooks/store-deliveries.ts';
import type { Phone } from './phone.ts';
import { takePhoneLink } from './phone-link.ts';

/** The domain of what a phone sends. */
const UPLOAD = 'upload';
/** Uploads of one athlete wait for each other in the database: they must not hold all its connections meanwhile. */
const STORED_AT_ONCE = 3;

/** One part of a phone's sync: a readable body of an athlete who is signed in. */
export interface PhoneUpload {
  phone: Phone;
  owner: SignedInAthlete;
  body: Buffer;
  /** Types of record in the body. */
  types: ReadonlySet<string>;
  /** null: equal bodies are the same upload. */
  idempotencyKey: string | null;
  doesLinkAnew: boolean;
  requestId: string;
}

export type UploadOutcome =
  | { outcome: 'stored' | 'repeated'; deliveryId: string; receivedAt: Date }
  /** The key stands for another body. */
  | { outcome: 'conflict' }
  | { outcome: 'unlinked' };

export interface Uploads {
  /** Resolves when PostgreSQL has committed: link, delivery and reference together, or none of them. */
  accept(upload: PhoneUpload): Promise<UploadOutcome>;
}

export function createUploads(options: {
  db: Database;
  vault: Vault;
  payloadKeys: PayloadKeys;
  clock: Clock;
  /** Called after each commit that left something to publish. */
  onStored: (references: readonly Reference[]) => void;
}): Uploads {
  const { db, vault, payloadKeys, clock } = options;
  const inTurn = atMost(STORED_AT_ONCE);
  return {
    async accept(upload) {
      const { phone, owner, body } = upload;
      const now = clock.now();
      const key = await vault.payloadKeyOf(owner.athleteId);
      payloadKeys.remember(key);
      const store = async (tx: Sql): Promise<{ references: readonly Reference[]; accepted: UploadOutcome }> => {
        const connectionId = await takePhoneLink(tx, { ...upload, types: [...upload.types], now });
        if (connectionId === null) return { references: [], accepted: { outcome: 'unlinked' } };
        const deliveryKey = keyOf(upload, connectionId);
        // The link is locked: no other part of this phone comes between the look and the store.
        const before = await firstUnder(tx, { provider: phone.provider, deliveryKey });
        if (before && !isSame(before, body)) return { references: [], accepted: { outcome: 'conflict' } };
        const delivery = {
          provider: phone.provider,
          domain: UPLOAD,
          athleteId: owner.athleteId,
          connectionId,
          keyId: key.id,
          deliveryKey,
          body,
          sourceUpdatedAt: now,
          receivedAt: now,
          provenance: 'uploaded',
        } as const;
        const { references } = await storeDeliveries(tx, { deliveries: [delivery], payloadKeys });
        const first = before ?? (await firstUnder(tx, delivery));
        if (!first) throw new Error('a delivery was stored without its key');
        const { deliveryId, receivedAt } = first;
        return { references, accepted: { outcome: before ? 'repeated' : 'stored', deliveryId, receivedAt } };
      };
      const { references, accepted } = await inTurn(() => db.transaction(store));
      if (references.length > 0) options.onStored(references);
      return accepted;
    },
  };
}

/** Of one link only: nobody meets the uploads of somebody else, and what is linked anew starts anew. */
function keyOf({ phone, idempotencyKey, body }: PhoneUpload, connectionId: string): Buffer {
  return idempotencyKey === null
    ? sha256(lengthPrefixed('upload', phone.provider, connectionId), sha256(body))
    : sha256(lengthPrefixed('upload-key', phone.provider, connectionId, idempotencyKey));
}

interface First {
  deliveryId: string;
  receivedAt: Date;
  /** null: the delivery is gone already, past its retention. */
  bodyHash: Buffer | null;
}

async function firstUnder(tx: Sql, key: { provider: Provider; deliveryKey: Buffer }): Promise<First | undefined> {
  const [first] = await tx.query<First[]>(
    `select k.delivery_id as "deliveryId", k.received_at as "receivedAt", d.body_hash as "bodyHash"
       from delivery_key k
       left join delivery d on d.received_on = k.received_on and d.id = k.delivery_id
      where k.provider = $1 and k.key = $2`,
    [key.provider, key.deliveryKey],
  );
  return first;
}

/** What is gone was taken once: it is not taken again. */
const isSame = (first: First, body: Buffer): boolean =>
  first.bodyHash === null || sameBytes(first.bodyHash, sha256(body));
