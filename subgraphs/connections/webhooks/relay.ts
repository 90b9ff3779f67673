import type { Clock } from '#platform/clock';
import { sha256 } from '#platform/crypto';
import type { RawReferences } from '#platform/events';
import type { Logger } from '#platform/log';
import type { Publisher } from '#platform/messages';
import { pause } from '#platform/retry';
import { providerSlug, type Provider } from '#platform/signals';
import { subjects } from '#platform/streams';

/** Names a stored delivery. */
export interface Reference {
  id: string;
  receivedOn: string;
  provider: Provider;
  domain: string;
  /** SHA-256 of the body, hex: whoever loads it compares. */
  hash: string;
  receivedAt: string;
}

/** References of one message. */
const BATCH = 200;
/** Messages on their way at once. */
const IN_FLIGHT = 16;
/** Some 20 MB. What does not fit is found by the consumers' sweeps. */
const MOST_WAITING = 100_000;
const RETRY_MS = 1_000;
/**
 * A lone delivery goes out at once; in a storm, where each message costs more than what is in it, they go out this often.
 * The broker syncs each message, which holds up the commits on a disk that it shares with PostgreSQL.
 */
const APART_MS = 25;
const LAST_TRY_MS = 1_000;

/**
 * Tells the consumers of committed deliveries. It holds them in memory only: what a crash or a full queue takes with it is
 * found by the consumers' own sweeps (docs/decisions/0010). References of one turn travel together, signed once.
 */
export interface Relay {
  take(references: readonly Reference[]): void;
  /** Publishes what is waiting, for at most a second. */
  close(): Promise<void>;
}

export function createRelay(options: {
  publisher: Publisher;
  isConnected: () => boolean;
  clock: Clock;
  log: Logger;
}): Relay {
  const { publisher, clock, log } = options;
  const stop = new AbortController();
  let waiting: Reference[] = [];
  let running: Promise<void> | null = null;
  let isFailing = false;
  let notBefore = 0;

  async function run(): Promise<void> {
    // What the rest of this turn brings goes out with it.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      while (waiting.length > 0) {
        const leftMs = notBefore - performance.now();
        if (leftMs > 0) await pause(leftMs, stop.signal);
        notBefore = performance.now() + APART_MS;
        const batch = waiting.slice(0, BATCH * IN_FLIGHT);
        if (options.isConnected() && (await published(batch))) waiting = waiting.slice(batch.length);
        else if (stop.signal.aborted) return;
        else await pause(RETRY_MS, stop.signal);
      }
    } finally {
      // At once: in a promise's own `finally`, whoever came in between would wait for the next to wake it.
      running = null;
    }
  }

  async function published(batch: readonly Reference[]): Promise<boolean> {
    try {
      await publishReferences({ publisher, clock }, batch);
      if (isFailing) log.info('references are published again');
      isFailing = false;
      return true;
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, 'references cannot be published and wait');
      isFailing = true;
      return false;
    }
  }

  return {
    take(references) {
      if (waiting.length + references.length > MOST_WAITING) {
        log.warn({ count: references.length }, 'references are left to the sweeps: too many are waiting');
        return;
      }
      waiting.push(...references);
      running ??= run();
    },
    async close() {
      stop.abort();
      await Promise.race([running, pause(LAST_TRY_MS)]);
    },
  };
}

/** All of them at once; rejects when any message was not taken. */
export async function publishReferences(
  { publisher, clock }: { publisher: Publisher; clock: Clock },
  references: readonly Reference[],
): Promise<void> {
  await Promise.all(messagesOf(references).map((message) => publisher.publish({ ...message, issuedAt: clock.now() })));
}

/** One message per subject and 200 references. */
function messagesOf(batch: readonly Reference[]): { subject: string; id: string; body: RawReferences }[] {
  const groups = Map.groupBy(batch, ({ provider, domain }) => subjects.raw(providerSlug(provider), domain));
  return [...groups].flatMap(([subject, group]) =>
    Array.from({ length: Math.ceil(group.length / BATCH) }, (_, at) => {
      const part = group.slice(at * BATCH, (at + 1) * BATCH);
      const refs = part.map(({ id, receivedOn, hash, receivedAt }) => ({ id, receivedOn, hash, receivedAt }));
      return { subject, id: messageId(part), body: { refs } };
    }),
  );
}

/** With the time: a notification that is asked once more must not look like its first message. */
const messageId = (group: readonly Reference[]): string =>
  sha256(group.map(({ id, receivedAt }) => `${id} ${receivedAt}`).join('\n')).toString('hex');
