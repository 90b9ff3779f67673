import type { Clock } from '#platform/clock';
import type { Retried } from '#platform/dead-letter-verbs';
import { RETRIED, type DeadLetter } from '#platform/dead-letters';
import type { Database } from '#platform/database';
import { NOTIFICATION } from '#platform/streams';
import type { Reference } from '../webhooks/relay.ts';

/** Hands references of stored deliveries to their consumers. */
export type PublishReferences = (references: readonly Reference[]) => Promise<void>;

/**
 * Has notifications asked again that were set aside: out of the ledger, received now, and published, since the sweep looks
 * at the days of its window only. Their letters stay open until the fetch has ended, which closes them or gives them the
 * new reason. A body of which only the broker complained is published to health-data once more, as received when it was
 * (orders to delete go by that), and its letter is closed: what comes of it is in health-data's own letters.
 */
export async function retryNotifications(
  { db, clock, publish }: { db: Database; clock: Clock; publish: PublishReferences },
  letters: readonly DeadLetter[],
): Promise<Retried[]> {
  if (letters.length === 0) return [];
  const rows = await db.query<(Omit<Reference, 'receivedAt'> & { receivedAt: Date })[]>(
    `with asked as (
       update delivery d set received_at = case when d.domain = '${NOTIFICATION}' then $3 else d.received_at end from unnest($1::date[], $2::uuid[]) as t (received_on, id)
        where d.received_on = t.received_on and d.id = t.id and d.athlete_id is not null
       returning d.id, d.received_on, d.provider, d.domain, d.body_hash, d.received_at
     ), unanswered as (
       delete from fetched_notification f using asked where f.delivery_id = asked.id and f.outcome = 'dead_letter'
     ), untried as (
       delete from fetch_attempt a using asked where a.delivery_id = asked.id
     )
     select id, received_on as "receivedOn", provider, domain, encode(body_hash, 'hex') as hash, received_at as "receivedAt" from asked`,
    [letters.map(({ receivedOn }) => receivedOn), letters.map(({ deliveryId }) => deliveryId), clock.now()],
  );
  await publish(rows.map((row) => ({ ...row, receivedAt: row.receivedAt.toISOString() })));
  const asked = new Map(rows.map(({ id, domain }) => [id, domain]));
  const handedOn = letters.filter(({ deliveryId }) => (asked.get(deliveryId ?? '') ?? NOTIFICATION) !== NOTIFICATION);
  await db.query(
    `update dead_letter set resolved_at = $2, resolution = '${RETRIED}' where id = any($1) and resolved_at is null`,
    [handedOn.map(({ id }) => id), clock.now()],
  );
  return letters.map((letter) => outcomeOf(letter, asked.get(letter.deliveryId ?? '')));
}

function outcomeOf({ id, deliveryId }: DeadLetter, domain: string | undefined): Retried {
  if (deliveryId === null)
    return { id, ending: 'failed', told: 'names no delivery: there is nothing to retry. Drop it.' };
  if (domain === undefined) {
    const told =
      'its delivery is no longer in the database. "reconcile" asks the provider for the last days; then drop it.';
    return { id, ending: 'failed', told };
  }
  return domain === NOTIFICATION
    ? { id, ending: 'asked_again', told: 'is asked again now, where connections runs with ROLE work or all' }
    : { id, ending: 'retried', told: 'is handed to health-data again' };
}
