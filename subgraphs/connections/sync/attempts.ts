import type { Sql } from '#platform/database';
import type { NotificationGroup } from './notification-group.ts';

/** Writes down a try that did not end: how often it was tried, and not before when it makes sense to try again. */
export async function noteAttempt(
  db: Sql,
  options: { group: NotificationGroup; retryAt: Date; now: Date },
): Promise<void> {
  const { group, retryAt, now } = options;
  // In the order of ids, so that two replicas never wait for each other crosswise.
  const members = group.members.toSorted((a, b) => (a.deliveryId < b.deliveryId ? -1 : 1));
  await db.query(
    `insert into fetch_attempt as a (delivery_id, received_on, attempts, last_at, retry_at)
     select id, received_on, 1, $3, $4 from unnest($1::uuid[], $2::date[]) as t (id, received_on)
     on conflict (delivery_id) do update set attempts = a.attempts + 1, last_at = excluded.last_at, retry_at = excluded.retry_at`,
    [members.map((member) => member.deliveryId), members.map((member) => member.receivedOn), now, retryAt],
  );
}
