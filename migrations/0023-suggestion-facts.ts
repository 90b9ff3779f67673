import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a suggestion took from the training before it, beside its view: a part of its name. */
export class SuggestionFacts1762000000023 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // Bits in the order of LOAD_SAYS. Until now no suggestion asked the load.
    await db.query('alter table insights.suggestion_decision add column load_says smallint not null default 0');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table insights.suggestion_decision drop column load_says');
  }
}
