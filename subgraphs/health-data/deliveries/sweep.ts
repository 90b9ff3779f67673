import { startRounds, type Rounds } from '#platform/rounds';
import { idsSetAside, type SetAside } from '#platform/set-aside';
import { NOTIFICATION } from '#platform/streams';
import { sweepOldDays } from './sweep-old-days.ts';
import type { ProcessParts, Reference } from './process.ts';
import { processOrSetAside } from './process-or-set-aside.ts';

const EVERY_MS = 5_000;
/** Most rounds look at the last minutes only; the whole window is read at the start and every five minutes. */
const NEAR_MS = 15 * 60_000;
const WHOLE_WINDOW_EVERY = 60;
/** Older ones are read day by day, more seldom. */
const WINDOW_MS = 72 * 3_600_000;
/** Rounds between two looks at what is older than the window: an hour, and the start. */
const OLD_DAYS_EVERY = 12 * WHOLE_WINDOW_EVERY;
const BATCH = 200;

/** `sweepAfterMs`: younger ones are on their way over the bus. */
type SweepParts = ProcessParts & { sweepAfterMs: number };

/**
 * Finds deliveries no message spoke of: with the broker's whole memory gone, everything accepted still gets through.
 * The ledger is asked by anti-join, not by "id greater than the last": ids are not in commit order.
 */
export function startSweep(parts: SweepParts): Rounds {
  let areOldDaysDue = false;
  const aside: SetAside = new Map();
  return startRounds({
    everyMs: EVERY_MS,
    complaint: 'a sweep failed and will be repeated',
    log: parts.log,
    round: async (number) => {
      const isWhole = number % WHOLE_WINDOW_EVERY === 0;
      while ((await sweepOnce({ ...parts, isWhole }, aside)) === BATCH);
      if (!isWhole) return 'done';
      areOldDaysDue ||= number % OLD_DAYS_EVERY === 0;
      // After one that failed, with the next whole window: until it went through, nobody may say that all is normalised.
      if (areOldDaysDue)
        await sweepOldDays({ ...parts, before: new Date(parts.clock.now().getTime() - WINDOW_MS) }, aside);
      areOldDaysDue = false;
      if (aside.size === 0) parts.metrics.oldestUnnormalised.set(0);
      return 'done';
    },
  });
}

/** One batch; returns how many deliveries it found. Those in `aside` are not looked for. */
export async function sweepOnce(
  parts: SweepParts & { isWhole: boolean },
  aside: SetAside = new Map(),
): Promise<number> {
  const now = parts.clock.now().getTime();
  const found = await parts.db.query<(Reference & { receivedAt: Date })[]>(
    `select d.id, d.received_on as "receivedOn", null as hash, d.received_at as "receivedAt"
       from connections.delivery_v1 d
      where d.received_at between $1 and $2 and d.received_on >= $1::date and d.domain <> $3
        and d.id <> all($4::uuid[])
        and not exists (select from health_data.processed_delivery p where p.delivery_id = d.id)
      order by d.received_at limit ${BATCH}`,
    [
      new Date(now - (parts.isWhole ? WINDOW_MS : NEAR_MS)),
      new Date(now - parts.sweepAfterMs),
      NOTIFICATION,
      idsSetAside(aside, now),
    ],
  );
  const [oldest] = found;
  if (oldest) {
    if (parts.isWhole) parts.metrics.oldestUnnormalised.set((now - oldest.receivedAt.getTime()) / 1000);
    parts.metrics.swept.inc({ consumer: 'normaliser' }, found.length);
    await processOrSetAside(parts, found, aside);
  }
  return found.length;
}
