import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Dead letters that an operator lists, retries and drops. */
export class DeadLetters1762000000013 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('create index dead_letter_open on health_data.dead_letter (created_at) where resolved_at is null');
    for (const schema of ['connections', 'health_data'])
      await db.query(
        `create index dead_letter_resolved on ${schema}.dead_letter (resolved_at) where resolved_at is not null`,
      );
    // Ids alone: so that the operator's program of health-data knows an id that neither subgraph has.
    await db.query('create view connections.dead_letter_v1 as select id from connections.dead_letter');
    await db.query('grant select on connections.dead_letter_v1 to health_data');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop view connections.dead_letter_v1');
    for (const schema of ['connections', 'health_data']) await db.query(`drop index ${schema}.dead_letter_resolved`);
    await db.query('drop index health_data.dead_letter_open');
  }
}
