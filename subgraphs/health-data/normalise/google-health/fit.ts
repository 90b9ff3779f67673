import type { LocalDate } from '#platform/signals';
import type { MeasurementFlag, SleepNight, StepsDay, Workout } from '../../measurements/measurement.ts';
import { UNKNOWN_SLEEP, UNKNOWN_WORKOUT } from '../../measurements/unknown.ts';
import { numberOf } from './point.ts';
import { type Reading, normaliseSamples } from './samples.ts';
import {
  type Item,
  type Normalised,
  type RawDelivery,
  type RowSlot,
  type Version,
  ItemRefused,
  isItem,
  normaliseEach,
  tombstonesForAbsent,
} from '../normaliser.ts';
import { PLAUSIBLE, isFuture, isMissing, isWithin, requireWindow } from '../units.ts';

const HEART_RATE = 'com.google.heart_rate.bpm';
const STEPS = 'com.google.step_count.delta';
const SEGMENT = 'com.google.activity.segment';
const TYPES: readonly unknown[] = [HEART_RATE, STEPS, SEGMENT];

const MAX_SEGMENT_HOURS = 24;
const DAY_MS = 86_400_000;
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(9999, 11, 31);

/** https://developers.google.com/fit/rest/v1/reference/activity-types */
const SLEEP = 72;
/** In a vehicle, still, unknown, tilting, stages of a sleep, lift and escalator. */
const NO_WORKOUT: ReadonlySet<number> = new Set([0, 3, 4, 5, 109, 110, 111, 112, 117, 118]);
const ACTIVITIES: ReadonlyMap<number, string> = new Map([
  [1, 'biking'],
  [7, 'walking'],
  [8, 'running'],
  [9, 'aerobics'],
  [35, 'hiking'],
  [56, 'jogging'],
]);

/** A dataset of Google Fit names its source; one without data has no `point`. */
export const isFitDataset = (body: Item): boolean => 'dataSourceId' in body || Array.isArray(body['point']);

/** A segment is a workout or, with code 72, a sleep, and may be changed from one to the other. */
export const segmentSlots = (recordId: string): RowSlot[] => [
  { recordKind: 'workout', sampleKind: null, recordId },
  { recordKind: 'sleep_night', sampleKind: null, recordId },
];

type Source = { delivery: RawDelivery; into: Normalised };
type Window = { fromMs: number | null; toMs: number | null };

/**
 * A dataset of the Google Fit REST API, ended in 2026: histories exported from it are still read. It has no ids and no
 * zones: records are named after their start, and days are those of UTC (flagged `day_derived`).
 */
export function normaliseFit({ body, items, ...source }: Source & { body: Item; items: readonly unknown[] }): void {
  const { delivery, into } = source;
  const ofType = (type: string): unknown[] => items.filter((item) => isItem(item) && item['dataTypeName'] === type);
  const heartRates = ofType(HEART_RATE);
  const quantities = [{ sampleKind: 'heart_rate', read: readBpm }] as const;
  normaliseSamples({ delivery, into, name: HEART_RATE, quantities, items: heartRates });
  readEach(source, ofType(SEGMENT), (point, id) => readSegment(source, point, id));
  const window = { fromMs: msOfNanos(body['minStartTimeNs']), toMs: msOfNanos(body['maxEndTimeNs']) };
  normaliseSteps(source, ofType(STEPS), window);
  for (const item of items) {
    if (!isItem(item))
      into.rejected.push({ recordId: null, reason: 'unreadable_item', detail: 'a point is no object' });
    else if (!TYPES.includes(item['dataTypeName'])) into.ignored.push({ recordId: null, reason: 'unknown_data_type' });
  }
}

/** A point is known by its start, also where it is refused. */
function readEach({ into }: Source, points: readonly unknown[], read: (point: Item, id: string) => void): void {
  normaliseEach({
    items: points.map((point) => ({ id: isItem(point) ? point['startTimeNanos'] : null, point })),
    into,
    read: ({ id, point }) => {
      if (isItem(point)) read(point, String(id));
    },
  });
}

