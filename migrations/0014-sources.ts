import type { MigrationInterface, QueryRunner } from 'typeorm';

const MEASURED = [
  'sleep_night',
  'hrv_night',
  'resting_heart_rate',
  'sample_block',
  'steps_day',
  'workout',
  'vitals_day',
] as const;

/** Which source counts: one night, one step count and each session once, however many providers saw them. */
export class Sources1762000000014 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    for (const table of MEASURED) await db.query(`alter table health_data.${table} add column device text`);
    await nightOfADay(db);
    await sessionsOnce(db);
    await dailySummary(db);
  }

  async down(): Promise<void> {
    throw new Error('Views that came before would count sessions twice again. Restore a backup instead.');
  }
}

async function nightOfADay(db: QueryRunner): Promise<void> {
  for (const table of ['hrv_night', 'resting_heart_rate', 'vitals_day']) {
    await db.query(`
      create or replace view health_data.${table}_counted as
        select v.* from health_data.${table} v
         where v.delete_rank = 0
           and (v.sleep_record_id is null or v.sleep_record_id = (
                select s.record_id from health_data.sleep_night s
                 where s.athlete_id = v.athlete_id and s.day = v.day and s.provider = v.provider
                   and s.delete_rank = 0 and s.role = 'night_candidate'
                 order by s.asleep_min desc nulls last, s.in_bed_min desc, s.record_id limit 1))`);
  }
  await db.query('drop view health_data.night_v1');
  await db.query('drop view health_data.effective_night');
  // Of each provider the sleep slept longest in: what else it saw on that day are naps. longest_min: of all providers.
  await db.query(`
    create view health_data.provider_night as
      select * from (
        select s.*, max(s.asleep_min) over (partition by s.athlete_id, s.day) as longest_min,
               row_number() over (partition by s.athlete_id, s.day, s.provider
                                  order by s.asleep_min desc nulls last, s.in_bed_min desc, s.record_id) as place
          from health_data.sleep_night s
         where s.delete_rank = 0 and s.role = 'night_candidate') n
       where n.place = 1`);
  // A night that no score may use (readiness.md, section 1) is a gap, and is filled. Stages tell more than none do, but
  // not those of a fragment: the night with them must be half as long as the longest. What was typed in counts after any device.
  await db.query(`
    create view health_data.effective_night as
      select distinct on (n.athlete_id, n.day) n.*, p.provider is not null as is_primary
        from health_data.provider_night n
        left join health_data.source_preference p
               on p.athlete_id = n.athlete_id and p.signal = 'SLEEP' and p.provider = n.provider
       order by n.athlete_id, n.day,
                (n.asleep_min is not null and n.asleep_min between 60 and 960) desc,
                (p.provider is not null) desc,
                (n.provider = 'MANUAL'),
                (coalesce(n.deep_min, n.light_min, n.rem_min) is not null and n.asleep_min * 2 >= n.longest_min) desc nulls last,
                n.asleep_min desc nulls last, n.in_bed_min desc, n.provider`);
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
  await db.query('grant select on health_data.night_v1 to insights');
}

/**
 * The rule of choose-workouts.ts, once, for what is stored already: best first, and what shares half of the shorter one
 * with a session that is taken is the same session. Nobody could choose a source until now.
 */
async function sessionsOnce(db: QueryRunner): Promise<void> {
  await db.query('alter table health_data.workout add column is_repeat boolean not null default false');
  await db.query('create index workout_of_day on health_data.workout (athlete_id, day) where delete_rank = 0');
  await db.query(`
    do $$
    declare
      session health_data.workout;
    begin
      update health_data.workout w set is_repeat = true
       where w.delete_rank = 0 and exists (
             select from health_data.workout o
              where o.athlete_id = w.athlete_id and (o.provider, o.record_id) <> (w.provider, w.record_id) and o.delete_rank = 0
                and o.started_at < w.ended_at and o.ended_at > w.started_at);
      for session in
        select * from health_data.workout w where w.is_repeat
         order by w.athlete_id, w.is_manual, (w.average_heart_rate_bpm is null and w.heart_rate_zones_s is null),
                  num_nulls(w.heart_rate_zones_s, w.max_heart_rate_bpm, w.distance_m, w.energy_kcal, w.elevation_gain_m),
                  w.duration_s desc, w.provider collate "C", w.record_id collate "C"
      loop
        update health_data.workout w set is_repeat = false
         where w.athlete_id = session.athlete_id and w.provider = session.provider and w.record_id = session.record_id
           and not exists (
               select from health_data.workout k
                where k.athlete_id = w.athlete_id and k.delete_rank = 0 and not k.is_repeat
                  and least(k.ended_at, w.ended_at) > greatest(k.started_at, w.started_at)
                  and 2 * (least(k.ended_at, w.ended_at) - greatest(k.started_at, w.started_at))
                      >= least(k.ended_at - k.started_at, w.ended_at - w.started_at));
      end loop;
    end $$`);
  await db.query(`
    create or replace view health_data.workout_v1 as
      select athlete_id, provider, record_id, activity, started_at, ended_at, duration_s, distance_m, energy_kcal,
             average_heart_rate_bpm, max_heart_rate_bpm, heart_rate_zones_s, intensity, is_manual, zone_offset_min, stored_at
        from health_data.workout where delete_rank = 0 and not is_repeat`);
}

