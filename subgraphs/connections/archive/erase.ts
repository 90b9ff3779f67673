import { archivePlace, archivePrefix, type Archive } from '#platform/archive';
import type { Clock } from '#platform/clock';
import { withAdvisoryLock, type Database, type Sql } from '#platform/database';
import { hashedId, type Logger } from '#platform/log';
import { startRounds, type Rounds } from '#platform/rounds';
import type { LocalDate, Provider } from '#platform/signals';
import { decodeObject } from './object.ts';

const DAY_MS = 86_400_000;
const EVERY_MS = 15_000;
/** Longer than any object is kept. */
const DAYS_BACK = 182;
const PARALLEL_DAYS = 8;
/** The archiver may hold a body that it read before its row was deleted; by then it has long put it. */
const LAST_LOOK_AFTER_MS = 60_000;

/** An order to erase what a provider brought of an athlete; see `linking/source-erasure.ts`. */
export interface ErasureOrder {
  id: string;
  athleteId: string;
  provider: Provider;
  connectionIds: string[];
  orderedAt: Date;
}

interface EraseParts {
  db: Database;
  archive: Archive;
  clock: Clock;
  log: Logger;
}

/**
 * Carries out the archive's part of each order to erase a source. Twice: at once, and when its deliveries are gone from the
 * database for good, for what was archived in between. Repeating it changes nothing.
 */
export function startErasingObjects(parts: EraseParts): Rounds {
  return startRounds({
    everyMs: EVERY_MS,
    complaint: 'an erasure in the archive did not finish and will be taken up again',
    log: parts.log,
    async round() {
      const isDone = await withAdvisoryLock(parts.db, 'connections/archive-erasure', () => eraseNextObjects(parts));
      return isDone ? 'more' : 'done';
    },
  });
}

/** One pass of the oldest order that waits for one. False when none does. */
export async function eraseNextObjects({ db, archive, clock, log }: EraseParts): Promise<boolean> {
  const now = clock.now();
  const [order] = await db.query<(ErasureOrder & { isLast: boolean })[]>(
    `select o.id, o.athlete_id as "athleteId", o.provider, o.connection_ids as "connectionIds", o.ordered_at as "orderedAt",
            coalesce(o.settled_at < $1, false) as "isLast"
       from source_erasure o left join archive_erasure a on a.order_id = o.id
      where a.order_id is null or (a.settled_at is null and o.settled_at < $1)
      order by o.ordered_at limit 1`,
    [new Date(now.getTime() - LAST_LOOK_AFTER_MS)],
  );
  if (!order) return false;
  const objects = await eraseObjects(archive, order, now);
  await db.query(
    `insert into archive_erasure (order_id, erased_at, settled_at) values ($1, $2, case when $3 then $2::timestamptz end)
     on conflict (order_id) do update set settled_at = excluded.settled_at`,
    [order.id, now, order.isLast],
  );
  log.info({ athlete: hashedId(order.athleteId), provider: order.provider, objects }, 'a source left the archive');
  return true;
}

async function eraseObjects(archive: Archive, order: ErasureOrder, now: Date): Promise<number> {
  let erased = 0;
  const days = daysBefore(now).values();
  async function eraseDayAfterDay(): Promise<void> {
    for (const day of days) erased += await eraseDay(archive, order, day);
  }
  await Promise.all(Array.from({ length: PARALLEL_DAYS }, eraseDayAfterDay));
  return erased;
}

/** Today and the days before it, as far back as there may be objects. */
const daysBefore = (now: Date): LocalDate[] =>
  Array.from({ length: DAYS_BACK + 1 }, (_, back) =>
    new Date(now.getTime() - back * DAY_MS).toISOString().slice(0, 10),
  );

/** Whole days before the order; of its own day and later ones what it covers. */
async function eraseDay(archive: Archive, order: ErasureOrder, receivedOn: LocalDate): Promise<number> {
  const { provider, athleteId } = order;
  let erased = 0;
  for await (const key of archive.list(archivePrefix({ provider, receivedOn, athleteId }))) {
    if (receivedOn >= order.orderedAt.toISOString().slice(0, 10)) {
      const [place, bytes] = [archivePlace(key), await archive.get(key)];
      const object = place && bytes && decodeObject(bytes, place);
      if (object && !covers(order, object)) continue;
    }
    await archive.delete(key);
    erased += 1;
  }
  return erased;
}

/** Whether an order covers a delivery: received before it, or through a link that it ended. */
const covers = (
  order: ErasureOrder,
  delivery: { athleteId: string; connectionId: string | null; receivedAt: Date },
): boolean =>
  order.athleteId === delivery.athleteId &&
  (delivery.receivedAt <= order.orderedAt ||
    (delivery.connectionId !== null && order.connectionIds.includes(delivery.connectionId)));

/** Of these deliveries of one provider, those that their athlete had deleted since. */
export async function erasedAmong<D extends { athleteId: string; connectionId: string | null; receivedAt: Date }>(
  db: Sql,
  provider: Provider,
  deliveries: readonly D[],
): Promise<Set<D>> {
  const orders = await db.query<ErasureOrder[]>(
    `select id, athlete_id as "athleteId", provider, connection_ids as "connectionIds", ordered_at as "orderedAt"
       from source_erasure where provider = $1 and athlete_id = any($2)`,
    [provider, [...new Set(deliveries.map(({ athleteId }) => athleteId))]],
  );
  return new Set(deliveries.filter((delivery) => orders.some((order) => covers(order, delivery))));
}
