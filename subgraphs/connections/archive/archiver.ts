import { archiveKey, type Archive } from '#platform/archive';
import type { Clock } from '#platform/clock';
import { withAdvisoryLock, type Database } from '#platform/database';
import type { Logger } from '#platform/log';
import { probeArchive } from '#platform/open-archive';
import type { PayloadKeys } from '#platform/payload-keys';
import { CannotStart } from '#platform/process';
import { fullJitterMs, pause, withinTime } from '#platform/retry';
import type { Metrics } from '#platform/telemetry';
import { encodeObject, type ArchivedDelivery } from './object.ts';

const POLL_MS = 1_000;
const RETRY_WITHIN_MS = 60_000;
/** Deliveries of one round, and how much they may hold together: the bodies of a round are in memory at once. */
const BATCH = 200;
const BATCH_BYTES = 32 * 1024 ** 2;
/** Puts under way at a time. With some 30 ms each that is about 500 objects a second. */
const PARALLEL = 16;
/** With less of the machine's time to spare it is busy: what the copies speak of is safe where it is, and people wait for nights. */
const SPARE = 0.25;
/** A store that takes a connection and then says nothing must not keep the process from starting. */
const TRY_OUT_WITHIN_MS = 5_000;

export interface ArchiverParts {
  db: Database;
  archive: Archive;
  payloadKeys: PayloadKeys;
  clock: Clock;
  metrics: Metrics;
  log: Logger;
  /** Which part of the machine's time was spare since the last call. */
  spareTime: () => number;
  /** So long copies wait for a busy machine, at most. */
  givesWayS: number;
}

/**
 * Copies deliveries into the archive, oldest first, one replica at a time. A delivery waits while its row says so: no cursor,
 * so one that was committed late is found like any other, and a crash between put and mark finds the object "there already".
 * While the store is away they wait in the database, where whoever normalises reads them anyway.
 *
 * Resolves when the store was tried out. Throws CannotStart for one that overwrites; one that is away is tried again later.
 */
export async function startArchiver(parts: ArchiverParts): Promise<{ close(): Promise<void> }> {
  const { clock, metrics, log } = parts;
  const stop = new AbortController();
  let isProven = false;
  let failures = 0;

  async function attempt(): Promise<Round | null> {
    if (!isProven) await probeArchive(parts.archive);
    isProven = true;
    return await withAdvisoryLock(parts.db, 'connections/archive', () => archiveRound(parts, stop.signal));
  }

  /** True when there may be more at once. */
  async function round(): Promise<boolean> {
    try {
      const oldestS = await oldestUnarchivedS(parts.db, clock);
      metrics.oldestUnarchived.set(oldestS);
      const isBusy = parts.spareTime() < SPARE;
      if (isBusy && oldestS < parts.givesWayS) return false;
      const done = await attempt();
      if (done !== null && done.failure !== null) throw done.failure;
      if (failures > 0 && done !== null) log.info('deliveries are archived again');
      if (done !== null) failures = 0;
      return done?.isFull ?? false;
    } catch (error) {
      if (failures === 0) log.warn({ err: error }, 'the archive cannot be used: deliveries wait in the database');
      failures += 1;
      return false;
    }
  }

  try {
    const tried = probeArchive(parts.archive).then(() => true);
    isProven = await withinTime({ work: tried, withinMs: TRY_OUT_WITHIN_MS, late: () => false });
  } catch (error) {
    if (error instanceof CannotStart) throw error;
    log.warn({ err: error }, 'the archive cannot be reached: deliveries wait in the database');
    failures = 1;
  }
  const running = (async () => {
    while (!stop.signal.aborted) {
      if (await round()) continue;
      const retryMs = fullJitterMs({ attempt: failures, maxMs: RETRY_WITHIN_MS });
      await pause(failures === 0 ? POLL_MS : POLL_MS + retryMs, stop.signal);
    }
  })();
  return {
    async close() {
      stop.abort();
      await running;
    },
  };
}

export type RoundParts = Pick<ArchiverParts, 'db' | 'archive' | 'payloadKeys' | 'clock' | 'metrics'>;

