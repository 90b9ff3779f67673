import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who, the right to data, and what arrives from outside. */
export class Connections1762000000002 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await accounts(db);
    await teamsAndConsent(db);
    await providers(db);
    await deliveries(db);
    await publishedViews(db);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop schema connections cascade');
    await db.query('create schema connections');
  }
}

async function accounts(db: QueryRunner): Promise<void> {
  await db.query(`
    create table connections.account (
      id uuid primary key,
      email text not null,
      password_hash text not null,
      display_name text not null,
      role text not null check (role in ('ATHLETE', 'COACH', 'ADMIN')),
      created_at timestamptz not null
    )`);
  await db.query('create unique index account_email on connections.account (lower(email))');
  await db.query(`
    create table connections.athlete (
      id uuid primary key,
      account_id uuid not null unique references connections.account (id),
      display_name text not null,
      time_zone text not null,
      sleep_need_min int not null default 480 check (sleep_need_min between 360 and 600),
      sex text check (sex in ('FEMALE', 'MALE')),
      max_hr_bpm int check (max_hr_bpm between 100 and 240),
      rest_hr_bpm int check (rest_hr_bpm between 25 and 120),
      vt1_bpm int check (vt1_bpm between 60 and 230),
      vt2_bpm int check (vt2_bpm between 60 and 230),
      quiet_from text not null default '22:00',
      quiet_to text not null default '07:00'
    )`);
  // One row per sign-in. Roles and liveness are read here, never from a token.
  await db.query(`
    create table connections.session (
      id uuid primary key,
      account_id uuid not null references connections.account (id),
      signed_in_at timestamptz not null,
      last_activity_at timestamptz not null,
      ends_at timestamptz not null,
      ended_at timestamptz,
      end_reason text
    )`);
  await db.query('create index session_of_account on connections.session (account_id) where ended_at is null');
  // Every refresh token ever given out, by hash: meeting a used one again means that it was stolen.
  await db.query(`
    create table connections.refresh_token (
      hash bytea primary key,
      session_id uuid not null references connections.session (id),
      issued_at timestamptz not null,
      used_at timestamptz
    )`);
  await db.query('create index refresh_token_of_session on connections.refresh_token (session_id)');
  await db.query(`
    create table connections.signing_key (
      kid text primary key,
      public_jwk jsonb not null,
      private_sealed bytea not null,
      key_id uuid not null,
      created_at timestamptz not null,
      retired_at timestamptz
    )`);
  await db.query(`
    create table connections.data_key (
      id uuid primary key,
      athlete_id uuid references connections.athlete (id),
      kind text not null check (kind in ('token', 'payload', 'intake', 'signing')),
      wrapped bytea not null,
      kek_version int not null,
      created_at timestamptz not null,
      check ((athlete_id is not null) = (kind in ('token', 'payload')))
    )`);
  await db.query(
    'create unique index data_key_of_athlete on connections.data_key (athlete_id, kind) nulls not distinct',
  );
}

async function teamsAndConsent(db: QueryRunner): Promise<void> {
  await db.query(`
    create table connections.team (
      id uuid primary key,
      name text not null,
      created_at timestamptz not null
    )`);
  await db.query(`
    create table connections.team_coach (
      team_id uuid not null references connections.team (id),
      account_id uuid not null references connections.account (id),
      joined_at timestamptz not null,
      left_at timestamptz,
      primary key (team_id, account_id)
    )`);
  await db.query('create index team_coach_of_account on connections.team_coach (account_id)');
  await db.query(`
    create table connections.membership (
      team_id uuid not null references connections.team (id),
      athlete_id uuid not null references connections.athlete (id),
      joined_at timestamptz not null,
      left_at timestamptz,
      primary key (team_id, athlete_id)
    )`);
  await db.query('create index membership_of_athlete on connections.membership (athlete_id)');
  await db.query(`
    create table connections.invitation (
      id uuid primary key,
      team_id uuid not null references connections.team (id),
      email text,
      token_hash bytea not null unique,
      created_by uuid not null references connections.account (id),
      created_at timestamptz not null,
      expires_at timestamptz not null,
      accepted_by uuid references connections.athlete (id),
      accepted_at timestamptz
    )`);
  // The newest word of an athlete on one team and signal; what was said before stands in consent_history.
  await db.query(`
    create table connections.consent (
      athlete_id uuid not null references connections.athlete (id),
      team_id uuid not null references connections.team (id),
      signal text not null,
      since date not null,
      until timestamptz,
      granted_at timestamptz not null,
      withdrawn_at timestamptz,
      epoch bigint not null,
      primary key (athlete_id, team_id, signal)
    )`);
  await db.query('create sequence connections.consent_epoch');
  await db.query('grant usage on sequence connections.consent_epoch to connections');
  await db.query(`
    create table connections.consent_history (
      id bigint generated always as identity primary key,
      athlete_id uuid not null references connections.athlete (id),
      team_id uuid not null references connections.team (id),
      signal text not null,
      action text not null check (action in ('GRANTED', 'WITHDRAWN')),
      since date,
      until timestamptz,
      at timestamptz not null,
      epoch bigint not null
    )`);
  await db.query('create index consent_history_of_athlete on connections.consent_history (athlete_id, id desc)');
}

