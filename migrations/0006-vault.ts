import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Root secrets prove themselves at start, and an athlete's token key can be replaced while it is in use. */
export class Vault1762000000006 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // Made at the first start of a version and never changed: what it opens with is the secret of that version.
    await db.query(`
      create table connections.root_secret (
        purpose text not null check (purpose in ('token', 'payload')),
        version int not null check (version >= 1),
        known_answer bytea not null,
        created_at timestamptz not null,
        primary key (purpose, version)
      )`);
    await db.query('revoke update, delete on connections.root_secret from connections');
    await db.query(`
      create view connections.root_secret_v1 as
        select version, known_answer from connections.root_secret where purpose = 'payload'`);
    await db.query('grant select on connections.root_secret_v1 to health_data');
    await db.query('create index data_key_of_version on connections.data_key (kek_version, kind)');

    // One key of an athlete seals. Those before it are kept for as long as something is sealed under them.
    await db.query(
      `alter table connections.data_key add column retired_at timestamptz check (retired_at is null or kind = 'token')`,
    );
    await db.query('drop index connections.data_key_of_athlete');
    await db.query(
      'create unique index data_key_of_athlete on connections.data_key (athlete_id, kind) nulls not distinct where retired_at is null',
    );
    await db.query(
      'create index data_key_retired on connections.data_key (athlete_id, id) where retired_at is not null',
    );
    await db.query('create index sealed_token_of_key on connections.sealed_token (key_id)');
    // A rotation of all token keys: keys older than its start get a successor. One at a time; an open one is resumed.
    await db.query(`
      create table connections.token_key_rotation (
        started_at timestamptz primary key,
        ended_at timestamptz
      )`);
    await db.query(
      'create unique index token_key_rotation_open on connections.token_key_rotation ((true)) where ended_at is null',
    );
    await db.query('revoke delete on connections.token_key_rotation from connections');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table connections.token_key_rotation');
    await db.query('drop index connections.sealed_token_of_key');
    await db.query('drop index connections.data_key_retired');
    // Fails while a key is retired: without the column nobody could tell it from its successor.
    await db.query('drop index connections.data_key_of_athlete');
    await db.query(
      'create unique index data_key_of_athlete on connections.data_key (athlete_id, kind) nulls not distinct',
    );
    await db.query('alter table connections.data_key drop column retired_at');
    await db.query('drop index connections.data_key_of_version');
    await db.query('drop view connections.root_secret_v1');
    await db.query('drop table connections.root_secret');
  }
}
