import type { Sql } from '#platform/database';
import type { Signal } from '#platform/signals';
import { refreshing } from './refresh-derived.ts';

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

/**
 * Brings the summaries of these days up to date from what is stored and answers those that changed. Call it inside the
 * transaction of what changed the days, with the athletes held (`holdAthletes`).
 */
export const refreshSummaries = refreshing({
  name: 'daily_summary',
  key: ['athlete_id', 'day'],
  columns: [
    ...['steps', 'distance_m', 'active_energy_kcal', 'steps_provider', 'steps_record_id'],
    ...['asleep_min', 'in_bed_min', 'sleep_provider', 'sleep_record_id'],
    ...['hrv_ms', 'hrv_metric', 'hrv_method', 'hrv_provider'],
    ...['resting_heart_rate_bpm', 'resting_heart_rate_method', 'resting_heart_rate_provider'],
    ...['workout_count', 'workout_min'],
    ...['temperature_deviation_c', 'respiratory_rate_brpm', 'spo2_pct', 'stress_high_min', 'vitals_provider'],
  ],
  source: 'health_data.summary_of(a.athlete_id, a.day)',
});

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
