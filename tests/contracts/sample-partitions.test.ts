import type { QueryRunner } from 'typeorm';
import pg from 'pg';
import { SamplePartitions1762000000017 } from '../../migrations/0017-sample-partitions.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let owner: pg.Client;
beforeAll(async () => {
  database = await createDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner?.end();
  await database?.drop();
});

/** `sample_block` as it stood before the migration. */
async function tableOfBefore(): Promise<void> {
  await owner.query(`
    alter table health_data.sample_record add column offsets_s int[], add column sample_values real[];
    drop table health_data.sample_block;
    drop function health_data.prepare_sample_months, health_data.drop_sample_month;
    drop index health_data.sample_record_age;
    alter table health_data.sample_record rename to sample_block;
    alter table health_data.sample_block rename constraint sample_record_pkey to sample_block_pkey;
    create index sample_block_of_time on health_data.sample_block (athlete_id, sample_kind, started_at, captured_at) where delete_rank = 0`);
}

test('blocks that were there move into the month they start in; a tombstone keeps its place in the order', async () => {
  await tableOfBefore();
  const insert = (recordId: string, deleteRank: 0 | 1, startedAt: string | null) =>
    owner.query(
      `insert into health_data.sample_block (athlete_id, provider, record_id, sample_kind, captured_at, state_rank, source_updated_at,
              delete_rank, body_hash, flags, delivery_id, normaliser_version, stored_at, started_at, offsets_s, sample_values)
       values ('0193a000-0000-7000-8000-000000000001', 'OURA', $1, 'heart_rate', $3::timestamptz + interval '1 minute', 1, '2026-11-02',
               $2::smallint, '\\x00', '{}', gen_random_uuid(), 'test', now(), $3, case when $2::int = 0 then '{0,60}'::int[] end,
               case when $2::int = 0 then '{50,51}'::real[] end)`,
      [recordId, deleteRank, startedAt],
    );
  await insert('old', 0, '2024-02-29T12:00:00Z');
  await insert('edge', 0, '2026-10-31T23:30:00Z');
  await insert('gone', 1, null);
  await owner.query('begin');
  await new SamplePartitions1762000000017().up(owner as unknown as QueryRunner);
  await owner.query('commit');

  expect(
    await database.query(
      `select tableoid::regclass::text as partition, record_id, offsets_s, sample_values from health_data.sample_block order by record_id`,
    ),
  ).toEqual([
    {
      partition: 'health_data.sample_block_202610',
      record_id: 'edge',
      offsets_s: [0, 60],
      sample_values: [50, 51],
    },
    { partition: 'health_data.sample_block_202402', record_id: 'old', offsets_s: [0, 60], sample_values: [50, 51] },
  ]);
  expect(
    await database.query('select record_id, delete_rank from health_data.sample_record order by record_id'),
  ).toEqual([
    { record_id: 'edge', delete_rank: 0 },
    { record_id: 'gone', delete_rank: 1 },
    { record_id: 'old', delete_rank: 0 },
  ]);
});
