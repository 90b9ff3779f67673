import { atMinute, comesRound, zoneOf } from '../athletes/day.ts';
import type { Day } from '../athletes/day.ts';
import { withOffset } from '../athletes/local-time.ts';
import { bodyNight } from '../athletes/physiology.ts';
import type { BodyNight } from '../athletes/physiology.ts';
import { idFor } from '../athletes/random.ts';
import { isNightly, sleepPeriodsOf } from '../athletes/sleep.ts';
import type { SleepKind, SleepPeriod } from '../athletes/sleep.ts';
import { readinessOf } from './scores.ts';
import type { ReadinessScores } from './scores.ts';

/** A five-minute (`interval` 300 s) series as Oura writes it. */
export interface Series {
  interval: number;
  items: (number | null)[];
  timestamp: string;
}

/** Oura's `sleep` document: one sleep period. Seconds, ms (rMSSD), bpm; the meaning of each field is the vendor's. */
export interface SleepDocument {
  id: string;
  average_breath: number | null;
  average_heart_rate: number | null;
  average_hrv: number | null;
  awake_time: number | null;
  bedtime_end: string;
  bedtime_start: string;
  day: string;
  deep_sleep_duration: number | null;
  efficiency: number | null;
  heart_rate: Series | null;
  hrv: Series | null;
  latency: number | null;
  light_sleep_duration: number | null;
  low_battery_alert: boolean;
  lowest_heart_rate: number | null;
  movement_30_sec: string | null;
  period: number;
  readiness: ReadinessScores | null;
  readiness_score_delta: number | null;
  rem_sleep_duration: number | null;
  restless_periods: number | null;
  ring_id: string;
  sleep_algorithm_version: 'v2';
  sleep_analysis_reason: 'foreground_sleep_analysis' | 'bedtime_edit';
  sleep_phase_30_sec: string | null;
  sleep_phase_5_min: string | null;
  sleep_score_delta: number | null;
  time_in_bed: number;
  total_sleep_duration: number | null;
  type: 'long_sleep' | 'sleep' | 'late_nap' | 'rest' | 'deleted';
}

/** The main night of a day as Oura's `sleep` document; null when the ring was not worn. */
export function nightOf(day: Day): SleepDocument | null {
  return sleepsOf(day).find((document) => document.id === documentId(day, 'sleep')) ?? null;
}

/** All sleep periods that Oura counts to the day, earliest first: the night, its second half, naps and odd documents. */
export function sleepsOf(day: Day): SleepDocument[] {
  const body = bodyNight(day);
  const documents = sleepPeriodsOf(day).map((period) => measuredDocument({ day, body, period }));
  if (day.wakeAtMs === undefined) documents.push(...unmeasuredDocuments(day));
  return documents
    .sort((left, right) => Date.parse(left.bedtime_start) - Date.parse(right.bedtime_start))
    .map((document, period) => ({ ...document, period }));
}

/** The id of one of the day's documents; `kind` is a collection's name, or that of a nap. */
export function documentId(
  { seed, athlete, dayIndex }: Pick<Day, 'seed' | 'athlete' | 'dayIndex'>,
  kind: string,
): string {
  return idFor(seed, athlete.key, dayIndex, kind);
}

/** Every kind under which `sleepsOf` may write a document, so that an id can be found without writing any. */
export const SLEEP_KINDS = ['sleep', 'sleep-second-half', 'nap', 'late_nap', 'rest', 'deleted'];

/** Over three hours is `long_sleep`, both halves of a split night too; a nap that ends after six counts for the next day. */
const TYPES: Record<SleepKind, SleepDocument['type']> = {
  sleep: 'long_sleep',
  'sleep-second-half': 'long_sleep',
  nap: 'sleep',
  late_nap: 'late_nap',
};