/** Milliseconds of a count of nanoseconds, which is text: it lies beyond 2^53. Null outside 2000 to 9999. */
function msOfNanos(nanos: unknown): number | null {
  if (typeof nanos !== 'string' || !/^\d{16,21}$/.test(nanos)) return null;
  const ms = Number(BigInt(nanos) / 1_000_000n);
  return ms >= EARLIEST_MS && ms <= LATEST_MS ? ms : null;
}

function requireMs(value: number | null, field: string, { receivedAt }: RawDelivery): Date {
  if (value === null) throw new ItemRefused('bad_time', `${field} is no time from 2000 on`);
  const at = new Date(value);
  if (isFuture(at, receivedAt))
    throw new ItemRefused('future_dated', `${field} lies more than 5 minutes after receipt`);
  return at;
}

function requireTimes(point: Item, { delivery }: Source): { start: Date; end: Date } {
  return {
    start: requireMs(msOfNanos(point['startTimeNanos']), 'startTimeNanos', delivery),
    end: requireMs(msOfNanos(point['endTimeNanos']), 'endTimeNanos', delivery),
  };
}

function valueOf({ value }: Item, field: 'intVal' | 'fpVal'): number | null {
  const first: unknown = Array.isArray(value) ? value[0] : null;
  return isItem(first) ? numberOf(first[field]) : null;
}

const isEnteredByHand = ({ originDataSourceId: origin }: Item): boolean =>
  typeof origin === 'string' && origin.endsWith(':user_input');

function readBpm(point: Item): Reading {
  const startMs = msOfNanos(point['startTimeNanos']);
  return { at: startMs === null ? null : new Date(startMs), zoneOffsetMin: null, value: valueOf(point, 'fpVal') };
}

const dayOf = (at: Date): LocalDate => at.toISOString().slice(0, 10);

function readSegment(source: Source, point: Item, startNanos: string): void {
  const { delivery, into } = source;
  const { start, end } = requireTimes(point, source);
  const lengthS = requireWindow({ start, end, maxHours: MAX_SEGMENT_HOURS });
  const recordId = `${SEGMENT}:${startNanos}`;
  const code = valueOf(point, 'intVal');
  if (code === null || !Number.isInteger(code) || code < 0) {
    throw new ItemRefused('unknown_type', 'value[0].intVal is no activity type');
  }
  const version: Version = {
    provider: 'GOOGLE_HEALTH',
    sourceUpdatedAt: modifiedAt(point, delivery),
  };
  const common = { ...version, recordId, stateRank: 1 as const, capturedAt: end, zoneOffsetMin: null };
  const rows: (SleepNight | Workout)[] = [];
  if (code === SLEEP) rows.push(sleepOf({ common, start, end, lengthS, isManual: isEnteredByHand(point) }));
  else if (!NO_WORKOUT.has(code)) rows.push(workoutOf({ common, code, start, end, lengthS, point }));
  else into.ignored.push({ recordId, reason: 'no_value' });
  into.measurements.push(...rows, ...tombstonesForAbsent({ slots: segmentSlots(recordId), rows, version }));
}

function modifiedAt({ modifiedTimeMillis }: Item, delivery: RawDelivery): Date {
  if (isMissing(modifiedTimeMillis)) return delivery.sourceUpdatedAt;
  const ms = numberOf(modifiedTimeMillis);
  return requireMs(ms !== null && ms >= EARLIEST_MS && ms <= LATEST_MS ? ms : null, 'modifiedTimeMillis', delivery);
}

type Segment = {
  common: Pick<Workout, 'provider' | 'sourceUpdatedAt' | 'recordId' | 'stateRank' | 'capturedAt'> & {
    zoneOffsetMin: null;
  };
  start: Date;
  end: Date;
  lengthS: number;
};

