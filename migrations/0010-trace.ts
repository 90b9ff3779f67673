import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What "why is my data missing?" is answered from: repeats, waiting fetches, what led to a fetch, what a body gave. */
export class Trace1762000000010 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await whatConnectionsRecords(db);
    await whatHealthDataRecords(db);
    await publishedViews(db);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop view connections.delivery_trace_v1, connections.connection_trace_v1');
    await db.query('drop table connections.delivery_repeat, connections.fetch_attempt');
    await db.query('alter table connections.delivery drop column cause_id');
    await db.query('alter table connections.fetched_notification drop column data_type, drop column answered_by');
    await db.query('alter table connections.provider_connection drop column needs_reconnect_at');
    await db.query('drop index connections.dead_letter_of_delivery');
    await db.query('drop index health_data.processed_delivery_of_athlete, health_data.dead_letter_of_athlete');
    await db.query(`
      alter table health_data.processed_delivery drop column athlete_id, drop column provider, drop column days,
             drop column rows_by_domain, drop column ignored_by_reason`);
    await db.query('alter table health_data.dead_letter drop column athlete_id');
  }
}

async function whatConnectionsRecords(db: QueryRunner): Promise<void> {
  // A row for deliveries that came more than once only: most never do.
  await db.query(`
    create table connections.delivery_repeat (
      delivery_id uuid primary key,
      received_on date not null,
      repeats int not null,
      last_at timestamptz not null
    )`);
  // Tries to answer a notification that did not end it.
  await db.query(`
    create table connections.fetch_attempt (
      delivery_id uuid primary key,
      received_on date not null,
      attempts int not null,
      last_at timestamptz not null,
      retry_at timestamptz not null
    )`);
  // The notification or the job that a body was fetched for.
  await db.query('alter table connections.delivery add column cause_id uuid');
  // What the notification was about, and the newest one of its group: what was fetched is filed under that.
  await db.query('alter table connections.fetched_notification add column data_type text, add column answered_by uuid');
  await db.query('alter table connections.provider_connection add column needs_reconnect_at timestamptz');
  await db.query('create index dead_letter_of_delivery on connections.dead_letter (delivery_id)');
}

async function whatHealthDataRecords(db: QueryRunner): Promise<void> {
  // Names and counts, never a value.
  await db.query(`
    alter table health_data.processed_delivery
      add column athlete_id uuid,
      add column provider text,
      add column days date[],
      add column rows_by_domain jsonb,
      add column ignored_by_reason jsonb`);
  await db.query('alter table health_data.dead_letter add column athlete_id uuid');
  await db.query(`
    update health_data.processed_delivery p set athlete_id = d.athlete_id, provider = d.provider
      from connections.delivery d where d.received_on = p.received_on and d.id = p.delivery_id`);
  await db.query(`
    update health_data.dead_letter l set athlete_id = d.athlete_id, provider = coalesce(l.provider, d.provider)
      from connections.delivery d where d.received_on = l.received_on and d.id = l.delivery_id`);
  await db.query('create index processed_delivery_of_athlete on health_data.processed_delivery (athlete_id, provider)');
  await db.query('create index dead_letter_of_athlete on health_data.dead_letter (athlete_id, provider)');
}

async function publishedViews(db: QueryRunner): Promise<void> {
  // How far each delivery came before it was handed on. No body, no user id of a provider, no value.
  await db.query(`
    create view connections.delivery_trace_v1 as
      select d.received_on, d.id, d.provider, d.domain, d.athlete_id, d.connection_id, d.received_at, d.provenance, d.cause_id,
             coalesce(r.repeats, 0) as repeats, r.last_at as repeated_at,
             f.outcome as fetch_outcome, f.ended_at as fetch_ended_at, f.data_type, f.answered_by,
             coalesce(a.attempts, 0) as fetch_attempts, a.retry_at as fetch_retry_at,
             l.stage as letter_stage, l.reason as letter_reason, l.created_at as letter_at
        from connections.delivery d
        left join connections.delivery_repeat r on r.delivery_id = d.id
        left join connections.fetched_notification f on f.delivery_id = d.id
        left join connections.fetch_attempt a on a.delivery_id = d.id
        left join lateral (
             select stage, reason, created_at from connections.dead_letter
              where delivery_id = d.id order by created_at desc limit 1) l on true`);
  await db.query(`
    create view connections.connection_trace_v1 as
      select c.id, c.athlete_id, c.provider, c.state, c.needs_reconnect_at, c.linked_at, c.ended_at, c.last_delivery_at,
             j.from_date as loading_from, j.to_date as loading_to, j.leased_until as loading_retry_at
        from connections.provider_connection c
        left join lateral (
             select from_date, to_date, leased_until from connections.sync_job
              where connection_id = c.id and state in ('QUEUED', 'RUNNING') order by created_at desc limit 1) j on true`);
  await db.query('grant select on connections.delivery_trace_v1, connections.connection_trace_v1 to health_data');
}
