import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Grants that are over for us and still have to be ended at the provider: it could not be asked when the link ended. */
export class PendingRevocations1762000000031 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // The pair stays in sealed_token, under its key and in its place; with its last use it goes, and this row with it.
    // provider_user_id: the link forgets it when its data is deleted, and one provider wants it in the call.
    await db.query(`
      create table connections.pending_revocation (
        athlete_id uuid not null references connections.athlete (id),
        connection_id uuid not null unique references connections.sealed_token (connection_id) on delete cascade,
        provider text not null,
        provider_user_id text not null,
        ordered_at timestamptz not null,
        next_at timestamptz not null,
        primary key (athlete_id, connection_id)
      )`);
    await db.query('create index pending_revocation_due on connections.pending_revocation (next_at)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table connections.pending_revocation');
  }
}
