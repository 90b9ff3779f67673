import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How a coach looks at a team's table, kept under a name. */
export class SavedViews1762000000028 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // query: a part of an address, no health value. A coach's own: nobody else reads it, another coach of the team neither.
    await db.query(`
      create table insights.saved_view (
        account_id uuid not null,
        team_id uuid not null,
        id uuid not null unique,
        name text not null,
        query text not null,
        saved_at timestamptz not null,
        primary key (account_id, team_id, name)
      )`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table insights.saved_view');
  }
}
