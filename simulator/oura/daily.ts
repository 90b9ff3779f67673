import { instantOf, withOffset } from '../local-time.ts';
import { bodyNight, sessionOn } from '../physiology.ts';
import { randomFor } from '../random.ts';
import { readinessOf, sleepScoreOf } from './scores.ts';
import { documentId, nightOf } from './sleep.ts';
import type { Day } from './sleep.ts';

/** A vendor document of which only the keys shared by all are known here. */
export interface DayDocument {
  id: string;
  day: string;
  [field: string]: unknown;
}

/** Everything but `sleep` and `heartrate` that Oura holds for one day; null where nothing was measured. */
export interface DayDocuments {
  daily_sleep: DayDocument | null;
  daily_readiness: DayDocument | null;
  daily_activity: DayDocument;
  daily_spo2: DayDocument | null;
  daily_stress: DayDocument;
  workout: DayDocument | null;
}

const SLOTS = 288;
const SLOT_MS = 300_000;
/** Oura's day of activity runs from four to four. */
const ACTIVITY_STARTS_MINUTE = 240;

/**
 * The daily documents. `isPartial` is today, written when the ring synchronised after waking: activity reaches to the
 * waking only, and there is no session yet.
 */
export function dayOf({ isPartial = false, ...day }: Day & { isPartial?: boolean }): DayDocuments {
  const body = bodyNight(day);
  const night = body.isWorn ? nightOf(day) : null;
  const midnight = withOffset({
    atMs: instantOf({ date: day.date, minute: 0, timeZone: day.athlete.zoneOn(day.dayIndex) }),
    timeZone: day.athlete.zoneOn(day.dayIndex),
  });
  const random = randomFor(day.seed, day.athlete.key, day.dayIndex, 'day');
  return {
    daily_sleep: night && {
      id: documentId(day, 'daily_sleep'),
      ...sleepScoreOf({
        deepSec: night.deep_sleep_duration ?? 0,
        remSec: night.rem_sleep_duration ?? 0,
        asleepSec: night.total_sleep_duration ?? 0,
        latencySec: night.latency ?? 0,
        efficiencyPct: night.efficiency ?? 0,
        awakenings: body.awakeningEpochs.length,
        needMin: day.athlete.sleepNeedMin,
      }),
      day: day.date,
      timestamp: midnight,
    },
    daily_readiness: night && {
      id: documentId(day, 'daily_readiness'),
      ...readinessOf({ athlete: day.athlete, body }),
      day: day.date,
      timestamp: midnight,
    },
    daily_activity: activity({ day, isPartial, wakeMinute: body.wakeMinute }),
    daily_spo2: night && {
      id: documentId(day, 'daily_spo2'),
      breathing_disturbance_index: random.integer(3, 8),
      day: day.date,
      spo2_percentage: { average: Math.round(1000 * random.between(96.3, 98.4)) / 1000 },
    },
    daily_stress: {
      id: documentId(day, 'daily_stress'),
      day: day.date,
      day_summary: night && !isPartial ? (body.lnHrvFromUsual < -0.2 ? 'stressful' : 'normal') : null,
      recovery_high: night && !isPartial ? 900 * random.integer(2, 10) : null,
      stress_high: night && !isPartial ? 900 * random.integer(2, body.lnHrvFromUsual < -0.2 ? 13 : 6) : null,
    },
    workout: isPartial ? null : workoutOf(day),
  };
}

/** The day's session as Oura's `workout`; without a heart rate, as at the vendor. */
export function workoutOf(day: Day): (DayDocument & { start_datetime: string; end_datetime: string }) | null {
  const session = sessionOn(day);
  if (!session) return null;
  const random = randomFor(day.seed, day.athlete.key, day.dayIndex, 'workout');
  const timeZone = day.athlete.zoneOn(day.dayIndex);
  const startMinute = day.athlete.body.wakeMinute + 600 + random.integer(-25, 25);
  const minutes = session.minutes + random.integer(-6, 6);
  const startMs = instantOf({ date: day.date, minute: startMinute, timeZone });
  const kcalPerMinute = { easy: 8, moderate: 7, hard: 12.5 }[session.intensity];
  return {
    id: documentId(day, 'workout'),
    activity: session.activity,
    calories: Math.round(10 * minutes * kcalPerMinute) / 10,
    day: day.date,
    distance:
      session.metresPerMinute === null
        ? null
        : Math.round(10 * minutes * session.metresPerMinute * random.between(0.96, 1.04)) / 10,
    end_datetime: withOffset({ atMs: startMs + 60_000 * minutes, timeZone }),
    intensity: session.intensity,
    label: null,
    source: session.activity === 'strengthTraining' ? 'manual' : 'confirmed',
    start_datetime: withOffset({ atMs: startMs, timeZone }),
  };
}

