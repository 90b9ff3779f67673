import type { AnnounceLetters } from '#platform/announce-letters';
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
import { createPushNotes } from './push-notes.ts';
import type { Reference } from './relay.ts';
import type { Spool } from './spool.ts';
import { readyArrivals, writeArrivals, type Acceptance, type ReadyArrivals, type Written } from './write-arrivals.ts';

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
/** So many are split and sealed together while a statement is under way: less at once costs more than it saves. */
const READY_TOGETHER = 16;
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

/** What is split and sealed together. */
interface Part {
  entries: readonly Waiting[];
  /** null: not begun, since PostgreSQL is away and they may go to the spool as they are. */
  ready: Promise<ReadyArrivals> | null;
}

/**
 * Gathers the commits of concurrent requests without a timer: whatever has arrived is written in one statement when the
 * previous write returns. Until then it is split and sealed at the ends of turns, so that PostgreSQL has not to wait for that:
 * as much as the next statement takes, no more. Replies of a batch go out together at the end of a turn.
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
  announceLetters: AnnounceLetters;
}): Intake {
  const { metrics, log, clock, spool, vendors } = options;
  const tables = { db: options.db, notePushed: createPushNotes(options.db) };
  let waiting: Waiting[] = [];
  /** What the next statement takes. */
  let next: Part[] = [];
  let turn: Promise<void> | null = null;
  let running: Promise<void> | null = null;
  let isClosing = false;
  const stop = new AbortController();
  /** While it is, deliveries go to the spool without asking PostgreSQL first. */
  let isDatabaseAway = false;
  let returning: Promise<void> | null = null;

  async function endTurn(): Promise<void> {
    // The rest of this turn's requests come along with the first.
    await new Promise((resolve) => setImmediate(resolve));
    turn = null;
    if (running !== null) prepareAhead();
    else if (waiting.length > 0) running = writeAll();
  }

  function prepareAhead(): void {
    if (waiting.length >= READY_TOGETHER) prepare();
  }

  /** Of those that wait, as many as the next statement has room for. */
  function prepare(): void {
    const entries = waiting.slice(0, roomIn(next, waiting));
    if (entries.length === 0) return;
    waiting = waiting.slice(entries.length);
    const ready = isDatabaseAway ? null : readyArrivals({ ...options, arrivals: entries });
    // Who writes them hears of it.
    ready?.catch(() => undefined);
    next.push({ entries, ready });
  }

  async function writeAll(): Promise<void> {
    try {
      for (prepare(); next.length > 0; prepare()) {
        const parts = next;
        next = [];
        // Those that did not fit.
        prepareAhead();
        await writeBatch(parts);
      }
    } finally {
      // At once: in a promise's own `finally`, whoever came in between would wait for the next to wake it.
      running = null;
    }
  }

  async function writeBatch(parts: readonly Part[]): Promise<void> {
    const batch = parts.flatMap(({ entries }) => entries);
    let written: Written | null = null;
    let failure: unknown = null;
    try {
      written = await takeIn(parts, batch);
    } catch (error) {
      failure = error;
      log.error({ err: error, count: batch.length }, 'deliveries could not be stored and were refused');
    }
    const outcomes = written?.outcomes ?? null;
    setImmediate(() => settle(batch, outcomes, failure));
    if (written) tell(written);
  }

  /** Nobody waits for it: the provider has its answer. */
  function tell({ references, letters }: Pick<Written, 'references' | 'letters'>): void {
    if (references.length > 0) options.onStored(references);
    if (letters.length > 0) void options.announceLetters(letters);
  }

  async function write(parts: readonly Part[]): Promise<Written> {
    const ready = await Promise.all(
      parts.map((one) => one.ready ?? readyArrivals({ ...options, arrivals: one.entries })),
    );
    return writeArrivals(tables, ready);
  }

  const store = (parts: readonly Part[]): Promise<Written> =>
    withinTime({
      work: write(parts),
      withinMs: WRITE_WITHIN_MS,
      late() {
        throw new Error(`the database did not answer within ${WRITE_WITHIN_MS} ms`);
      },
    });

  async function takeIn(parts: readonly Part[], batch: readonly Waiting[]): Promise<Written> {
    if (spool === null) return store(parts);
    if (!isDatabaseAway) {
      try {
        return await store(parts);
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
    return { outcomes: batch.map(() => 'spooled'), references: [], letters: [] };
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
      tell(await writeArrivals(tables, [await readyArrivals({ ...options, arrivals })]));
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
        turn ??= endTurn();
      });
    },
    drain,
    async close() {
      isClosing = true;
      while (turn ?? running) await (turn ?? running);
      stop.abort();
      await returning;
      await spool?.close();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** How many of those that wait go with the ones that will be written together already. */
function roomIn(next: readonly Part[], waiting: readonly Waiting[]): number {
  let [count, bytes] = [0, 0];
  const add = ({ arrival }: Waiting): void => {
    count += 1;
    bytes += arrival.rawBody.length;
  };
  for (const { entries } of next) entries.forEach(add);
  const full = waiting.findIndex((entry) => {
    const isFirst = count === 0;
    add(entry);
    return count > BATCH || (!isFirst && bytes > BATCH_BYTES);
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
