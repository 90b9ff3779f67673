import { zoneOf } from '../athletes/day.ts';
import type { Day } from '../athletes/day.ts';
import { workoutHeartRateOf } from '../athletes/heart-rate.ts';
import type { HeartRateSample } from '../athletes/heart-rate.ts';
import { localDateOf, withOffset } from '../athletes/local-time.ts';
import { movementOf, workoutOf } from '../athletes/movement.ts';
import { bodyNight } from '../athletes/physiology.ts';
import { numberFor } from '../athletes/random.ts';
import { mainSleepOf, stagesOf } from '../athletes/sleep.ts';
import type { SleepPeriod } from '../athletes/sleep.ts';

/** A document as Polar writes it. */
export type PolarDocument = Record<string, unknown>;

/** `2026-11-15T06:47:00+02:00`. */
const seconds = (atMs: number, timeZone: string): string => withOffset({ atMs, timeZone }).replace(/\.\d{3}/, '');

/** `23:02`. */
const clock = (atMs: number, timeZone: string): string => withOffset({ atMs, timeZone }).slice(11, 16);

const MINUTE_MS = 60_000;

/** `PT44M12S`. */
const durationOf = (ms: number): string => {
  const wholeS = Math.round(ms / 1000);
  return `PT${Math.floor(wholeS / 3600)}H${Math.floor((wholeS % 3600) / 60)}M${wholeS % 60}S`;
};

/** Polar's numbers: 0 awake, 1 REM, 3 lighter sleep, 4 deep. */
const STAGES = { awake: 0, rem: 1, light: 3, deep: 4 } as const;

/** A five-minute series of the night by local time; minutes without a value are left out. */
function byClock(period: SleepPeriod, items: readonly (number | null)[]): Record<string, number> {
  return Object.fromEntries(
    items.flatMap((item, at) =>
      item === null ? [] : [[clock(period.startMs + at * 5 * MINUTE_MS, period.timeZone), item] as const],
    ),
  );
}

/** The night of a date; null when the watch was not worn. */
export function sleepOf(day: Day, user: string): PolarDocument | null {
  const period = mainSleepOf(day);
  if (!period) return null;
  const { durations, timeZone, startMs, endMs } = period;
  return {
    polar_user: user,
    date: day.date,
    sleep_start_time: seconds(startMs, timeZone),
    sleep_end_time: seconds(endMs, timeZone),
    device_id: '1111AAAA',
    continuity: 3.4,
    continuity_class: 3,
    light_sleep: durations.lightSec,
    deep_sleep: durations.deepSec,
    rem_sleep: durations.remSec,
    unrecognized_sleep_stage: 0,
    sleep_score: Math.min(100, Math.round(durations.asleepSec / (0.6 * day.athlete.sleepNeedMin))),
    total_interruption_duration: durations.awakeSec,
    sleep_charge: 3,
    sleep_goal: 60 * day.athlete.sleepNeedMin,
    sleep_rating: 3,
    short_interruption_duration: 0,
    long_interruption_duration: durations.awakeSec,
    sleep_cycles: Math.round(durations.asleepSec / 5400),
    hypnogram: Object.fromEntries(
      stagesOf(period).map((stretch) => [clock(stretch.startMs, timeZone), STAGES[stretch.stage]]),
    ),
    heart_rate_samples: byClock(period, period.heartRateItems),
  };
}

/** The four hours of the night that Polar looks at; null without a night or an HRV. */
export function rechargeOf(day: Day, user: string): PolarDocument | null {
  const period = mainSleepOf(day);
  if (!period || period.hrvMs === null) return null;
  const beats = period.heartRateItems.filter((bpm) => bpm !== null);
  const averageBpm = Math.round(beats.reduce((sum, bpm) => sum + bpm, 0) / beats.length);
  const { lnHrvFromUsual } = bodyNight(day);
  return {
    polar_user: user,
    date: day.date,
    heart_rate_avg: averageBpm,
    beat_to_beat_avg: Math.round(60_000 / averageBpm),
    heart_rate_variability_avg: period.hrvMs,
    breathing_rate_avg: period.breathsPerMinute,
    nightly_recharge_status: Math.max(1, Math.min(6, Math.round(4 + 8 * lnHrvFromUsual))),
    ans_charge: Math.round(10 * Math.max(-10, Math.min(10, 20 * lnHrvFromUsual))) / 10,
    ans_charge_status: 3,
    hrv_samples: byClock(period, period.hrvItems ?? []),
  };
}

