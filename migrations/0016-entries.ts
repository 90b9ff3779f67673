import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What athletes enter themselves, as their apps synchronise it. `id` is made by the client and unique for one athlete;
 * `changed_at` comes from `entry_clock`. A deleted row keeps its place and has no values.
 */
const ENTRY = `
  athlete_id uuid not null,
  id text not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  is_deleted boolean not null`;

const TABLES = {
  /** id: the local day. */
  check_in: `
    soreness smallint check (soreness between 1 and 5),
    stress smallint check (stress between 1 and 5),
    mood smallint check (mood between 1 and 5),
    feel text check (feel in ('BETTER', 'AS_SHOWN', 'WORSE'))`,
  /** id: that of the workout in the graph. A table of its own, so that no provider's update wipes the athlete's word. */
  workout_rating: `
    provider text,
    record_id text,
    rpe double precision check (rpe between 0 and 10)`,
  manual_workout: `
    sport text,
    started_at timestamptz,
    duration_min double precision,
    distance_m double precision,
    average_heart_rate_bpm double precision`,
  manual_night: `
    bedtime_start timestamptz,
    bedtime_end timestamptz,
    asleep_min double precision`,
  /** id: the local day. */
  manual_resting_heart_rate: `
    bpm double precision`,
};

/** Check-ins, ratings and manual entries, and the clock their synchronisation goes by. */
export class Entries1762000000016 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // A writer holds the row until its commit, so an athlete's changes have times in the order of their commits.
    await db.query(`
      create table health_data.entry_clock (
        athlete_id uuid primary key,
        at timestamptz not null,
        record_count int not null
      )`);
    for (const [name, columns] of Object.entries(TABLES)) {
      await db.query(`create table health_data.${name} (${ENTRY}, ${columns}, primary key (athlete_id, id))`);
      await db.query(`create index ${name}_changed on health_data.${name} (athlete_id, changed_at)`);
    }
    await db.query(`
      create unique index workout_rating_of_workout on health_data.workout_rating (athlete_id, provider, record_id)
       where not is_deleted`);
    await db.query(`
      create view health_data.workout_rpe_v1 as
        select athlete_id, provider, record_id, rpe, changed_at as rated_at
          from health_data.workout_rating where not is_deleted`);
    await db.query('grant select on health_data.workout_rpe_v1 to insights');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop view health_data.workout_rpe_v1');
    for (const name of Object.keys(TABLES)) await db.query(`drop table health_data.${name}`);
    await db.query('drop table health_data.entry_clock');
  }
}
