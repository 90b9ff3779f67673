import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A series that was measured at regular intervals says so instead of naming each instant: where `in_runs`, the offsets of a
 * block are runs of three numbers, the first offset, the step, and how many. A day of heart rate by the minute takes a
 * twentieth of the place. Blocks that are there stay as they are.
 */
export class SampleRuns1762000000025 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table health_data.sample_block add column in_runs boolean not null default false');
    await db.query(`
      create function health_data.sample_offsets(offsets_s int[], in_runs boolean) returns int[]
      language sql immutable parallel safe as $$
        select case when not in_runs then offsets_s else array(
          select offsets_s[at] + offsets_s[at + 1] * n
            from generate_series(1, cardinality(offsets_s), 3) as at, generate_series(0, offsets_s[at + 2] - 1) as n
           order by at, n) end
      $$`);
    await db.query('revoke all on function health_data.sample_offsets(int[], boolean) from public');
    await db.query('grant execute on function health_data.sample_offsets(int[], boolean) to health_data');
  }

  async down(): Promise<void> {
    throw new Error('Offsets in runs cannot be read without this: restore a backup instead.');
  }
}
