import type { Clock } from '#platform/clock';
import type { Database, Sql } from '#platform/database';
import { hashedId, type Logger } from '#platform/log';
import { startRounds, type Rounds } from '#platform/rounds';

const EVERY_MS = 2_000;
/** Deliveries of one transaction: a crash in between goes on with the rest. */
const BATCH = 500;
/** By then no process holds the ended link in its memory and no fetch for it is in flight: a last look finds what came. */
const SETTLED_AFTER_MS = 10 * 60_000;

interface Order {
  id: string;
  athleteId: string;
  provider: string;
  connectionIds: string[];
  orderedAt: Date;
}

interface EraseParts {
  db: Database;
  clock: Clock;
  log: Logger;
}

/**
 * Carries out this subgraph's part of each order to erase a source: sealed bodies, and what was noted about them. Twice:
 * at once, and after ten minutes for what was still on its way. Repeating it changes nothing.
 */
export function startErasing(parts: EraseParts): Rounds {
  return startRounds({
    everyMs: EVERY_MS,
    complaint: 'an erasure did not finish and will be taken up again',
    log: parts.log,
    round: async () => ((await eraseNext(parts)) ? 'more' : 'done'),
  });
}

/** A batch of the oldest order that has something to do. False when none has. */
export async function eraseNext({ db, clock, log }: EraseParts): Promise<boolean> {
  const now = clock.now();
  const settles = new Date(now.getTime() - SETTLED_AFTER_MS);
  return db.transaction(async (tx) => {
    const [order] = await tx.query<Order[]>(
      `select id, athlete_id as "athleteId", provider, connection_ids as "connectionIds", ordered_at as "orderedAt"
         from source_erasure where settled_at is null and (erased_at is null or ordered_at < $1)
        order by ordered_at limit 1 for update skip locked`,
      [settles],
    );
    if (!order) return false;
    const count = await eraseDeliveries(tx, order);
    if (count === BATCH) return true;
    await tx.query('delete from record_fetch where connection_id = any($1)', [order.connectionIds]);
    await tx.query(
      `update source_erasure set erased_at = coalesce(erased_at, $2), settled_at = case when ordered_at < $3 then $2 end where id = $1`,
      [order.id, now, settles],
    );
    log.info({ athlete: hashedId(order.athleteId), provider: order.provider }, 'what a provider had sent is deleted');
    return true;
  });
}

/** Answers how many deliveries went; what other tables say of them goes with them. */
async function eraseDeliveries(tx: Sql, order: Order): Promise<number> {
  const gone = await tx.query<{ id: string }[]>(
    `with gone as (
       delete from delivery where (received_on, id) in (
              select received_on, id from delivery
               where athlete_id = $1 and provider = $2 and (received_at <= $3 or connection_id = any($4)) limit ${BATCH})
       returning id
     )
     select id from gone`,
    [order.athleteId, order.provider, order.orderedAt, order.connectionIds],
  );
  if (gone.length === 0) return 0;
  const ids = gone.map(({ id }) => id);
  for (const table of ['fetched_notification', 'delivery_repeat', 'fetch_attempt', 'dead_letter'])
    await tx.query(`delete from ${table} where delivery_id = any($1)`, [ids]);
  return gone.length;
}
