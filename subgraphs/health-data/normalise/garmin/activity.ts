import type { MeasurementFlag, SampleBlock, Workout } from '../../measurements/measurement.ts';
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
import { PLAUSIBLE, isFuture, isMissing, isWithin, numberWithin } from '../units.ts';

/** Long enough for a stage race; more is a wrong clock. */
const MAX_ACTIVITY_HOURS = 7 * 24;

/** `durationInSeconds` is that of the timer: samples of a session with long pauses lie after start + duration. */
const PAUSES_S = 6 * 3600;

/** Samples of another day reach real bodies; one that starts the recording may lie a moment before its start. */
const EARLY_S = 60;

/** A distance beyond this many times speed x duration contradicts its own summary. */
const MAX_TIMES_AVERAGE_SPEED = 3;

const ELEVATION_M = { min: 0, max: 20_000 };

export const activitySlots = (id: string): RowSlot[] => [{ recordKind: 'workout', sampleKind: null, recordId: id }];

const blockId = (id: string): string => `activityDetails:${id}`;

export const activityDetailsSlots = (id: string): RowSlot[] => [
  ...activitySlots(id),
  { recordKind: 'sample_block', sampleKind: 'heart_rate', recordId: blockId(id) },
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
 * The same session with its samples, filed under the same id: `summary` has the fields of an activity. Legs keep their
 * heart rate series, for a reader takes one sample per instant.
 */
export function readActivityDetails({ item, version, receivedAt }: GarminSummary): GarminReading {
  const id = requireActivityId(item);
  const session = item['summary'];
  if (!isItem(session)) throw new ItemRefused('unreadable_item', 'summary is not an object');
  const flags = new Set<MeasurementFlag>();
  const window = readWindow(session, receivedAt);
  const block = heartRateBlock({ id, samples: item['samples'], window, version, receivedAt, flags });
  const blocks = block === null ? [] : [block];
  const reading = { slots: activityDetailsSlots(id), version, stateRank: 1 } as const;
  if (isLeg(item) || isLeg(session)) return { ...reading, rows: blocks, ignored: 'part_of_session' };
  return { ...reading, rows: [workoutRow({ id, item: session, window, version, flags }), ...blocks] };
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

/** What was dropped flags the block, and the session if no block is left. */
function heartRateBlock({
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
}): SampleBlock | null {
  const dropped = new Set<MeasurementFlag>();
  const byOffset = new Map<number, number>();
  for (const sample of Array.isArray(samples) ? (samples as unknown[]) : []) {
    if (!isItem(sample)) continue;
    const { heartRate, startTimeInSeconds: atS } = sample;
    if (isMissing(heartRate) || heartRate === 0) continue;
    const offsetS = typeof atS === 'number' && Number.isSafeInteger(atS) ? atS - window.startS : Infinity;
    const isInside = offsetS >= -EARLY_S && offsetS <= window.lengthS + PAUSES_S;
    if (!isInside || isFuture(new Date((window.startS + offsetS) * 1000), receivedAt)) {
      dropped.add('series_outside_window');
    } else if (typeof heartRate !== 'number' || !isWithin(heartRate, PLAUSIBLE.heartRateBpm)) {
      dropped.add('implausible_hr_dropped');
    } else byOffset.set(offsetS, heartRate);
  }
  const series = [...byOffset].sort(([a], [b]) => a - b);
  const [first] = series;
  const last = series.at(-1);
  if (first === undefined || last === undefined) {
    for (const flag of dropped) flags.add(flag);
    return null;
  }
  const startedAt = new Date((window.startS + first[0]) * 1000);
  return {
    kind: 'sample_block',
    ...version,
    recordId: blockId(id),
    day: localDayOf(startedAt, null),
    stateRank: 1,
    flags: [...dropped],
    capturedAt: new Date((window.startS + last[0]) * 1000),
    zoneOffsetMin: window.zoneOffsetMin,
    sampleKind: 'heart_rate',
    startedAt,
    offsetsS: series.map(([offsetS]) => offsetS - first[0]),
    values: series.map(([, bpm]) => bpm),
  };
}
