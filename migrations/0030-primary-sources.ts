import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which source an athlete chose, apart from the nights: a stream has one provider, so a reader of histories asks once a stream.
 * Asked at each of two hundred nights it was a third of what a history cost.
 */
export class PrimarySources1762000000030 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create or replace view health_data.night_v1 as
        select n.athlete_id, n.day, n.signal, n.stream_id, lower(n.metric) as metric, n.value, p.provider is not null as is_primary,
               n.in_bed_min, n.latency_min, n.waso_min, n.awakenings, n.nap_min, n.stored_at, n.provider
          from health_data.stream_night n
          left join health_data.source_preference p
                 on p.athlete_id = n.athlete_id and p.signal = n.signal and p.provider = n.provider`);
    await db.query(`
      create view health_data.primary_source_v1 as select athlete_id, signal, provider from health_data.source_preference`);
    await db.query('grant select on health_data.primary_source_v1 to insights');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop view health_data.primary_source_v1');
  }
}
