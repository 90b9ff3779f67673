import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people want to be told of, where they are reached, and what they were told. */
export class Alerts1762000000024 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await preferences(db);
    await notices(db);
    await ofConnections(db);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop view connections.needs_reconnect_v1');
    await db.query(
      'drop table insights.notice, insights.changed_view, insights.push_subscription, insights.alert_channel, insights.alert_choice',
    );
  }
}

async function preferences(db: QueryRunner): Promise<void> {
  // Only what somebody chose: a kind without a row is as it is by default. audience_id: a team, or the athlete.
  await db.query(`
    create table insights.alert_choice (
      account_id uuid not null,
      audience_id uuid not null,
      kind text not null,
      is_on boolean not null,
      primary key (account_id, audience_id, kind)
    )`);
  // Quiet hours are a coach's: those of an athlete stand in the profile.
  await db.query(`
    create table insights.alert_channel (
      account_id uuid primary key,
      is_push_on boolean not null default true,
      quiet_from text check (quiet_from ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
      quiet_to text check (quiet_to ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
      time_zone text
    )`);
  // A browser. Address and keys are sealed: whoever holds them may send it something.
  await db.query(`
    create table insights.push_subscription (
      id uuid primary key,
      account_id uuid not null,
      endpoint_hash bytea not null unique,
      sealed bytea not null,
      key_name text not null,
      created_at timestamptz not null,
      not_before timestamptz not null
    )`);
  await db.query('create index push_subscription_of_account on insights.push_subscription (account_id)');
}

async function notices(db: QueryRunner): Promise<void> {
  // Views of these days that are new since somebody looked whom to tell. Written with the view, in one transaction.
  // changes counts, so that what came while it was looked at is not taken for seen.
  await db.query(`
    create table insights.changed_view (
      athlete_id uuid not null,
      basis smallint not null,
      changes bigint not null default 1,
      due_at timestamptz not null,
      primary key (athlete_id, basis)
    )`);
  await db.query('create index changed_view_due on insights.changed_view (due_at)');
  // One thing to tell one person once. athlete_id is null where it concerns a whole team. held_on: the newest day on
  // which it was seen to hold. reached: browsers that are done with.
  await db.query(`
    create table insights.notice (
      id uuid primary key,
      account_id uuid not null,
      audience_id uuid not null,
      athlete_id uuid,
      kind text not null,
      on_day date not null,
      held_on date not null,
      state text not null check (state in ('WAITING', 'SENT', 'DROPPED')),
      due_at timestamptz not null,
      attempts int not null default 0,
      reached uuid[] not null default '{}',
      created_at timestamptz not null
    )`);
  await db.query(
    'create unique index notice_once on insights.notice (account_id, audience_id, athlete_id, kind, on_day) nulls not distinct',
  );
  await db.query(`create index notice_waiting on insights.notice (due_at) where state = 'WAITING'`);
  await db.query('create index notice_of_athlete on insights.notice (athlete_id)');
}

async function ofConnections(db: QueryRunner): Promise<void> {
  await db.query(`
    create view connections.needs_reconnect_v1 as
      select id as connection_id, athlete_id, coalesce(needs_reconnect_at, linked_at) as since
        from connections.provider_connection where state = 'NEEDS_RECONNECT'`);
  await db.query('grant select on connections.needs_reconnect_v1 to insights');
}
