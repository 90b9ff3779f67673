import type { Sql } from '#platform/database';
import { TRAINED } from './changed-views.ts';

export const TOUCHES_AT_ONCE = 1_000;
/** Most rounds look at the last minutes only: what was touched then may have been committed a while after. */
const NEAR_MS = 15 * 60_000;
const WINDOW_MS = 7 * 86_400_000;
/** The weeks that flags of today rest on, and those they are compared with; an older session opens none. */
const RECENT_DAYS = 35;

/**
 * Takes the days whose training is new, from the store itself (no message has to come for it), and notes whose it is: one
 * statement, so that what is taken is noted. `isWhole`: looks back a week, and finds what earlier rounds missed. Answers
 * how many days there were.
 */
export async function takeTrained(db: Sql, options: { isWhole: boolean; now: Date }): Promise<number> {
  const { isWhole, now } = options;
  const [row] = await db.query<{ taken: number }[]>(
    `with pending as (
       select t.athlete_id, t.day, t.signal, t.revision
         from health_data.touched_day_v1 t
         left join insights.taken_touch k on k.athlete_id = t.athlete_id and k.day = t.day and k.signal = t.signal
        where t.touched_at between $1 and $2 and t.signal = 'TRAINING' and (k.revision is null or k.revision < t.revision)
        order by t.athlete_id, t.day limit ${TOUCHES_AT_ONCE}
     ), taken as (
       insert into insights.taken_touch as k (athlete_id, day, signal, revision)
       select * from pending
       on conflict (athlete_id, day, signal) do update set revision = greatest(k.revision, excluded.revision)
       returning 1
     ), noted as (
       insert into insights.changed_view as v (athlete_id, basis, due_at)
       select distinct athlete_id, ${TRAINED}::smallint, $2::timestamptz from pending where day >= $3 order by 1
       on conflict (athlete_id, basis) do update
          set changes = v.changes + 1, due_at = least(v.due_at, excluded.due_at)
     )
     select count(*)::int as taken from taken`,
    [
      new Date(now.getTime() - (isWhole ? WINDOW_MS : NEAR_MS)),
      now,
      new Date(now.getTime() - RECENT_DAYS * 86_400_000).toISOString().slice(0, 10),
    ],
  );
  return row?.taken ?? 0;
}
