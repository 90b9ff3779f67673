import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The splits of workouts, and what was sampled during a workout under the record id of that workout. */
export class Sessions1762000000015 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // Splits are read and written as one and never searched: a list in a column, not a table of laps.
    await db.query(`
      create table health_data.workout_splits (
        athlete_id uuid not null,
        provider text not null,
        record_id text not null,
        day date,
        captured_at timestamptz,
        zone_offset_min int,
        state_rank smallint not null,
        source_updated_at timestamptz not null,
        delete_rank smallint not null,
        body_hash bytea not null,
        flags text[] not null,
        device text,
        delivery_id uuid not null,
        normaliser_version text not null,
        stored_at timestamptz not null,
        splits jsonb,
        primary key (athlete_id, provider, record_id)
      )`);
    // Before, only Garmin's heart rate was kept with a workout, and under another name than the workout.
    await db.query(`
      update health_data.sample_block set record_id = substr(record_id, length('activityDetails:') + 1)
       where provider = 'GARMIN' and record_id like 'activityDetails:%'`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      update health_data.sample_block b set record_id = 'activityDetails:' || b.record_id
        from health_data.workout w
       where b.provider = 'GARMIN' and b.sample_kind = 'heart_rate'
         and w.athlete_id = b.athlete_id and w.provider = b.provider and w.record_id = b.record_id`);
    await db.query('drop table health_data.workout_splits');
  }
}
