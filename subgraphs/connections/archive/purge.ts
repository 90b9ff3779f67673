import { archivePlace, archivePrefix, type Archive } from '#platform/archive';
import type { Clock } from '#platform/clock';
import { withAdvisoryLock, type Database } from '#platform/database';
import { LETTER_DAYS } from '#platform/dead-letters';
import type { Logger } from '#platform/log';
import { pause } from '#platform/retry';
import { startRounds, type Rounds } from '#platform/rounds';
import { PROVIDERS, type LocalDate } from '#platform/signals';
import type { Metrics } from '#platform/telemetry';

const DAY_MS = 86_400_000;
/** How long a repeated delivery is known as one, and how long a body that belongs to nobody is kept. */
const LEDGER_DAYS = 30;
/** Rows of one statement: well below its time limit, and no lock is held for long. */
const ROWS = 10_000;
const PARALLEL_DELETES = 16;
/** Dropping a day waits half a second for its lock and gives way; a busy hour passes. */
const DROP_TRIES = 5;
const DROP_RETRY_MS = 5_000;
const LOCK_NOT_AVAILABLE = '55P03';

export interface PurgeParts {
  db: Database;
  archive: Archive;
  clock: Clock;
  metrics: Metrics;
  log: Logger;
  archiveRetentionDays: number;
  deliveryRetentionDays: number;
}

export interface Purged {
  archive_object: number;
  delivery_day: number;
  delivery: number;
  delivery_key: number;
  delivery_repeat: number;
  fetch_attempt: number;
  fetched_notification: number;
  dead_letter: number;
}

/** At start and once a day, one replica at a time. What one run leaves the next one takes. */
export function startPurge(parts: PurgeParts): Rounds {
  const stop = new AbortController();
  const rounds = startRounds({
    everyMs: DAY_MS,
    complaint: 'retention did not run and is tried again tomorrow',
    log: parts.log,
    async round() {
      await withAdvisoryLock(parts.db, 'connections/purge', () => purge(parts, stop.signal));
      return 'done';
    },
  });
  return {
    async close() {
      stop.abort();
      await rounds.close();
    },
  };
}

/** Removes what is older than it may be. A step that fails is logged and keeps none of the others from their work. */
export async function purge(parts: PurgeParts, signal = new AbortController().signal): Promise<Purged> {
  const { db, metrics, log } = parts;
  const purged = {} as Purged;
  const ledgerEnd = before(parts, LEDGER_DAYS);
  const steps: Record<keyof Purged, () => Promise<number>> = {
    archive_object: () => dropObjects(parts, signal),
    delivery_day: () => dropDays(parts, signal),
    delivery: () => dropStrayDeliveries(parts, signal),
    delivery_key: () => deleteRows(db, signal, 'delivery_key', 'received_at < $1', ledgerEnd),
    delivery_repeat: () => deleteRows(db, signal, 'delivery_repeat', 'last_at < $1', ledgerEnd),
    fetch_attempt: () => deleteRows(db, signal, 'fetch_attempt', 'last_at < $1', ledgerEnd),
    fetched_notification: () => deleteRows(db, signal, 'fetched_notification', 'ended_at < $1', ledgerEnd),
    dead_letter: () => deleteRows(db, signal, 'dead_letter', 'resolved_at < $1', before(parts, LETTER_DAYS)),
  };
  for (const [what, step] of Object.entries(steps) as [keyof Purged, () => Promise<number>][]) {
    purged[what] = 0;
    if (signal.aborted) continue;
    try {
      purged[what] = await step();
      metrics.purged.inc({ what }, purged[what]);
    } catch (error) {
      log.error({ err: error, step: what }, 'a step of retention failed and is tried again tomorrow');
    }
  }
  log.info({ purged }, 'retention ran');
  return purged;
}

/** The first day that stays, UTC. */
const before = ({ clock }: Pick<PurgeParts, 'clock'>, days: number): LocalDate =>
  new Date(clock.now().getTime() - days * DAY_MS).toISOString().slice(0, 10);

