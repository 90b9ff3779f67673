import type { MigrationInterface, QueryRunner } from 'typeorm';

/** "Unlink and delete what it brought": an order, and each subgraph's own record of having carried it out. */
export class SourceErasure1762000000011 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // Committed with the unlink. connection_ids: what comes through one of these later was on its way, and is not taken.
    await db.query(`
      create table connections.source_erasure (
        id uuid primary key,
        athlete_id uuid not null references connections.athlete (id),
        provider text not null,
        connection_ids uuid[] not null,
        ordered_at timestamptz not null,
        erased_at timestamptz,
        settled_at timestamptz
      )`);
    await db.query('create index source_erasure_of_athlete on connections.source_erasure (athlete_id, provider)');
    await db.query(
      'create index source_erasure_open on connections.source_erasure (ordered_at) where settled_at is null',
    );
    await db.query('alter table connections.provider_connection add column data_deleted_at timestamptz');
    await db.query(`
      create view connections.source_erasure_v1 as
        select id, athlete_id, provider, connection_ids, ordered_at from connections.source_erasure`);
    await db.query('grant select on connections.source_erasure_v1 to health_data');

    await db.query(`
      create table health_data.erased_source (
        order_id uuid primary key,
        athlete_id uuid not null,
        provider text not null,
        row_count int not null,
        erased_at timestamptz not null
      )`);
    await db.query('create index erased_source_of_athlete on health_data.erased_source (athlete_id)');
    await db.query(`
      create view health_data.erased_source_v1 as
        select order_id, athlete_id, provider, erased_at from health_data.erased_source`);
    await db.query('grant select on health_data.erased_source_v1 to insights');

    await db.query(`
      create table insights.erased_source (
        order_id uuid primary key,
        erased_at timestamptz not null
      )`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table insights.erased_source');
    await db.query('drop view health_data.erased_source_v1, connections.source_erasure_v1');
    await db.query('drop table health_data.erased_source, connections.source_erasure');
    await db.query('alter table connections.provider_connection drop column data_deleted_at');
  }
}