export interface Round {
  /** Objects that are in the archive now. */
  archived: number;
  /** Why one of the puts failed; the deliveries concerned keep waiting. */
  failure: Error | null;
  /** There was no room for more. */
  isFull: boolean;
}

/** One batch: put, then mark what was put. Puts that fail do not keep the others from being marked. */
export async function archiveRound(parts: RoundParts, signal?: AbortSignal): Promise<Round> {
  const { db, payloadKeys, metrics } = parts;
  const deliveries = await unarchived(db);
  await payloadKeys.load(
    db,
    deliveries.map((delivery) => delivery.keyId),
  );
  const done: ArchivedDelivery[] = [];
  let failure: Error | null = null;
  const waiting = deliveries.values();
  async function putOneAfterAnother(): Promise<void> {
    for (const delivery of waiting) {
      if (signal?.aborted) return;
      try {
        metrics.archived.inc({ outcome: await putOne(parts, delivery) });
        done.push(delivery);
      } catch (error) {
        metrics.archived.inc({ outcome: 'failed' });
        failure = error as Error;
        return;
      }
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, putOneAfterAnother));
  if (done.length > 0) await mark(parts, done);
  return { archived: done.length, failure, isFull: done.length > 0 && isFull(deliveries) };
}

/** Few deliveries wait for company: a round for each of them would cost as much as a round for all. */
const isFull = (deliveries: readonly ArchivedDelivery[]): boolean =>
  deliveries.length === BATCH ||
  deliveries.reduce((bytes, { bodySealed }) => bytes + bodySealed.length, 0) >= BATCH_BYTES;

async function putOne(
  { db, archive, payloadKeys }: Pick<ArchiverParts, 'db' | 'archive' | 'payloadKeys'>,
  delivery: ArchivedDelivery,
): Promise<'stored' | 'there_already' | 'key_destroyed'> {
  // Others load keys as well, and memory holds only so many: the one of a late put may have left again.
  await payloadKeys.load(db, [delivery.keyId]);
  // Its athlete was erased: nobody could ever open the object.
  if (!payloadKeys.has(delivery.keyId)) return 'key_destroyed';
  return await archive.put(archiveKey(delivery), encodeObject(delivery, payloadKeys));
}

/** What stays outside: bodies that belong to nobody (they have 30 days), and copies that came from the archive. */
const WAITS = 'archived_at is null and first_received_at is null and athlete_id is not null';

async function unarchived(db: Database): Promise<ArchivedDelivery[]> {
  return await db.query<ArchivedDelivery[]>(
    `select id as "deliveryId", received_on as "receivedOn", provider, domain, athlete_id as "athleteId",
            connection_id as "connectionId", body_sealed as "bodySealed", body_hash as "bodyHash", key_id as "keyId",
            source_updated_at as "sourceUpdatedAt", received_at as "receivedAt", provenance
       from (select d.*, sum(octet_length(body_sealed)) over (order by received_at, id) - octet_length(body_sealed) as bytes_before
               from (select * from delivery where ${WAITS} order by received_at limit ${BATCH}) d) d
      where bytes_before < ${BATCH_BYTES}`,
  );
}

async function mark(
  { db, clock }: Pick<ArchiverParts, 'db' | 'clock'>,
  done: readonly ArchivedDelivery[],
): Promise<void> {
  await db.query(
    `update delivery d set archived_at = $1
       from unnest($2::date[], $3::uuid[]) as a(received_on, id)
      where d.received_on = a.received_on and d.id = a.id`,
    [clock.now(), done.map((delivery) => delivery.receivedOn), done.map((delivery) => delivery.deliveryId)],
  );
}

async function oldestUnarchivedS(db: Database, clock: Clock): Promise<number> {
  const [oldest] = await db.query<{ receivedAt: Date | null }[]>(
    `select min(received_at) as "receivedAt" from delivery where ${WAITS}`,
  );
  if (!oldest?.receivedAt) return 0;
  return Math.max(0, (clock.now().getTime() - oldest.receivedAt.getTime()) / 1_000);
}
