import type { Clock } from '#platform/clock';
import type { Database, Sql } from '#platform/database';
import type { Logger } from '#platform/log';
import type { Metrics } from '#platform/telemetry';

export interface RetentionParts {
  db: Database;
  clock: Clock;
  metrics: Metrics;
  log: Logger;
}

/** Rows of one statement: well below its time limit, and no lock is held for long. */
const ROWS = 10_000;

/** Deletes the rows of `table`, there named `t`, that meet `condition`, each portion in its own transaction. Answers how many. */
export async function deleteInPortions(
  db: Sql,
  table: string,
  condition: string,
  parameters: readonly unknown[],
): Promise<number> {
  for (let deleted = 0; ;) {
    const [row] = await db.query<{ rows: number }[]>(
      `with gone as (
         delete from health_data.${table}
          where ctid = any (array (select t.ctid from health_data.${table} t where ${condition} limit ${ROWS})) returning 1)
       select count(*) as rows from gone`,
      [...parameters],
    );
    deleted += row?.rows ?? 0;
    if ((row?.rows ?? 0) < ROWS) return deleted;
  }
}
