import type { Basis } from '#platform/basis';
import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import { instantOf } from '#platform/together';
import { bitsOf, factsOf } from '../../flags/facts.ts';
import { noteChanged } from '../../notify/changed-views.ts';
import type { ScoredView, StoredReason, StoredView, WeekScores } from '../formula/score-days.ts';
import type { ReadinessView } from '../formula/view.ts';

/** Names one view of one day. */
export interface ViewKey {
  athleteId: string;
  basis: Basis;
  date: LocalDate;
}

export const viewKey = ({ athleteId, basis, date }: ViewKey): string => `${athleteId} ${basis} ${date}`;

/** A view as readers get it. Revision 0 was computed and not stored: a day before the first night, or one to come. */
export interface ViewRow extends ViewKey {
  revision: number;
  reason: StoredReason;
  view: ReadinessView;
  weekScores: WeekScores;
  /** Of a view without SLEEP the slot it was published in: it says nothing of when data came. */
  computedAt: Date;
}

/** A `ViewRow` of `insights.readiness_day d`. */
export const VIEW_ROW = `
  d.athlete_id as "athleteId", d.basis, d.date, d.revision, d.reason, d.payload as view, d.week_scores as "weekScores",
  d.computed_at as "computedAt"`;

/** Athletes, bases and days, as `unnest` takes them. */
export const keyColumns = (keys: readonly ViewKey[]): unknown[][] =>
  columns(
    keys,
    ({ athleteId }) => athleteId,
    ({ basis }) => basis,
    ({ date }) => date,
  );

/** The views there are, by one query, whatever mix of athletes, bases and days. */
export async function readViews(db: Sql, keys: readonly ViewKey[]): Promise<Map<string, ViewRow>> {
  if (keys.length === 0) return new Map();
  const rows = await db.query<(Omit<ViewRow, 'computedAt'> & { computedAt: Date | string })[]>(
    `select ${VIEW_ROW}
       from unnest($1::uuid[], $2::smallint[], $3::date[]) as k(athlete_id, basis, date)
       join insights.readiness_day d on d.athlete_id = k.athlete_id and d.basis = k.basis and d.date = k.date`,
    keyColumns(keys),
  );
  return new Map(rows.map((row) => [viewKey(row), { ...row, computedAt: instantOf(row.computedAt) }]));
}

export type StoredViews = Map<Basis, Map<LocalDate, StoredRow>>;

export interface StoredRow extends StoredView {
  computedAt: Date;
}

/**
 * What is stored of each athlete from `from` on, in every basis.
 */
export async function readStored(
  db: Sql,
  asked: readonly { athleteId: string; from: LocalDate }[],
): Promise<Map<string, StoredViews>> {
  const rows = await db.query<(StoredRow & { athleteId: string; basis: Basis; date: LocalDate })[]>(
    `select a.athlete_id as "athleteId", d.basis, d.date, d.revision, d.score, d.week_scores as "weekScores",
            d.payload::text as payload, d.computed_at as "computedAt"
       from unnest($1::uuid[], $2::date[]) as a(athlete_id, from_day)
       join insights.readiness_day d on d.athlete_id = a.athlete_id and d.date >= a.from_day`,
    columns(
      asked,
      ({ athleteId }) => athleteId,
      ({ from }) => from,
    ),
  );
  const stored = new Map<string, StoredViews>(asked.map(({ athleteId }) => [athleteId, new Map()]));
  for (const row of rows) {
    const views = stored.get(row.athleteId) as StoredViews;
    let days = views.get(row.basis);
    if (!days) views.set(row.basis, (days = new Map()));
    days.set(row.date, row);
  }
  return stored;
}

/** A view on its way into the tables. `input` is what it was computed from. */
export interface NewView extends ScoredView {
  athleteId: string;
  basis: Basis;
  computedAt: Date;
  input: { hash: Buffer; series: string };
}

/**
 * Stores new revisions: the current row, its place in the history, the input once, and that there is something new.
 * Call it in a transaction.
 */
export async function writeViews(tx: Sql, views: readonly NewView[]): Promise<void> {
  if (views.length === 0) return;
  const inputs = [
    ...new Map(views.map((view) => [`${view.athleteId} ${view.input.hash.toString('hex')}`, view])).values(),
  ];
  const inputsWritten = tx.query(
    `insert into insights.readiness_input (athlete_id, input_hash, series)
     select * from unnest($1::uuid[], $2::bytea[], $3::text[]::json[]) on conflict (athlete_id, input_hash) do nothing`,
    columns(
      inputs,
      ({ athleteId }) => athleteId,
      ({ input }) => input.hash,
      ({ input }) => input.series,
    ),
  );
  // The driver writes arrays of arrays as rectangles only, hence the scores of a week as text.
  const viewsWritten = tx.query(
    `with revision as (
       insert into insights.readiness_revision
              (athlete_id, date, basis, revision, reason, payload, week_scores, input_hash, computed_at)
       select athlete_id, date, basis, revision, reason, payload::json, week_scores::smallint[], input_hash, computed_at
         from unnest($1::uuid[], $2::date[], $3::smallint[], $4::int[], $5::text[], $6::text[], $8::text[], $9::bytea[], $10::timestamptz[])
              as v(athlete_id, date, basis, revision, reason, payload, week_scores, input_hash, computed_at)
     )
     insert into insights.readiness_day as d
            (athlete_id, date, basis, revision, reason, payload, score, week_scores, input_hash, computed_at, facts)
     select athlete_id, date, basis, revision, reason, payload::json, score, week_scores::smallint[], input_hash, computed_at, facts
       from unnest($1::uuid[], $2::date[], $3::smallint[], $4::int[], $5::text[], $6::text[], $7::smallint[], $8::text[], $9::bytea[], $10::timestamptz[], $11::int[])
            as v(athlete_id, date, basis, revision, reason, payload, score, week_scores, input_hash, computed_at, facts)
     on conflict (athlete_id, date, basis) do update
        set revision = excluded.revision, reason = excluded.reason, payload = excluded.payload, score = excluded.score,
            week_scores = excluded.week_scores, input_hash = excluded.input_hash, computed_at = excluded.computed_at,
            facts = excluded.facts`,
    columns(
      views,
      ({ athleteId }) => athleteId,
      ({ date }) => date,
      ({ basis }) => basis,
      ({ revision }) => revision,
      ({ reason }) => reason,
      ({ payload }) => payload,
      ({ view }) => view.score,
      ({ weekScores }) => `{${weekScores.map((score) => score ?? 'NULL').join(',')}}`,
      ({ input }) => input.hash,
      ({ computedAt }) => computedAt,
      ({ view }) => bitsOf(factsOf(view)),
    ),
  );
  await Promise.all([inputsWritten, viewsWritten, noteChanged(tx, views)]);
}

/** One array per column, as `unnest` takes them. */
export function columns<Row>(rows: readonly Row[], ...read: ((row: Row) => unknown)[]): unknown[][] {
  return read.map((value) => rows.map(value));
}
