import { atMinute } from '../athletes/day.ts';
import type { Day } from '../athletes/day.ts';
import { workoutHeartRateOf } from '../athletes/heart-rate.ts';
import { withOffset } from '../athletes/local-time.ts';
import { movementOf, vitalsOf, workoutOf } from '../athletes/movement.ts';
import { bodyNight } from '../athletes/physiology.ts';
import { idFor, numberFor } from '../athletes/random.ts';
import { mainSleepOf, stagesOf } from '../athletes/sleep.ts';
import type { SleepPeriod } from '../athletes/sleep.ts';
import type { Squad } from '../athletes/squad.ts';

/** One summary of the Health API, without the `userId` that a push adds. */
export type Summary = Record<string, unknown>;

/** The summary types of these athletes, as the last part of Garmin's addresses names them. */
export const SUMMARY_TYPES = ['sleeps', 'hrv', 'dailies', 'activities'] as const;
export type SummaryType = (typeof SUMMARY_TYPES)[number];

export const isSummaryType = (text: string): text is SummaryType => (SUMMARY_TYPES as readonly string[]).includes(text);

/** What a watch has of one day; of a kind it has nothing of, nothing. */
export function summariesOf({ type, day, squad }: { type: SummaryType; day: Day; squad: Squad }): Summary[] {
  const night = type === 'sleeps' || type === 'hrv' ? nightOf(day) : null;
  if (type === 'dailies') return [dailyOf(day, squad)];
  if (type === 'activities') return activitiesOf(day);
  if (night === null) return [];
  if (type === 'sleeps') return [sleepOf(day, night)];
  return night.hrvMs === null ? [] : [hrvOf(day, night, night.hrvMs)];
}

/** The id of the night's sleep: device, start and length, in hex. It changes when the night grows. */
export function sleepIdOf(day: Day): string {
  const night = nightOf(day);
  const startMs = night?.startMs ?? atMinute(day, 0);
  return `${deviceOf(day)}-${hexOf(seconds(startMs))}-${hexOf(night?.durations.asleepSec ?? 0)}`;
}

/** An edited night keeps its start: Garmin tells a record by it. */
function nightOf(day: Day): SleepPeriod | null {
  const night = mainSleepOf(day);
  const first = day.change === undefined ? night : mainSleepOf({ ...day, change: { ...day.change, mood: 'ordinary' } });
  if (night === null || first === null) return night;
  const movedMs = first.startMs - night.startMs;
  return { ...night, startMs: night.startMs + movedMs, endMs: night.endMs + movedMs };
}

const seconds = (ms: number): number => Math.round(ms / 1000);
const hexOf = (whole: number): string => whole.toString(16);
const deviceOf = ({ seed, athlete }: Pick<Day, 'seed' | 'athlete'>): string =>
  `x${idFor(seed, athlete.key, 'watch').slice(0, 7)}`;

/** What the device's clock shows, less UTC. */
function offsetSec(atMs: number, timeZone: string): number {
  return seconds(Date.parse(`${withOffset({ atMs, timeZone }).slice(0, 23)}Z`) - atMs);
}

function sleepOf(day: Day, night: SleepPeriod): Summary {
  const { durations, startMs, timeZone } = night;
  const levels: Record<string, object[]> = { deep: [], light: [], rem: [], awake: [] };
  for (const { stage, startMs: from, endMs: to } of stagesOf(night))
    levels[stage]?.push({ startTimeInSeconds: seconds(from), endTimeInSeconds: seconds(to) });
  return {
    summaryId: sleepIdOf(day),
    calendarDate: day.date,
    startTimeInSeconds: seconds(startMs),
    startTimeOffsetInSeconds: offsetSec(startMs, timeZone),
    durationInSeconds: durations.asleepSec,
    totalNapDurationInSeconds: 0,
    unmeasurableSleepInSeconds: 0,
    deepSleepDurationInSeconds: durations.deepSec,
    lightSleepDurationInSeconds: durations.lightSec,
    remSleepInSeconds: durations.remSec,
    awakeDurationInSeconds: durations.awakeSec,
    sleepLevelsMap: levels,
    validation: 'ENHANCED_FINAL',
    timeOffsetSleepRespiration: everyHour(night, night.breathsPerMinute),
    timeOffsetSleepSpo2: everyHour(night, Math.round(100 * vitalsOf(day).spo2Pct)),
  };
}

