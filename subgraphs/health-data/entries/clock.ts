import type { Sql } from '#platform/database';

/**
 * The times by which one athlete's entries are synchronised. A writer takes the row and keeps it until its commit, so
 * that times rise in the order of commits: whoever reads a time has all changes up to it, and a transaction that
 * commits late has a later one. No overlap, no horizon, and readers wait for nobody.
 */
export interface EntryClock {
  at: Date;
  /** Rows there are of the athlete in all tables of entries, deleted ones included. */
  recordCount: number;
}

/** Before the first change. Not zero: WatermelonDB takes a zero for no answer. */
const BEGINNING = new Date(1);

/** Of an athlete who never entered anything: the beginning. */
export async function readClock(db: Sql, athleteId: string): Promise<EntryClock> {
  const [clock] = await db.query<EntryClock[]>(
    'select at, record_count as "recordCount" from health_data.entry_clock where athlete_id = $1',
    [athleteId],
  );
  return clock ?? { at: BEGINNING, recordCount: 0 };
}

/** Waits for other writers of this athlete, and makes later ones wait until the transaction ends. */
export async function holdClock(tx: Sql, athleteId: string): Promise<EntryClock> {
  const [clock] = await tx.query<EntryClock[]>(
    `insert into health_data.entry_clock as c (athlete_id, at, record_count) values ($1, $2, 0)
     on conflict (athlete_id) do update set at = c.at returning at, record_count as "recordCount"`,
    [athleteId, BEGINNING],
  );
  return clock as EntryClock;
}

/** The time of the next change: now, but later than the last one, whatever the clocks of two servers say. */
export const nextTime = (clock: EntryClock, now: Date): Date =>
  new Date(Math.max(now.getTime(), clock.at.getTime() + 1));

export async function setClock(tx: Sql, athleteId: string, { at, recordCount }: EntryClock): Promise<void> {
  await tx.query('update health_data.entry_clock set at = $2, record_count = $3 where athlete_id = $1', [
    athleteId,
    at,
    recordCount,
  ]);
}
