import type { AnnounceLetters } from '#platform/announce-letters';
import type { Clock } from '#platform/clock';
import type { Sql } from '#platform/database';
import { isDatabaseAway } from '#platform/database-away';
import { AppError } from '#platform/errors';
import type { Logger } from '#platform/log';
import type { PayloadKey } from '#platform/payload-keys';
import { pause, withinTime } from '#platform/retry';
import type { Metrics } from '#platform/telemetry';
import type { Vendors } from '../providers/registry.ts';
import { toRecord, type Arrival, type TimedArrival } from './arrival.ts';
import { bringBack } from './bring-back.ts';
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
  /** Brings what is in the spool to PostgreSQL; answers how many it took. Throws while PostgreSQL is away. */
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
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
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

/** What became of entries, in their order: an error where one was refused. */
interface Taken extends Omit<Written, 'outcomes'> {
  outcomes: (Acceptance | AppError)[];
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
  /** Seals what belongs to nobody we know. */
  intakeKey: PayloadKey;
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
  /** Of all that is not answered yet. */
  let heldBytes = 0;
  /** What the next statement takes. */
  let next: Part[] = [];
  let turn: Promise<void> | null = null;
  let running: Promise<void> | null = null;
  let isClosing = false;
  const stop = new AbortController();
  /** While it is, deliveries go to the spool without asking PostgreSQL first. */
  let isAway = false;
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
    const ready = isAway ? null : readyArrivals({ ...options, arrivals: entries });
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
    const { outcomes, references, letters } = await takeIn(parts);
    setImmediate(() => settle(entriesOf(parts), outcomes));
    const refused = outcomes.filter((outcome) => outcome instanceof AppError);
    if (refused.length > 0)
      log.error({ err: refused[0]?.cause, count: refused.length }, 'deliveries could not be stored and were refused');
    tell({ references, letters });
  }

  /** Nobody waits for it: the provider has its answer. */
  function tell({ references, letters }: Pick<Written, 'references' | 'letters'>): void {
    if (references.length > 0) options.onStored(references);
    if (letters.length > 0) void options.announceLetters(letters);
  }

  async function write(parts: readonly Part[]): Promise<Taken> {
    const ready = await Promise.all(
      parts.map((one) => one.ready ?? readyArrivals({ ...options, arrivals: one.entries })),
    );
    return writeArrivals(tables, ready);
  }

  const store = (parts: readonly Part[]): Promise<Taken> =>
    withinTime({
      work: write(parts),
      withinMs: WRITE_WITHIN_MS,
      late() {
        const text = `the database did not answer within ${WRITE_WITHIN_MS} ms`;
        throw Object.assign(new Error(text), { code: 'ETIMEDOUT' });
      },
    });

  /** Never rejects. Where the fault is not PostgreSQL's, one bad delivery does not refuse its neighbours. */
  async function takeIn(parts: readonly Part[]): Promise<Taken> {
    const entries = entriesOf(parts);
    if (isAway && spool !== null) return toSpool(spool, entries);
    try {
      return await store(parts);
    } catch (error) {
      const isServer = isDatabaseAway(error);
      if (!isServer && entries.length > 1) return inHalves(entries);
      if (!isServer || spool === null) return refused(entries, error);
      log.warn({ err: error }, 'PostgreSQL is away: deliveries go to the spool');
      isAway = true;
      returning ??= untilBack();
      return toSpool(spool, entries);
    }
  }

  async function inHalves(entries: readonly Waiting[]): Promise<Taken> {
    const middle = entries.length >> 1;
    const first = await takeIn([{ entries: entries.slice(0, middle), ready: null }]);
    const second = await takeIn([{ entries: entries.slice(middle), ready: null }]);
    return {
      outcomes: [...first.outcomes, ...second.outcomes],
      references: [...first.references, ...second.references],
      letters: [...first.letters, ...second.letters],
    };
  }

  async function toSpool(into: Spool, entries: readonly Waiting[]): Promise<Taken> {
    try {
      await into.append(entries.map(toRecord));
      return { outcomes: entries.map(() => 'spooled'), references: [], letters: [] };
    } catch (error) {
      return refused(entries, error);
    }
  }

  async function untilBack(): Promise<void> {
    let count = 0;
    while (!stop.signal.aborted) {
      await pause(RETRY_MS, stop.signal);
      try {
        count += await drain();
        isAway = false;
        // What came in meanwhile.
        count += await drain();
        // It may have gone again beside the second one.
        if (isAway) continue;
        log.info({ count }, 'PostgreSQL is back, and has what was in the spool');
        break;
      } catch (error) {
        isAway = true;
        if (!isDatabaseAway(error)) log.error({ err: error }, 'the spool cannot be brought to PostgreSQL and waits');
      }
    }
    // At once, as above: whoever finds PostgreSQL away next begins anew.
    returning = null;
  }

  async function drain(): Promise<number> {
    if (spool === null) return 0;
    const storeAll = async (arrivals: readonly TimedArrival[]): Promise<void> => {
      tell(await writeArrivals(tables, [await readyArrivals({ ...options, arrivals })]));
    };
    return spool.drain((records) => bringBack(records, { vendors, store: storeAll, log }));
  }

  function settle(entries: readonly Waiting[], outcomes: Taken['outcomes']): void {
    const now = performance.now();
    for (const [index, entry] of entries.entries()) {
      heldBytes -= entry.arrival.rawBody.length;
      const outcome = outcomes[index] as Acceptance | AppError;
      const isRefused = outcome instanceof AppError;
      metrics.webhooks.inc({ provider: entry.arrival.vendor.slug, outcome: isRefused ? 'unavailable' : outcome });
      metrics.accept.observe((now - entry.started) / 1000);
      if (outcome === 'dead_letter') metrics.deadLetters.inc({ stage: 'intake', reason: 'unreadable' });
      if (isRefused) entry.reject(outcome);
      else entry.resolve(outcome);
    }
  }

  return {
    accept(arrival) {
      const isFull = waiting.length >= MAX_WAITING || heldBytes >= MAX_WAITING_BYTES;
      if (isClosing || isFull) return Promise.reject(unavailable(null));
      heldBytes += arrival.rawBody.length;
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

const refused = (entries: readonly Waiting[], cause: unknown): Taken => ({
  outcomes: entries.map(() => unavailable(cause)),
  references: [],
  letters: [],
});

const entriesOf = (parts: readonly Part[]): Waiting[] => parts.flatMap(({ entries }) => entries);
