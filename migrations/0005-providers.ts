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
    // A sealed body does not compress: trying costs more than writing it. Up to a page it stays in its row.
    await db.query('alter table connections.delivery alter column body_sealed set storage external');
    await db.query(`
      create or replace function connections.prepare_partitions(from_day date, days int) returns void
      language plpgsql security definer set search_path = connections, pg_temp as $$
      declare day date;
      begin
        for day in select from_day + n from generate_series(0, days - 1) n loop
          execute format('create table if not exists connections.%I partition of connections.delivery for values from (%L) to (%L) with (toast_tuple_target = 8160)',
                         'delivery_' || to_char(day, 'YYYYMMDD'), day, day + 1);
        end loop;
      end $$`);
    // Sweeps read the newest minutes of a table that grows at its end: a block range tells where they are at no cost.
    await db.query('drop index connections.delivery_age');
    await db.query(
      'create index delivery_age on connections.delivery using brin (received_at) with (pages_per_range = 16)',
    );
    // The proof key follows from the state.
    await db.query('alter table connections.oauth_state drop column code_verifier_sealed');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index connections.delivery_age');
    await db.query('create index delivery_age on connections.delivery (received_at)');
    await db.query('alter table connections.delivery alter column body_sealed set storage extended');
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
