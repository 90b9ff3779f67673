import type { Clock } from '#platform/clock';
import type { Sql } from '#platform/database';
import { AppError } from '#platform/errors';
import type { Logger } from '#platform/log';
import type { PayloadKeys } from '#platform/payload-keys';
import { pause, withinTime } from '#platform/retry';
import type { Metrics } from '#platform/telemetry';
import type { Vendors } from '../providers/registry.ts';
import { fromRecord, toRecord, type Arrival } from './arrival.ts';
import type { Recipients } from './recipients.ts';
import type { Reference } from './relay.ts';
import type { Spool } from './spool.ts';
import { writeArrivals, type Acceptance, type Written } from './write-arrivals.ts';

export interface Intake {
  /**
   * Resolves when PostgreSQL has committed, or, while it is away, when the spool is on disk. Rejects with UNAVAILABLE when
   * nothing durable could be written.
   */
  accept(arrival: Arrival): Promise<Acceptance>;
  /** Brings what is in the spool to PostgreSQL; answers how many there were. Throws when PostgreSQL is away. */
  drain(): Promise<number>;
  /** Takes nothing more; resolves when all that was taken is answered for. */
  close(): Promise<void>;
}

/** Requests and bytes of one statement: more would only make the first of them wait. One large body goes alone. */
const BATCH = 500;
const BATCH_BYTES = 8 * 1024 * 1024;
/** Beyond this the database is not keeping up: refusing is better than growing. */
const MAX_WAITING = 20_000;
/** A write that hangs longer than this counts as failed: the most impatient sender waits 2 s. It may be stored all the same. */
const WRITE_WITHIN_MS = 1_500;
/** How often PostgreSQL is tried again while deliveries go to the spool. */
const RETRY_MS = 1_000;

interface Waiting {
  arrival: Arrival;
  receivedAt: Date;
  started: number;
  resolve: (acceptance: Acceptance) => void;
  reject: (error: unknown) => void;
}

/**
 * Gathers the commits of concurrent requests without a timer: whatever has arrived is written in one statement when the
 * previous write returns. Replies of a batch go out together at the end of a turn.
 */
export function createIntake(options: {
  db: Sql;
  recipients: Recipients;
  payloadKeys: PayloadKeys;
  intakeKeyId: string;
  vendors: Vendors;
  /** null: without one, deliveries are refused while PostgreSQL is away. */
  spool: Spool | null;
  clock: Clock;
  metrics: Metrics;
  log: Logger;
  /** After each commit, with what is to be published. */
  onStored: (references: readonly Reference[]) => void;
}): Intake {
  const { metrics, log, clock, spool, vendors } = options;
  let waiting: Waiting[] = [];
  let running: Promise<void> | null = null;
  let isClosing = false;
  const stop = new AbortController();
  /** While it is, deliveries go to the spool without asking PostgreSQL first. */
  let isDatabaseAway = false;
  let returning: Promise<void> | null = null;

  async function writeAll(): Promise<void> {
    // The rest of this turn's requests come along with the first.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      while (waiting.length > 0) await writeBatch();
    } finally {
      // At once: in a promise's own `finally`, whoever came in between would wait for the next to wake it.
      running = null;
    }
  }

  async function writeBatch(): Promise<void> {
    const batch = waiting.slice(0, batchOf(waiting));
    waiting = waiting.slice(batch.length);
    let written: Written | null = null;
    let failure: unknown = null;
    try {
      written = await takeIn(batch);
    } catch (error) {
      failure = error;
      log.error({ err: error, count: batch.length }, 'deliveries could not be stored and were refused');
    }
    const outcomes = written?.outcomes ?? null;
    setImmediate(() => settle(batch, outcomes, failure));
    if (written && written.references.length > 0) options.onStored(written.references);
  }

  const store = (batch: readonly Waiting[]): Promise<Written> =>
    withinTime({
      work: writeArrivals({ ...options, arrivals: batch }),
      withinMs: WRITE_WITHIN_MS,
      late() {
        throw new Error(`the database did not answer within ${WRITE_WITHIN_MS} ms`);
      },
    });

  async function takeIn(batch: readonly Waiting[]): Promise<Written> {
    if (spool === null) return store(batch);
    if (!isDatabaseAway) {
      try {
        return await store(batch);
      } catch (error) {
        if (!isAway(error)) throw error;
        log.warn({ err: error }, 'PostgreSQL is away: deliveries go to the spool');
        isDatabaseAway = true;
        returning ??= untilBack().finally(() => {
          returning = null;
        });
      }
    }
    await spool.append(batch.map(toRecord));
    return { outcomes: batch.map(() => 'spooled'), references: [] };
  }

  async function untilBack(): Promise<void> {
    while (!stop.signal.aborted) {
      await pause(RETRY_MS, stop.signal);
      try {
        let count = await drain();
        isDatabaseAway = false;
        // What came in meanwhile.
        count += await drain();
        log.info({ count }, 'PostgreSQL is back, and has what was in the spool');
        return;
      } catch (error) {
        isDatabaseAway = true;
        if (!isAway(error)) log.error({ err: error }, 'the spool cannot be brought to PostgreSQL and waits');
      }
    }
  }

  async function drain(): Promise<number> {
    if (spool === null) return 0;
    return spool.drain(async (records) => {
      const arrivals = records.map((record) => fromRecord(record, vendors)).filter((arrival) => arrival !== null);
      if (arrivals.length < records.length)
        log.error(
          { count: records.length - arrivals.length },
          'spooled deliveries of a provider that is not configured',
        );
      const { references } = await writeArrivals({ ...options, arrivals });
      if (references.length > 0) options.onStored(references);
    });
  }

  function settle(batch: readonly Waiting[], outcomes: readonly Acceptance[] | null, failure: unknown): void {
    const now = performance.now();
    for (const [index, entry] of batch.entries()) {
      const outcome = outcomes?.[index];
      metrics.webhooks.inc({ provider: entry.arrival.vendor.slug, outcome: outcome ?? 'unavailable' });
      metrics.accept.observe((now - entry.started) / 1000);
      if (outcome === 'dead_letter') metrics.deadLetters.inc({ stage: 'intake', reason: 'unreadable' });
      if (outcome) entry.resolve(outcome);
      else entry.reject(unavailable(failure));
    }
  }

  return {
    accept(arrival) {
      if (isClosing || waiting.length >= MAX_WAITING) return Promise.reject(unavailable(null));
      return new Promise((resolve, reject) => {
        waiting.push({ arrival, receivedAt: clock.now(), started: performance.now(), resolve, reject });
        running ??= writeAll();
      });
    },
    drain,
    async close() {
      isClosing = true;
      while (running) await running;
      stop.abort();
      await returning;
      await spool?.close();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** How many of those that wait go together. */
function batchOf(waiting: readonly Waiting[]): number {
  let bytes = 0;
  const full = waiting.findIndex(({ arrival }, at) => {
    bytes += arrival.rawBody.length;
    return at === BATCH || (at > 0 && bytes > BATCH_BYTES);
  });
  return full < 0 ? waiting.length : full;
}

const unavailable = (cause: unknown): AppError =>
  new AppError('UNAVAILABLE', 'The delivery could not be stored and was not taken. Please send it again.', { cause });

/** SQLSTATE classes that say the server, not the statement: connection, resources, operator, system. */
const AWAY = /^(08|53|57|58)/;

/** Whether the same write may succeed later: no answer at all, or one that speaks of the server. */
function isAway(error: unknown): boolean {
  const cause = (error as { driverError?: unknown }).driverError ?? error;
  const code = (cause as { code?: unknown }).code;
  return typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || AWAY.test(code);
}
