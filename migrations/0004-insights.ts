import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What it means: readiness per athlete, day and basis (the set of signals a view is made of, as bits). */
export class Insights1762000000004 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // The newest revision of each view and day. Rosters and histories read this table only.
    await db.query(`
      create table insights.readiness_day (
        athlete_id uuid not null,
        basis smallint not null,
        date date not null,
        revision int not null,
        reason text not null,
        payload jsonb not null,
        score smallint,
        change_from_week smallint,
        input_hash bytea not null,
        computed_at timestamptz not null,
        primary key (athlete_id, basis, date)
      )`);
    await db.query('create index readiness_day_changes on insights.readiness_day (athlete_id, basis, computed_at)');
    // Every revision there ever was, with the hash of what it was computed from.
    await db.query(`
      create table insights.readiness_revision (
        athlete_id uuid not null,
        basis smallint not null,
        date date not null,
        revision int not null,
        reason text not null,
        payload jsonb not null,
        input_hash bytea not null,
        computed_at timestamptz not null,
        primary key (athlete_id, basis, date, revision)
      )`);
    // The series a score was computed from, once per recompute: any past score can be replayed.
    await db.query(`
      create table insights.readiness_input (
        athlete_id uuid not null,
        input_hash bytea not null,
        series jsonb not null,
        primary key (athlete_id, input_hash)
      )`);
    // What this subgraph has taken of health_data.touched_day_v1; a newer revision there is found by the sweep.
    await db.query(`
      create table insights.taken_touch (
        athlete_id uuid not null,
        day date not null,
        signal text not null,
        revision bigint not null,
        primary key (athlete_id, day, signal)
      )`);
    // The last instant an athlete's time-driven work was done: the morning run, and the slots of views without sleep.
    await db.query(`
      create table insights.schedule (
        athlete_id uuid primary key,
        morning_done_on date,
        slot_done_at timestamptz
      )`);
    await db.query(`
      create table insights.dead_letter (
        id uuid primary key,
        stage text not null,
        athlete_id uuid,
        reason text not null,
        detail text not null,
        created_at timestamptz not null,
        resolved_at timestamptz,
        resolution text
      )`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop schema insights cascade');
    await db.query('create schema insights');
  }
}
