import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Raw bodies go to the archive, come back from it on request, and leave the database after a while. */
export class Archive1762000000007 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // first_received_at: set for a delivery that was stored again from the archive. Its body stands there already, and what
    // its values may say of the time is judged by when they first came.
    await db.query(
      'alter table connections.delivery add column archived_at timestamptz, add column first_received_at timestamptz',
    );
    // Holds only what waits: the archiver reads its front, however late a row was committed.
    await db.query(
      `create index delivery_unarchived on connections.delivery (received_at)
        where archived_at is null and first_received_at is null and athlete_id is not null`,
    );
    await db.query(`
      create or replace view connections.delivery_v1 as
        select received_on, id, provider, domain, athlete_id, connection_id, body_sealed, body_hash, key_id,
               source_updated_at, received_at, provenance, first_received_at
          from connections.delivery`);
    await db.query('create index fetched_notification_age on connections.fetched_notification using brin (ended_at)');
    // Orders to erase a source that the archive has carried out; settled when no delivery of theirs can come to it any more.
    await db.query(`
      create table connections.archive_erasure (
        order_id uuid primary key,
        erased_at timestamptz not null,
        settled_at timestamptz
      )`);
    // Dropping needs the owner. It waits for no reader for long: whoever delivers would wait behind it.
    await db.query(`
      create function connections.drop_partition(day date) returns boolean
      language plpgsql security definer set search_path = connections, pg_temp set lock_timeout = '500ms' as $$
      declare
        partition text := 'delivery_' || to_char(day, 'YYYYMMDD');
        has_unarchived boolean;
      begin
        if to_regclass(format('connections.%I', partition)) is null then return true; end if;
        execute format('select exists (select from connections.%I where archived_at is null and first_received_at is null
                                                                    and athlete_id is not null)', partition)
           into has_unarchived;
        if has_unarchived then return false; end if;
        execute format('drop table connections.%I', partition);
        return true;
      end $$`);
    await db.query('revoke all on function connections.drop_partition(date) from public');
    await db.query('grant execute on function connections.drop_partition(date) to connections');
  }

  async down(): Promise<void> {
    throw new Error('What was archived and dropped does not come back with the schema: restore a backup instead.');
  }
}
