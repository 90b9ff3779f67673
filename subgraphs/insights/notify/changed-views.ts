import type { Basis } from '#platform/basis';
import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';

/**
 * Stands in the place of a basis for what was trained, of which no view is made: the load is computed when it is read.
 */
export const TRAINED: Basis = 0;

/** A view that is new since somebody looked whom to tell of it, or the training. `changes` says how new. */
export interface ChangedView {
  athleteId: string;
  basis: Basis;
  changes: number;
}

const DAY_MS = 86_400_000;
/** Flags of today rest on a few days before it; a view of longer ago opens none. */
const RECENT_DAYS = 4;
const CLAIM_MS = 60_000;

/**
 * Notes that these views are new, in the transaction that writes them: whoever is to be told is told, whatever process
 * ends in between. One row per athlete and basis, so that nothing is told of a view that did not change.
 */
export async function noteChanged(
  tx: Sql,
  views: readonly { athleteId: string; basis: Basis; date: LocalDate; computedAt: Date }[],
): Promise<void> {
  const recent = views.filter(
    ({ date, computedAt }) => Date.parse(date) > computedAt.getTime() - (RECENT_DAYS + 1) * DAY_MS,
  );
  const changed = new Map(recent.map((view) => [`${view.athleteId} ${view.basis}`, view]));
  if (changed.size === 0) return;
  const rows = [...changed.values()];
  await tx.query(
    `insert into insights.changed_view as v (athlete_id, basis, due_at)
     select * from unnest($1::uuid[], $2::smallint[], $3::timestamptz[]) order by 1, 2
     on conflict (athlete_id, basis) do update
        set changes = v.changes + 1, due_at = least(v.due_at, excluded.due_at)`,
    [rows.map(({ athleteId }) => athleteId), rows.map(({ basis }) => basis), rows.map(({ computedAt }) => computedAt)],
  );
}

/**
 * Notes that a new day has begun for what these athletes trained: flags of load are always of the week that ended the
 * evening before, so the session of yesterday may open one this morning.
 */
export async function noteTrained(
  tx: Sql,
  { athleteIds, now }: { athleteIds: readonly string[]; now: Date },
): Promise<void> {
  if (athleteIds.length === 0) return;
  await tx.query(
    `insert into insights.changed_view as v (athlete_id, basis, due_at)
     select id, ${TRAINED}, $2 from unnest($1::uuid[]) id order by id
     on conflict (athlete_id, basis) do update
        set changes = v.changes + 1, due_at = least(v.due_at, excluded.due_at)`,
    [athleteIds, now],
  );
}

/** A batch, claimed for a minute: a process that ends with it leaves it to the next. */
export async function claimChanged(db: Sql, options: { now: Date; limit: number }): Promise<ChangedView[]> {
  const { now, limit } = options;
  return await db.query<ChangedView[]>(
    `with due as (
       select athlete_id, basis from insights.changed_view where due_at <= $1
        order by due_at limit $3 for update skip locked
     ), claimed as (
       update insights.changed_view v set due_at = $2 from due
        where v.athlete_id = due.athlete_id and v.basis = due.basis
       returning v.athlete_id as "athleteId", v.basis, v.changes
     )
     select * from claimed`,
    [now, new Date(now.getTime() + CLAIM_MS), limit],
  );
}

/**
 * What has been looked at. A view that changed meanwhile stays, and is due at once; one that somebody is just changing
 * is not waited for, since it is about to be due again.
 */
export async function settleChanged(db: Sql, options: { views: readonly ChangedView[]; now: Date }): Promise<void> {
  await db.query(
    `with seen as (
       select v.athlete_id, v.basis, v.changes = s.changes as is_done
         from unnest($1::uuid[], $2::smallint[], $3::bigint[]) as s(athlete_id, basis, changes)
         join insights.changed_view v using (athlete_id, basis)
          for update of v skip locked
     ), gone as (
       delete from insights.changed_view v using seen s
        where v.athlete_id = s.athlete_id and v.basis = s.basis and s.is_done
     )
     update insights.changed_view v set due_at = $4 from seen s
      where v.athlete_id = s.athlete_id and v.basis = s.basis and not s.is_done`,
    [
      options.views.map(({ athleteId }) => athleteId),
      options.views.map(({ basis }) => basis),
      options.views.map(({ changes }) => changes),
      options.now,
    ],
  );
}
