import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The nights that count, as readiness reads them: chosen once, by whoever writes a day, and no longer at each of the many
 * reads. A history of 75 nights cost a reader 2.5 ms of PostgreSQL, most of it spent on choosing again what had been chosen.
 */
export class StreamNights1762000000027 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table health_data.stream_night (
        athlete_id uuid not null,
        day date not null,
        signal text not null,
        stream_id text not null,
        provider text not null,
        record_id text not null,
        metric text,
        method text,
        value double precision,
        in_bed_min double precision,
        latency_min double precision,
        waso_min double precision,
        awakenings int,
        nap_min double precision,
        stored_at timestamptz not null,
        primary key (athlete_id, signal, stream_id, day)
      )`);
    await db.query(chosenNight);
    await db.query('insert into health_data.stream_night select * from health_data.chosen_night');
    await db.query(summaryOf);
    // Which source is the primary one is asked when it is read: a choice changes it for all nights at once.
    await db.query(`
      create or replace view health_data.night_v1 as
        select n.athlete_id, n.day, n.signal, n.stream_id, lower(n.metric) as metric, n.value, p.provider is not null as is_primary,
               n.in_bed_min, n.latency_min, n.waso_min, n.awakenings, n.nap_min, n.stored_at
          from health_data.stream_night n
          left join health_data.source_preference p
                 on p.athlete_id = n.athlete_id and p.signal = n.signal and p.provider = n.provider`);
  }

  async down(): Promise<void> {
    throw new Error('A view that chooses at each read came before. Restore a backup instead.');
  }
}

/**
 * What the stored rows say: the night of a day, with the minutes of naps beside it, and one value of each other stream. Of two
 * values of one stream the one of the first record counts.
 */
const chosenNight = `
  create view health_data.chosen_night as
    select n.athlete_id, n.day, 'SLEEP' as signal, lower(n.provider) || ':sleep' as stream_id, n.provider, n.record_id,
           null::text as metric, null::text as method, n.asleep_min as value, n.in_bed_min, n.latency_min, n.waso_min,
           n.awakenings_over5_min as awakenings, coalesce(nap.asleep_min, 0) as nap_min,
           greatest(n.stored_at, nap.stored_at) as stored_at
      from health_data.effective_night n
      left join lateral (
           select sum(s.asleep_min) as asleep_min, max(s.stored_at) as stored_at
             from health_data.sleep_night s
            where s.athlete_id = n.athlete_id and s.day = n.day and s.provider = n.provider
              and s.record_id <> n.record_id and s.delete_rank = 0 and s.asleep_min is not null) nap on true
    union all
    (select distinct on (h.athlete_id, h.day, h.provider, h.metric, h.method)
            h.athlete_id, h.day, 'HRV', lower(h.provider || ':' || h.metric || ':' || h.method), h.provider, h.record_id,
            h.metric, h.method, h.ms, null, null, null, null, null, h.stored_at
       from health_data.hrv_night_counted h
      order by h.athlete_id, h.day, h.provider, h.metric, h.method, h.record_id)
    union all
    (select distinct on (r.athlete_id, r.day, r.provider, r.method)
            r.athlete_id, r.day, 'RESTING_HEART_RATE', lower(r.provider || ':rhr:' || r.method), r.provider, r.record_id,
            'RHR', r.method, r.bpm, null, null, null, null, null, r.stored_at
       from health_data.resting_heart_rate_counted r
      order by r.athlete_id, r.day, r.provider, r.method, r.record_id)`;

/** As it was (0014), with the night and its streams as they were chosen above. */
const summaryOf = `
  create or replace function health_data.summary_of(athlete uuid, on_day date) returns setof health_data.daily_summary
  language sql stable as $$
    select athlete, on_day,
           steps.steps, steps.distance_m, steps.active_energy_kcal, steps.provider, steps.record_id,
           night.value, night.in_bed_min, night.provider, night.record_id,
           hrv.value, hrv.metric, hrv.method, hrv.provider,
           resting.value, resting.method, resting.provider,
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
      left join health_data.stream_night night
             on night.athlete_id = athlete and night.day = on_day and night.signal = 'SLEEP'
      left join lateral (
           select h.value, h.metric, h.method, h.provider from health_data.stream_night h
            where h.athlete_id = athlete and h.day = on_day and h.signal = 'HRV'
              and not exists (select from health_data.source_preference p
                               where p.athlete_id = athlete and p.signal = 'HRV' and p.provider <> h.provider)
            order by (h.metric = 'RMSSD') desc, h.provider, h.method limit 1) hrv on true
      left join lateral (
           select r.value, r.method, r.provider from health_data.stream_night r
            where r.athlete_id = athlete and r.day = on_day and r.signal = 'RESTING_HEART_RATE'
              and not exists (select from health_data.source_preference p
                               where p.athlete_id = athlete and p.signal = 'RESTING_HEART_RATE' and p.provider <> r.provider)
            order by r.provider, r.method limit 1) resting on true
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
