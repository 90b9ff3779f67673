import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What load and sleep debt read of the neighbours, and which nudges an athlete was shown. */
export class Load1762000000019 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await ofConnections(db);
    await ofHealthData(db);
    // One a day, hence the key. kind is null once the nights it was made of were erased: that it was shown, and whether
    // it was answered, is what the rule of two ignored ones needs.
    await db.query(`
      create table insights.sleep_nudge (
        athlete_id uuid not null,
        date date not null,
        id uuid not null unique,
        kind text check (kind in ('FIFTEEN_MINUTES', 'HALF_HOUR', 'THREE_QUARTERS')),
        shown_at timestamptz not null,
        answer text check (answer in ('WILL_TRY', 'NOT_NOW', 'RESUMED')),
        answered_at timestamptz,
        primary key (athlete_id, date),
        check ((answer is null) = (answered_at is null))
      )`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table insights.sleep_nudge');
    await db.query('drop view health_data.night_times_v1');
    await db.query('drop view connections.source_span_v1, connections.quiet_hours_v1');
  }
}

async function ofConnections(db: QueryRunner): Promise<void> {
  // From when to when a source was heard, with the history that was loaded up to the link: on a day without a session
  // in one of these, the athlete rested. On any other day nobody knows.
  await db.query(`
    create view connections.source_span_v1 as
      select c.athlete_id, c.provider, c.linked_at as since,
             case c.state when 'ACTIVE' then null
                          when 'NEEDS_RECONNECT' then coalesce(c.needs_reconnect_at, c.linked_at)
                          else coalesce(c.ended_at, c.linked_at) end as until,
             h.loaded_from
        from connections.provider_connection c
        left join lateral (
             select min(j.from_date) as loaded_from
               from connections.sync_job j
              where j.connection_id = c.id and j.kind = 'HISTORICAL' and j.state = 'DONE'
                and j.to_date >= (c.linked_at at time zone 'UTC')::date - 1) h on true`);
  await db.query(`
    create view connections.quiet_hours_v1 as
      select id as athlete_id, quiet_from, quiet_to from connections.athlete`);
  await db.query('grant select on connections.source_span_v1, connections.quiet_hours_v1 to insights');
}

async function ofHealthData(db: QueryRunner): Promise<void> {
  await db.query(`
    create view health_data.night_times_v1 as
      select athlete_id, day, bedtime_end, zone_offset_min, latency_min
        from health_data.effective_night where asleep_min is not null and bedtime_end is not null`);
  await db.query('grant select on health_data.night_times_v1 to insights');
}