async function providers(db: QueryRunner): Promise<void> {
  await db.query(`
    create table connections.provider_connection (
      id uuid primary key,
      athlete_id uuid not null references connections.athlete (id),
      provider text not null,
      provider_user_id text not null,
      state text not null check (state in ('ACTIVE', 'NEEDS_RECONNECT', 'REVOKED')),
      state_reason text,
      granted_scopes text[] not null,
      linked_at timestamptz not null,
      ended_at timestamptz,
      last_delivery_at timestamptz
    )`);
  // One provider account belongs to one athlete, and an athlete links a provider once.
  await db.query(
    `create unique index provider_connection_of_user on connections.provider_connection (provider, provider_user_id) where state <> 'REVOKED'`,
  );
  await db.query(
    `create unique index provider_connection_of_athlete on connections.provider_connection (athlete_id, provider) where state <> 'REVOKED'`,
  );
  await db.query(`
    create table connections.sealed_token (
      connection_id uuid primary key references connections.provider_connection (id),
      key_id uuid not null references connections.data_key (id),
      access_sealed bytea not null,
      refresh_sealed bytea,
      access_expires_at timestamptz not null,
      generation int not null,
      updated_at timestamptz not null
    )`);
  await db.query(`
    create table connections.oauth_state (
      state_hash bytea primary key,
      session_id uuid not null references connections.session (id),
      athlete_id uuid not null references connections.athlete (id),
      provider text not null,
      code_verifier_sealed bytea,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      used_at timestamptz
    )`);
  await db.query(`
    create table connections.webhook_subscription (
      provider text not null,
      data_type text not null,
      event_type text not null,
      vendor_id text not null,
      expires_at timestamptz not null,
      primary key (provider, data_type, event_type)
    )`);
  await db.query(`
    create table connections.sync_job (
      id uuid primary key,
      athlete_id uuid not null references connections.athlete (id),
      connection_id uuid not null references connections.provider_connection (id),
      provider text not null,
      kind text not null check (kind in ('HISTORICAL', 'INCREMENTAL', 'RECONCILE')),
      state text not null check (state in ('QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED')),
      from_date date not null,
      to_date date not null,
      position jsonb not null default '{}',
      steps_done int not null default 0,
      steps_total int not null default 0,
      records int not null default 0,
      failure_reason text,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      leased_until timestamptz
    )`);
  await db.query(
    `create index sync_job_waiting on connections.sync_job (created_at) where state in ('QUEUED', 'RUNNING')`,
  );
  await db.query('create index sync_job_of_athlete on connections.sync_job (athlete_id, created_at desc)');
  // When a record was last asked for: a notification that came before that instant is answered by that fetch.
  await db.query(`
    create table connections.record_fetch (
      connection_id uuid not null references connections.provider_connection (id),
      data_type text not null,
      object_id text not null,
      started_at timestamptz not null,
      primary key (connection_id, data_type, object_id)
    )`);
}

