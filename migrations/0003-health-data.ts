import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Identity, version and provenance of every measured row; `delete_rank` 1 is a tombstone: it keeps its place and has no values. */
const ORIGIN = `
  athlete_id uuid not null,
  provider text not null,
  record_id text not null,
  day date,
  captured_at timestamptz,
  zone_offset_min int,
  state_rank smallint not null,
  source_updated_at timestamptz not null,
  delete_rank smallint not null,
  body_hash bytea not null,
  flags text[] not null,
  delivery_id uuid not null,
  normaliser_version text not null,
  stored_at timestamptz not null`;

/** What was measured: canonical rows, all sources kept. */
export class HealthData1762000000003 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await nights(db);
    await days(db);
    await ledgers(db);
    await publishedViews(db);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop schema health_data cascade');
    await db.query('create schema health_data');
  }
}

async function nights(db: QueryRunner): Promise<void> {
  await db.query(`
    create table health_data.sleep_night (${ORIGIN},
      role text,
      bedtime_start timestamptz,
      bedtime_end timestamptz,
      in_bed_min double precision,
      asleep_min double precision,
      awake_min double precision,
      waso_min double precision,
      latency_min double precision,
      deep_min double precision,
      light_min double precision,
      rem_min double precision,
      efficiency_pct double precision,
      wake_count int,
      awakenings_over5_min int,
      average_heart_rate_bpm double precision,
      stage_epoch_s int,
      stage_phases text,
      primary key (athlete_id, provider, record_id)
    )`);
  await db.query('create index sleep_night_of_day on health_data.sleep_night (athlete_id, day) where delete_rank = 0');
  await db.query(`
    create table health_data.hrv_night (${ORIGIN},
      metric text,
      method text,
      ms double precision,
      ln_ms double precision,
      sleep_record_id text,
      primary key (athlete_id, provider, record_id)
    )`);
  await db.query('create index hrv_night_of_day on health_data.hrv_night (athlete_id, day) where delete_rank = 0');
  await db.query(`
    create table health_data.resting_heart_rate (${ORIGIN},
      bpm double precision,
      method text,
      sleep_record_id text,
      primary key (athlete_id, provider, record_id)
    )`);
  await db.query(
    'create index resting_heart_rate_of_day on health_data.resting_heart_rate (athlete_id, day) where delete_rank = 0',
  );
}

async function days(db: QueryRunner): Promise<void> {
  // A series is one row: offsets and values as arrays, unnested on read. A row per sample costs ten times as much.
  await db.query(`
    create table health_data.sample_block (${ORIGIN},
      sample_kind text not null,
      started_at timestamptz,
      offsets_s int[],
      sample_values real[],
      primary key (athlete_id, provider, record_id, sample_kind)
    )`);
  await db.query(
    'create index sample_block_of_time on health_data.sample_block (athlete_id, sample_kind, started_at, captured_at) where delete_rank = 0',
  );
  await db.query(`
    create table health_data.steps_day (${ORIGIN},
      steps int,
      distance_m double precision,
      active_energy_kcal double precision,
      non_wear_s int,
      primary key (athlete_id, provider, record_id)
    )`);
  await db.query('create index steps_day_of_day on health_data.steps_day (athlete_id, day) where delete_rank = 0');
  await db.query(`
    create table health_data.workout (${ORIGIN},
      activity text,
      started_at timestamptz,
      ended_at timestamptz,
      duration_s double precision,
      distance_m double precision,
      energy_kcal double precision,
      elevation_gain_m double precision,
      average_heart_rate_bpm double precision,
      max_heart_rate_bpm double precision,
      heart_rate_zones_s double precision[],
      intensity text,
      is_manual boolean,
      primary key (athlete_id, provider, record_id)
    )`);
  await db.query('create index workout_of_time on health_data.workout (athlete_id, started_at) where delete_rank = 0');
  await db.query(`
    create table health_data.vitals_day (${ORIGIN},
      temperature_deviation_c double precision,
      respiratory_rate_brpm double precision,
      spo2_pct double precision,
      stress_high_s double precision,
      recovery_high_s double precision,
      sleep_record_id text,
      primary key (athlete_id, provider, record_id)
    )`);
  await db.query('create index vitals_day_of_day on health_data.vitals_day (athlete_id, day) where delete_rank = 0');
  await db.query(`
    create table health_data.source_preference (
      athlete_id uuid not null,
      signal text not null,
      provider text not null,
      chosen_at timestamptz not null,
      primary key (athlete_id, signal)
    )`);
}

