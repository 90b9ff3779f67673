import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is planned: sessions, every version they ever had, and what was decided about suggestions. */
export class Plan1762000000021 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // The newest version. A removed session keeps its row, so that importing it again does not bring it back.
    // chosen_from: the version that the athlete changed on the session's own day; null where nobody did.
    await db.query(`
      create table insights.plan_session (
        athlete_id uuid not null,
        id uuid not null,
        version int not null,
        date date not null,
        start_time text check (start_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
        title text not null check (length(title) between 1 and 80),
        sport text check (length(sport) between 1 and 40),
        intensity text not null check (intensity in ('REST', 'RECOVERY', 'LOW', 'MODERATE', 'HIGH')),
        minutes int not null check (minutes between 0 and 1440),
        kind text not null check (kind in ('NORMAL', 'RACE', 'TEST')),
        is_locked boolean not null,
        allows_increase boolean not null,
        notes text check (length(notes) between 1 and 500),
        chosen_from int,
        removed_at timestamptz,
        primary key (athlete_id, id)
      )`);
    await db.query(
      'create index plan_session_of_day on insights.plan_session (athlete_id, date) where removed_at is null',
    );
    await db.query('create index plan_session_by_id on insights.plan_session (id)');
    // Written with each version, in the same statement, and never changed.
    await db.query(`
      create table insights.plan_change (
        athlete_id uuid not null,
        session_id uuid not null,
        version int not null,
        action text not null check (action in ('CREATED', 'CHANGED', 'REMOVED', 'ACCEPTED', 'REVERTED')),
        actor_kind text not null check (actor_kind in ('ATHLETE', 'COACH')),
        actor_id uuid not null,
        at timestamptz not null,
        on_day date not null,
        content jsonb not null,
        primary key (athlete_id, session_id, version)
      )`);
    await db.query('revoke update on insights.plan_change from insights');
    // session_version: the version that the decision left behind. It stands until somebody changes the session.
    await db.query(`
      create table insights.suggestion_decision (
        athlete_id uuid not null,
        session_id uuid not null,
        base_version int not null,
        date date not null,
        basis smallint not null,
        revision int not null,
        high_days smallint not null,
        state text not null check (state in ('ACCEPTED', 'REVERTED')),
        suggestion json not null,
        session_version int not null,
        accepted_at timestamptz,
        reverted_at timestamptz,
        primary key (athlete_id, session_id, base_version, basis, revision)
      )`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table insights.suggestion_decision, insights.plan_change, insights.plan_session');
  }
}
