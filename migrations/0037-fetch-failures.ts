import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How often a notification failed for a reason nobody foresaw. `attempts` beside it counts the waits for a provider that is
 * away too, which end nobody's notification.
 */
export class FetchFailures1762000000037 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table connections.fetch_attempt add column failures int not null default 0');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table connections.fetch_attempt drop column failures');
  }
}
