import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Dead letters of insights that an operator lists, retries and drops, as those of the others. */
export class LettersOfInsights1762000000026 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('create index dead_letter_open on insights.dead_letter (created_at) where resolved_at is null');
    await db.query(
      'create index dead_letter_resolved on insights.dead_letter (resolved_at) where resolved_at is not null',
    );
    // Ids alone: so that the operator's program of insights knows an id that no subgraph has.
    await db.query('create view health_data.dead_letter_v1 as select id from health_data.dead_letter');
    await db.query('grant select on health_data.dead_letter_v1, connections.dead_letter_v1 to insights');
    // The program of health-data asked for them; it is not the last one any more.
    await db.query('revoke select on connections.dead_letter_v1 from health_data');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('grant select on connections.dead_letter_v1 to health_data');
    await db.query('revoke select on connections.dead_letter_v1 from insights');
    await db.query('drop view health_data.dead_letter_v1');
    await db.query('drop index insights.dead_letter_resolved');
    await db.query('drop index insights.dead_letter_open');
  }
}
