import type { JsMsg, StoredMsg } from 'nats';
import type { AnnounceLetters } from '#platform/announce-letters';
import type { Clock } from '#platform/clock';
import { sha256, type MessageVerifier } from '#platform/crypto';
import type { Database } from '#platform/database';
import { openEnvelope } from '#platform/envelope';
import type { Logger } from '#platform/log';
import type { Bus } from '#platform/bus';
import { consumeUnsigned, storedMessage, type Ending } from '#platform/messages';
import { NOTIFICATION, type ConsumerName } from '#platform/streams';
import type { Metrics } from '#platform/telemetry';

/** What the broker says when it delivers a message no more (its advisories `max_deliver` and `terminated`). */
interface Advisory {
  type: string;
  timestamp: string;
  stream: string;
  consumer: string;
  stream_seq: number;
}

interface AlarmParts {
  bus: Bus;
  db: Database;
  verify: MessageVerifier;
  announceLetters: AnnounceLetters;
  clock: Clock;
  metrics: Metrics;
  log: Logger;
}

interface Alarm {
  stage: string;
  reason: 'max_deliveries' | 'forged_message';
  detail: string;
  /** The same for the same message, however often the broker says it. */
  name: string;
}

/** The step each consumer stands for, as its own letters call it. */
const STAGES: Partial<Record<string, string>> = {
  fetcher: 'fetch',
  normaliser: 'normalise',
  recompute: 'recompute',
} satisfies Partial<Record<ConsumerName, string>>;

const TERMINATED = 'io.nats.jetstream.advisory.v1.terminated';

/**
 * Dead letters for messages that the broker gave up and nobody else wrote a letter of: those that came too often without an
 * answer (a process that dies over them, a provider that is away for long), and those that a consumer dropped because their
 * signature is not ours. They are alarms: nothing is lost, since the sweeps find the deliveries by themselves.
 */
export function startAlarms(parts: AlarmParts): { close(): Promise<void> } {
  const { bus, metrics, log } = parts;
  return consumeUnsigned({
    bus,
    consumer: 'alarms',
    metrics,
    log,
    handle: (message: JsMsg) => raise(parts, message.json<Advisory>()),
  });
}

async function raise(parts: AlarmParts, advisory: Advisory): Promise<Ending> {
  const { stream, consumer, stream_seq: sequence } = advisory;
  const stage = STAGES[consumer];
  if (stage === undefined) return 'done';
  const isTerminated = advisory.type === TERMINATED;
  const name = [stream, consumer, sequence].join('/');
  if (stream !== 'RAW') {
    // Other streams name no deliveries. What their consumer ended by itself has its letter there, or is in the log.
    if (isTerminated) return 'done';
    const detail = `Message ${sequence} of ${stream} came to ${consumer} too often. Its sweep finds what it spoke of.`;
    return store(parts, { stage, reason: 'max_deliveries', detail, name: `${name}/${advisory.timestamp}` }, []);
  }
  const message = await storedMessage(parts.bus, 'RAW', sequence);
  const envelope = message && openEnvelope<{ refs: Reference[] }>({ ...partsOf(message), verify: parts.verify });
  if (isTerminated) {
    // With a signature the consumer ended it after it had written the letters itself.
    if (envelope !== null) return 'done';
    const detail = `Message ${sequence} of RAW was dropped by ${consumer}: its signature is not one of ours.`;
    return store(parts, { stage, reason: 'forged_message', detail, name: `${name}/${advisory.timestamp}` }, []);
  }
  if (consumer === 'normaliser' && message?.subject.split('.')[3] === NOTIFICATION) return 'done';
  const detail = `Message ${sequence} of RAW came to ${consumer} too often. Its sweep finds the delivery by itself; retry when it does not.`;
  return store(parts, { stage, reason: 'max_deliveries', detail, name }, envelope?.body.refs ?? []);
}

interface Reference {
  id: string;
  receivedOn: string;
}

const partsOf = ({ subject, data, header }: StoredMsg) => ({ subject, data, headers: header });

/** A letter for each delivery that is not answered and has none yet; without deliveries, one for the message. */
async function store(parts: AlarmParts, alarm: Alarm, references: readonly Reference[]): Promise<Ending> {
  const { db, clock, metrics, log } = parts;
  const { stage, reason, detail, name } = alarm;
  const letters =
    references.length === 0
      ? [{ id: idOf(name), delivery: null, receivedOn: null }]
      : references.map(({ id, receivedOn }) => ({ id: idOf(`${name}/${id}`), delivery: id, receivedOn }));
  const stored = await db.query<{ id: string }[]>(
    `insert into dead_letter (id, stage, provider, delivery_id, received_on, reason, detail, created_at)
     select t.id, $1, d.provider, t.delivery_id, t.received_on, $2, $3, $4
       from unnest($5::uuid[], $6::uuid[], $7::date[]) as t (id, delivery_id, received_on)
       left join delivery d on d.received_on = t.received_on and d.id = t.delivery_id
      where t.delivery_id is null
         or (not exists (select from fetched_notification f where f.delivery_id = t.delivery_id)
             and not exists (select from dead_letter l where l.delivery_id = t.delivery_id and l.resolved_at is null))
     on conflict (id) do nothing returning id`,
    [
      stage,
      reason,
      detail,
      clock.now(),
      letters.map(({ id }) => id),
      letters.map(({ delivery }) => delivery),
      letters.map(({ receivedOn }) => receivedOn),
    ],
  );
  if (stored.length === 0) return 'done';
  metrics.deadLetters.inc({ stage, reason }, stored.length);
  await parts.announceLetters(stored.map(({ id }) => ({ id, stage, reason })));
  log.warn({ stage, reason, message: name, count: stored.length }, 'the broker gave a message up; its letter says so');
  return 'done';
}

/** A UUID (version 8) made of the name. */
function idOf(name: string): string {
  const hex = sha256(name).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
