import { durationsOf, fiveMinutePhases, heartRateSeries, hrvSeries, hypnogram, movement } from '../hypnogram.ts';
import { addDays, instantOf, withOffset } from '../local-time.ts';
import { bodyNight } from '../physiology.ts';
import type { BodyNight, NightChange } from '../physiology.ts';
import { idFor, randomFor } from '../random.ts';
import { modulo } from '../stories.ts';
import type { Story } from '../stories.ts';
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

/** One athlete's one day: everything its documents follow from. */
export interface Day {
  seed: number;
  athlete: Story;
  dayIndex: number;
  /** Local date of waking. */
  date: string;
  /** Edits of the night; none for a night as the story tells it. */
  change?: NightChange | undefined;
  /** Set for a night that was played: it ends at this instant and has no naps beside it. */
  wakeAtMs?: number | undefined;
}

interface Period {
  kind: string;
  type: SleepDocument['type'];
  endAtMs: number;
  asleepMin: number;
  latencyMin: number;
  awakeningEpochs: number[];
  isHrvMissing: boolean;
}

/** The main night of a day as Oura's `sleep` document; null when the ring was not worn. */
export function nightOf(day: Day): SleepDocument | null {
  return sleepsOf(day).find((document) => document.id === documentId(day, 'sleep')) ?? null;
}

