import type { Clock } from '#platform/clock';
import { withAdvisoryLock, type Database } from '#platform/database';
import type { Logger } from '#platform/log';
import { startRounds, type Rounds } from '#platform/rounds';
import { NOTIFICATION } from '#platform/streams';
import type { Metrics } from '#platform/telemetry';
import type { Fetcher } from './fetch.ts';
import type { NotificationReference } from './load-notifications.ts';

const EVERY_MS = 15_000;
/** Most rounds look at the last minutes only; the whole window is read now and then. */
const NEAR_MS = 15 * 60_000;
const WHOLE_WINDOW_EVERY = 20;
const WINDOW_MS = 72 * 3_600_000;
const BATCH = 200;

/**
 * Finds notifications that no message brought: those that stand in the log without a ledger entry. No cursor, so that a
 * commit that came late is found like any other. Older than three days: set aside.
 */
export function startSweep(options: {
  db: Database;
  fetcher: Fetcher;
  clock: Clock;
  metrics: Metrics;
  log: Logger;
  /** Younger ones are on their way over the bus. */
  sweepAfterMs: number;
}): Rounds {
  return startRounds({
    everyMs: EVERY_MS,
    complaint: 'a sweep for notifications did not finish',
    log: options.log,
    async round(number) {
      await withAdvisoryLock(options.db, 'connections/fetch-sweep', () =>
        sweepOnce({ ...options, isWhole: number % WHOLE_WINDOW_EVERY === 0 }),
      );
      return 'done';
    },
  });
}

/** One look. Answers how many it found. */
export async function sweepOnce(options: {
  db: Database;
  fetcher: Fetcher;
  clock: Clock;
  metrics: Metrics;
  log: Logger;
  sweepAfterMs: number;
  isWhole: boolean;
}): Promise<number> {
  const { db, fetcher, metrics, log } = options;
  const now = options.clock.now().getTime();
  const window = { from: now - (options.isWhole ? WINDOW_MS : NEAR_MS), to: now - options.sweepAfterMs };
  let count = 0;
  // On and on while there is more and all of it could be answered: a broker that was away leaves many behind.
  for (;;) {
    const found = await missed(db, window);
    if (found.length === 0) break;
    count += found.length;
    metrics.swept.inc({ consumer: 'fetcher' }, found.length);
    log.info({ count: found.length }, 'notifications without an answer are fetched');
    if ((await fetcher.handle(found)) !== 'done' || found.length < BATCH) break;
  }
  if (!options.isWhole) return count;
  const tooOld = await missed(db, { from: now - 2 * WINDOW_MS, to: now - WINDOW_MS });
  await fetcher.giveUp(tooOld, 'not_answered_in_time');
  return count + tooOld.length;
}

/** Oldest first. */
async function missed(db: Database, window: { from: number; to: number }): Promise<NotificationReference[]> {
  return await db.query<NotificationReference[]>(
    `select d.id, d.received_on as "receivedOn" from delivery d
      where d.received_at >= $1 and d.received_at < $2 and d.received_on >= ($1::timestamptz at time zone 'UTC')::date
        and d.domain = $3 and d.athlete_id is not null
        and not exists (select from fetched_notification f where f.delivery_id = d.id)
      order by d.received_at limit ${BATCH}`,
    [new Date(window.from), new Date(window.to), NOTIFICATION],
  );
}
