import type { AnnounceLetters } from '#platform/announce-letters';
import type { Clock } from '#platform/clock';
import type { Database } from '#platform/database';
import { newId } from '#platform/ids';
import type { Provider } from '#platform/signals';
import type { Metrics } from '#platform/telemetry';

const STAGE = 'fetch';

export interface HopelessNotification {
  deliveryId: string;
  receivedOn: string;
  provider: Provider | null;
  /** A word of a fixed list, for counting. */
  reason: string;
  /** For people; no values of bodies. */
  detail: string;
}

/**
 * Sets notifications aside: row and ledger entry in one statement, then an announcement that names neither person nor value.
 * One that was asked again and fails again keeps its letter, with the new reason.
 */
export interface DeadLetters {
  store(hopeless: readonly HopelessNotification[]): Promise<void>;
}

export function createDeadLetters(options: {
  db: Database;
  announceLetters: AnnounceLetters;
  clock: Clock;
  metrics: Metrics;
}): DeadLetters {
  const { db, announceLetters, clock, metrics } = options;

  return {
    async store(hopeless) {
      if (hopeless.length === 0) return;
      const letters = hopeless.map((entry) => ({ ...entry, id: newId() }));
      const stored = await db.query<{ id: string; reason: string }[]>(
        `with given as (
           select * from unnest($1::uuid[], $2::uuid[], $3::date[], $4::text[], $5::text[], $6::text[])
             as t (id, delivery_id, received_on, provider, reason, detail)
         ), ended as (
           insert into fetched_notification (delivery_id, received_on, outcome, ended_at)
           select delivery_id, received_on, 'dead_letter', $7 from given
           on conflict do nothing returning delivery_id
         ), again as (
           update dead_letter l set reason = g.reason, detail = g.detail from given g join ended using (delivery_id)
            where l.delivery_id = g.delivery_id and l.stage = '${STAGE}' and l.resolved_at is null
           returning l.id, l.delivery_id, l.reason
         ), fresh as (
           insert into dead_letter (id, stage, provider, delivery_id, received_on, reason, detail, created_at)
           select id, '${STAGE}', provider, delivery_id, received_on, reason, detail, $7 from given join ended using (delivery_id)
            where delivery_id not in (select delivery_id from again)
           returning id, reason
         )
         select id, reason from fresh union all select id, reason from again`,
        [
          letters.map((letter) => letter.id),
          letters.map((letter) => letter.deliveryId),
          letters.map((letter) => letter.receivedOn),
          letters.map((letter) => letter.provider),
          letters.map((letter) => letter.reason),
          letters.map((letter) => letter.detail),
          clock.now(),
        ],
      );
      for (const { reason } of stored) metrics.deadLetters.inc({ stage: STAGE, reason });
      await announceLetters(stored.map(({ id, reason }) => ({ id, stage: STAGE, reason })));
    },
  };
}