/** All sleep periods that Oura counts to the day, earliest first: the night, its second half, naps and odd documents. */
export function sleepsOf(day: Day): SleepDocument[] {
  const body = bodyNight(day);
  const periods = body.isWorn ? periodsOf({ day, body }) : [];
  const documents = periods.map((period) => measuredDocument({ day, body, period }));
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

function periodsOf({ day, body }: { day: Day; body: BodyNight }): Period[] {
  const { athlete, dayIndex } = day;
  const random = randomFor(day.seed, athlete.key, dayIndex, 'periods');
  const localMinute = (date: string, minute: number): number =>
    instantOf({ date, minute, timeZone: athlete.zoneOn(dayIndex) });
  const night: Period = {
    kind: 'sleep',
    type: 'long_sleep',
    endAtMs: day.wakeAtMs ?? localMinute(day.date, body.wakeMinute),
    asleepMin: body.asleepMin,
    latencyMin: body.latencyMin,
    awakeningEpochs: body.awakeningEpochs,
    isHrvMissing: false,
  };
  const nap = (kind: string, type: Period['type'], endAtMs: number): Period => ({
    kind,
    type,
    endAtMs,
    asleepMin: random.integer(28, 55),
    latencyMin: random.integer(4, 9),
    awakeningEpochs: [],
    isHrvMissing: false,
  });
  if (day.wakeAtMs !== undefined) return [night];
  if (athlete.extraSleep === 'naps') {
    const naps =
      modulo(dayIndex, 3) === 1 ? [nap('nap', 'sleep', localMinute(day.date, random.integer(900, 960)))] : [];
    return modulo(dayIndex, 4) === 2 ? [...splitNight(night), ...naps] : [night, ...naps];
  }
  if (athlete.extraSleep === 'odd') {
    if (modulo(dayIndex, 11) === 7) return [{ ...night, isHrvMissing: true }];
    // A nap that ends after six in the evening counts for the next day.
    const evening = localMinute(addDays(day.date, -1), random.integer(1190, 1205));
    if (modulo(dayIndex, 6) === 2) return [nap('late_nap', 'late_nap', evening), night];
  }
  return [night];
}

/** Ninety minutes up in the middle: both halves are over three hours and so both are `long_sleep`; the first is longer. */
function splitNight(night: Period): Period[] {
  const total = night.asleepMin + 30;
  const secondMin = Math.max(185, Math.round(0.46 * total));
  const second = { ...night, kind: 'sleep-second-half', asleepMin: secondMin, awakeningEpochs: [] };
  const secondInBedMin = secondMin + night.latencyMin + 2;
  const first = {
    ...night,
    asleepMin: Math.max(total - secondMin, secondMin + 8),
    endAtMs: night.endAtMs - (secondInBedMin + 90) * 60_000,
  };
  return [first, second];
}

function measuredDocument({ day, body, period }: { day: Day; body: BodyNight; period: Period }): SleepDocument {
  const random = randomFor(day.seed, day.athlete.key, day.dayIndex, period.kind, day.change?.edits ?? 0);
  const phases30Sec = hypnogram({
    random,
    asleepEpochs: Math.round(2 * period.asleepMin),
    latencyEpochs: Math.round(2 * period.latencyMin),
    awakeningEpochs: period.awakeningEpochs,
  });
  const phases5Min = fiveMinutePhases(phases30Sec);
  const spent = durationsOf(phases30Sec);
  const timeZone = day.athlete.zoneOn(day.dayIndex);
  const timestamp = withOffset({ atMs: period.endAtMs - 1000 * spent.inBedSec, timeZone });
  const isNight = period.type === 'long_sleep';
  const lowestBpm = body.lowestHeartRateBpm + (isNight ? 0 : 5);
  const hrv = hrvSeries({ random, phases5Min, meanMs: body.hrvMs });
  const heartRate = heartRateSeries({ random, phases5Min, lowestBpm });
  return {
    ...emptyDocument({ day, kind: period.kind, type: period.type }),
    average_breath: body.breathsPerMinute,
    average_heart_rate: mean(heartRate),
    average_hrv: period.isHrvMissing ? null : body.hrvMs,
    awake_time: spent.awakeSec,
    bedtime_end: withOffset({ atMs: period.endAtMs, timeZone }),
    bedtime_start: timestamp,
    deep_sleep_duration: spent.deepSec,
    efficiency: Math.round((100 * spent.asleepSec) / spent.inBedSec),
    heart_rate: { interval: 300, items: heartRate, timestamp },
    hrv: period.isHrvMissing ? null : { interval: 300, items: hrv, timestamp },
    latency: spent.latencySec,
    light_sleep_duration: spent.lightSec,
    low_battery_alert: period.isHrvMissing,
    lowest_heart_rate: lowestBpm,
    movement_30_sec: movement({ random, phases30Sec }),
    readiness: isNight ? readinessOf({ athlete: day.athlete, body }) : null,
    readiness_score_delta: 0,
    rem_sleep_duration: spent.remSec,
    restless_periods: Math.round(spent.inBedSec / 125 + random.between(-12, 12)),
    sleep_analysis_reason: (day.change?.edits ?? 0) > 0 ? 'bedtime_edit' : 'foreground_sleep_analysis',
    sleep_phase_30_sec: phases30Sec,
    sleep_phase_5_min: phases5Min,
    sleep_score_delta: 0,
    time_in_bed: spent.inBedSec,
    total_sleep_duration: spent.asleepSec,
  };
}

/** Documents without measurements, as a ring writes them for an evening on the sofa or a period the user removed. */
function unmeasuredDocuments(day: Day): SleepDocument[] {
  const { athlete, dayIndex } = day;
  if (athlete.extraSleep === 'naps') return [];
  const isOdd = athlete.extraSleep === 'odd';
  const timeZone = athlete.zoneOn(dayIndex);
  const bedtimeMinute = athlete.body.wakeMinute - athlete.body.asleepMin;
  const period = (type: 'rest' | 'deleted', minutesBeforeBedtime: number, minutes: number): SleepDocument => {
    const startMs = instantOf({ date: day.date, minute: bedtimeMinute - minutesBeforeBedtime, timeZone });
    return {
      ...emptyDocument({ day, kind: type, type }),
      bedtime_start: withOffset({ atMs: startMs, timeZone }),
      bedtime_end: withOffset({ atMs: startMs + 60_000 * minutes, timeZone }),
      time_in_bed: 60 * minutes,
    };
  };
  const documents: SleepDocument[] = [];
  if (modulo(dayIndex, isOdd ? 9 : 23) === 4) documents.push(period('rest', 140, 25));
  if (isOdd && modulo(dayIndex, 17) === 8) documents.push(period('deleted', 100, 20));
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
