import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys of services that send measurements, and what was answered to their requests. */
export class Uploads1762000000008 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // By hash: nobody can read a key here, not even the owner of the database.
    await db.query(`
      create table connections.api_key (
        id uuid primary key,
        name text not null,
        scope text not null check (scope in ('ingest')),
        hash bytea not null unique,
        created_at timestamptz not null,
        expires_at timestamptz,
        revoked_at timestamptz,
        last_used_on date
      )`);
    // A key that was used is named in the audit, so it is revoked and never deleted.
    await db.query('revoke delete on connections.api_key from connections');
    // One row per Idempotency-Key of an API key. A repeat is answered with the text of the first answer.
    await db.query(`
      create table connections.ingest_request (
        api_key_id uuid not null references connections.api_key (id),
        key_hash bytea not null,
        request_hash bytea not null,
        received_at timestamptz not null,
        answer text not null,
        primary key (api_key_id, key_hash)
      )`);
    await db.query('create index ingest_request_age on connections.ingest_request using brin (received_at)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table connections.ingest_request, connections.api_key');
  }
}
