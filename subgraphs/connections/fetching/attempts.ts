import type { Sql } from '#platform/database';
import type { NotificationGroup } from './notification-group.ts';

/**
 * Writes down a try that did not end, and not before when it makes sense to try again. `isFailure`: not for a provider that
 * is away. Answers how often the one of them failed that failed most.
 */
export async function noteAttempt(
  db: Sql,
  options: { group: NotificationGroup; retryAt: Date; now: Date; isFailure: boolean },
): Promise<number> {
  const { group, retryAt, now, isFailure } = options;
  // In the order of ids, so that two replicas never wait for each other crosswise.
  const members = group.members.toSorted((a, b) => (a.deliveryId < b.deliveryId ? -1 : 1));
  const noted = await db.query<{ failures: number }[]>(
    `insert into fetch_attempt as a (delivery_id, received_on, attempts, last_at, retry_at, failures)
     select id, received_on, 1, $3, $4, $5 from unnest($1::uuid[], $2::date[]) as t (id, received_on)
     on conflict (delivery_id) do update set attempts = a.attempts + 1, last_at = excluded.last_at,
        retry_at = excluded.retry_at, failures = a.failures + excluded.failures
     returning failures`,
    [
      members.map((member) => member.deliveryId),
      members.map((member) => member.receivedOn),
      now,
      retryAt,
      isFailure ? 1 : 0,
    ],
  );
  return Math.max(...noted.map(({ failures }) => failures));
}
