import { deriveNights } from '../../../tests/support/derive-nights.ts';
import type { TestDatabase } from '../../../tests/support/database.ts';

/** A night that is stored and not taken yet. */
export async function storeNight(database: TestDatabase, night: { athleteId: string; at: Date }): Promise<void> {
  const { athleteId, at } = night;
  await database.query(
    `insert into health_data.hrv_night (athlete_id, provider, record_id, day, captured_at, zone_offset_min, state_rank, source_updated_at,
            delete_rank, body_hash, flags, delivery_id, normaliser_version, stored_at, metric, method, ms, ln_ms)
     values ($1, 'OURA', 'r', '2026-11-20', null, 120, 1, now(), 0, '\\x00', '{}', gen_random_uuid(), 'test', $2, 'RMSSD', 'average_of_night', 60, ln(60))`,
    [athleteId, at],
  );
  await deriveNights(database, [athleteId]);
  await database.query(`insert into health_data.touched_day values ($1, '2026-11-20', 'HRV', 1, $2)`, [athleteId, at]);
}

/** From now on no view of these athletes can be written. */
export async function breakWritesOf(database: TestDatabase, athleteIds: readonly string[]): Promise<void> {
  const list = athleteIds.map((id) => `'${id}'`).join(', ');
  await database.query(
    `alter table insights.readiness_day add constraint broken check (athlete_id not in (${list})) not valid`,
  );
}

/** Everybody's can, again or still. */
export async function mendWrites(database: TestDatabase): Promise<void> {
  await database.query('alter table insights.readiness_day drop constraint if exists broken');
}
