import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';
import type { TestDatabase } from '../../../tests/support/database.ts';

/** Minutes of one session a day, by days before today. Three of load a minute: by zones of the highest heart rate. */
export type Trained = Readonly<Record<number, number>>;

/** Three weeks of half an hour a day, and a week of these minutes; the last one is of yesterday. */
export const monthOf = (week: readonly number[]): Trained =>
  Object.fromEntries([
    ...Array.from({ length: 21 }, (_, at) => [28 - at, 30]),
    ...week.map((minutes, at) => [7 - at, minutes]),
  ]);

/** A week of twice the load of those before it, whose days differ. */
export const SPIKE = monthOf([90, 20, 90, 20, 90, 20, 90]);

/** A source of sessions since long ago, and a profile by which heart rates have a load. */
export async function linkWatch(database: TestDatabase, athleteIds: readonly string[]): Promise<void> {
  await database.query('update connections.athlete set max_hr_bpm = 190 where id = any($1)', [athleteIds]);
  await database.query(
    `insert into connections.provider_connection (id, athlete_id, provider, provider_user_id, state, granted_scopes, linked_at, workouts_since)
     select gen_random_uuid(), id, 'GARMIN', id::text, 'ACTIVE', '{}', '2026-01-01', '2026-01-01' from unnest($1::uuid[]) id`,
    [athleteIds],
  );
}

export async function train(
  database: TestDatabase,
  parts: { athleteIds: readonly string[]; today: LocalDate; trained: Trained },
): Promise<void> {
  const { athleteIds, today, trained } = parts;
  await database.query(
    `insert into health_data.workout (athlete_id, provider, record_id, day, captured_at, zone_offset_min, state_rank, source_updated_at,
            delete_rank, body_hash, flags, delivery_id, normaliser_version, stored_at, activity, started_at, ended_at, duration_s, average_heart_rate_bpm)
     select a, 'GARMIN', s.day || '/' || s.minutes, s.day, now(), 120, 1, now(), 0, '\\x00', '{}', gen_random_uuid(), 'test', now(), 'Run',
            s.day + time '15:00', s.day + time '15:00' + make_interval(mins => s.minutes), s.minutes * 60, 150
       from unnest($1::uuid[]) a, unnest($2::date[], $3::int[]) s(day, minutes)`,
    [athleteIds, Object.keys(trained).map((back) => dateOf(dayNumber(today) - Number(back))), Object.values(trained)],
  );
}
