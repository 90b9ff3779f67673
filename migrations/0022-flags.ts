import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a view says of its day as far as flags ask, and who has seen a flag. The flags themselves are told from the views. */
export class Flags1762000000022 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // Bits in the order of FACTS. Null: stored before there were facts; then they are read from the payload.
    await db.query('alter table insights.readiness_day add column facts int');
    // audience_id: a team, or the athlete.
    await db.query(`
      create table insights.flag_acknowledgement (
        athlete_id uuid not null,
        audience_id uuid not null,
        code text not null,
        opened_on date not null,
        acknowledged_by uuid not null,
        acknowledged_at timestamptz not null,
        primary key (athlete_id, audience_id, code, opened_on)
      )`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table insights.flag_acknowledgement');
    await db.query('alter table insights.readiness_day drop column facts');
  }
}
