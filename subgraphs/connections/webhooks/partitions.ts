import type { Clock } from '#platform/clock';
import type { Sql } from '#platform/database';

const DAY_MS = 86_400_000;
const DAYS_AHEAD = 4;

/** Makes the day partitions of `delivery` from yesterday on. Repeating it changes nothing. */
export async function preparePartitions(options: { db: Sql; clock: Clock }): Promise<void> {
  const yesterday = new Date(options.clock.now().getTime() - DAY_MS).toISOString().slice(0, 10);
  await options.db.query('select prepare_partitions($1::date, $2)', [yesterday, DAYS_AHEAD]);
}
