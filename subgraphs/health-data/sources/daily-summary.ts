import type { Sql } from '#platform/database';
import type { LocalDate, Signal } from '#platform/signals';
import type { AthleteDay } from './mark-repeats.ts';

/** Signals that a day's summary has a word about. Heart rate through the day and check-ins are not summed up. */
const SUMMED_UP: ReadonlySet<Signal> = new Set<Signal>([
  'HRV',
  'RESTING_HEART_RATE',
  'SLEEP',
  'STEPS',
  'TRAINING',
  'VITALS',
]);
export const isSummedUp = (signal: Signal): boolean => SUMMED_UP.has(signal);

const KEY = ['athlete_id', 'day'];
/** Every column of `daily_summary` beside its key. */
const COLUMNS = [
  ...['steps', 'distance_m', 'active_energy_kcal', 'steps_provider', 'steps_record_id'],
  ...['asleep_min', 'in_bed_min', 'sleep_provider', 'sleep_record_id'],
  ...['hrv_ms', 'hrv_metric', 'hrv_method', 'hrv_provider'],
  ...['resting_heart_rate_bpm', 'resting_heart_rate_method', 'resting_heart_rate_provider'],
  ...['workout_count', 'workout_min'],
  ...['temperature_deviation_c', 'respiratory_rate_brpm', 'spo2_pct', 'stress_high_min', 'vitals_provider'],
];
const columns = COLUMNS.join(', ');
const all = (of: string): string => COLUMNS.map((name) => `${of}.${name}`).join(', ');

const REFRESH = `
  with asked as (
    select distinct athlete_id, day from unnest($1::uuid[], $2::date[]) as t(athlete_id, day)
  ), known as (
    select s.* from asked a cross join lateral health_data.summary_of(a.athlete_id, a.day) s
  ), gone as (
    delete from health_data.daily_summary d using asked a
     where d.athlete_id = a.athlete_id and d.day = a.day
       and not exists (select from known k where k.athlete_id = d.athlete_id and k.day = d.day)
    returning d.athlete_id, d.day
  ), written as (
    insert into health_data.daily_summary as d (${[...KEY, ...COLUMNS].join(', ')})
    select athlete_id, day, ${columns} from known
    on conflict (athlete_id, day) do update set (${columns}) = row(${all('excluded')})
     where (${all('d')}) is distinct from (${all('excluded')})
    returning d.athlete_id, d.day
  )
  select athlete_id as "athleteId", day from gone union all select athlete_id, day from written`;

/**
 * Brings the summaries of these days up to date from what is stored and answers those that changed. Call it inside the
 * transaction of what changed the days, with the athletes held (`holdAthletes`).
 */
export async function refreshSummaries(tx: Sql, days: readonly AthleteDay[]): Promise<AthleteDay[]> {
  if (days.length === 0) return [];
  return await tx.query<{ athleteId: string; day: LocalDate }[]>(REFRESH, [
    days.map(({ athleteId }) => athleteId),
    days.map(({ day }) => day),
  ]);
}

/**
 * Held until the end of the transaction by whoever changes what is stored of these athletes: one writer at a time, so that
 * what is derived (which session counts, the summary of a day) is made of all of it. Taken after the sources are held and
 * before any row is written, in the order of ids: two writers never wait for each other.
 */
export async function holdAthletes(tx: Sql, athleteIds: Iterable<string>): Promise<void> {
  const ids = [...new Set(athleteIds)].toSorted();
  if (ids.length === 0) return;
  await tx.query(
    `select pg_advisory_xact_lock(hashtextextended('athlete-ally/measured/' || id, 0)) from unnest($1::text[]) as a(id)`,
    [ids],
  );
}