async function dailySummary(db: QueryRunner): Promise<void> {
  await db.query(`
    create table health_data.daily_summary (
      athlete_id uuid not null,
      day date not null,
      steps int,
      distance_m double precision,
      active_energy_kcal double precision,
      steps_provider text,
      steps_record_id text,
      asleep_min double precision,
      in_bed_min double precision,
      sleep_provider text,
      sleep_record_id text,
      hrv_ms double precision,
      hrv_metric text,
      hrv_method text,
      hrv_provider text,
      resting_heart_rate_bpm double precision,
      resting_heart_rate_method text,
      resting_heart_rate_provider text,
      workout_count int not null,
      workout_min double precision not null,
      temperature_deviation_c double precision,
      respiratory_rate_brpm double precision,
      spo2_pct double precision,
      stress_high_min double precision,
      vitals_provider text,
      primary key (athlete_id, day)
    )`);
  await db.query(summaryOf);
  await db.query('revoke all on function health_data.summary_of(uuid, date) from public');
  await db.query('grant execute on function health_data.summary_of(uuid, date) to health_data');
  await db.query(`
    insert into health_data.daily_summary
    select s.* from (${MEASURED.filter((table) => table !== 'sample_block')
      .map((table) => `select athlete_id, day from health_data.${table} where delete_rank = 0`)
      .join(' union ')}) k
     cross join lateral health_data.summary_of(k.athlete_id, k.day) s`);
  // The table is the choice of a day; what else a row of steps says is read from the row.
  await db.query(`
    create or replace view health_data.day_v1 as
      select m.athlete_id, m.day, m.steps, m.steps_provider as provider, s.stored_at
        from health_data.daily_summary m
        join health_data.steps_day s
          on s.athlete_id = m.athlete_id and s.provider = m.steps_provider and s.record_id = m.steps_record_id`);
}

/**
 * What is known of one day, and from whom; no row where nothing is. Steps and vitals of one provider, never a sum: the
 * primary source, else the most there is. HRV and resting heart rate: of the primary source alone if there is one, since
 * another stream never takes its place; else of the first stream by metric and name.
 */
const summaryOf = `
  create function health_data.summary_of(athlete uuid, on_day date) returns setof health_data.daily_summary
  language sql stable as $$
    select athlete, on_day,
           steps.steps, steps.distance_m, steps.active_energy_kcal, steps.provider, steps.record_id,
           night.asleep_min, night.in_bed_min, night.provider, night.record_id,
           hrv.ms, hrv.metric, hrv.method, hrv.provider,
           resting.bpm, resting.method, resting.provider,
           workouts.number, workouts.minutes,
           vitals.temperature_deviation_c, vitals.respiratory_rate_brpm, vitals.spo2_pct, vitals.stress_high_min, vitals.provider
      from (select count(*)::int as number,
                   coalesce(sum(w.duration_s order by w.started_at, w.provider, w.record_id), 0) / 60 as minutes
              from health_data.workout w
             where w.athlete_id = athlete and w.day = on_day and w.delete_rank = 0 and not w.is_repeat) workouts
      left join lateral (
           select s.steps, s.distance_m, s.active_energy_kcal, s.provider, s.record_id
             from health_data.steps_day s
             left join health_data.source_preference p
                    on p.athlete_id = s.athlete_id and p.signal = 'STEPS' and p.provider = s.provider
            where s.athlete_id = athlete and s.day = on_day and s.delete_rank = 0
            order by (p.provider is not null) desc, s.steps desc, s.provider, s.record_id limit 1) steps on true
      left join lateral (
           select n.asleep_min, n.in_bed_min, n.provider, n.record_id
             from health_data.effective_night n where n.athlete_id = athlete and n.day = on_day) night on true
      left join lateral (
           select h.ms, h.metric, h.method, h.provider from health_data.hrv_night_counted h
            where h.athlete_id = athlete and h.day = on_day
              and not exists (select from health_data.source_preference p
                               where p.athlete_id = athlete and p.signal = 'HRV' and p.provider <> h.provider)
            order by (h.metric = 'RMSSD') desc, h.provider, h.method, h.record_id limit 1) hrv on true
      left join lateral (
           select r.bpm, r.method, r.provider from health_data.resting_heart_rate_counted r
            where r.athlete_id = athlete and r.day = on_day
              and not exists (select from health_data.source_preference p
                               where p.athlete_id = athlete and p.signal = 'RESTING_HEART_RATE' and p.provider <> r.provider)
            order by r.provider, r.method, r.record_id limit 1) resting on true
      left join lateral (
           select v.provider, max(v.temperature_deviation_c) as temperature_deviation_c,
                  max(v.respiratory_rate_brpm) as respiratory_rate_brpm, max(v.spo2_pct) as spo2_pct,
                  max(v.stress_high_s) / 60 as stress_high_min
             from health_data.vitals_day_counted v
             left join health_data.source_preference p
                    on p.athlete_id = v.athlete_id and p.signal = 'VITALS' and p.provider = v.provider
            where v.athlete_id = athlete and v.day = on_day
            group by v.provider
            order by bool_or(p.provider is not null) desc,
                     num_nonnulls(max(v.temperature_deviation_c), max(v.respiratory_rate_brpm), max(v.spo2_pct),
                                  max(v.stress_high_s)) desc,
                     v.provider limit 1) vitals on true
     where num_nonnulls(steps.provider, night.provider, hrv.provider, resting.provider, vitals.provider) > 0
        or workouts.number > 0
  $$`;
