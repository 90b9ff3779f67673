import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What all replicas count together: calls to providers, tries of people. And the nights that were reconciled. */
export class Limits1762000000009 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // Unlogged: written for every few calls, and worth nothing after a crash. The columns are those rate-limiter-flexible expects.
    await db.query(`
      create unlogged table connections.rate_limit (
        key varchar(255) primary key,
        points int not null default 0,
        expire bigint
      )`);
    // Until when a provider asked us to leave it alone.
    await db.query(`
      create unlogged table connections.provider_pause (
        provider text primary key,
        until timestamptz not null
      )`);
    // A row is the right to reconcile that night: whoever inserts it does it.
    await db.query(`
      create table connections.reconcile_night (
        night date primary key,
        started_at timestamptz not null,
        jobs int not null
      )`);
    await db.query('alter table connections.provider_connection add column polled_at timestamptz');
    await db.query(
      `create index sync_job_of_connection on connections.sync_job (connection_id) where state in ('QUEUED', 'RUNNING')`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index connections.sync_job_of_connection');
    await db.query('alter table connections.provider_connection drop column polled_at');
    await db.query('drop table connections.reconcile_night, connections.provider_pause, connections.rate_limit');
  }
}