function everyHour({ durations }: SleepPeriod, value: number): Record<string, number> {
  const hours = Math.floor(durations.inBedSec / 3600);
  return Object.fromEntries(Array.from({ length: hours + 1 }, (_, hour) => [String(3600 * hour), value]));
}

function hrvOf(day: Day, night: SleepPeriod, hrvMs: number): Summary {
  const values = (night.hrvItems ?? []).flatMap((ms, index) => (ms === null ? [] : [[String(300 * (index + 1)), ms]]));
  return {
    summaryId: `${deviceOf(day)}-${hexOf(seconds(night.startMs))}`,
    calendarDate: day.date,
    lastNightAvg: hrvMs,
    lastNight5MinHigh: Math.max(...(night.hrvItems ?? []).map((ms) => ms ?? 0)),
    startTimeOffsetInSeconds: offsetSec(night.startMs, night.timeZone),
    durationInSeconds: night.durations.inBedSec,
    startTimeInSeconds: seconds(night.startMs),
    hrvValues: Object.fromEntries(values),
  };
}

function dailyOf(day: Day, squad: Squad): Summary {
  const startMs = atMinute(day, 0);
  const untilMs = day.isPartial && day.wakeAtMs !== undefined ? day.wakeAtMs : atMinute(day, 1440);
  const { steps, activeKcal } = movementOf(day);
  const body = bodyNight(day);
  const samples = squad.heartRateOn(day.athlete, day.dayIndex).filter(({ atMs }) => atMs >= startMs && atMs < untilMs);
  const bpms = samples.map(({ bpm }) => bpm);
  return {
    summaryId: `${deviceOf(day)}-${hexOf(seconds(startMs))}`,
    calendarDate: day.date,
    startTimeInSeconds: seconds(startMs),
    startTimeOffsetInSeconds: offsetSec(startMs, day.athlete.zoneOn(day.dayIndex)),
    activityType: 'WALKING',
    durationInSeconds: seconds(untilMs - startMs),
    steps,
    distanceInMeters: Math.round(74 * steps) / 100,
    activeKilocalories: activeKcal,
    ...(bpms.length === 0
      ? {}
      : { minHeartRateInBeatsPerMinute: Math.min(...bpms), maxHeartRateInBeatsPerMinute: Math.max(...bpms) }),
    ...(body.isWorn ? { restingHeartRateInBeatsPerMinute: body.lowestHeartRateBpm } : {}),
    // Unknown, in Garmin's way.
    averageStressLevel: -1,
    timeOffsetHeartRateSamples: Object.fromEntries(
      samples.map(({ atMs, bpm }) => [String(seconds(atMs - startMs)), bpm]),
    ),
  };
}

const ACTIVITY_TYPES: Record<string, string> = {
  running: 'RUNNING',
  cycling: 'CYCLING',
  strengthTraining: 'STRENGTH_TRAINING',
};

function activitiesOf(day: Day): Summary[] {
  const workout = day.isPartial ? null : workoutOf(day);
  if (!workout) return [];
  const bpms = workoutHeartRateOf({ day, workout, stepSec: 15 }).map(({ bpm }) => bpm);
  const activityId = numberFor(20_000_000_000, 29_999_999_999, day.seed, day.athlete.key, day.dayIndex, 'activity');
  return [
    {
      summaryId: String(activityId),
      activityId,
      activityName: 'Session',
      activityType: ACTIVITY_TYPES[workout.activity] ?? 'OTHER',
      startTimeInSeconds: seconds(workout.startMs),
      startTimeOffsetInSeconds: offsetSec(workout.startMs, workout.timeZone),
      durationInSeconds: 60 * workout.minutes,
      averageHeartRateInBeatsPerMinute: Math.round(bpms.reduce((sum, bpm) => sum + bpm, 0) / bpms.length),
      maxHeartRateInBeatsPerMinute: Math.max(...bpms),
      activeKilocalories: Math.round(workout.kcal),
      ...(workout.distanceM === null ? {} : { distanceInMeters: workout.distanceM }),
      isParent: false,
      manual: false,
    },
  ];
}