/** `2AC312F`: hexadecimal, as Polar's hashed ids. */
export const exerciseIdOf = ({ seed, athlete, dayIndex }: Pick<Day, 'seed' | 'athlete' | 'dayIndex'>): string =>
  numberFor(0x1000000, 0xfffffff, seed, athlete.key, dayIndex, 'polar-exercise').toString(16).toUpperCase();

const SPORTS: Readonly<Record<string, { sport: string; detailed_sport_info: string }>> = {
  running: { sport: 'RUNNING', detailed_sport_info: 'RUNNING' },
  cycling: { sport: 'CYCLING', detailed_sport_info: 'CYCLING' },
  strengthTraining: { sport: 'OTHER', detailed_sport_info: 'STRENGTH_TRAINING' },
};

const SAMPLE_S = 5;

/** The day's session; none today, which has only begun. `isSampled`: with its heart rate, every five seconds. */
export function exerciseOf(day: Day, user: string, { isSampled }: { isSampled: boolean }): PolarDocument | null {
  const workout = day.isPartial ? null : workoutOf(day);
  if (!workout) return null;
  const beats = workoutHeartRateOf({ day, workout, stepSec: SAMPLE_S }).map(({ bpm }) => bpm);
  const local = withOffset({ atMs: workout.startMs, timeZone: workout.timeZone });
  const [sign, hours, minutes] = [local.at(-6), local.slice(-5, -3), local.slice(-2)];
  return {
    id: exerciseIdOf(day),
    upload_time: new Date(workout.endMs + 5 * MINUTE_MS).toISOString(),
    polar_user: user,
    device: 'Polar Vantage V3',
    device_id: '1111AAAA',
    start_time: local.slice(0, 19),
    start_time_utc_offset: (sign === '-' ? -1 : 1) * (60 * Number(hours) + Number(minutes)),
    duration: durationOf(workout.endMs - workout.startMs),
    calories: Math.round(workout.kcal),
    ...(workout.distanceM === null ? {} : { distance: workout.distanceM }),
    heart_rate: {
      average: Math.round(beats.reduce((sum, bpm) => sum + bpm, 0) / beats.length),
      maximum: Math.max(...beats),
    },
    ...SPORTS[workout.activity],
    has_route: false,
    ...(isSampled ? { samples: [{ 'recording-rate': SAMPLE_S, 'sample-type': '0', data: beats.join(',') }] } : {}),
  };
}

/** The activity of a day; times are local and name no zone. */
export function activityOf(day: Day): PolarDocument {
  const { steps, activeKcal, classes, inactivityAlerts } = movementOf(day);
  const active = classes.filter((kind) => kind >= 3).length * 5 * MINUTE_MS;
  return {
    start_time: `${day.date}T00:00:00`,
    end_time: `${day.date}T23:59:59`,
    active_duration: durationOf(active),
    inactive_duration: durationOf(classes.length * 5 * MINUTE_MS - active),
    daily_activity: Math.round(steps / 100),
    calories: activeKcal + 1600,
    active_calories: activeKcal,
    steps,
    inactivity_alert_count: inactivityAlerts,
    distance_from_steps: Math.round(7.2 * steps) / 10,
  };
}

/** Heart rate of one local date, by local time without a zone. */
export function continuousOf(day: Day, user: string, samples: readonly HeartRateSample[]): PolarDocument {
  const timeZone = zoneOf(day);
  return {
    polar_user: user,
    date: day.date,
    heart_rate_samples: samples
      .filter(({ atMs }) => localDateOf({ atMs, timeZone }) === day.date)
      .map(({ atMs, bpm }) => ({ heart_rate: bpm, sample_time: withOffset({ atMs, timeZone }).slice(11, 19) })),
  };
}
