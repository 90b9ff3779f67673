import { headers as natsHeaders, type ConsumerConfig, type ConsumerMessages, type JsMsg, type StoredMsg } from 'nats';
import type { z } from 'zod';
import { isMissing, type Bus } from '#platform/bus';
import type { MessageSigner, MessageVerifier } from '#platform/crypto';
import { openEnvelope, sealEnvelope, type Envelope } from '#platform/envelope';
import { createLanes } from '#platform/lanes';
import type { Logger } from '#platform/log';
import { fullJitterMs, pause } from '#platform/retry';
import { CONSUMERS, type ConsumerName, type StreamName } from '#platform/streams';
import type { Metrics } from '#platform/telemetry';

/** Publishes signed messages to a stream; resolves when the server has stored them. */
export interface Publisher {
  publish(message: { subject: string; id: string; body: unknown; issuedAt: Date }): Promise<void>;
}

/** `stream`: made anew when it was lost; null for one that another service keeps. */
export function createPublisher(options: { bus: Bus; signer: MessageSigner; stream: StreamName | null }): Publisher {
  const { bus, signer, stream } = options;
  return {
    async publish({ subject, id, body, issuedAt }) {
      const sealed = sealEnvelope({ subject, id, issuedAt, body, signer });
      const headers = natsHeaders();
      for (const [name, value] of sealed.headers) headers.set(name, value);
      try {
        await bus.js.publish(subject, sealed.data, { headers });
      } catch (error) {
        // 503: nobody listens on the subject, which is how a lost stream looks. It is made anew and the message sent again.
        if (stream === null || (error as { code?: unknown }).code !== '503') throw error;
        await bus.ensureStream(stream);
        await bus.js.publish(subject, sealed.data, { headers });
      }
    },
  };
}

/**
 * The three endings of a message. later: again after a wait (full jitter by attempt). never: the dead-letter row is
 * committed already, the broker may forget the message.
 */
export type Ending = 'done' | 'later' | 'never';

const MAX_ATTEMPTS = 8;
const IN_PROGRESS_EVERY_MS = 20_000;
const RECOVER_AFTER_MS = 500;
/** Where sharers meet: how long a message holds one of the `parallel` places, and how many times that one sharer may have in hand. */
const PLACE_LENT_MS = 1_000;
const TIMES_OF_ONE = 3;

/**
 * Consumes a durable pull consumer until `close()`. `handle` gets a verified envelope and says how it ended; a throw is
 * "later", and after eight attempts `giveUp` must store a dead letter and the message ends as "never". A forged message, and
 * one whose body is not what `body` says, is dropped with a log line. A consumer or stream that vanished is made anew; one that
 * stands behind the end of a damaged stream is recreated, since it would wait for ever. That is looked at whenever the
 * connection was away: a broker that comes back may have lost the end of its stream.
 */
export function consume<Body>(options: {
  bus: Bus;
  consumer: ConsumerName;
  body: z.ZodType<Body>;
  verify: MessageVerifier;
  handle: (envelope: Envelope<Body>) => Promise<Ending>;
  giveUp: (envelope: Envelope<Body>, error: unknown) => Promise<void>;
  parallel?: number;
  /**
   * Who shares the consumer, by subject. One whose messages are slow to end holds up none of the others: beyond a bound its
   * next ones are for later. Left out: nobody, and a message holds its place until it has ended.
   */
  sharerOf?: (subject: string) => string;
  /**
   * Somebody else finds what a message spoke of: one that is for later so many times is let go. What waits is counted by the
   * broker, for all sharers together, and at its bound (`max_ack_pending`) nobody gets anything. Left out: it waits here.
   */
  leftAfter?: number;
  metrics: Metrics;
  log: Logger;
}): { close(): Promise<void> } {
  const { consumer, log } = options;
  return consumeMessages({ ...options, settle });

  async function settle(message: JsMsg): Promise<Ending> {
    const opened = openEnvelope<unknown>({
      subject: message.subject,
      data: message.data,
      headers: message.headers,
      verify: options.verify,
    });
    if (opened === null) {
      log.warn({ consumer, subject: message.subject }, 'a message without a valid signature was dropped');
      return 'never';
    }
    const checked = options.body.safeParse(opened.body);
    if (!checked.success) {
      const fields = checked.error.issues.map(({ path }) => path.join('.'));
      log.error({ consumer, subject: message.subject, fields }, 'a message that is not as its schema says was dropped');
      return 'never';
    }
    const envelope: Envelope<Body> = { ...opened, body: checked.data };
    try {
      return await options.handle(envelope);
    } catch (error) {
      log.warn(
        { err: error, consumer, messageId: envelope.id, attempt: message.info.redeliveryCount },
        'a message was not handled',
      );
      if (message.info.redeliveryCount < MAX_ATTEMPTS) return 'later';
      await options.giveUp(envelope, error);
      return 'never';
    }
  }
}

