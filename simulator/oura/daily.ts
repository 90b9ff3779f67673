import { atMinute, zoneOf } from '../athletes/day.ts';
import type { Day } from '../athletes/day.ts';
import { withOffset } from '../athletes/local-time.ts';
import { movementOf, vitalsOf, workoutOf } from '../athletes/movement.ts';
import { bodyNight } from '../athletes/physiology.ts';
import { readinessOf, sleepScoreOf } from './scores.ts';
import { documentId, nightOf } from './sleep.ts';

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

/** The daily documents. */
export function dayOf(day: Day): DayDocuments {
  const body = bodyNight(day);
  const night = body.isWorn ? nightOf(day) : null;
  const midnight = withOffset({ atMs: atMinute(day, 0), timeZone: zoneOf(day) });
  const vitals = vitalsOf(day);
  const isOver = night !== null && !day.isPartial;
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
    daily_activity: activity(day),
    daily_spo2: night && {
      id: documentId(day, 'daily_spo2'),
      breathing_disturbance_index: vitals.breathingDisturbanceIndex,
      day: day.date,
      spo2_percentage: { average: vitals.spo2Pct },
    },
    daily_stress: {
      id: documentId(day, 'daily_stress'),
      day: day.date,
      day_summary: isOver ? (vitals.isStressful ? 'stressful' : 'normal') : null,
      recovery_high: isOver ? vitals.recoverySec : null,
      stress_high: isOver ? vitals.stressSec : null,
    },
    workout: day.isPartial ? null : workoutDocument(day),
  };
}

/** The day's session as Oura's `workout`; without a heart rate, as at the vendor. */
function workoutDocument(day: Day): DayDocument | null {
  const workout = workoutOf(day);
  if (!workout) return null;
  const { timeZone } = workout;
  return {
    id: documentId(day, 'workout'),
    activity: workout.activity,
    calories: workout.kcal,
    day: day.date,
    distance: workout.distanceM,
    end_datetime: withOffset({ atMs: workout.endMs, timeZone }),
    intensity: workout.intensity,
    label: null,
    source: workout.activity === 'strengthTraining' ? 'manual' : 'confirmed',
    start_datetime: withOffset({ atMs: workout.startMs, timeZone }),
  };
}

function activity(day: Day): DayDocument {
  const { startMs, classes, mets, steps, activeKcal, inactivityAlerts } = movementOf(day);
  const secondsOf = (kind: number): number => 300 * classes.filter((other) => other === kind).length;
  const timestamp = withOffset({ atMs: startMs, timeZone: zoneOf(day) });
  return {
    id: documentId(day, 'daily_activity'),
    active_calories: activeKcal,
    average_met_minutes: mets.length === 0 ? 0 : Math.round((1e4 * sum(mets)) / mets.length) / 1e4,
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
    inactivity_alerts: inactivityAlerts,
    low_activity_met_minutes: Math.round(secondsOf(3) / 60) * 2,
    low_activity_time: secondsOf(3),
    medium_activity_met_minutes: Math.round(secondsOf(4) / 60) * 4,
    medium_activity_time: secondsOf(4),
    met: { interval: 300, items: mets, timestamp },
    meters_to_target: Math.max(0, 8000 - Math.round(0.78 * steps)),
    non_wear_time: 0,
    resting_time: secondsOf(1),
    score: day.isPartial ? null : Math.max(1, Math.min(100, 60 + Math.round(steps / 400))),
    sedentary_met_minutes: Math.round(secondsOf(2) / 3600),
    sedentary_time: secondsOf(2),
    steps,
    target_calories: 450,
    target_meters: 8000,
    timestamp,
    total_calories: Math.round(24 * day.athlete.body.weightKg) + activeKcal,
  };
}

function sum(items: number[]): number {
  return items.reduce((total, item) => total + item, 0);
}
