import type { SampleBlock, Tombstone, Workout, WorkoutSplits } from '../../measurements/measurement.ts';
import { UNKNOWN_WORKOUT } from '../../measurements/unknown.ts';
import {
  type Item,
  ItemRefused,
  type Version,
  isItem,
  recordIdOf,
  requireRecordId,
  tombstonesForAbsent,
} from '../normaliser.ts';
import { type PhoneSleep, addHrvNights, addSleeps, addVitals, sleepRow } from '../phone/night.ts';
import {
  type Moment,
  type RestingReading,
  type Sample,
  type StepCount,
  type Upload,
  addRestingHeartRates,
  addStepsDays,
  blocksOf,
  dayFlags,
  dayOf,
  readingOf,
  requireMoment,
  versionOf,
} from '../phone/upload.ts';
import { type Measured, deviceOf } from '../device.ts';
import { readSplits } from '../session/splits.ts';
import { activityOf, splitsOf } from './exercise.ts';
import type { Stage, StageInterval } from '../phone/stage-intervals.ts';
import { PLAUSIBLE, isFuture, isMissing, isWithin, parseInstant, requireInstant, requireWindow } from '../units.ts';

/** The records of an upload by what they measure. */
export type HealthConnectRecords = {
  sleeps: PhoneSleep[];
  rmssd: Sample[];
  respiratoryRates: Sample[];
  saturations: Sample[];
  resting: RestingReading[];
  heartRates: SampleBlock[];
  /** Samples of a record without an id. */
  looseHeartRates: Sample[];
  steps: StepCount[];
  workouts: (Workout | WorkoutSplits)[];
  /** Workouts whose record says that they have no laps. */
  closed: Tombstone[];
};

export const noRecords = (): HealthConnectRecords => ({
  sleeps: [],
  rmssd: [],
  respiratoryRates: [],
  saturations: [],
  resting: [],
  heartRates: [],
  looseHeartRates: [],
  steps: [],
  workouts: [],
  closed: [],
});

type Reader = (item: Item, upload: Upload, records: HealthConnectRecords) => void;

const READERS: ReadonlyMap<unknown, Reader> = new Map<unknown, Reader>([
  ['SleepSessionRecord', readSleep],
  ['HeartRateVariabilityRmssdRecord', readRmssd],
  ['RestingHeartRateRecord', readResting],
  ['HeartRateRecord', readHeartRate],
  ['StepsRecord', readSteps],
  ['ExerciseSessionRecord', readExercise],
  ['OxygenSaturationRecord', readSaturation],
  ['RespiratoryRateRecord', readRespiratoryRate],
]);

/** 0 is unknown: a hole. 2 is sleep without a stage. */
const STAGES: ReadonlyMap<unknown, Stage> = new Map<unknown, Stage>([
  [1, 'awake'],
  [2, 'asleep'],
  [3, 'awake'],
  [4, 'light'],
  [5, 'deep'],
  [6, 'rem'],
  [7, 'awake'],
]);

const RECORDING_METHOD_MANUAL = 3;

/**
 * Sorts one entry of `data.records` into `records`.
 *
 * @throws ItemRefused no_record_id, bad_time, future_dated, window_inverted, window_too_long, implausible_value
 */
export function readRecord(item: Item, upload: Upload, records: HealthConnectRecords): void {
  const reader = READERS.get(item['recordType']);
  if (reader === undefined) ignore(item, upload, 'unknown_data_type');
  else reader(item, upload, records);
}

function ignore(item: Item, { into }: Upload, reason: 'no_value' | 'unknown_data_type'): void {
  into.ignored.push({ recordId: recordIdOf(item['id']), reason });
}

const metadataOf = ({ metadata }: Item): Item => (isItem(metadata) ? metadata : {});

/** As old as the record's own last change. */
function recordVersion(item: Item, upload: Upload): Version {
  const { lastModifiedTime: value } = metadataOf(item);
  const { receivedAt } = upload;
  const changed = isMissing(value) ? null : requireInstant({ value, field: 'lastModifiedTime', receivedAt });
  return { ...versionOf(upload, changed?.at), ...deviceIn(item) };
}

/** The device of a record, else the app that wrote it. */
function deviceIn(item: Item): Measured {
  const { device } = metadataOf(item);
  const named = isItem(device) ? deviceOf(device['manufacturer'], device['model']) : {};
  return named.device === undefined ? deviceOf(sourceOf(item)) : named;
}