/** Listing ascends by day: the first object that may stay ends a provider. */
async function dropObjects(parts: PurgeParts, signal: AbortSignal): Promise<number> {
  const firstKept = before(parts, parts.archiveRetentionDays);
  let dropped = 0;
  for (const provider of PROVIDERS) {
    const expired = expiredKeys(parts.archive.list(archivePrefix({ provider })), firstKept);
    const deleteOneAfterAnother = async (): Promise<void> => {
      for (let next = await expired.next(); !next.done && !signal.aborted; next = await expired.next()) {
        await parts.archive.delete(next.value);
        dropped += 1;
      }
    };
    await Promise.all(Array.from({ length: PARALLEL_DELETES }, deleteOneAfterAnother));
  }
  return dropped;
}

async function* expiredKeys(keys: AsyncIterable<string>, firstKept: LocalDate): AsyncGenerator<string> {
  for await (const key of keys) {
    const place = archivePlace(key);
    if (place === null || place.receivedOn >= firstKept) return;
    yield key;
  }
}

/** Whole days, and only those of which every delivery is archived: what is not is worth more than tidiness. */
async function dropDays(parts: PurgeParts, signal: AbortSignal): Promise<number> {
  const { db, log } = parts;
  const days = await db.query<{ day: LocalDate }[]>(
    `select day from (
       select to_date(right(c.relname, 8), 'YYYYMMDD') as day
         from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'connections.delivery'::regclass and c.relname ~ '^delivery_[0-9]{8}$') d
      where day < $1 order by day`,
    [before(parts, parts.deliveryRetentionDays)],
  );
  const kept: LocalDate[] = [];
  for (const { day } of days) {
    if (signal.aborted) break;
    if (!(await dropDay(db, day, signal))) kept.push(day);
  }
  if (kept.length > 0)
    log.warn(
      { days: kept.length, oldest: kept[0] },
      'days of deliveries are kept beyond their time because some of them are not archived: see whether the archive works',
    );
  return days.length - kept.length;
}

async function dropDay(db: Database, day: LocalDate, signal: AbortSignal): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const [row] = await db.query<{ dropped: boolean }[]>('select drop_partition($1::date) as dropped', [day]);
      return row?.dropped ?? false;
    } catch (error) {
      const isBusy = (error as { code?: string }).code === LOCK_NOT_AVAILABLE;
      if (!isBusy || attempt === DROP_TRIES || signal.aborted) throw error;
      await pause(DROP_RETRY_MS, signal);
    }
  }
}

/** Rows that no dropped day took along: those without a partition of their day, and bodies that belong to nobody. */
async function dropStrayDeliveries({ db, ...parts }: PurgeParts, signal: AbortSignal): Promise<number> {
  const isDone = '(archived_at is not null or first_received_at is not null)';
  const unplaced = await deleteRows(
    db,
    signal,
    'delivery_default',
    `received_on < $1 and ${isDone}`,
    before(parts, parts.deliveryRetentionDays),
  );
  const [nobodys] = await db.query<{ rows: number }[]>(
    `with gone as (delete from delivery where received_on < $1 and athlete_id is null returning 1) select count(*) as rows from gone`,
    [before(parts, LEDGER_DAYS)],
  );
  return unplaced + (nobodys?.rows ?? 0);
}

/** In portions, each its own transaction. */
async function deleteRows(
  db: Database,
  signal: AbortSignal,
  table: string,
  condition: string,
  day: LocalDate,
): Promise<number> {
  let deleted = 0;
  while (!signal.aborted) {
    const [row] = await db.query<{ rows: number }[]>(
      `with gone as (
         delete from ${table} where ctid = any (array (select ctid from ${table} where ${condition} limit ${ROWS})) returning 1)
       select count(*) as rows from gone`,
      [day],
    );
    deleted += row?.rows ?? 0;
    if ((row?.rows ?? 0) < ROWS) break;
  }
  return deleted;
}
