import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber, localDate, localTimeInstant } from '#platform/slots';
import { NOTIFICATION } from '#platform/streams';
import { TABLES } from '../measurements/tables.ts';
import type { Trace, TracedConnection, TracedDelivery, TracedRows } from './stories.ts';

/** What names no day is taken for what came on it or on the day after. */
const WINDOW_DAYS = 2;
/** So long a device keeps what it recorded: what comes until then and cannot be read may be about the day. */
const LATE_DAYS = 9;
/** A notification is asked for during three days at most. */
const CAUSE_DAYS = 3;
/** Of one provider, the newest. What the day has rows of is told in any case. */
export const MAX_DELIVERIES = 500;

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
  const midnight = (days: number): Date => localTimeInstant(dateOf(dayNumber(date) + days), '00:00', timeZone);
  const windowEndsAt = midnight(WINDOW_DAYS);
  const deliveryIds = [...new Set(rows.map(({ deliveryId }) => deliveryId))];
  const found = await db.query<DeliveryRow[]>(DELIVERIES, [
    athleteId,
    midnight(0),
    windowEndsAt,
    deliveryIds,
    date,
    midnight(LATE_DAYS),
  ]);
  const deliveries = found.map((delivery): TracedDelivery => ({
    ...delivery,
    rejected: delivery.rejected.map((entry) => ({ ...entry, at: new Date(entry.at) })),
  }));
  return { date, now, today: localDate(now, timeZone), windowEndsAt, connections, deliveries, rows };
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

/** What the athlete had deleted is not told, though its last rows may go in a second only. */
const isErased = (delivery: string): string => `exists (
    select from connections.source_erasure_v1 o
     where o.athlete_id = $1 and o.provider = ${delivery}.provider
       and (${delivery}.received_at <= o.ordered_at or ${delivery}.connection_id = any(o.connection_ids)))`;

/**
 * Those the rows of the day came by; of the others the newest: those of the window, those that spoke of the day whenever they
 * came, and late ones that say no day, since they were not read. And the notifications that led to any of them.
 */
const DELIVERIES = `
  with stored as (
    select d.received_on, d.id, d.cause_id
      from health_data.processed_delivery p
      join connections.delivery_trace_v1 d on d.received_on = p.received_on and d.id = p.delivery_id
     where p.delivery_id = any($4) and d.athlete_id = $1
  ), found as (
    select received_on, id, provider, connection_id, received_at, cause_id, false as is_late
      from connections.delivery_trace_v1 where athlete_id = $1 and received_at >= $2 and received_at < $3
     union all
    select d.*, false
      from health_data.processed_delivery p
     cross join lateral (
           select received_on, id, provider, connection_id, received_at, cause_id from connections.delivery_trace_v1
            where received_on = p.received_on and id = p.delivery_id limit 1) d
     where p.athlete_id = $1 and p.days @> array[$5::date]
     union all
    select d.received_on, d.id, d.provider, d.connection_id, d.received_at, d.cause_id, true
      from connections.delivery_trace_v1 d
      left join health_data.processed_delivery p on p.delivery_id = d.id
     where d.athlete_id = $1 and d.received_at >= $3 and d.received_at < $6
       and case when d.domain = '${NOTIFICATION}'
                then d.fetch_outcome is null
                  or d.fetch_outcome not in ('fetched', 'answered', 'deleted', 'ignored', 'not_linked')
                else p.delivery_id is null
                  or exists (select from health_data.dead_letter l where l.delivery_id = d.id and l.resolved_at is null)
           end
  ), came as (
    select distinct on (id) * from found f
     where id not in (select id from stored) and not ${isErased('f')}
     order by id, is_late
  ), ranked as (
    select *, row_number() over (partition by provider, is_late order by received_at desc, id) as place,
           count(*) over (partition by provider, is_late) > ${MAX_DELIVERIES} as is_cut
      from came
  ), told as (
    select received_on, id, cause_id, is_cut from ranked where place <= ${MAX_DELIVERIES}
     union all
    select received_on, id, cause_id, false from stored
  ), asked as (
    select received_on, id, bool_or(is_cut) as is_cut
      from (select received_on, id, is_cut from told
             union all
            select c.received_on, c.id, false
              from told t
             cross join lateral (
                   select received_on, id, athlete_id from connections.delivery_v1
                    where received_on between t.received_on - ${CAUSE_DAYS} and t.received_on and id = t.cause_id limit 1) c
             where c.athlete_id = $1) a
     group by received_on, id
  )
  select d.id, d.provider, d.domain, d.domain = '${NOTIFICATION}' as "isNotification", d.received_at as "receivedAt", d.provenance, d.cause_id as "causeId", d.repeats,
         d.fetch_outcome as "fetchOutcome", d.fetch_ended_at as "fetchEndedAt", d.data_type as "dataType",
         d.answered_by as "answeredBy", d.fetch_attempts as "fetchAttempts", d.fetch_retry_at as "fetchRetryAt",
         d.letter_reason as "letterReason", d.letter_at as "letterAt", p.outcome, p.processed_at as "processedAt", p.days::text[] as days,
         p.rows_by_domain as "rowsByDomain", p.ignored_by_reason as "ignoredByReason", l.rejected, a.is_cut as "isCut"
    from asked a
    join connections.delivery_trace_v1 d on d.received_on = a.received_on and d.id = a.id
    left join health_data.processed_delivery p on p.delivery_id = d.id
   cross join lateral (
         select coalesce(jsonb_agg(jsonb_build_object('reason', reason, 'count', n, 'at', at)), '[]') as rejected
           from (select reason, count(*) as n, max(created_at) as at from health_data.dead_letter
                  where delivery_id = d.id and resolved_at is null group by reason order by reason) r) l
   where not ${isErased('d')}
   order by d.received_at, d.id`;
