import type { Sql } from '#platform/database';
import type { Origin } from '#platform/signals';

/** Everything one provider brought of one athlete, or what the athlete typed in. */
export interface Source {
  athleteId: string;
  provider: Origin;
}

/** The athlete's order that a source be deleted, as connections published it. */
export interface ErasureOrder extends Source {
  id: string;
  /** What comes through one of these was on its way when the link ended. */
  connectionIds: readonly string[];
  orderedAt: Date;
  isCarriedOut: boolean;
}

const nameOf = ({ athleteId, provider }: Source): string => `athlete-ally/source/${athleteId}/${provider}`;

/**
 * Held until the end of the transaction. Writers of a source share it, its erasure waits for them and keeps later ones
 * waiting: whoever reads the orders after this sees every one whose erasure has begun.
 */
export async function holdSources(tx: Sql, sources: readonly Source[], as: 'writer' | 'eraser'): Promise<void> {
  const lock = as === 'writer' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  const names = [...new Set(sources.map(nameOf))].toSorted();
  await tx.query(`select ${lock}(hashtextextended(name, 0)) from unnest($1::text[]) as s(name)`, [names]);
}

/** All orders there are for these sources, carried out or not. */
export async function ordersOf(db: Sql, sources: readonly Source[]): Promise<ErasureOrder[]> {
  return await db.query<ErasureOrder[]>(
    `select o.id, o.athlete_id as "athleteId", o.provider, o.connection_ids as "connectionIds", o.ordered_at as "orderedAt",
            e.order_id is not null as "isCarriedOut"
       from (select distinct * from unnest($1::uuid[], $2::text[])) as s(athlete_id, provider)
       join connections.source_erasure_v1 o on o.athlete_id = s.athlete_id and o.provider = s.provider
       left join health_data.erased_source e on e.order_id = o.id`,
    [sources.map(({ athleteId }) => athleteId), sources.map(({ provider }) => provider)],
  );
}

/** Oldest first. */
export async function openOrders(db: Sql): Promise<ErasureOrder[]> {
  return await db.query<ErasureOrder[]>(
    `select o.id, o.athlete_id as "athleteId", o.provider, o.connection_ids as "connectionIds", o.ordered_at as "orderedAt",
            false as "isCarriedOut"
       from connections.source_erasure_v1 o
      where not exists (select from health_data.erased_source e where e.order_id = o.id)
      order by o.ordered_at limit 100`,
  );
}

/** Whether an order covers a delivery: received before it, or through a link that it ended. */
export const covers = (
  order: ErasureOrder,
  delivery: { athleteId: string | null; provider: Origin; connectionId: string | null; receivedAt: Date },
): boolean =>
  order.athleteId === delivery.athleteId &&
  order.provider === delivery.provider &&
  (delivery.receivedAt <= order.orderedAt ||
    (delivery.connectionId !== null && order.connectionIds.includes(delivery.connectionId)));
