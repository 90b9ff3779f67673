import type { AnnounceLetters } from '#platform/announce-letters';
import type { DeadLetterAnnouncement } from '#platform/events';
import { isDatabaseAway } from '#platform/database-away';
import type { Logger } from '#platform/log';
import { startRounds, type Rounds } from '#platform/rounds';
import { idsSetAside, leaveAside, type SetAside } from '#platform/set-aside';
import type { Metrics } from '#platform/telemetry';
import { settleLetters, storeLetters } from '../../letters/letters.ts';
import { SCORE_SIGNALS } from '../views/bases.ts';
import { recompute, type RecomputeParts } from './recompute.ts';

const EVERY_MS = 5_000;
/** Most rounds look at the last minutes only; the whole window is read at the start and every five minutes. */
const NEAR_MS = 15 * 60_000;
const WHOLE_WINDOW_EVERY = 60;
/** Older ones have been found many times over. */
const WINDOW_MS = 7 * 86_400_000;
const BATCH = 100;

/** `sweepAfterMs`: younger ones are on their way over the bus. */
type SweepParts = RecomputeParts & {
  announceLetters: AnnounceLetters;
  metrics: Metrics;
  log: Logger;
  sweepAfterMs: number;
};

/**
 * Finds nights no message spoke of: with the broker's whole memory gone, every stored night still reaches its score.
 * The ledger is asked for the revision, by anti-join: nothing here is in commit order.
 */
export function startSweep(parts: SweepParts): Rounds {
  const aside: SetAside = new Map();
  return startRounds({
    everyMs: EVERY_MS,
    complaint: 'a sweep failed and will be repeated',
    log: parts.log,
    round: async (number) => {
      const isWhole = number % WHOLE_WINDOW_EVERY === 0;
      while ((await sweepOnce({ ...parts, isWhole }, aside)) === BATCH);
      if (isWhole) await settleLetters(parts);
      return 'done';
    },
  });
}

/** One batch; returns how many athletes it found. `aside`: athletes left aside for a while. */
export async function sweepOnce(
  parts: SweepParts & { isWhole: boolean },
  aside: SetAside = new Map(),
): Promise<number> {
  const now = parts.clock.now().getTime();
  const found = await parts.db.query<{ athleteId: string }[]>(
    `select distinct t.athlete_id as "athleteId"
       from health_data.touched_day_v1 t
       left join insights.taken_touch k on k.athlete_id = t.athlete_id and k.day = t.day and k.signal = t.signal
      where t.touched_at between $1 and $2 and t.signal = any($3) and (k.revision is null or k.revision < t.revision)
        and t.athlete_id <> all($4::uuid[])
      limit ${BATCH}`,
    [
      new Date(now - (parts.isWhole ? WINDOW_MS : NEAR_MS)),
      new Date(now - parts.sweepAfterMs),
      SCORE_SIGNALS,
      idsSetAside(aside, now),
    ],
  );
  const athleteIds = found.map(({ athleteId }) => athleteId);
  if (athleteIds.length === 0) return 0;
  parts.metrics.swept.inc({ consumer: 'recompute' }, athleteIds.length);
  try {
    await recompute(parts, athleteIds);
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
    // One of them cannot be computed: then each is taken alone, and the one that fails is told of.
    // Announced together: a broker that does not answer holds the others up once, not once for each.
    const letters: DeadLetterAnnouncement[] = [];
    try {
      for (const athleteId of athleteIds) letters.push(...(await recomputeAlone(parts, athleteId, aside)));
    } finally {
      await parts.announceLetters(letters);
    }
  }
  return athleteIds.length;
}

/** Resolves with the letter that is new, if there is one. */
async function recomputeAlone(
  parts: SweepParts,
  athleteId: string,
  aside: SetAside,
): Promise<DeadLetterAnnouncement[]> {
  try {
    await recompute(parts, [athleteId]);
    return [];
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
    leaveAside(aside, athleteId, parts.clock.now().getTime());
    parts.log.error({ err: error }, 'an athlete could not be recomputed and is left aside for a while');
    return storeLetters(parts, { athleteIds: [athleteId], error });
  }
}
