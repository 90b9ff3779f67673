import type { MeasurementFlag, SampleBlock, Workout, WorkoutSampleKind } from '../../measurements/measurement.ts';
import {
  type GarminReading,
  type GarminSummary,
  type Window,
  durationOf,
  localDayOf,
  measured,
  requireEpochSeconds,
  requirePast,
  windowOf,
  zoneOffsetOf,
} from './summary.ts';
import { type Item, type RowSlot, type Version, ItemRefused, isItem, recordIdOf } from '../normaliser.ts';
import { type GivenSample, readSessionSeries, seriesSlots } from '../session/series.ts';
import { type GivenSplit, readSplits, splitsBetween, splitsSlot } from '../session/splits.ts';
import { PLAUSIBLE, isMissing, numberWithin } from '../units.ts';

/** Long enough for a stage race; more is a wrong clock. */
const MAX_ACTIVITY_HOURS = 7 * 24;

/** `durationInSeconds` is that of the timer: samples of a session with long pauses lie after start + duration. */
const PAUSES_S = 6 * 3600;

/** Samples of another day reach real bodies; one that starts the recording may lie a moment before its start. */
const EARLY_S = 60;

/** A distance beyond this many times speed x duration contradicts its own summary. */
const MAX_TIMES_AVERAGE_SPEED = 3;

const ELEVATION_M = { min: 0, max: 20_000 };

/** What a Date can hold, with room to spare. */
const LAP_START_S = { min: 0, max: 1e10 };

export const activitySlots = (id: string): RowSlot[] => [{ recordKind: 'workout', sampleKind: null, recordId: id }];

export const activityDetailsSlots = (id: string): RowSlot[] => [
  ...activitySlots(id),
  splitsSlot(id),
  ...seriesSlots(id),
];

/** Fields of a sample: bpm, m/s, W, steps, turns or strokes per minute, m, m. */
const SERIES: readonly [WorkoutSampleKind, readonly string[]][] = [
  ['heart_rate', ['heartRate']],
  ['speed', ['speedMetersPerSecond']],
  ['power', ['powerInWatts']],
  ['cadence', ['stepsPerMinute', 'bikeCadenceInRPM', 'swimCadenceInStrokesPerMinute']],
  ['altitude', ['elevationInMeters']],
  ['distance', ['totalDistanceInMeters']],
];

/** One session. A MULTI_SPORT session and its legs describe the same time: the whole one counts, legs give no row. */
export function readActivity({ item, version, receivedAt }: GarminSummary): GarminReading {
  const id = requireActivityId(item);
  const reading = { slots: activitySlots(id), version, stateRank: 1 } as const;
  if (isLeg(item)) return { ...reading, rows: [], ignored: 'part_of_session' };
  const flags = new Set<MeasurementFlag>();
  const window = readWindow(item, receivedAt);
  return { ...reading, rows: [workoutRow({ id, item, window, version, flags })] };
}

/**
 * The same session with its samples and laps, filed under the same id: `summary` has the fields of an activity. Of legs
 * the series are kept, for a reader of heart rate takes one sample per instant.
 */
export function readActivityDetails({ item, version, receivedAt }: GarminSummary): GarminReading {
  const id = requireActivityId(item);
  const session = item['summary'];
  if (!isItem(session)) throw new ItemRefused('unreadable_item', 'summary is not an object');
  const flags = new Set<MeasurementFlag>();
  const window = readWindow(session, receivedAt);
  const blocks = seriesOf({ id, samples: item['samples'], window, version, receivedAt, flags });
  const reading = { slots: activityDetailsSlots(id), version, stateRank: 1 } as const;
  if (isLeg(item) || isLeg(session)) return { ...reading, rows: blocks, ignored: 'part_of_session' };
  const workout = workoutRow({ id, item: session, window, version, flags });
  // The timer stands still in a pause and the clock of the laps does not.
  const endMs = Math.max(window.end.getTime(), ...blocks.map(({ capturedAt }) => capturedAt.getTime()));
  const laps = lapsOf(item['laps'], new Date(endMs));
  const splits = readSplits({ given: laps, workout, latestS: endMs / 1000 - window.startS });
  return { ...reading, rows: [workout, ...splits.rows, ...blocks] };
}

/** Details have a `summaryId` of their own, `<id>-detail`. */
function requireActivityId(item: Item): string {
  const id = recordIdOf(item['activityId']) ?? recordIdOf(item['summaryId'])?.replace(/-detail$/, '');
  if (id === undefined || id === '') throw new ItemRefused('no_record_id', 'activityId is missing or no id');
  return id;
}

const isLeg = (item: Item): boolean => !isMissing(item['parentSummaryId']);