async function deliveries(db: QueryRunner): Promise<void> {
  await db.query(`
    create table connections.delivery_key (
      provider text not null,
      key bytea not null,
      received_at timestamptz not null,
      received_on date not null,
      delivery_id uuid not null,
      primary key (provider, key)
    )`);
  await db.query('create index delivery_key_age on connections.delivery_key using brin (received_at)');
  // The log of record. Bodies are sealed; partitions are days, made ahead and dropped by retention.
  await db.query(`
    create table connections.delivery (
      received_on date not null,
      id uuid not null,
      provider text not null,
      domain text not null,
      athlete_id uuid,
      connection_id uuid,
      body_sealed bytea not null,
      body_hash bytea not null,
      key_id uuid not null,
      source_updated_at timestamptz not null,
      received_at timestamptz not null,
      provenance text not null check (provenance in ('signed', 'fetched', 'uploaded')),
      primary key (received_on, id)
    ) partition by range (received_on)`);
  await db.query('create index delivery_age on connections.delivery (received_at)');
  await db.query('create index delivery_of_athlete on connections.delivery (athlete_id, received_at)');
  await db.query(`
    create function connections.prepare_partitions(from_day date, days int) returns void
    language plpgsql security definer set search_path = connections, pg_temp as $$
    declare day date;
    begin
      for day in select from_day + n from generate_series(0, days - 1) n loop
        execute format('create table if not exists connections.%I partition of connections.delivery for values from (%L) to (%L)',
                       'delivery_' || to_char(day, 'YYYYMMDD'), day, day + 1);
      end loop;
    end $$`);
  await db.query('revoke all on function connections.prepare_partitions(date, int) from public');
  await db.query('grant execute on function connections.prepare_partitions(date, int) to connections');
  await db.query('create table connections.delivery_default partition of connections.delivery default');
  // References still to be published. A row lock is the lease; the row goes when the broker has the message.
  await db.query(`
    create table connections.delivery_outbox (
      id bigint generated always as identity primary key,
      delivery_id uuid not null,
      received_on date not null,
      provider text not null,
      domain text not null,
      body_hash bytea not null,
      received_at timestamptz not null
    )`);
  // The fetcher's own ledger: a notification without a row here is found by its sweep.
  await db.query(`
    create table connections.fetched_notification (
      delivery_id uuid primary key,
      received_on date not null,
      outcome text not null,
      ended_at timestamptz not null
    )`);
  await db.query(`
    create table connections.dead_letter (
      id uuid primary key,
      stage text not null,
      provider text,
      delivery_id uuid,
      received_on date,
      reason text not null,
      detail text not null,
      created_at timestamptz not null,
      resolved_at timestamptz,
      resolution text
    )`);
  await db.query('create index dead_letter_open on connections.dead_letter (created_at) where resolved_at is null');
}

async function publishedViews(db: QueryRunner): Promise<void> {
  await db.query(`
    create view connections.athlete_v1 as
      select id, account_id, display_name, time_zone, sleep_need_min, sex, max_hr_bpm, rest_hr_bpm, vt1_bpm, vt2_bpm
        from connections.athlete`);
  // Memberships that hold now; role tells coach rows (athlete_id null) from athlete rows.
  await db.query(`
    create view connections.membership_v1 as
      select team_id, account_id, null::uuid as athlete_id, 'COACH' as role, joined_at
        from connections.team_coach where left_at is null
      union all
      select m.team_id, a.account_id, m.athlete_id, 'ATHLETE', m.joined_at
        from connections.membership m join connections.athlete a on a.id = m.athlete_id where m.left_at is null`);
  // Grants not withdrawn. Whether "until" has passed is asked with the reader's clock.
  await db.query(`
    create view connections.consent_v1 as
      select athlete_id, team_id, signal, since, until, granted_at, epoch
        from connections.consent where withdrawn_at is null`);
  await db.query(`
    create view connections.delivery_v1 as
      select received_on, id, provider, domain, athlete_id, connection_id, body_sealed, body_hash, key_id,
             source_updated_at, received_at, provenance
        from connections.delivery`);
  await db.query(`
    create view connections.payload_key_v1 as
      select id, athlete_id, wrapped, kek_version from connections.data_key where kind in ('payload', 'intake')`);
  await db.query('grant usage on schema connections to health_data, insights');
  await db.query(
    'grant select on connections.athlete_v1, connections.membership_v1, connections.consent_v1 to health_data, insights',
  );
  await db.query('grant select on connections.delivery_v1, connections.payload_key_v1 to health_data');
}
