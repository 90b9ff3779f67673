import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often an account exported in the stretch that runs: one row for each account that ever did. */
export class ExportCount1762000000035 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table insights.export_count (
        account_id uuid not null,
        what text not null,
        since timestamptz not null,
        taken int not null,
        primary key (account_id, what)
      )`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table insights.export_count');
  }
}
