import type { Clock } from '#platform/clock';
import { sha256 } from '#platform/crypto';
import type { Database } from '#platform/database';
import type { Logger } from '#platform/log';
import type { Publisher } from '#platform/messages';
import { pause } from '#platform/retry';
import { providerSlug, type Provider } from '#platform/signals';
import { subjects } from '#platform/streams';

/** A reference as messages carry it. */
export interface Reference {
  id: string;
  receivedOn: string;
  /** SHA-256 of the body, hex: whoever loads it compares. */
  hash: string;
  receivedAt: string;
}

/** References of one message. */
const BATCH = 200;
const POLL_MS = 1_000;
const RETRY_MS = 1_000;

interface OutboxRow {
  id: number;
  deliveryId: string;
  receivedOn: string;
  provider: Provider;
  domain: string;
  bodyHash: Buffer;
  receivedAt: Date;
}

/**
 * Publishes what stands in the outbox, woken after each commit and once a second anyway. The row lock is the lease, the row
 * goes when the broker has stored the message: a crash between the two publishes it again under the same message id.
 */
export interface Relay {
  wake(): void;
  close(): Promise<void>;
}

export function createRelay(options: {
  db: Database;
  publisher: Publisher;
  isConnected: () => boolean;
  clock: Clock;
  log: Logger;
}): Relay {
  const { log } = options;
  const stop = new AbortController();
  let nap = new AbortController();
  let isWoken = false;
  let isFailing = false;

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      isWoken = false;
      const published = options.isConnected() ? await attempt() : null;
      if (published === BATCH || (isWoken && published !== null)) continue;
      nap = new AbortController();
      if (isWoken && published !== null) continue;
      await pause(
        published === null ? RETRY_MS : POLL_MS,
        published === null ? stop.signal : AbortSignal.any([stop.signal, nap.signal]),
      );
    }
  }

  /** How many rows went out; null when the bus or the database did not take part: the rows stay. */
  async function attempt(): Promise<number | null> {
    try {
      const published = await publishBatch(options);
      if (isFailing) log.info('references are published again');
      isFailing = false;
      return published;
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, 'references cannot be published and wait in the outbox');
      isFailing = true;
      return null;
    }
  }

  const running = run();
  return {
    wake() {
      isWoken = true;
      nap.abort();
    },
    async close() {
      stop.abort();
      await running;
    },
  };
}

async function publishBatch({
  db,
  publisher,
  clock,
}: {
  db: Database;
  publisher: Publisher;
  clock: Clock;
}): Promise<number> {
  return db.transaction(async (tx) => {
    const rows = await tx.query<OutboxRow[]>(
      `select id, delivery_id as "deliveryId", received_on as "receivedOn", provider, domain, body_hash as "bodyHash", received_at as "receivedAt"
         from delivery_outbox order by id limit ${BATCH} for update skip locked`,
    );
    if (rows.length === 0) return 0;
    const groups = Map.groupBy(rows, (row) => subjects.raw(providerSlug(row.provider), row.domain));
    await Promise.all(
      [...groups].map(([subject, group]) =>
        publisher.publish({
          subject,
          id: messageId(group),
          body: { refs: group.map(referenceOf) },
          issuedAt: clock.now(),
        }),
      ),
    );
    await tx.query('delete from delivery_outbox where id = any($1::bigint[])', [rows.map((row) => row.id)]);
    return rows.length;
  });
}

/** With the time: a notification that is asked once more must not look like its first message. */
const messageId = (group: readonly OutboxRow[]): string =>
  sha256(group.map((row) => `${row.deliveryId} ${row.receivedAt.toISOString()}`).join('\n')).toString('hex');

const referenceOf = (row: OutboxRow): Reference => ({
  id: row.deliveryId,
  receivedOn: row.receivedOn,
  hash: row.bodyHash.toString('hex'),
  receivedAt: row.receivedAt.toISOString(),
});
