import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every provider: deliveries that no signature vouches for, proof keys while linking, subscriptions that do not end. */
export class Providers1762000000005 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table connections.delivery drop constraint delivery_provenance_check');
    await db.query(`
      alter table connections.delivery add constraint delivery_provenance_check
        check (provenance in ('signed', 'unsigned', 'fetched', 'uploaded'))`);
    // References are published from memory; what is lost there is found by the consumers' sweeps.
    await db.query('drop table connections.delivery_outbox');
    await db.query('alter table connections.webhook_subscription alter column expires_at drop not null');
    // The proof key follows from the state.
    await db.query('alter table connections.oauth_state drop column code_verifier_sealed');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table connections.oauth_state add column code_verifier_sealed bytea');
    await db.query(`delete from connections.webhook_subscription where expires_at is null`);
    await db.query('alter table connections.webhook_subscription alter column expires_at set not null');
    await db.query(`
      create table connections.delivery_outbox (
        id bigint generated always as identity primary key,
        delivery_id uuid not null,
        received_on date not null,
        provider text not null,
        domain text not null,
        body_hash bytea not null,
        received_at timestamptz not null
      )`);
    await db.query('grant select, insert, update, delete on connections.delivery_outbox to connections');
    await db.query('alter table connections.delivery drop constraint delivery_provenance_check');
    await db.query(`
      alter table connections.delivery add constraint delivery_provenance_check
        check (provenance in ('signed', 'fetched', 'uploaded'))`);
  }
}