function measuredDocument({ day, body, period }: { day: Day; body: BodyNight; period: SleepPeriod }): SleepDocument {
  const { durations, timeZone } = period;
  const timestamp = withOffset({ atMs: period.startMs, timeZone });
  const series = (items: (number | null)[]): Series => ({ interval: 300, items, timestamp });
  return {
    ...emptyDocument({ day, kind: period.kind, type: TYPES[period.kind] }),
    average_breath: period.breathsPerMinute,
    average_heart_rate: mean(period.heartRateItems),
    average_hrv: period.hrvMs,
    awake_time: durations.awakeSec,
    bedtime_end: withOffset({ atMs: period.endMs, timeZone }),
    bedtime_start: timestamp,
    deep_sleep_duration: durations.deepSec,
    efficiency: Math.round((100 * durations.asleepSec) / durations.inBedSec),
    heart_rate: series(period.heartRateItems),
    hrv: period.hrvItems && series(period.hrvItems),
    latency: durations.latencySec,
    light_sleep_duration: durations.lightSec,
    low_battery_alert: period.hrvMs === null,
    lowest_heart_rate: period.lowestHeartRateBpm,
    movement_30_sec: period.movement30Sec,
    readiness: isNightly(period.kind) ? readinessOf({ athlete: day.athlete, body }) : null,
    readiness_score_delta: 0,
    rem_sleep_duration: durations.remSec,
    restless_periods: period.restlessPeriods,
    sleep_analysis_reason: (day.change?.edits ?? 0) > 0 ? 'bedtime_edit' : 'foreground_sleep_analysis',
    sleep_phase_30_sec: period.phases30Sec,
    sleep_phase_5_min: period.phases5Min,
    sleep_score_delta: 0,
    time_in_bed: durations.inBedSec,
    total_sleep_duration: durations.asleepSec,
  };
}

/** Documents without measurements, as a ring writes them for an evening on the sofa or a period the user removed. */
function unmeasuredDocuments(day: Day): SleepDocument[] {
  const { athlete } = day;
  if (athlete.extraSleep === 'naps') return [];
  const isOdd = athlete.extraSleep === 'odd';
  const timeZone = zoneOf(day);
  const bedtimeMinute = athlete.body.wakeMinute - athlete.body.asleepMin;
  const period = (type: 'rest' | 'deleted', minutesBeforeBedtime: number, minutes: number): SleepDocument => {
    const startMs = atMinute(day, bedtimeMinute - minutesBeforeBedtime);
    return {
      ...emptyDocument({ day, kind: type, type }),
      bedtime_start: withOffset({ atMs: startMs, timeZone }),
      bedtime_end: withOffset({ atMs: startMs + 60_000 * minutes, timeZone }),
      time_in_bed: 60 * minutes,
    };
  };
  const documents: SleepDocument[] = [];
  if (comesRound(day, isOdd ? 9 : 23, 4)) documents.push(period('rest', 140, 25));
  if (isOdd && comesRound(day, 17, 8)) documents.push(period('deleted', 100, 20));
  return documents;
}

function emptyDocument({ day, kind, type }: { day: Day; kind: string; type: SleepDocument['type'] }): SleepDocument {
  return {
    id: documentId(day, kind),
    average_breath: null,
    average_heart_rate: null,
    average_hrv: null,
    awake_time: null,
    bedtime_end: '',
    bedtime_start: '',
    day: day.date,
    deep_sleep_duration: null,
    efficiency: null,
    heart_rate: null,
    hrv: null,
    latency: null,
    light_sleep_duration: null,
    low_battery_alert: false,
    lowest_heart_rate: null,
    movement_30_sec: null,
    period: 0,
    readiness: null,
    readiness_score_delta: null,
    rem_sleep_duration: null,
    restless_periods: null,
    ring_id: idFor(day.seed, day.athlete.key, 'ring').replaceAll('-', ''),
    sleep_algorithm_version: 'v2',
    sleep_analysis_reason: 'foreground_sleep_analysis',
    sleep_phase_30_sec: null,
    sleep_phase_5_min: null,
    sleep_score_delta: null,
    time_in_bed: 0,
    total_sleep_duration: null,
    type,
  };
}

function mean(items: (number | null)[]): number {
  const measured = items.filter((item) => item !== null);
  return Math.round((100 * measured.reduce((sum, item) => sum + item, 0)) / measured.length) / 100;
}
