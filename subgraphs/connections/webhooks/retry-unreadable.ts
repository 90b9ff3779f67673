import type { Clock } from '#platform/clock';
import type { Retried } from '#platform/dead-letter-verbs';
import { RETRIED, type DeadLetter } from '#platform/dead-letters';
import type { Database } from '#platform/database';
import type { PayloadKeys } from '#platform/payload-keys';
import type { Provider } from '#platform/signals';
import { erasedAmong } from '../archive/erase.ts';
import type { ParsedBody } from '../providers/provider.ts';
import type { Vendors } from '../providers/registry.ts';
import type { Recipients } from './recipients.ts';
import type { NewDelivery } from './new-delivery.ts';
import { storeDeliveries } from './store-deliveries.ts';
import { deliveryOf, personOf } from './write-arrivals.ts';

export interface RetryUnreadableParts {
  db: Database;
  vendors: Vendors;
  recipients: Recipients;
  payloadKeys: PayloadKeys;
  clock: Clock;
}

interface StoredBody {
  provider: Provider;
  sealed: Buffer;
  keyId: string;
  receivedAt: Date;
  provenance: 'signed' | 'unsigned';
}

/** Why a letter stays: the word is kept in it, the sentence is for the operator. */
interface Refusal {
  reason: string;
  told: string;
}

/**
 * Reads a body that intake could not read, with today's code. If it names somebody who is linked, it is stored as a
 * delivery of its own and the consumers' sweeps find it; the letter is closed in the same transaction. Else the letter
 * stays open and says why.
 */
export async function retryUnreadable(parts: RetryUnreadableParts, letter: DeadLetter): Promise<Retried> {
  const stored = await readBody(parts.db, letter);
  if (!stored) {
    const told = 'its body is no longer in the database: bodies that belong to nobody are kept for 30 days. Drop it.';
    return { id: letter.id, ending: 'failed', told };
  }
  const read = await readAgain(parts, letter, stored);
  if ('reason' in read) {
    await parts.db.query('update dead_letter set reason = $2 where id = $1 and resolved_at is null', [
      letter.id,
      read.reason,
    ]);
    return { id: letter.id, ending: 'failed', told: read.told };
  }
  await parts.db.transaction(async (tx) => {
    await storeDeliveries(tx, { deliveries: read.deliveries, payloadKeys: parts.payloadKeys });
    await tx.query(
      `update dead_letter set resolved_at = $2, resolution = '${RETRIED}' where id = $1 and resolved_at is null`,
      [letter.id, parts.clock.now()],
    );
  });
  return { id: letter.id, ending: 'retried', told: 'could be read and is stored; it is taken up within a minute' };
}

async function readBody(db: Database, { receivedOn, deliveryId }: DeadLetter): Promise<StoredBody | undefined> {
  const [row] = await db.query<StoredBody[]>(
    `select provider, body_sealed as sealed, key_id as "keyId", received_at as "receivedAt", provenance
       from delivery where received_on = $1 and id = $2`,
    [receivedOn, deliveryId],
  );
  return row;
}

async function readAgain(
  parts: RetryUnreadableParts,
  letter: DeadLetter,
  stored: StoredBody,
): Promise<Refusal | { deliveries: NewDelivery[] }> {
  const { db, recipients, payloadKeys } = parts;
  const { keyId, sealed, provider } = stored;
  await payloadKeys.load(db, [keyId]);
  const body = payloadKeys.open({ keyId, sealed, deliveryId: letter.deliveryId as string });
  const vendor = parts.vendors.of(provider);
  const parsed = vendor.webhook.parse(body);
  const unreadable = unreadableReason(parsed);
  if (unreadable !== null) return { reason: unreadable, told: `is still unreadable: ${unreadable}` };
  const found = await recipients.find(parsed.items.map((item) => ({ provider, providerUserId: personOf(item) })));
  const deliveries: NewDelivery[] = [];
  for (const [at, item] of parsed.items.entries()) {
    const recipient = found[at];
    if (!recipient) return { reason: 'unknown_user', told: 'can be read now, but its user is linked to nobody here' };
    // The signed time was not kept. The letter stands in for it, so that a second retry is a repeat.
    const signedAt = `dead letter ${letter.id}`;
    const arrival = { vendor, rawBody: body, parsed, provenance: stored.provenance, signedAt };
    deliveries.push({
      ...deliveryOf({ arrival, receivedAt: parts.clock.now(), item, recipient }),
      sourceUpdatedAt: stored.receivedAt,
    });
  }
  const erased = await erasedAmong(
    db,
    provider,
    deliveries.map((delivery) => asReceived(delivery, stored)),
  );
  if (erased.size > 0)
    return { reason: 'source_erased', told: 'its athlete had the data of this provider deleted since. Drop it.' };
  return { deliveries };
}

const unreadableReason = ({ items, unreadable }: ParsedBody): string | null =>
  unreadable[0]?.reason ?? (items.length === 0 ? 'no_items' : null);

/** An order to delete covers what had come by then: judged by when the body came, not by when it was read. */
const asReceived = ({ athleteId, connectionId }: NewDelivery, { receivedAt }: StoredBody) => ({
  athleteId: athleteId as string,
  connectionId,
  receivedAt,
});
