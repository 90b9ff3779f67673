import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Series in partitions by month. `sample_record` says which version of a record counts (a tombstone has no month, and a new
 * version may move to another one); `sample_block` holds the arrays of that version. See docs/decisions/0016.
 */
export class SamplePartitions1762000000017 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // Renamed, not made anew: whatever columns an origin has by now stay.
    await db.query('alter table health_data.sample_block rename to sample_record');
    await db.query('alter table health_data.sample_record rename constraint sample_block_pkey to sample_record_pkey');
    await db.query('drop index health_data.sample_block_of_time');
    await db.query(`
      create table health_data.sample_block (
        athlete_id uuid not null,
        provider text not null,
        record_id text not null,
        sample_kind text not null,
        started_at timestamptz not null,
        captured_at timestamptz not null,
        source_updated_at timestamptz not null,
        offsets_s int[] not null,
        sample_values real[] not null,
        primary key (athlete_id, provider, record_id, sample_kind, started_at)
      ) partition by range (started_at)`);
    await db.query(
      'create index sample_block_of_time on health_data.sample_block (athlete_id, sample_kind, started_at, captured_at)',
    );
    await partitionFunctions(db);
    await moveBlocks(db);
    // Those of a month that is over are looked for once a day.
    await db.query('create index sample_record_age on health_data.sample_record using brin (started_at)');
  }

  async down(): Promise<void> {
    throw new Error('Months that retention dropped do not come back with the schema: restore a backup instead.');
  }
}

/** Making and dropping tables needs their owner: the role that works may do these two things and no other. */
async function partitionFunctions(db: QueryRunner): Promise<void> {
  // Attached, not made as a partition: that keeps no reader or writer waiting. Months are those of UTC.
  await db.query(`
    create function health_data.prepare_sample_months(days date[]) returns void
    language plpgsql security definer set search_path = health_data, pg_temp set timezone = 'UTC' as $$
    declare
      month date;
      partition text;
    begin
      for month in select distinct date_trunc('month', day)::date from unnest(days) as d(day) order by 1 loop
        partition := 'sample_block_' || to_char(month, 'YYYYMM');
        continue when to_regclass(format('health_data.%I', partition)) is not null;
        perform pg_advisory_xact_lock(hashtextextended('health_data.sample_block', 0));
        continue when to_regclass(format('health_data.%I', partition)) is not null;
        execute format('create table health_data.%I (like health_data.sample_block including all)', partition);
        execute format('alter table health_data.sample_block attach partition health_data.%I for values from (%L) to (%L)',
                       partition, month::timestamptz, (month + interval '1 month')::timestamptz);
      end loop;
    end $$`);
  // It waits for no reader for long: whoever reads would wait behind it.
  await db.query(`
    create function health_data.drop_sample_month(month date) returns void
    language plpgsql security definer set search_path = health_data, pg_temp set lock_timeout = '500ms' as $$
    begin
      execute format('drop table if exists health_data.%I', 'sample_block_' || to_char(month, 'YYYYMM'));
    end $$`);
  const functions = 'function health_data.prepare_sample_months(date[]), health_data.drop_sample_month(date)';
  await db.query(`revoke all on ${functions} from public`);
  await db.query(`grant execute on ${functions} to health_data`);
}

async function moveBlocks(db: QueryRunner): Promise<void> {
  await db.query(`
    select health_data.prepare_sample_months(array(
      select distinct (started_at at time zone 'UTC')::date from health_data.sample_record where delete_rank = 0))`);
  await db.query(`
    insert into health_data.sample_block
    select athlete_id, provider, record_id, sample_kind, started_at, captured_at, source_updated_at, offsets_s, sample_values
      from health_data.sample_record where delete_rank = 0`);
  await db.query('alter table health_data.sample_record drop column offsets_s, drop column sample_values');
  // Written anew: the arrays of a dropped column would keep their place on the disk.
  await db.query('cluster health_data.sample_record using sample_record_pkey');
}
