import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber, localDate, localTimeInstant } from '#platform/slots';
import { NOTIFICATION } from '#platform/streams';
import { TABLES } from '../measurements/tables.ts';
import type { Trace, TracedConnection, TracedDelivery, TracedRows } from './stories.ts';

/** What came for a day comes on it or on the day after; later comes what a history brings, and that has rows. */
const WINDOW_DAYS = 2;
/** A notification is asked for during three days at most. */
const CAUSE_DAYS = 3;
const MAX_DELIVERIES = 500;

/** Instants inside JSON come as text. */
type DeliveryRow = Omit<TracedDelivery, 'rejected'> & { rejected: { reason: string; count: number; at: string }[] };

/** All that is known of one athlete's day, by three statements. Whether the viewer may know it is asked before. */
export async function readTrace(
  db: Sql,
  options: { athleteId: string; date: LocalDate; timeZone: string; now: Date },
): Promise<Trace> {
  const { athleteId, date, timeZone, now } = options;
  const connections = await db.query<TracedConnection[]>(
    `select provider, state, needs_reconnect_at as "needsReconnectAt", linked_at as "linkedAt", ended_at as "endedAt",
            last_delivery_at as "lastDeliveryAt", loading_from as "loadingFrom", loading_to as "loadingTo",
            loading_retry_at as "loadingRetryAt",
            (select max(ordered_at) from connections.source_erasure_v1 o
              where o.athlete_id = c.athlete_id and o.provider = c.provider and c.id = any(o.connection_ids)) as "erasedAt"
       from connections.connection_trace_v1 c where athlete_id = $1`,
    [athleteId],
  );
  const rows = await db.query<TracedRows[]>(ROWS_OF_DAY, [athleteId, date]);
  const from = localTimeInstant(date, '00:00', timeZone);
  const to = localTimeInstant(dateOf(dayNumber(date) + WINDOW_DAYS), '00:00', timeZone);
  const deliveryIds = [...new Set(rows.map(({ deliveryId }) => deliveryId))];
  const found = await db.query<DeliveryRow[]>(DELIVERIES, [athleteId, from, to, deliveryIds]);
  const deliveries = found.map((delivery): TracedDelivery => ({
    ...delivery,
    rejected: delivery.rejected.map((entry) => ({ ...entry, at: new Date(entry.at) })),
  }));
  return { date, now, today: localDate(now, timeZone), connections, deliveries, rows };
}

const ROWS_OF_DAY = [...Map.groupBy(Object.values(TABLES), ({ domain }) => domain)]
  .flatMap(([domain, tables]) =>
    tables.map(
      ({ name }) =>
        `select provider, '${domain}' as domain, delivery_id as "deliveryId", max(stored_at) as "storedAt"
           from health_data.${name} where athlete_id = $1 and day = $2 and delete_rank = 0 group by provider, delivery_id`,
    ),
  )
  .join(' union all ');

/**
 * Those of the window, those the rows of the day came by, and the notifications that led to the latter. What the athlete
 * had deleted is not told, though its last rows may go in a second only.
 */
const DELIVERIES = `
  with named as (
    select d.received_on, d.id, d.cause_id
      from health_data.processed_delivery p
      join connections.delivery_trace_v1 d on d.received_on = p.received_on and d.id = p.delivery_id
     where p.delivery_id = any($4) and d.athlete_id = $1
  ), asked as (
    (select received_on, id from connections.delivery_v1
      where athlete_id = $1 and received_at >= $2 and received_at < $3
      order by received_at desc limit ${MAX_DELIVERIES})
     union
    select received_on, id from named
     union
    select c.received_on, c.id
      from named n join connections.delivery_v1 c
        on c.received_on between n.received_on - ${CAUSE_DAYS} and n.received_on and c.id = n.cause_id and c.athlete_id = $1
  )
  select d.id, d.provider, d.domain, d.domain = '${NOTIFICATION}' as "isNotification", d.received_at as "receivedAt", d.provenance, d.cause_id as "causeId", d.repeats,
         d.fetch_outcome as "fetchOutcome", d.fetch_ended_at as "fetchEndedAt", d.data_type as "dataType",
         d.answered_by as "answeredBy", d.fetch_attempts as "fetchAttempts", d.fetch_retry_at as "fetchRetryAt",
         d.letter_reason as "letterReason", d.letter_at as "letterAt", p.outcome, p.processed_at as "processedAt", p.days,
         p.rows_by_domain as "rowsByDomain", p.ignored_by_reason as "ignoredByReason", l.rejected
    from asked a
    join connections.delivery_trace_v1 d on d.received_on = a.received_on and d.id = a.id
    left join health_data.processed_delivery p on p.delivery_id = d.id
   cross join lateral (
         select coalesce(jsonb_agg(jsonb_build_object('reason', reason, 'count', n, 'at', at)), '[]') as rejected
           from (select reason, count(*) as n, max(created_at) as at from health_data.dead_letter
                  where delivery_id = d.id and resolved_at is null group by reason order by reason) r) l
   where not exists (
         select from connections.source_erasure_v1 o
          where o.athlete_id = $1 and o.provider = d.provider
            and (d.received_at <= o.ordered_at or d.connection_id = any(o.connection_ids)))
   order by d.received_at, d.id`;
