import { zoneOf } from '../athletes/day.ts';
import type { Day } from '../athletes/day.ts';
import { workoutHeartRateOf } from '../athletes/heart-rate.ts';
import { withOffset } from '../athletes/local-time.ts';
import { vitalsOf, workoutOf } from '../athletes/movement.ts';
import { bodyNight } from '../athletes/physiology.ts';
import { idFor, numberFor } from '../athletes/random.ts';
import { sleepPeriodsOf, stagesOf } from '../athletes/sleep.ts';
import type { SleepPeriod } from '../athletes/sleep.ts';

/** A record as WHOOP writes it; only what lists and lookups need is known here. */
export interface WhoopRecord {
  id?: string;
  start?: string;
  [field: string]: unknown;
}

/** Number of the physiological day that begins with the day's night. */
export const cycleIdOf = ({ seed, athlete, dayIndex }: Pick<Day, 'seed' | 'athlete' | 'dayIndex'>): number =>
  numberFor(1_000_000_000, 1_900_000_000, seed, athlete.key, 'whoop-cycle') + dayIndex;

export const sleepIdOf = (day: Pick<Day, 'seed' | 'athlete' | 'dayIndex'>, kind: SleepPeriod['kind']): string =>
  idFor(day.seed, day.athlete.key, day.dayIndex, `whoop-${kind}`);

const workoutIdOf = ({ seed, athlete, dayIndex }: Pick<Day, 'seed' | 'athlete' | 'dayIndex'>): string =>
  idFor(seed, athlete.key, dayIndex, 'whoop-workout');

/** What every record of a day has: whose it is, and when WHOOP wrote it. */
export interface Written {
  userId: number;
  /** When the day's night was last played; null for one that the story tells. */
  playedAtMs: number | null;
}

const SCORED_AFTER_MS = 5 * 60_000;

const instant = (atMs: number): string => new Date(atMs).toISOString();

/** `-05:00`, in the zone the athlete woke in. */
const offsetAt = (atMs: number, timeZone: string): string => withOffset({ atMs, timeZone }).slice(-6);

const writtenAt = (endMs: number, { playedAtMs }: Written) => ({
  created_at: instant(endMs + SCORED_AFTER_MS),
  updated_at: instant(playedAtMs ?? endMs + SCORED_AFTER_MS),
});

/** All sleeps of a day, the night first. A second half and naps are naps at WHOOP. */
export function sleepsOf(day: Day, written: Written): WhoopRecord[] {
  return sleepPeriodsOf(day)
    .toSorted((left, right) => Number(right.kind === 'sleep') - Number(left.kind === 'sleep'))
    .map((period) => sleepRecord({ day, period, written }));
}

function sleepRecord({ day, period, written }: { day: Day; period: SleepPeriod; written: Written }): WhoopRecord {
  const { durations, startMs, endMs, timeZone } = period;
  const efficiency = (100 * durations.asleepSec) / durations.inBedSec;
  return {
    id: sleepIdOf(day, period.kind),
    cycle_id: cycleIdOf(day),
    user_id: written.userId,
    ...writtenAt(endMs, written),
    start: instant(startMs),
    end: instant(endMs),
    timezone_offset: offsetAt(endMs, timeZone),
    nap: period.kind !== 'sleep',
    score_state: 'SCORED',
    score: {
      stage_summary: {
        total_in_bed_time_milli: 1000 * durations.inBedSec,
        total_awake_time_milli: 1000 * durations.awakeSec,
        total_no_data_time_milli: 0,
        total_light_sleep_time_milli: 1000 * durations.lightSec,
        total_slow_wave_sleep_time_milli: 1000 * durations.deepSec,
        total_rem_sleep_time_milli: 1000 * durations.remSec,
        sleep_cycle_count: Math.round(durations.asleepSec / 5400),
        disturbance_count: stagesOf(period)
          .slice(1, -1)
          .filter(({ stage }) => stage === 'awake').length,
      },
      sleep_needed: {
        baseline_milli: 60_000 * day.athlete.sleepNeedMin,
        need_from_sleep_debt_milli: 0,
        need_from_recent_strain_milli: 0,
        need_from_recent_nap_milli: 0,
      },
      respiratory_rate: period.breathsPerMinute,
      sleep_performance_percentage: Math.min(100, Math.round(durations.asleepSec / (0.6 * day.athlete.sleepNeedMin))),
      sleep_consistency_percentage: 88,
      sleep_efficiency_percentage: Math.round(1e6 * efficiency) / 1e6,
    },
  };
}