async function ledgers(db: QueryRunner): Promise<void> {
  // A delivery without a row here is found by the sweep.
  await db.query(`
    create table health_data.processed_delivery (
      delivery_id uuid primary key,
      received_on date not null,
      outcome text not null,
      processed_at timestamptz not null
    )`);
  await db.query('create index processed_delivery_age on health_data.processed_delivery using brin (processed_at)');
  await db.query(`
    create table health_data.dead_letter (
      id uuid primary key,
      stage text not null,
      provider text,
      delivery_id uuid,
      received_on date,
      record_id text,
      reason text not null,
      detail text not null,
      created_at timestamptz not null,
      resolved_at timestamptz,
      resolution text
    )`);
  await db.query(
    'create unique index dead_letter_once on health_data.dead_letter (delivery_id, record_id, reason) nulls not distinct',
  );
  await db.query(`
    create table health_data.touched_day (
      athlete_id uuid not null,
      day date not null,
      signal text not null,
      revision bigint not null,
      touched_at timestamptz not null,
      primary key (athlete_id, day, signal)
    )`);
  await db.query('create index touched_day_age on health_data.touched_day (touched_at)');
}

async function publishedViews(db: QueryRunner): Promise<void> {
  // Values measured in a sleep count for a day only if that sleep is THE night among the provider's sleeps of that day:
  // the one slept longest in. Asked row by row through the index, so that nobody sorts all the nights there are.
  for (const table of ['hrv_night', 'resting_heart_rate', 'vitals_day']) {
    await db.query(`
      create view health_data.${table}_counted as
        select v.* from health_data.${table} v
         where v.delete_rank = 0
           and (v.sleep_record_id is null or v.sleep_record_id = (
                select s.record_id from health_data.sleep_night s
                 where s.athlete_id = v.athlete_id and s.day = v.day and s.provider = v.provider
                   and s.delete_rank = 0 and s.role = 'night_candidate'
                 order by s.asleep_min desc nulls last, s.in_bed_min desc, s.record_id limit 1))`);
  }
  // The night of a day: of the athlete's primary source, else the most complete one.
  await db.query(`
    create view health_data.effective_night as
      select distinct on (n.athlete_id, n.day) n.*, p.provider is not null as is_primary
        from health_data.sleep_night n
        left join health_data.source_preference p
               on p.athlete_id = n.athlete_id and p.signal = 'SLEEP' and p.provider = n.provider
       where n.delete_rank = 0 and n.role = 'night_candidate'
       order by n.athlete_id, n.day, (p.provider is not null) desc, n.asleep_min desc nulls last, n.in_bed_min desc,
                n.provider, n.record_id`);
  // Beside it every other sleep of that day and provider is a nap, a second long one included (readiness.md, section 1).
  await db.query(`
    create view health_data.night_v1 as
      select n.athlete_id, n.day, 'SLEEP' as signal, lower(n.provider) || ':sleep' as stream_id, null::text as metric,
             n.asleep_min as value, n.is_primary, n.in_bed_min, n.latency_min, n.waso_min, n.awakenings_over5_min as awakenings,
             coalesce(nap.asleep_min, 0) as nap_min, greatest(n.stored_at, nap.stored_at) as stored_at
        from health_data.effective_night n
        left join lateral (
             select sum(s.asleep_min) as asleep_min, max(s.stored_at) as stored_at
               from health_data.sleep_night s
              where s.athlete_id = n.athlete_id and s.day = n.day and s.provider = n.provider
                and s.record_id <> n.record_id and s.delete_rank = 0 and s.asleep_min is not null) nap on true
      union all
      select h.athlete_id, h.day, 'HRV', lower(h.provider || ':' || h.metric || ':' || h.method), lower(h.metric),
             h.ms, p.provider is not null, null, null, null, null, null, h.stored_at
        from health_data.hrv_night_counted h
        left join health_data.source_preference p on p.athlete_id = h.athlete_id and p.signal = 'HRV' and p.provider = h.provider
      union all
      select r.athlete_id, r.day, 'RESTING_HEART_RATE', lower(r.provider || ':rhr:' || r.method), 'rhr',
             r.bpm, p.provider is not null, null, null, null, null, null, r.stored_at
        from health_data.resting_heart_rate_counted r
        left join health_data.source_preference p
               on p.athlete_id = r.athlete_id and p.signal = 'RESTING_HEART_RATE' and p.provider = r.provider`);
  await db.query(`
    create view health_data.day_v1 as
      select distinct on (s.athlete_id, s.day) s.athlete_id, s.day, s.steps, s.provider, s.stored_at
        from health_data.steps_day s
        left join health_data.source_preference p on p.athlete_id = s.athlete_id and p.signal = 'STEPS' and p.provider = s.provider
       where s.delete_rank = 0
       order by s.athlete_id, s.day, (p.provider is not null) desc, s.steps desc, s.provider`);
  await db.query(`
    create view health_data.workout_v1 as
      select athlete_id, provider, record_id, activity, started_at, ended_at, duration_s, distance_m, energy_kcal,
             average_heart_rate_bpm, max_heart_rate_bpm, heart_rate_zones_s, intensity, is_manual, zone_offset_min, stored_at
        from health_data.workout where delete_rank = 0`);
  await db.query(`
    create view health_data.touched_day_v1 as
      select athlete_id, day, signal, revision, touched_at from health_data.touched_day`);
  await db.query('grant usage on schema health_data to insights');
  await db.query(
    'grant select on health_data.night_v1, health_data.day_v1, health_data.workout_v1, health_data.touched_day_v1 to insights',
  );
}
