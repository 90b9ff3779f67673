import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';

interface ErasedSource {
  orderId: string;
  athleteId: string;
  provider: string;
}

/** What these athletes had deleted of what a provider brought, and is not forgotten here yet. */
export async function unforgottenSources(tx: Sql, athleteIds: readonly string[]): Promise<ErasedSource[]> {
  return await tx.query<ErasedSource[]>(
    `select e.order_id as "orderId", e.athlete_id as "athleteId", e.provider
       from health_data.erased_source_v1 e
      where e.athlete_id = any($1) and not exists (select from insights.erased_source d where d.order_id = e.order_id)`,
    [athleteIds],
  );
}

/**
 * The series that scores were computed from go, and with them every view they led to, but for the days that are scored
 * again anyway (`rescoredFrom` on): those keep their row until their next revision is written. A day that another provider
 * still covers is computed anew when somebody reads it. Call it under the athletes' lock, after the reading of pending
 * touches, in the transaction of the recompute.
 */
export async function forgetSources(
  tx: Sql,
  options: { sources: readonly ErasedSource[]; rescoredFrom: (athleteId: string) => LocalDate; now: Date },
): Promise<void> {
  const { sources, rescoredFrom, now } = options;
  for (const source of sources) await forget(tx, { ...source, rescoredFrom: rescoredFrom(source.athleteId), now });
}

async function forget(tx: Sql, source: ErasedSource & { rescoredFrom: LocalDate; now: Date }): Promise<void> {
  const { athleteId, provider, rescoredFrom, orderId, now } = source;
  // A series is named by signal and stream, "HRV oura:rmssd:average_of_night": its provider stands before the first colon.
  const inputs = await tx.query<{ hash: Buffer }[]>(
    `with gone as (
       delete from insights.readiness_input i
        where i.athlete_id = $1 and exists (
              select from json_object_keys(i.series -> 'series') as s(name)
               where split_part(split_part(s.name, ' ', 2), ':', 1) = lower($2))
       returning input_hash
     )
     select input_hash as hash from gone`,
    [athleteId, provider],
  );
  const hashes = inputs.map(({ hash }) => hash);
  // What was suggested from these views goes with them, its reason too. The plan stays: it was somebody's decision.
  await tx.query(
    `with gone as (
       delete from insights.readiness_revision where athlete_id = $1 and input_hash = any($2)
       returning date, basis, revision
     )
     delete from insights.suggestion_decision d using gone g
      where d.athlete_id = $1 and d.date = g.date and d.basis = g.basis and d.revision = g.revision`,
    [athleteId, hashes],
  );
  await tx.query('delete from insights.readiness_day where athlete_id = $1 and input_hash = any($2) and date < $3', [
    athleteId,
    hashes,
    rescoredFrom,
  ]);
  // So does what rests on the load: nobody keeps of which sources that was.
  await tx.query('delete from insights.suggestion_decision where athlete_id = $1 and load_says <> 0', [athleteId]);
  // A nudge tells of the debt it was made of. That it was shown is kept: else the rule of two ignored ones forgot.
  await tx.query('update insights.sleep_nudge set kind = null where athlete_id = $1', [athleteId]);
  // What was told of these days is gone as well, and may be told again of what is left.
  await tx.query('delete from insights.notice where athlete_id = $1', [athleteId]);
  await tx.query('insert into insights.erased_source (order_id, erased_at) values ($1, $2)', [orderId, now]);
}
