import type { Clock } from '#platform/clock';
import { withAdvisoryLock, type Database } from '#platform/database';
import type { Logger } from '#platform/log';
import { startRounds, type Rounds } from '#platform/rounds';
import type { Provider } from '#platform/signals';
import { NOTIFICATION } from '#platform/streams';
import type { Metrics } from '#platform/telemetry';
import type { Fetcher } from './fetch.ts';
import type { NotificationReference } from './load-notifications.ts';

const EVERY_MS = 15_000;
/** Most rounds look at the last minutes only; the whole window is read now and then. */
const NEAR_MS = 15 * 60_000;
const WHOLE_WINDOW_EVERY = 20;
const WINDOW_MS = 72 * 3_600_000;
/** Of one provider, read at a time; and handed to the fetcher at a time. */
const BATCH = 200;
const AT_ONCE = 24;
/** One provider's part of a round: no new ones are begun after it, since the next round waits for all of them. */
const PROVIDER_MS = 30_000;

interface SweepParts {
  db: Database;
  fetcher: Fetcher;
  clock: Clock;
  metrics: Metrics;
  log: Logger;
  /** Younger ones are on their way over the bus. */
  sweepAfterMs: number;
}

/**
 * Finds notifications that no message brought: those that stand in the log without a ledger entry. No cursor, so that a
 * commit that came late is found like any other. Older than three days: set aside.
 */
export function startSweep(options: SweepParts): Rounds {
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

/** One look. Answers how many it handed on. A provider that is away, or slow, keeps nobody else's waiting. */
export async function sweepOnce(options: SweepParts & { isWhole: boolean }): Promise<number> {
  const { db, fetcher } = options;
  const now = options.clock.now();
  let count = 0;
  if (options.isWhole) {
    const tooOld = await missed(db, { fromMs: now.getTime() - 2 * WINDOW_MS, toMs: now.getTime() - WINDOW_MS });
    await fetcher.giveUp(tooOld, 'not_answered_in_time');
    count += tooOld.length;
  }
  const window = {
    fromMs: now.getTime() - (options.isWhole ? WINDOW_MS : NEAR_MS),
    toMs: now.getTime() - options.sweepAfterMs,
    mayBeAskedAt: now,
  };
  const ofEach = Map.groupBy(await missed(db, window), ({ provider }) => provider);
  const swept = await Promise.allSettled([...ofEach.values()].map((first) => sweepProvider(options, window, first)));
  for (const outcome of swept) {
    if (outcome.status === 'rejected') throw outcome.reason;
    count += outcome.value;
  }
  return count;
}

/** On and on while there is more and all of it could be answered: a broker that was away leaves many behind. */
async function sweepProvider(
  { db, fetcher, metrics, log }: SweepParts,
  window: Window,
  first: readonly Missed[],
): Promise<number> {
  const end = performance.now() + PROVIDER_MS;
  const provider = first[0]?.provider;
  let count = 0;
  let isAnswering = true;
  for (let batch = first; isAnswering; batch = await missed(db, { ...window, provider })) {
    for (let at = 0; at < batch.length && performance.now() < end; at += AT_ONCE) {
      const part = batch.slice(at, at + AT_ONCE);
      metrics.swept.inc({ consumer: 'fetcher' }, part.length);
      count += part.length;
      isAnswering = (await fetcher.handle(part)) === 'done' && isAnswering;
    }
    isAnswering &&= batch.length === BATCH && performance.now() < end;
  }
  log.info({ provider, count }, 'notifications without an answer were fetched again');
  return count;
}

interface Window {
  fromMs: number;
  toMs: number;
  /** Leaves out those whose provider is not to be asked yet at that instant. Left out: all. */
  mayBeAskedAt?: Date;
  /** Left out: every provider. */
  provider?: Provider | undefined;
}

type Missed = NotificationReference & { provider: Provider };

/** Oldest first, and of each provider no more than a batch: thousands that one has left open hide nobody else's. */
async function missed(db: Database, { fromMs, toMs, mayBeAskedAt, provider }: Window): Promise<Missed[]> {
  return await db.query<Missed[]>(
    `select id, "receivedOn", provider from (
       select d.id, d.received_on as "receivedOn", d.provider, row_number() over (partition by d.provider order by d.received_at) as place
         from delivery d
        where d.received_at >= $1 and d.received_at < $2 and d.received_on >= ($1::timestamptz at time zone 'UTC')::date
          and d.domain = $3 and d.athlete_id is not null
          and ($5::text is null or d.provider = $5)
          and not exists (select from fetched_notification f where f.delivery_id = d.id)
          and not exists (select from fetch_attempt a where a.delivery_id = d.id and a.retry_at > $4)
     ) as open where place <= ${BATCH} order by provider, place`,
    [new Date(fromMs), new Date(toMs), NOTIFICATION, mayBeAskedAt ?? null, provider ?? null],
  );
}