function sourceOf(item: Item): string {
  const { dataOrigin } = metadataOf(item);
  return isItem(dataOrigin) && typeof dataOrigin['packageName'] === 'string' ? dataOrigin['packageName'] : '';
}

const momentOf = (item: Item, upload: Upload): Moment =>
  requireMoment({ value: item['time'], offset: item['zoneOffset'], field: 'time', upload });

type Window = { start: Moment; end: Moment; lengthS: number };

function windowOf(item: Item, upload: Upload): Window {
  const { startZoneOffset, endZoneOffset } = item;
  const start = requireMoment({ value: item['startTime'], offset: startZoneOffset, field: 'startTime', upload });
  const end = requireMoment({ value: item['endTime'], offset: endZoneOffset, field: 'endTime', upload });
  return { start, end, lengthS: requireWindow({ start: start.at, end: end.at, maxHours: 24 }) };
}

/** Without stages how much of the session was sleep is unknown. */
function readSleep(item: Item, upload: Upload, records: HealthConnectRecords): void {
  const recordId = requireRecordId(item['id'], 'metadata.id');
  const { start, end } = windowOf(item, upload);
  const row = sleepRow({
    recordId,
    version: recordVersion(item, upload),
    stateRank: 1,
    start: start.at,
    end,
    intervals: intervalsOf(item['stages']),
    isInBedKnown: false,
  });
  records.sleeps.push({ row, rank: 0 });
}

/** A stage that cannot be read is a hole. */
function intervalsOf(stages: unknown): StageInterval[] {
  const intervals: StageInterval[] = [];
  for (const entry of Array.isArray(stages) ? (stages as unknown[]) : []) {
    if (!isItem(entry)) continue;
    const stage = STAGES.get(entry['stage']);
    const startMs = parseInstant(entry['startTime'])?.at.getTime();
    const endMs = parseInstant(entry['endTime'])?.at.getTime();
    if (stage === undefined || startMs === undefined || endMs === undefined || endMs <= startMs) continue;
    intervals.push({ stage, startMs, endMs });
  }
  return intervals;
}

function readRmssd(item: Item, upload: Upload, { rmssd }: HealthConnectRecords): void {
  const field = 'heartRateVariabilityMillis';
  const moment = momentOf(item, upload);
  const value = readingOf({ value: item[field], range: PLAUSIBLE.hrvMs, field });
  if (value === null) ignore(item, upload, 'no_value');
  else rmssd.push({ ...moment, value, ...deviceIn(item) });
}

function readSaturation(item: Item, upload: Upload, { saturations }: HealthConnectRecords): void {
  const moment = momentOf(item, upload);
  const value = readingOf({ value: item['percentage'], range: PLAUSIBLE.spo2Pct, field: 'percentage' });
  if (value === null) ignore(item, upload, 'no_value');
  else saturations.push({ ...moment, value, ...deviceIn(item) });
}

function readRespiratoryRate(item: Item, upload: Upload, { respiratoryRates }: HealthConnectRecords): void {
  const moment = momentOf(item, upload);
  const value = readingOf({ value: item['rate'], range: PLAUSIBLE.respiratoryRateBrpm, field: 'rate' });
  if (value === null) ignore(item, upload, 'no_value');
  else respiratoryRates.push({ ...moment, value, ...deviceIn(item) });
}

function readResting(item: Item, upload: Upload, { resting }: HealthConnectRecords): void {
  const recordId = requireRecordId(item['id'], 'metadata.id');
  const moment = momentOf(item, upload);
  const field = 'beatsPerMinute';
  const bpm = readingOf({ value: item[field], range: PLAUSIBLE.restingHeartRateBpm, field });
  if (bpm === null) return ignore(item, upload, 'no_value');
  resting.push({
    rank: 0,
    row: {
      kind: 'resting_heart_rate',
      ...recordVersion(item, upload),
      recordId,
      stateRank: 1,
      flags: dayFlags(moment),
      day: dayOf(moment),
      capturedAt: moment.at,
      zoneOffsetMin: moment.zoneOffsetMin,
      bpm,
      method: 'vendor_resting',
      sleepRecordId: null,
    },
  });
}

