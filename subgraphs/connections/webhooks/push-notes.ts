import type { Sql } from '#platform/database';
import { keepNewest } from '#platform/keep-newest';
import { NOTIFICATION } from '#platform/streams';
import type { NewDelivery } from './new-delivery.ts';

/** Of connections that deliveries of now bring forward once a minute, not each time. */
const NOTED_EVERY_MS = 60_000;
const KEPT_COUNT = 20_000;

/**
 * When something last came, for bodies that carry the data themselves; for notifications the fetch says it. Whoever is
 * busy with the connection says it as well, so nobody waits. Should it fail, the sender repeats what is stored already.
 */
export type PushNotes = (deliveries: readonly NewDelivery[]) => Promise<void>;

/** Remembers what this process has noted, so that most deliveries cost no statement. */
export function createPushNotes(db: Sql): PushNotes {
  const noted = new Map<string, number>();

  return async (deliveries) => {
    const due = new Map<string, Date>();
    for (const { connectionId, domain, receivedAt } of deliveries) {
      if (connectionId === null || domain === NOTIFICATION) continue;
      if (receivedAt.getTime() - (noted.get(connectionId) ?? -Infinity) >= NOTED_EVERY_MS)
        due.set(connectionId, receivedAt);
    }
    if (due.size === 0) return;
    await db.query(
      `with pushed as (
         select c.id, p.at from unnest($1::uuid[], $2::timestamptz[]) as p (id, at) join provider_connection c using (id)
          where c.last_delivery_at is null or c.last_delivery_at <= p.at - make_interval(secs => $3) for no key update of c skip locked
       )
       update provider_connection c set last_delivery_at = pushed.at from pushed where c.id = pushed.id`,
      [[...due.keys()], [...due.values()], NOTED_EVERY_MS / 1000],
    );
    for (const [connectionId, at] of due) keepNewest(noted, [connectionId, at.getTime()], KEPT_COUNT);
  };
}
