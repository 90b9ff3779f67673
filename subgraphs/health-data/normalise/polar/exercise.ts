import type { MeasurementFlag, Workout, WorkoutSampleKind } from '../../measurements/measurement.ts';
import { type Item, type RowSlot, ItemRefused, isItem, recordIdOf } from '../normaliser.ts';
import { type GivenSample, readSessionSeries, seriesSlots } from '../session/series.ts';
import { type PolarDocument, type PolarReading, measured } from './document.ts';
import {
  PLAUSIBLE,
  type Range,
  type ZonedInstant,
  isFuture,
  localDay,
  numberWithin,
  requireInstant,
  requireWindow,
} from '../units.ts';

/** Long enough for a stage race; more is a wrong clock. */
const MAX_EXERCISE_HOURS = 7 * 24;

const OFFSET_MIN: Range = { min: -12 * 60, max: 14 * 60 };
const RECORDING_RATE_S: Range = { min: 1, max: 3600 };
const DURATION = /^P(?:(\d{1,2})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,7}(?:\.\d{1,9})?)S)?)?$/;

/** Polar's numbers of sample types, and how many of its unit are one of ours: Polar counts speed in km/h. */
const SERIES: readonly { sampleKind: WorkoutSampleKind; types: readonly number[]; divisor: number }[] = [
  { sampleKind: 'heart_rate', types: [0], divisor: 1 },
  { sampleKind: 'speed', types: [1], divisor: 3.6 },
  { sampleKind: 'power', types: [4], divisor: 1 },
  // Of the crank, or of the feet.
  { sampleKind: 'cadence', types: [2, 8], divisor: 1 },
  { sampleKind: 'altitude', types: [3], divisor: 1 },
  { sampleKind: 'distance', types: [10], divisor: 1 },
];

const NUMBER = /^-?\d{1,7}(?:\.\d{1,9})?$/;

const workoutSlot = (recordId: string): RowSlot => ({ recordKind: 'workout', sampleKind: null, recordId });

export const exerciseSlots = (recordId: string): RowSlot[] => [workoutSlot(recordId), ...seriesSlots(recordId)];

/**
 * One exercise, and what was sampled during it where samples were asked for. An answer without `samples` says nothing
 * of the series that another one brought, so it closes none. Polar gives no laps here.
 *
 * @throws ItemRefused no_record_id, bad_time, window_inverted, window_too_long, future_dated
 */
export function readExercise({ item, version, receivedAt }: PolarDocument): PolarReading {
  const recordId = recordIdOf(item['id']);
  if (recordId === null) throw new ItemRefused('no_record_id', 'id is missing or no id');
  const flags = new Set<MeasurementFlag>();
  const start = readStart({ item, receivedAt });
  const givenS = secondsOf(item['duration']);
  if (givenS === null) throw new ItemRefused('bad_time', 'duration is no ISO 8601 duration');
  const endedAt = new Date(start.at.getTime() + givenS * 1000);
  const durationS = requireWindow({ start: start.at, end: endedAt, maxHours: MAX_EXERCISE_HOURS });
  if (isFuture(endedAt, receivedAt)) {
    throw new ItemRefused('future_dated', 'the end lies more than 5 minutes after the delivery was received');
  }
  const common = {
    ...version,
    recordId,
    stateRank: 1,
    day: localDay(start),
    zoneOffsetMin: start.zoneOffsetMin,
  } as const;
  const values = readValues(item, flags);
  const window = { startedAt: start.at, endedAt, capturedAt: endedAt, durationS };
  const workout: Workout = { kind: 'workout', ...common, ...window, ...values, flags: [...flags] };
  if (!Array.isArray(item['samples'])) return { recordId, slots: [workoutSlot(recordId)], rows: [workout] };

  const session = { startedAt: start.at, earliestS: 0, latestS: durationS };
  const origin = { ...version, recordId, zoneOffsetMin: start.zoneOffsetMin };
  const samples = item['samples'] as unknown[];
  const blocks = SERIES.flatMap(({ sampleKind, types, divisor }) => {
    const given = samplesOf({ samples, types, divisor });
    return readSessionSeries({ sampleKind, samples: given, window: session, origin, receivedAt }).block ?? [];
  });
  return { recordId, slots: exerciseSlots(recordId), rows: [workout, ...blocks] };
}