function activity({ day, isPartial, wakeMinute }: { day: Day; isPartial: boolean; wakeMinute: number }): DayDocument {
  const random = randomFor(day.seed, day.athlete.key, day.dayIndex, 'activity');
  const timeZone = day.athlete.zoneOn(day.dayIndex);
  const startMs = instantOf({ date: day.date, minute: ACTIVITY_STARTS_MINUTE, timeZone });
  const wakeMs = day.wakeAtMs ?? instantOf({ date: day.date, minute: wakeMinute, timeZone });
  const workout = workoutOf(day);
  const restful = day.athlete.shiftOn(day.dayIndex).trains === false;
  const slots = isPartial ? Math.max(0, Math.min(SLOTS, Math.floor((wakeMs - startMs) / SLOT_MS))) : SLOTS;
  const asleepAgainMs = startMs + SLOTS * SLOT_MS - 5 * 3_600_000;
  const classes = Array.from({ length: slots }, (_, slot) => {
    const atMs = startMs + slot * SLOT_MS;
    if (workout && atMs >= Date.parse(workout.start_datetime) && atMs < Date.parse(workout.end_datetime)) {
      return workout['intensity'] === 'hard' ? 5 : 4;
    }
    if (atMs < wakeMs || atMs >= asleepAgainMs) return 1;
    return random.next() < (restful ? 0.75 : 0.55) ? 2 : random.next() < 0.85 ? 3 : 4;
  });
  const secondsOf = (kind: number): number => 300 * classes.filter((other) => other === kind).length;
  const metOf = [0.9, 1, 1.4, 2.4, 4.2, 8.5];
  const items = classes.map((kind) => Math.round(10 * (metOf[kind] ?? 1) * random.between(0.9, 1.1)) / 10);
  const full = day.athlete.body.steps * random.between(0.82, 1.18) * (restful ? 0.45 : workout ? 1.1 : 0.8);
  // Today's steps so far: a few hundred, a little more with each synchronisation.
  const steps = Math.round(isPartial ? full * (0.02 + 0.01 * (day.change?.edits ?? 0)) : full);
  const activeCalories = Math.round(steps / 24 + (workout && !isPartial ? Number(workout['calories']) * 0.6 : 0));
  return {
    id: documentId(day, 'daily_activity'),
    active_calories: activeCalories,
    average_met_minutes: items.length === 0 ? 0 : Math.round((1e4 * sum(items)) / items.length) / 1e4,
    class_5_min: classes.length === 0 ? null : classes.join(''),
    contributors: {
      meet_daily_targets: 80,
      move_every_hour: 95,
      recovery_time: 90,
      stay_active: 78,
      training_frequency: 85,
      training_volume: 82,
    },
    day: day.date,
    equivalent_walking_distance: Math.round(0.78 * steps),
    high_activity_met_minutes: Math.round(secondsOf(5) / 60) * 8,
    high_activity_time: secondsOf(5),
    inactivity_alerts: random.integer(0, 3),
    low_activity_met_minutes: Math.round(secondsOf(3) / 60) * 2,
    low_activity_time: secondsOf(3),
    medium_activity_met_minutes: Math.round(secondsOf(4) / 60) * 4,
    medium_activity_time: secondsOf(4),
    met: { interval: 300, items, timestamp: withOffset({ atMs: startMs, timeZone }) },
    meters_to_target: Math.max(0, 8000 - Math.round(0.78 * steps)),
    non_wear_time: 0,
    resting_time: secondsOf(1),
    score: isPartial ? null : Math.max(1, Math.min(100, 60 + Math.round(steps / 400))),
    sedentary_met_minutes: Math.round(secondsOf(2) / 3600),
    sedentary_time: secondsOf(2),
    steps,
    target_calories: 450,
    target_meters: 8000,
    timestamp: withOffset({ atMs: startMs, timeZone }),
    total_calories: Math.round(24 * day.athlete.body.weightKg) + activeCalories,
  };
}

function sum(items: number[]): number {
  return items.reduce((total, item) => total + item, 0);
}
