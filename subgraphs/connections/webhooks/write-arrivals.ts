import { sha256Hex } from '#platform/crypto';
import type { Sql } from '#platform/database';
import type { DeadLetterAnnouncement } from '#platform/events';
import type { PayloadKey } from '#platform/payload-keys';
import { NOTIFICATION } from '#platform/streams';
import type { BodyItem, ParsedBody } from '../providers/provider.ts';
import type { Arrival, TimedArrival } from './arrival.ts';
import type { Recipient, Recipients } from './recipients.ts';
import type { Reference } from './relay.ts';
import type { PushNotes } from './push-notes.ts';
import { receivedKey, sealDelivery, type NewDelivery, type SealedDelivery } from './new-delivery.ts';
import { storeSealed } from './store-deliveries.ts';

/**
 * What became of an arrival. In all cases the provider hears its success code. A body for several people counts as stored
 * when any part of it was new.
 */
export type Acceptance = 'stored' | 'repeated' | 'unknown_user' | 'dead_letter' | 'spooled';

/** What became of arrivals, in their order, and what consumers have to hear of. */
export interface Written {
  outcomes: Acceptance[];
  references: Reference[];
  /** What operators have to hear of. */
  letters: DeadLetterAnnouncement[];
}

/** Arrivals split by person, each part sealed: all of the work that needs no commit. */
export interface ReadyArrivals {
  count: number;
  deliveries: SealedDelivery[];
  /** Which arrival each delivery is part of. */
  origins: number[];
}

/** Asks the database only for people that are not in memory. */
export async function readyArrivals(options: {
  recipients: Recipients;
  intakeKey: PayloadKey;
  arrivals: readonly TimedArrival[];
}): Promise<ReadyArrivals> {
  const { arrivals, intakeKey } = options;
  const recipients = await options.recipients.find(arrivals.flatMap(({ arrival }) => peopleOf(arrival)));
  let asked = 0;
  const ready: ReadyArrivals = { count: arrivals.length, deliveries: [], origins: [] };
  const take = (delivery: NewDelivery, key: PayloadKey, index: number): void => {
    ready.deliveries.push(sealDelivery(delivery, key));
    ready.origins.push(index);
  };
  for (const [index, { arrival, receivedAt }] of arrivals.entries()) {
    for (const item of arrival.parsed.items) {
      const recipient = recipients[asked];
      asked += 1;
      if (recipient) take(deliveryOf({ arrival, receivedAt, item, recipient }), recipient.key, index);
    }
    for (const part of arrival.parsed.unreadable)
      take(deadLetterOf({ arrival, receivedAt, part, keyId: intakeKey.id }), intakeKey, index);
  }
  return ready;
}

/** Stores all of it in one statement; resolves when that is committed. */
export async function writeArrivals(
  { db, notePushed }: { db: Sql; notePushed: PushNotes },
  ready: readonly ReadyArrivals[],
): Promise<Written> {
  const deliveries = ready.flatMap((part) => part.deliveries);
  const { isNew, references, letters } = await storeSealed(db, deliveries);
  await notePushed(deliveries.filter((_, at) => isNew[at]).map(({ delivery }) => delivery));
  const outcomes: Acceptance[] = [];
  let at = 0;
  for (const { count, origins } of ready) {
    const from = outcomes.length;
    for (let index = 0; index < count; index += 1) outcomes.push('unknown_user');
    for (const origin of origins) {
      const outcome = !isNew[at] ? 'repeated' : deliveries[at]?.delivery.deadLetter ? 'dead_letter' : 'stored';
      const before = outcomes[from + origin] as Acceptance;
      if (RANK.indexOf(outcome) > RANK.indexOf(before)) outcomes[from + origin] = outcome;
      at += 1;
    }
  }
  return { outcomes, references, letters };
}

const RANK: readonly Acceptance[] = ['unknown_user', 'repeated', 'dead_letter', 'stored'];

export const personOf = (item: BodyItem): string =>
  item.kind === 'data' ? item.providerUserId : item.notification.providerUserId;

const peopleOf = ({ vendor: { provider }, parsed }: Arrival) =>
  parsed.items.map((item) => ({ provider, providerUserId: personOf(item) }));

/** One person's part of a body, as it is stored. */
export function deliveryOf(part: {
  arrival: Arrival;
  receivedAt: Date;
  item: BodyItem;
  recipient: Recipient;
}): NewDelivery {
  const { arrival, receivedAt, item, recipient } = part;
  const { provider } = arrival.vendor;
  const namesEvent = item.kind === 'data' || item.notification.namesEvent;
  const bodyHash = sha256Hex(item.body);
  return {
    provider,
    domain: item.kind === 'data' ? item.domain : NOTIFICATION,
    athleteId: recipient.athleteId,
    connectionId: recipient.connectionId,
    keyId: recipient.key.id,
    deliveryKey: receivedKey({
      provider,
      connectionId: recipient.connectionId,
      signedAt: namesEvent ? null : arrival.signedAt,
      bodyHash,
    }),
    body: item.body,
    bodyHash,
    sourceUpdatedAt: receivedAt,
    receivedAt,
    provenance: arrival.provenance,
  };
}

function deadLetterOf(part: {
  arrival: Arrival;
  receivedAt: Date;
  part: ParsedBody['unreadable'][number];
  keyId: string;
}): NewDelivery {
  const { arrival, receivedAt } = part;
  const { provider } = arrival.vendor;
  const { reason, body } = part.part;
  const bodyHash = sha256Hex(body);
  return {
    provider,
    domain: NOTIFICATION,
    athleteId: null,
    connectionId: null,
    keyId: part.keyId,
    deliveryKey: receivedKey({ provider, connectionId: null, signedAt: arrival.signedAt, bodyHash }),
    body,
    bodyHash,
    sourceUpdatedAt: receivedAt,
    receivedAt,
    provenance: arrival.provenance,
    deadLetter: { stage: 'intake', reason, detail: "The delivery is the provider's and could not be read." },
  };
}
