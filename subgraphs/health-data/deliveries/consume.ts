import type { MessageVerifier } from '#platform/crypto';
import { rawReferences, type DeadLetterAnnouncement } from '#platform/events';
import { gather } from '#platform/gather';
import { newId } from '#platform/ids';
import type { Logger } from '#platform/log';
import type { Bus } from '#platform/bus';
import { consume } from '#platform/messages';
import { NOTIFICATION } from '#platform/streams';
import { processReferences, type ProcessParts, type Reference } from './process.ts';

/** Messages at hand at once, and transactions under way: what waits for one goes into the next together. */
const MESSAGES = 64;
const TRANSACTIONS = 2;
const REFERENCES_AT_ONCE = 400;

/** Takes references from the bus and turns them into rows. What never comes is found by the sweep. */
export function startNormaliser(parts: ProcessParts & { bus: Bus; verify: MessageVerifier; log: Logger }): {
  close(): Promise<void>;
} {
  const take = gather<Reference>({
    lanes: TRANSACTIONS,
    most: REFERENCES_AT_ONCE,
    work: (references) => processReferences(parts, references),
  });
  return consume({
    body: rawReferences,
    bus: parts.bus,
    consumer: 'normaliser',
    verify: parts.verify,
    metrics: parts.metrics,
    log: parts.log,
    parallel: MESSAGES,
    async handle(envelope) {
      if (envelope.subject.split('.')[3] === NOTIFICATION) return 'done';
      await take(envelope.body.refs);
      return 'done';
    },
    async giveUp(envelope, error) {
      const { refs } = envelope.body;
      const letters = await parts.db.query<DeadLetterAnnouncement[]>(
        `insert into health_data.dead_letter (id, stage, provider, delivery_id, received_on, reason, detail, created_at, athlete_id)
         select t.id, 'normalise', d.provider, t.delivery_id, t.received_on, 'gave_up', $1, $2, d.athlete_id
           from unnest($3::uuid[], $4::uuid[], $5::date[]) as t(id, delivery_id, received_on)
           left join connections.delivery_v1 d on d.received_on = t.received_on and d.id = t.delivery_id
         on conflict (delivery_id, record_id, reason) do nothing returning id, stage, reason`,
        [
          `eight attempts failed, the last with ${error instanceof Error ? error.name : 'an unknown error'}`,
          parts.clock.now(),
          refs.map(() => newId()),
          refs.map((ref) => ref.id),
          refs.map((ref) => ref.receivedOn),
        ],
      );
      for (const { stage, reason } of letters) parts.metrics.deadLetters.inc({ stage, reason });
      await parts.announceLetters(letters);
    },
  });
}
