import type { Day } from '../athletes/day.ts';
import { instantOf, withOffset } from '../athletes/local-time.ts';
import { movementOf, vitalsOf, workoutOf } from '../athletes/movement.ts';
import { bodyNight } from '../athletes/physiology.ts';
import { idFor } from '../athletes/random.ts';
import { mainSleepOf, stagesOf } from '../athletes/sleep.ts';
import type { HeartRateSample } from '../athletes/heart-rate.ts';

/** A data point of Google's: where it lies in time, on the person's clock and in UTC, and what it says. */
export interface Point {
  dataType: string;
  /** Local date the point is told by: of waking for a night, of the start for a session. */
  date: string;
  /** The same with the time of day: `2026-11-15T06:41:00`. */
  civil: string;
  /** Its end for sleep, else its start. */
  atMs: number;
  startMs: number;
  endMs: number;
  body: Record<string, unknown>;
}

const DEVICE = { recordingMethod: 'PASSIVELY_MEASURED', platform: 'FITBIT', device: { displayName: 'Charge 6' } };

/** `{ year, month, day }`. */
export function civilDate(date: string): { year: number; month: number; day: number } {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  return { year, month, day };
}

/** All that is told of one day; nothing of a night without the device, and no session of today. */
export function pointsOf(day: Day): Point[] {
  const sleep = sleepPoint(day);
  const workout = exercisePoint(day);
  return [...(sleep ? [sleep, ...nightPoints(day)] : []), ...(workout ? [workout] : [])];
}

function nightPoints(day: Day): Point[] {
  const night = mainSleepOf(day);
  const { restingHeartRateBpm } = day.athlete.body;
  const { heartRateFromUsualBpm, breathsPerMinute } = bodyNight(day);
  const beats = Math.round(restingHeartRateBpm + heartRateFromUsualBpm);
  const variability = { averageHeartRateVariabilityMilliseconds: night?.hrvMs, entropy: 2.9 };
  return [
    ...(night?.hrvMs ? [dailyPoint(day, 'daily-heart-rate-variability', variability)] : []),
    dailyPoint(day, 'daily-resting-heart-rate', { beatsPerMinute: String(beats) }),
    dailyPoint(day, 'daily-respiratory-rate', { breathsPerMinute }),
    dailyPoint(day, 'daily-oxygen-saturation', { averagePercentage: vitalsOf(day).spo2Pct }),
  ];
}

function dailyPoint(day: Day, dataType: string, values: Record<string, unknown>): Point {
  const startMs = instantOf({ date: day.date, minute: 0, timeZone: day.athlete.timeZone });
  const field = { [fieldOf(dataType)]: { date: civilDate(day.date), ...values } };
  return {
    dataType,
    date: day.date,
    civil: `${day.date}T00:00:00`,
    atMs: startMs,
    startMs,
    endMs: startMs + 86_400_000,
    body: { ...named(day, dataType), ...field },
  };
}

/** `daily-resting-heart-rate` is `dailyRestingHeartRate`. */
function fieldOf(dataType: string): string {
  return dataType.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function named(day: Day, dataType: string): Record<string, unknown> {
  const id = idFor(day.seed, day.athlete.key, day.dayIndex, 'google', dataType);
  return { name: `users/me/dataTypes/${dataType}/dataPoints/${id}`, dataSource: DEVICE };
}

const STAGES = { awake: 'AWAKE', light: 'LIGHT', deep: 'DEEP', rem: 'REM' } as const;

function sleepPoint(day: Day): Point | null {
  const night = mainSleepOf(day);
  if (!night) return null;
  const interval = intervalOf(night);
  const stages = stagesOf(night).map(({ stage, startMs, endMs }) => ({
    ...intervalOf({ startMs, endMs, timeZone: night.timeZone }),
    type: STAGES[stage],
  }));
  const minutesOf = (ms: number): string => String(Math.round(ms / 60_000));
  const asleepMs = stages.reduce(
    (sum, { type, startTime, endTime }) => (type === 'AWAKE' ? sum : sum + Date.parse(endTime) - Date.parse(startTime)),
    0,
  );
  const lengthMs = night.endMs - night.startMs;
  const first = stages.find(({ type }) => type !== 'AWAKE');
  const summary = {
    minutesInSleepPeriod: minutesOf(lengthMs),
    minutesAsleep: minutesOf(asleepMs),
    minutesAwake: minutesOf(lengthMs - asleepMs),
    minutesToFallAsleep: minutesOf(first ? Date.parse(first.startTime) - night.startMs : 0),
  };
  const civil = withOffset({ atMs: night.endMs, timeZone: night.timeZone }).slice(0, 19);
  const value = { interval, type: 'STAGES', stages, metadata: { nap: false, processed: true }, summary };
  return {
    dataType: 'sleep',
    date: civil.slice(0, 10),
    civil,
    atMs: night.endMs,
    startMs: night.startMs,
    endMs: night.endMs,
    body: { ...named(day, 'sleep'), sleep: value },
  };
}

const EXERCISES: Record<string, string> = {
  running: 'RUNNING',
  cycling: 'BIKING',
  strengthTraining: 'STRENGTH_TRAINING',
};

function exercisePoint(day: Day): Point | null {
  const workout = day.isPartial ? null : workoutOf(day);
  if (!workout) return null;
  const { startMs, endMs, timeZone, distanceM, kcal } = workout;
  const civil = withOffset({ atMs: startMs, timeZone }).slice(0, 19);
  const exercise = {
    interval: intervalOf(workout),
    exerciseType: EXERCISES[workout.activity] ?? 'WORKOUT',
    activeDuration: `${(endMs - startMs) / 1000}s`,
    metricsSummary: {
      caloriesKcal: kcal,
      ...(distanceM === null ? {} : { distanceMillimeters: Math.round(1000 * distanceM) }),
    },
  };
  const body = { ...named(day, 'exercise'), exercise };
  return { dataType: 'exercise', date: civil.slice(0, 10), civil, atMs: startMs, startMs, endMs, body };
}

function intervalOf({ startMs, endMs, timeZone }: { startMs: number; endMs: number; timeZone: string }) {
  return {
    startTime: new Date(startMs).toISOString(),
    startUtcOffset: utcOffsetOf(startMs, timeZone),
    endTime: new Date(endMs).toISOString(),
    endUtcOffset: utcOffsetOf(endMs, timeZone),
  };
}

/** `7200s`. */
function utcOffsetOf(atMs: number, timeZone: string): string {
  const local = withOffset({ atMs, timeZone });
  return `${Math.round((Date.parse(`${local.slice(0, 23)}Z`) - atMs) / 1000)}s`;
}

export function heartRatePoint({ atMs, bpm }: HeartRateSample, timeZone: string): Record<string, unknown> {
  const sampleTime = { physicalTime: new Date(atMs).toISOString(), utcOffset: utcOffsetOf(atMs, timeZone) };
  return { dataSource: DEVICE, heartRate: { sampleTime, beatsPerMinute: String(bpm) } };
}

/** The day's steps, as a roll-up by civil day. */
export function stepsOf(day: Day, nextDate: string): Record<string, unknown> {
  return {
    civilStartTime: { date: civilDate(day.date), time: {} },
    civilEndTime: { date: civilDate(nextDate), time: {} },
    steps: { countSum: String(movementOf(day).steps) },
  };
}