/** The recovery of the day's night; unscorable where the strap measured no HRV, null without a night. */
export function recoveryOf(day: Day, written: Written): WhoopRecord | null {
  const night = sleepPeriodsOf(day).find(({ kind }) => kind === 'sleep');
  if (!night) return null;
  const record = {
    cycle_id: cycleIdOf(day),
    sleep_id: sleepIdOf(day, 'sleep'),
    user_id: written.userId,
    ...writtenAt(night.endMs, written),
  };
  if (night.hrvMs === null) return { ...record, score_state: 'UNSCORABLE' };
  const body = bodyNight(day);
  return {
    ...record,
    score_state: 'SCORED',
    score: {
      user_calibrating: false,
      recovery_score: Math.max(
        1,
        Math.min(99, Math.round(62 + 110 * body.lnHrvFromUsual - 1.5 * body.heartRateFromUsualBpm)),
      ),
      // Of the whole night, a little above its lowest half minute.
      resting_heart_rate: night.lowestHeartRateBpm + 3,
      hrv_rmssd_milli: night.hrvMs,
      spo2_percentage: vitalsOf(day).spo2Pct,
      skin_temp_celsius: Math.round(100 * (33.6 + body.temperatureC)) / 100,
    },
  };
}

const SPORTS: Readonly<Record<string, { sport_name: string; sport_id: number }>> = {
  running: { sport_name: 'running', sport_id: 0 },
  cycling: { sport_name: 'cycling', sport_id: 1 },
  strengthTraining: { sport_name: 'weightlifting', sport_id: 45 },
};

const KILOJOULE_PER_KCAL = 4.184;

/** The day's session; none today, which has only begun. */
export function workoutRecordOf(day: Day, { userId }: Pick<Written, 'userId'>): WhoopRecord | null {
  const workout = day.isPartial ? null : workoutOf(day);
  if (!workout) return null;
  const { startMs, endMs, distanceM } = workout;
  const beats = workoutHeartRateOf({ day, workout, stepSec: 30 }).map(({ bpm }) => bpm);
  return {
    id: workoutIdOf(day),
    user_id: userId,
    ...writtenAt(endMs, { userId, playedAtMs: null }),
    start: instant(startMs),
    end: instant(endMs),
    timezone_offset: offsetAt(startMs, zoneOf(day)),
    ...SPORTS[workout.activity],
    score_state: 'SCORED',
    score: {
      strain: { easy: 8.4, moderate: 10.2, hard: 14.1 }[workout.intensity],
      average_heart_rate: Math.round(beats.reduce((sum, bpm) => sum + bpm, 0) / beats.length),
      max_heart_rate: Math.max(...beats),
      kilojoule: Math.round(100 * workout.kcal * KILOJOULE_PER_KCAL) / 100,
      percent_recorded: 100,
      ...(distanceM === null ? {} : { distance_meter: distanceM }),
      zone_durations: zonesOf(beats),
    },
  };
}

/** Half minutes of heart rate in the six zones of somebody whose heart reaches 190. */
function zonesOf(beats: readonly number[]): Record<string, number> {
  const bounds = [95, 114, 133, 152, 171];
  const names = ['zero', 'one', 'two', 'three', 'four', 'five'];
  return Object.fromEntries(
    names.map((name, zone) => {
      const inside = beats.filter((bpm) => bounds.filter((bound) => bpm >= bound).length === zone);
      return [`zone_${name}_milli`, 30_000 * inside.length];
    }),
  );
}
