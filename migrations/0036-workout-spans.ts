import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Since when a source brings workouts. A link that was not granted them, and a history that came without them, say nothing
 * of training: no day of theirs is a rest day.
 */
export class WorkoutSpans1762000000036 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // workouts_since: null while they were never granted. workouts_until: when they were taken out of the grant.
    await db.query(`
      alter table connections.provider_connection
        add column workouts_since timestamptz, add column workouts_until timestamptz`);
    // From which day on a job brought all workouts up to its last day; null where it did not.
    await db.query('alter table connections.sync_job add column workouts_from date');
    await ofKnownLinks(db);
    await db.query(`
      create or replace view connections.source_span_v1 as
        select c.athlete_id, c.provider, c.workouts_since as since,
               least(c.workouts_until, case c.state when 'ACTIVE' then null
                          when 'NEEDS_RECONNECT' then coalesce(c.needs_reconnect_at, c.linked_at)
                          else coalesce(c.ended_at, c.linked_at) end) as until,
               h.loaded_from
          from connections.provider_connection c
          left join lateral (
               select min(j.workouts_from) as loaded_from
                 from connections.sync_job j
                where j.connection_id = c.id and j.kind = 'HISTORICAL' and j.state = 'DONE'
                  and j.to_date >= (c.workouts_since at time zone 'UTC')::date - 1) h on true
         where c.workouts_since is not null`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      create or replace view connections.source_span_v1 as
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
    await db.query('alter table connections.sync_job drop column workouts_from');
    await db.query(
      'alter table connections.provider_connection drop column workouts_since, drop column workouts_until',
    );
  }
}

/** What is known of them now: what is granted today, and what their jobs were refused. */
async function ofKnownLinks(db: QueryRunner): Promise<void> {
  await db.query(`
    create temporary table workouts_of on commit drop as
      select * from (values
        ('OURA', 'workout', array['workout', 'extapi:workout'], null),
        ('WHOOP', 'workout', array['read:workout'], null),
        ('GARMIN', 'activities', array['ACTIVITY_EXPORT'], null),
        ('STRAVA', 'activity', array['activity:read', 'activity:read_all'], null),
        ('POLAR', 'exercise', array['accesslink.read_all'], 28),
        ('GOOGLE_HEALTH', 'exercise', array['https://www.googleapis.com/auth/googlehealth.activity_and_fitness.readonly'], null),
        ('APPLE_HEALTH', null, array['HKWorkoutTypeIdentifier'], null),
        ('HEALTH_CONNECT', null, array['ExerciseSessionRecord'], null)
      ) as w(provider, data_type, scopes, reach_days)`);
  await db.query(`
    update connections.provider_connection c set workouts_since = c.linked_at
      from workouts_of w where w.provider = c.provider and c.granted_scopes && w.scopes`);
  await db.query(`
    update connections.sync_job j
       set workouts_from = greatest(j.from_date, (j.updated_at at time zone 'UTC')::date - w.reach_days)
      from workouts_of w, connections.provider_connection c
     where w.provider = j.provider and c.id = j.connection_id and c.workouts_since is not null
       and j.kind = 'HISTORICAL' and j.state = 'DONE'
       and not coalesce(j.position -> 'refused', '[]') ? w.data_type`);
}
