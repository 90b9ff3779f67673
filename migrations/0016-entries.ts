import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Stands in for the migration of the same number that is on its way: what load reads of it, and nothing else. */
export class Entries1762000000016 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table health_data.workout_rating (
        athlete_id uuid not null,
        provider text not null,
        record_id text not null,
        rpe double precision,
        rated_at timestamptz not null,
        primary key (athlete_id, provider, record_id)
      )`);
    await db.query(`
      create view health_data.workout_rpe_v1 as
        select athlete_id, provider, record_id, rpe, rated_at from health_data.workout_rating where rpe is not null`);
    await db.query('grant select on health_data.workout_rpe_v1 to insights');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop view health_data.workout_rpe_v1');
    await db.query('drop table health_data.workout_rating');
  }
}