/** Nothing but a window: whether all of it was slept is not said. */
function sleepOf({ common, start, end, lengthS, isManual }: Segment & { isManual: boolean }): SleepNight {
  const flags: MeasurementFlag[] = [
    'day_derived',
    'role_inferred',
    ...(isManual ? (['entered_by_hand'] as const) : []),
  ];
  return {
    kind: 'sleep_night',
    ...common,
    day: dayOf(end),
    flags,
    role: lengthS > 3 * 3600 ? 'night_candidate' : 'nap',
    bedtimeStart: start,
    bedtimeEnd: end,
    inBedMin: lengthS / 60,
    ...UNKNOWN_SLEEP,
  };
}

function workoutOf({ common, code, start, end, lengthS, point }: Segment & { code: number; point: Item }): Workout {
  return {
    kind: 'workout',
    ...common,
    day: dayOf(start),
    flags: ['day_derived'],
    activity: ACTIVITIES.get(code) ?? `activity_${code}`,
    startedAt: start,
    endedAt: end,
    durationS: lengthS,
    ...UNKNOWN_WORKOUT,
    isManual: isEnteredByHand(point),
  };
}

type Delta = { start: Date; steps: number; isManual: boolean };

/**
 * Deltas summed by day. Google merges the sources of a dataset, so they do not overlap. A day the dataset does not span
 * whole is tentative; one it enters in the middle is named after its first delta, so that it never replaces a fuller sum
 * (readers take the largest of a day).
 */
function normaliseSteps(source: Source, points: readonly unknown[], window: Window): void {
  const deltas: Delta[] = [];
  readEach(source, points, (point) => {
    const { start, end } = requireTimes(point, source);
    requireWindow({ start, end, maxHours: 24 });
    const steps = valueOf(point, 'intVal');
    if (steps === null || !isWithin(steps, PLAUSIBLE.stepsPerDay)) {
      throw new ItemRefused('implausible_value', 'value[0].intVal is no number from 0 to 200000');
    }
    deltas.push({ start, steps, isManual: isEnteredByHand(point) });
  });
  for (const [day, ofDay] of Map.groupBy(deltas, ({ start }) => dayOf(start))) {
    const row = stepsOf({ day, deltas: ofDay, window, delivery: source.delivery });
    if (isWithin(row.steps, PLAUSIBLE.stepsPerDay)) source.into.measurements.push(row);
    else {
      const detail = 'the deltas of a day add up to more than 200000';
      source.into.rejected.push({ recordId: row.recordId, reason: 'implausible_value', detail });
    }
  }
}

function stepsOf({
  day,
  deltas,
  window,
  delivery,
}: {
  day: LocalDate;
  deltas: readonly Delta[];
  window: Window;
  delivery: RawDelivery;
}): StepsDay {
  const startMs = Date.parse(day);
  const endMs = startMs + DAY_MS;
  const isFromMidnight = window.fromMs !== null && window.fromMs <= startMs;
  const isWhole = isFromMidnight && (window.toMs ?? 0) >= endMs && delivery.sourceUpdatedAt.getTime() >= endMs;
  const firstMs = Math.min(...deltas.map(({ start }) => start.getTime()));
  const flags: MeasurementFlag[] = ['day_derived'];
  if (deltas.some(({ isManual, steps }) => isManual && steps > 0)) flags.push('entered_by_hand');
  return {
    kind: 'steps_day',
    provider: 'GOOGLE_HEALTH',
    recordId: isFromMidnight ? `${STEPS}:${day}` : `${STEPS}:${day}:${new Date(firstMs).toISOString().slice(11, 19)}`,
    sourceUpdatedAt: delivery.sourceUpdatedAt,
    stateRank: isWhole ? 1 : 0,
    flags,
    day,
    capturedAt: isWhole ? new Date(endMs) : null,
    zoneOffsetMin: null,
    steps: Math.floor(deltas.reduce((sum, { steps }) => sum + steps, 0)),
    distanceM: null,
    activeEnergyKcal: null,
    nonWearS: null,
  };
}
