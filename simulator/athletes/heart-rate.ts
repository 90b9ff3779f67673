import { atMinute } from './day.ts';
import type { Day } from './day.ts';
import { workoutOf } from './movement.ts';
import type { Workout } from './movement.ts';
import { bodyNight } from './physiology.ts';
import { randomFor } from './random.ts';
import { isNightly, sleepPeriodsOf } from './sleep.ts';
import type { SleepPeriod } from './sleep.ts';

/** Beats per minute at an instant. */
export interface HeartRateSample {
  atMs: number;
  bpm: number;
  while: 'awake' | 'workout' | 'sleep';
}

const STEP_MS = 300_000;

/**
 * Heart rate every five minutes from the day's bedtime to the next one, oldest first: the series of the night, then the
 * waking day with its session. `untilMs` cuts the end (today's waking, for a day just played). Two neighbouring days
 * never hold the same instant.
 */
export function heartRateOf({
  day,
  nextDay,
  untilMs = Number.POSITIVE_INFINITY,
}: {
  day: Day;
  nextDay: Day;
  untilMs?: number;
}): HeartRateSample[] {
  const nights = nightsOf(day);
  const samples = nights.flatMap(asleepSamples);
  const endMs = Math.min(untilMs, bedtimeOf(nextDay));
  const workout = workoutOf(day);
  const random = randomFor(day.seed, day.athlete.key, day.dayIndex, 'heartrate');
  const restingBpm = restingOf(day);
  const wakeMs = nights.at(-1)?.endMs ?? atMinute(day, day.athlete.body.wakeMinute);
  for (let atMs = Math.ceil(wakeMs / STEP_MS) * STEP_MS; atMs < endMs; atMs += STEP_MS) {
    const isTraining = workout !== null && atMs >= workout.startMs && atMs < workout.endMs;
    const bpm = restingBpm + (isTraining ? effortOf(workout) + random.between(-9, 9) : 17 + random.between(-5, 14));
    samples.push({ atMs, bpm: Math.round(bpm), while: isTraining ? 'workout' : 'awake' });
  }
  return samples.filter(({ atMs }) => atMs < endMs).sort((left, right) => left.atMs - right.atMs);
}

/** The session as a strap on the chest follows it: warms up over eight minutes, then waves about the effort. */
export function workoutHeartRateOf({
  day,
  workout,
  stepSec,
}: {
  day: Day;
  workout: Workout;
  stepSec: number;
}): HeartRateSample[] {
  const random = randomFor(day.seed, day.athlete.key, day.dayIndex, 'workout-heartrate');
  const restingBpm = restingOf(day);
  const phase = random.between(0, 6);
  const samples: HeartRateSample[] = [];
  for (let atMs = workout.startMs; atMs <= workout.endMs; atMs += 1000 * stepSec) {
    const minute = (atMs - workout.startMs) / 60_000;
    const warm = Math.min(1, 0.45 + (0.55 * minute) / 8);
    const bpm = restingBpm + warm * (effortOf(workout) + 7 * Math.sin(phase + minute / 3) + random.between(-2, 2));
    samples.push({ atMs, bpm: Math.round(bpm), while: 'workout' });
  }
  return samples;
}

/** Beats above rest. */
function effortOf({ intensity }: Workout): number {
  return intensity === 'hard' ? 104 : 78;
}

function restingOf(day: Day): number {
  return day.athlete.body.restingHeartRateBpm + bodyNight(day).heartRateFromUsualBpm;
}

function nightsOf(day: Day): SleepPeriod[] {
  return sleepPeriodsOf(day)
    .filter(({ kind }) => isNightly(kind))
    .sort((left, right) => left.startMs - right.startMs);
}

function asleepSamples({ startMs, heartRateItems }: SleepPeriod): HeartRateSample[] {
  return heartRateItems.flatMap((bpm, index) =>
    bpm === null ? [] : [{ atMs: startMs + index * STEP_MS, bpm, while: 'sleep' as const }],
  );
}

function bedtimeOf(day: Day): number {
  const { wakeMinute, asleepMin } = day.athlete.body;
  return nightsOf(day)[0]?.startMs ?? atMinute(day, wakeMinute - asleepMin);
}