/**
 * The same for what the broker itself says, which nobody signs: only the server may publish on its event subjects. A throw
 * is "later", as often as the broker delivers it.
 */
export function consumeUnsigned(options: {
  bus: Bus;
  consumer: ConsumerName;
  handle: (message: JsMsg) => Promise<Ending>;
  metrics: Metrics;
  log: Logger;
}): { close(): Promise<void> } {
  const { consumer, log, handle } = options;
  return consumeMessages({
    ...options,
    async settle(message) {
      try {
        return await handle(message);
      } catch (error) {
        log.warn({ err: error, consumer, attempt: message.info.redeliveryCount }, 'a message was not handled');
        return 'later';
      }
    },
  });
}

/** A message as the stream holds it; null when it is gone. */
export async function storedMessage(bus: Bus, stream: StreamName, sequence: number): Promise<StoredMsg | null> {
  const jsm = await bus.connection.jetstreamManager({ checkAPI: false });
  return jsm.streams.getMessage(stream, { seq: sequence }).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
}

/** The loop of a consumer: `settle` says how each message ended. */
function consumeMessages(options: {
  bus: Bus;
  consumer: ConsumerName;
  settle: (message: JsMsg) => Promise<Ending>;
  parallel?: number;
  sharerOf?: (subject: string) => string;
  leftAfter?: number;
  metrics: Metrics;
  log: Logger;
}): { close(): Promise<void> } {
  const { bus, consumer, log, metrics, settle, sharerOf, leftAfter = Infinity } = options;
  const stop = new AbortController();
  const parallel = options.parallel ?? 4;
  const lanes = createLanes({
    places: parallel,
    ...(sharerOf
      ? { lentMs: PLACE_LENT_MS, ofOneAtMost: parallel * TIMES_OF_ONE }
      : { lentMs: null, ofOneAtMost: parallel }),
  });
  let messages: ConsumerMessages | null = null;
  /** The broker was away since the consumer was last looked at. The client's own loop would go on with it as it is. */
  let isStale = false;
  const reconnects = bus.onReconnect(() => {
    isStale = true;
    void messages?.close();
  });

  function putOff(message: JsMsg): void {
    const attempt = message.info.redeliveryCount;
    if (attempt >= leftAfter) message.ack();
    else message.nak(fullJitterMs({ attempt }));
  }

  async function process(message: JsMsg): Promise<void> {
    const started = performance.now();
    const working = setInterval(() => message.working(), IN_PROGRESS_EVERY_MS);
    try {
      const ending = await settle(message);
      if (ending === 'done') await message.ackAck();
      else if (ending === 'never') message.term();
      else putOff(message);
      metrics.messages.inc({ consumer, ending });
    } catch (error) {
      // The ack or the dead letter failed: the message comes again after ack_wait, and repeating it changes nothing.
      log.warn({ err: error, consumer }, 'a message was left to be delivered again');
    } finally {
      clearInterval(working);
      metrics.handling.observe({ consumer }, (performance.now() - started) / 1000);
    }
  }

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        isStale = false;
        const ready = await ensureConsumer({ bus, consumer, metrics, log });
        messages = await ready.consume({ max_messages: parallel * 4, abort_on_missing_resource: true });
        // Closed before its loop began, it ends with the first turn.
        if (isStale || stop.signal.aborted) void messages.close();
        for await (const message of messages) {
          const isBegun = await lanes.begin(sharerOf?.(message.subject) ?? '', () => process(message));
          if (!isBegun) putOff(message);
        }
      } catch (error) {
        if (!stop.signal.aborted) log.info({ reason: (error as Error).message, consumer }, 'the consumer starts over');
      }
      if (!stop.signal.aborted) await pause(RECOVER_AFTER_MS, stop.signal);
    }
  }

  const running = run();
  return {
    async close() {
      stop.abort();
      reconnects.close();
      await messages?.close();
      await running;
      await lanes.idle();
    },
  };
}

/** The consumer as `streams.ts` declares it, made anew when it stands behind the end of its stream. */
async function ensureConsumer(options: { bus: Bus; consumer: ConsumerName; metrics: Metrics; log: Logger }) {
  const { bus, consumer: name, metrics, log } = options;
  const { stream, config } = CONSUMERS[name];
  const jsm = await bus.connection.jetstreamManager({ checkAPI: false });
  const wanted = structuredClone(config) as Partial<ConsumerConfig>;
  const existing = await jsm.consumers.info(stream, name).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (existing !== null) {
    const { state } = await jsm.streams.info(stream);
    if (existing.delivered.stream_seq > state.last_seq) {
      log.warn({ consumer: name }, 'the consumer stood behind the end of its stream and is made anew');
      await jsm.consumers.delete(stream, name);
      await jsm.consumers.add(stream, wanted);
      metrics.consumersMadeAnew.inc({ consumer: name });
    }
  } else {
    await jsm.consumers.add(stream, wanted);
  }
  return bus.js.consumers.get(stream, name);
}