function readWindow(item: Item, receivedAt: Date): Window {
  const startS = requireEpochSeconds({ value: item['startTimeInSeconds'], field: 'startTimeInSeconds', receivedAt });
  const lengthS = durationOf(item['durationInSeconds']) ?? 0;
  const zoneOffsetMin = zoneOffsetOf(item['startTimeOffsetInSeconds']);
  const window = windowOf({ startS, lengthS, zoneOffsetMin, maxHours: MAX_ACTIVITY_HOURS });
  requirePast(window, receivedAt);
  return window;
}

function workoutRow({
  id,
  item,
  window,
  version,
  flags,
}: {
  id: string;
  item: Item;
  window: Window;
  version: Version;
  flags: Set<MeasurementFlag>;
}): Workout {
  const heartRate = (field: string): number | null =>
    measured({ value: item[field], range: PLAUSIBLE.heartRateBpm, flags, flag: 'implausible_hr_dropped' });
  const numbers = {
    distanceM: distanceOf({ item, lengthS: window.lengthS, flags }),
    energyKcal: measured({ value: item['activeKilocalories'], range: PLAUSIBLE.energyKcal, flags }),
    elevationGainM: measured({ value: item['totalElevationGainInMeters'], range: ELEVATION_M, flags }),
    averageHeartRateBpm: heartRate('averageHeartRateInBeatsPerMinute'),
    maxHeartRateBpm: heartRate('maxHeartRateInBeatsPerMinute'),
  };
  return {
    kind: 'workout',
    ...version,
    recordId: id,
    day: localDayOf(window.start, window.zoneOffsetMin),
    stateRank: 1,
    flags: [...flags],
    capturedAt: window.end,
    zoneOffsetMin: window.zoneOffsetMin,
    activity: activityOf(item),
    startedAt: window.start,
    endedAt: window.end,
    durationS: window.lengthS,
    ...numbers,
    heartRateZonesS: null,
    intensity: null,
    isManual: item['manual'] === true,
  };
}

function distanceOf({
  item,
  lengthS,
  flags,
}: {
  item: Item;
  lengthS: number;
  flags: Set<MeasurementFlag>;
}): number | null {
  const distanceM = measured({ value: item['distanceInMeters'], range: PLAUSIBLE.distanceM, flags });
  const speedMps = numberWithin(item['averageSpeedInMetersPerSecond'], { min: 0.1, max: 100 });
  if (distanceM === null || speedMps === null || distanceM <= speedMps * lengthS * MAX_TIMES_AVERAGE_SPEED) {
    return distanceM;
  }
  flags.add('implausible_value_dropped');
  return null;
}

function activityOf({ activityType }: Item): string {
  return typeof activityType === 'string' && /^[\w .,/()-]{1,64}$/.test(activityType) ? activityType : 'other';
}

/**
 * Every series of the samples. What was dropped of a series that has no sample left flags the session.
 * Garmin has a cadence for each way of moving, and 0 in those that do not apply.
 */
function seriesOf({
  id,
  samples,
  window,
  version,
  receivedAt,
  flags,
}: {
  id: string;
  samples: unknown;
  window: Window;
  version: Version;
  receivedAt: Date;
  flags: Set<MeasurementFlag>;
}): SampleBlock[] {
  const items = (Array.isArray(samples) ? (samples as unknown[]) : []).filter(isItem);
  const origin = { ...version, recordId: id, zoneOffsetMin: window.zoneOffsetMin };
  const session = { startedAt: window.start, earliestS: -EARLY_S, latestS: window.lengthS + PAUSES_S };
  return SERIES.flatMap(([sampleKind, fields]) => {
    const given = items.map((item): GivenSample => {
      const { startTimeInSeconds: atS } = item;
      const values = fields.map((field) => item[field]);
      const value = values.find((one) => !isMissing(one) && one !== 0) ?? values.find((one) => one === 0);
      return { offsetS: typeof atS === 'number' ? atS - window.startS : null, value };
    });
    const { block, dropped } = readSessionSeries({ sampleKind, samples: given, window: session, origin, receivedAt });
    if (block === null) for (const flag of dropped) flags.add(flag);
    return block ?? [];
  });
}

/** Garmin names the starts of the laps, and nothing else of them. */
function lapsOf(laps: unknown, end: Date): GivenSplit[] {
  const starts = Array.from(Array.isArray(laps) ? (laps as unknown[]) : [], (lap) => {
    const startS = isItem(lap) ? numberWithin(lap['startTimeInSeconds'], LAP_START_S) : null;
    return startS === null ? null : new Date(startS * 1000);
  });
  return splitsBetween(starts, end);
}
