import { instantOf } from '../local-time.ts';
import { bodyNight } from '../physiology.ts';
import { randomFor } from '../random.ts';
import { workoutOf } from './daily.ts';
import { sleepsOf } from './sleep.ts';
import type { Day, SleepDocument } from './sleep.ts';

/** One row of Oura's `heartrate`. */
export interface HeartRateSample {
  timestamp: string;
  timestamp_unix: number;
  bpm: number;
  source: 'awake' | 'workout' | 'sleep';
}

const STEP_MS = 300_000;

/**
 * Heart rate every five minutes from the day's bedtime to the next one, oldest first: the series of the sleep
 * documents, then the waking day with its session. `untilMs` cuts the end (today's waking, for a day just played).
 * Two neighbouring days never hold the same instant.
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
  const nights = sleepsOf(day).filter((document) => document.type === 'long_sleep' && document.heart_rate);
  const samples = nights.flatMap(asleepSamples);
  const endMs = Math.min(untilMs, bedtimeOf(nextDay));
  const workout = workoutOf(day);
  const random = randomFor(day.seed, day.athlete.key, day.dayIndex, 'heartrate');
  const restingBpm = day.athlete.body.restingHeartRateBpm + bodyNight(day).heartRateFromUsualBpm;
  for (let atMs = Math.ceil(wakeOf(day, nights) / STEP_MS) * STEP_MS; atMs < endMs; atMs += STEP_MS) {
    const isTraining =
      workout !== null && atMs >= Date.parse(workout.start_datetime) && atMs < Date.parse(workout.end_datetime);
    const trainingBpm = workout?.['intensity'] === 'hard' ? 104 : 78;
    const bpm = restingBpm + (isTraining ? trainingBpm + random.between(-9, 9) : 17 + random.between(-5, 14));
    samples.push(sample(atMs, Math.round(bpm), isTraining ? 'workout' : 'awake'));
  }
  return samples.filter((row) => row.timestamp_unix < endMs).sort((a, b) => a.timestamp_unix - b.timestamp_unix);
}

function asleepSamples(document: SleepDocument): HeartRateSample[] {
  const startMs = Date.parse(document.bedtime_start);
  return (document.heart_rate?.items ?? []).flatMap((bpm, index) =>
    bpm === null ? [] : [sample(startMs + index * STEP_MS, bpm, 'sleep')],
  );
}

function sample(atMs: number, bpm: number, source: HeartRateSample['source']): HeartRateSample {
  return { timestamp: new Date(atMs).toISOString(), timestamp_unix: atMs, bpm, source };
}

function wakeOf(day: Day, nights: SleepDocument[]): number {
  const last = nights.at(-1);
  if (last) return Date.parse(last.bedtime_end);
  const { athlete, dayIndex, date } = day;
  return instantOf({ date, minute: athlete.body.wakeMinute, timeZone: athlete.zoneOn(dayIndex) });
}

function bedtimeOf(day: Day): number {
  const night = sleepsOf(day).find((document) => document.type === 'long_sleep');
  if (night) return Date.parse(night.bedtime_start);
  const { athlete, dayIndex, date } = day;
  const minute = athlete.body.wakeMinute - athlete.body.asleepMin;
  return instantOf({ date, minute, timeZone: athlete.zoneOn(dayIndex) });
}
