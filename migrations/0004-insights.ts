import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What it means: readiness per athlete, day and basis (the set of signals a view is made of, as bits). */
export class Insights1762000000004 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await views(db);
    await work(db);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop schema insights cascade');
    await db.query('create schema insights');
  }
}

async function views(db: QueryRunner): Promise<void> {
  // The newest revision of each view and day. Rosters and histories read this table only. `json`, not `jsonb`: the text
  // is kept as it was written, so that "nothing changed" is a comparison of two texts. Room is left in each page, since
  // a day is rewritten in place several times on its morning.
  await db.query(`
    create table insights.readiness_day (
      athlete_id uuid not null,
      date date not null,
      basis smallint not null check (basis between 1 and 7),
      revision int not null,
      reason text not null check (reason in ('COMPUTED', 'LATE_DATA', 'CORRECTION', 'DELETION', 'BACKFILL')),
      payload json not null,
      score smallint,
      week_scores smallint[] not null,
      input_hash bytea not null,
      computed_at timestamptz not null,
      primary key (athlete_id, date, basis)
    ) with (fillfactor = 75)`);
  // Every revision there ever was, with the hash of what it was computed from.
  await db.query(`
    create table insights.readiness_revision (
      athlete_id uuid not null,
      date date not null,
      basis smallint not null,
      revision int not null,
      reason text not null,
      payload json not null,
      week_scores smallint[] not null,
      input_hash bytea not null,
      computed_at timestamptz not null,
      primary key (athlete_id, date, basis, revision)
    )`);
  // The series that scores were computed from, once per recompute: any past score can be replayed. Never read for a view.
  await db.query(`
    create table insights.readiness_input (
      athlete_id uuid not null,
      input_hash bytea not null,
      series json not null,
      primary key (athlete_id, input_hash)
    )`);
}

async function work(db: QueryRunner): Promise<void> {
  // What this subgraph has taken of health_data.touched_day_v1; a newer revision there is found by the sweep.
  await db.query(`
    create table insights.taken_touch (
      athlete_id uuid not null,
      day date not null,
      signal text not null,
      revision bigint not null,
      primary key (athlete_id, day, signal)
    )`);
  // When an athlete's clock next asks for work: the morning run, or a slot of the views without sleep. A claim moves
  // due_at ahead, so that a process that dies with it loses nothing.
  await db.query(`
    create table insights.schedule (
      athlete_id uuid primary key,
      time_zone text not null,
      due_at timestamptz not null,
      morning_done_on date,
      slot_done_at timestamptz
    )`);
  await db.query('create index schedule_due on insights.schedule (due_at)');
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
  await db.query(`
    create unique index dead_letter_once on insights.dead_letter (stage, athlete_id, reason) nulls not distinct
     where resolved_at is null`);
}