/** `start_time` is local and carries no zone; the offset stands beside it. */
function readStart({ item, receivedAt }: { item: Item; receivedAt: Date }): ZonedInstant {
  const text = item['start_time'];
  const offsetMin = numberWithin(item['start_time_utc_offset'], OFFSET_MIN);
  const isLocal = typeof text === 'string' && !/(?:Z|[+-]\d{2}:?\d{2})$/.test(text);
  const value = isLocal && Number.isInteger(offsetMin) ? `${text}${offsetText(offsetMin ?? 0)}` : text;
  return requireInstant({ value, field: 'start_time with start_time_utc_offset', receivedAt });
}

function offsetText(offsetMin: number): string {
  const minutes = Math.abs(offsetMin);
  const [hh, mm] = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'));
  return `${offsetMin < 0 ? '-' : '+'}${hh}:${mm}`;
}

/** Seconds of an ISO 8601 duration such as `PT44M12.500S`. */
function secondsOf(value: unknown): number | null {
  const match = typeof value === 'string' && value.length <= 40 ? DURATION.exec(value) : null;
  if (match === null || value === 'P' || value === 'PT') return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}

type Values = Pick<
  Workout,
  | 'activity'
  | 'distanceM'
  | 'energyKcal'
  | 'elevationGainM'
  | 'averageHeartRateBpm'
  | 'maxHeartRateBpm'
  | 'heartRateZonesS'
  | 'intensity'
  | 'isManual'
>;

function readValues(item: Item, flags: Set<MeasurementFlag>): Values {
  const heartRate = isItem(item['heart_rate']) ? item['heart_rate'] : {};
  const beats = { range: PLAUSIBLE.heartRateBpm, flags, flag: 'implausible_hr_dropped' } as const;
  return {
    activity: sportOf(item),
    distanceM: measured({ value: item['distance'], range: PLAUSIBLE.distanceM, flags }),
    energyKcal: measured({ value: item['calories'], range: PLAUSIBLE.energyKcal, flags }),
    elevationGainM: null,
    averageHeartRateBpm: measured({ value: heartRate['average'], ...beats }),
    maxHeartRateBpm: measured({ value: heartRate['maximum'], ...beats }),
    heartRateZonesS: zonesOf(item['heart_rate_zones']),
    intensity: null,
    isManual: false,
  };
}

/** `sport` is OTHER for the rarer ones; `detailed_sport_info` names them all. */
function sportOf(item: Item): string {
  const sport = [item['detailed_sport_info'], item['sport']].find(
    (value) => typeof value === 'string' && /^[\w .,/()-]{1,64}$/.test(value),
  );
  return typeof sport === 'string' ? sport : 'other';
}

/** Null unless the zones are 1, 2, ... without a gap, each with a time, and some time was spent in them. */
function zonesOf(zones: unknown): number[] | null {
  if (!Array.isArray(zones) || zones.length === 0 || zones.length > 10) return null;
  const secondsByIndex = new Map<unknown, number | null>();
  for (const zone of zones as unknown[]) {
    if (isItem(zone)) secondsByIndex.set(zone['index'], secondsOf(zone['in-zone'] ?? zone['in_zone']));
  }
  const seconds = zones.map((_zone, position) => secondsByIndex.get(position + 1) ?? null);
  const known = seconds.filter((one) => one !== null);
  return known.length === zones.length && known.some((one) => one > 0) ? known : null;
}

/**
 * Samples are text, `98,101,null,108`, one per recording rate from the start on: null is no reading and still uses up its
 * time. What is no number stays as it is, to be flagged.
 */
function samplesOf({
  samples,
  types,
  divisor,
}: {
  samples: readonly unknown[];
  types: readonly number[];
  divisor: number;
}): GivenSample[] {
  const series = samples.find(
    (one): one is Item => isItem(one) && types.includes(typeOf(one['sample-type'] ?? one['sample_type'])),
  );
  const rateS = numberWithin(series?.['recording-rate'] ?? series?.['recording_rate'], RECORDING_RATE_S);
  const data = series?.['data'];
  if (rateS === null || !Number.isInteger(rateS) || typeof data !== 'string') return [];
  return data.split(',').map((text, index) => {
    const isNothing = text === 'null' || text === '';
    return { offsetS: index * rateS, value: isNothing ? null : NUMBER.test(text) ? Number(text) / divisor : text };
  });
}

/** Written as text in most answers. */
const typeOf = (value: unknown): number =>
  typeof value === 'string' && /^\d{1,2}$/.test(value) ? Number(value) : typeof value === 'number' ? value : NaN;