/** A record with an id is a block of its own, so that its deletion finds it. */
function readHeartRate(item: Item, upload: Upload, records: HealthConnectRecords): void {
  const recordId = recordIdOf(item['id']);
  const { samples, isDropped } = heartRatesOf(item['samples'], upload.receivedAt);
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return ignore(item, upload, 'no_value');
  if (recordId === null) {
    records.looseHeartRates.push(...samples);
    return;
  }
  const bySecond = new Map(samples.map(({ at, value }) => [Math.floor(at.getTime() / 1000), value]));
  const startS = Math.floor(first.at.getTime() / 1000);
  records.heartRates.push({
    kind: 'sample_block',
    ...recordVersion(item, upload),
    recordId,
    stateRank: 1,
    flags: isDropped ? ['implausible_hr_dropped'] : [],
    day: first.at.toISOString().slice(0, 10),
    capturedAt: last.at,
    zoneOffsetMin: null,
    sampleKind: 'heart_rate',
    startedAt: new Date(startS * 1000),
    offsetsS: [...bySecond.keys()].map((second) => second - startS),
    values: [...bySecond.values()],
  });
}

function heartRatesOf(list: unknown, receivedAt: Date): { samples: Sample[]; isDropped: boolean } {
  const samples: Sample[] = [];
  let isDropped = false;
  for (const entry of Array.isArray(list) ? (list as unknown[]) : []) {
    const instant = isItem(entry) ? parseInstant(entry['time']) : null;
    const value = isItem(entry) ? entry['beatsPerMinute'] : null;
    if (instant === null || isMissing(value) || value === 0) continue;
    const isPlausible = typeof value === 'number' && isWithin(value, PLAUSIBLE.heartRateBpm);
    if (isPlausible && !isFuture(instant.at, receivedAt)) samples.push({ ...instant, value });
    else isDropped = true;
  }
  return { samples: samples.sort((a, b) => a.at.getTime() - b.at.getTime()), isDropped };
}

/** A count of 0 is a true zero. */
function readSteps(item: Item, upload: Upload, { steps }: HealthConnectRecords): void {
  const { start, end } = windowOf(item, upload);
  const { count } = item;
  if (isMissing(count) || (typeof count === 'number' && count < 0)) return ignore(item, upload, 'no_value');
  if (typeof count !== 'number' || !isWithin(count, PLAUSIBLE.stepsPerDay)) {
    throw new ItemRefused('implausible_value', 'count is not a number of steps');
  }
  const source = sourceOf(item);
  const span = { startMs: start.at.getTime(), endMs: end.at.getTime() };
  steps.push({ slice: { ...span, count, day: dayOf(start), source, rank: 0 }, start, ...deviceIn(item) });
}

/** Distance, energy and heart rate are records of their own; heart rate is joined on read from the sample blocks. */
function readExercise(item: Item, upload: Upload, { workouts, closed }: HealthConnectRecords): void {
  const recordId = requireRecordId(item['id'], 'metadata.id');
  const { start, end, lengthS } = windowOf(item, upload);
  const version = recordVersion(item, upload);
  const workout: Workout = {
    kind: 'workout',
    ...version,
    recordId,
    stateRank: 1,
    flags: dayFlags(start),
    day: dayOf(start),
    capturedAt: end.at,
    zoneOffsetMin: end.zoneOffsetMin,
    activity: activityOf(item['exerciseType']),
    startedAt: start.at,
    endedAt: end.at,
    durationS: lengthS,
    ...UNKNOWN_WORKOUT,
    isManual: metadataOf(item)['recordingMethod'] === RECORDING_METHOD_MANUAL,
  };
  const splits = readSplits({ given: splitsOf(item), workout, latestS: lengthS });
  workouts.push(workout, ...splits.rows);
  closed.push(...tombstonesForAbsent({ ...splits, version }));
}

/** Rows of all the records. Values of a night are means over the sleeps of the same upload. */
export function addRecords(upload: Upload, records: HealthConnectRecords): void {
  const nights = addSleeps(upload, records.sleeps);
  addHrvNights({ upload, metric: 'RMSSD', nights, samples: records.rmssd });
  addVitals({ upload, nights, ...records });
  addRestingHeartRates(upload, records.resting);
  addStepsDays(upload, records.steps);
  upload.into.measurements.push(
    ...blocksOf(upload, 'hrv_rmssd', records.rmssd),
    ...records.heartRates,
    ...blocksOf(upload, 'heart_rate', records.looseHeartRates),
    ...records.workouts,
    ...records.closed,
  );
}
