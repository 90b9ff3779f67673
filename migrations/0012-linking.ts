import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a provider sends back waits, sealed, until the athlete who began confirms it. */
export class Linking1762000000012 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // used_at: the provider has sent somebody back with this state. expires_at then is the end of the wait for a word.
    await db.query(`
      alter table connections.oauth_state
        add column handle_hash bytea unique,
        add column answer_sealed bytea,
        add constraint oauth_state_answer check ((handle_hash is null) = (answer_sealed is null))`);
    await db.query('create index oauth_state_over on connections.oauth_state (expires_at)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index connections.oauth_state_over');
    await db.query('alter table connections.oauth_state drop column handle_hash, drop column answer_sealed');
  }
}
