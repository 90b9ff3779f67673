import type { LocalDate } from '#platform/signals';
import type { MeasurementFlag, ObservedMeasurement, StateRank } from '../../measurements/measurement.ts';
import { type IgnoreReason, type Item, type RowSlot, type Version, ItemRefused } from '../normaliser.ts';
import {
  type Range,
  daysBetween,
  isFuture,
  isMissing,
  isWithin,
  localDay,
  numberWithin,
  requireDay,
  requireWindow,
  plausible,
  type Reading,
} from '../units.ts';

/** One Garmin summary on its way to rows. `version` is that of the delivery: Garmin names no time of change. */
export type GarminSummary = { item: Item; version: Version; receivedAt: Date };

/**
 * What a summary says. Slots it names and gives no row for are closed with tombstones of the same rank, so that an
 * unfinished day never stands in the way of what the next one brings.
 */
export type GarminReading = {
  rows: ObservedMeasurement[];
  slots: RowSlot[];
  version: Version;
  stateRank: StateRank;
  ignored?: IgnoreReason;
  /** Parts of the summary that were left out; the rest of it stands. */
  refused?: ItemRefused[];
};

/** The time a summary speaks of, in seconds since 1970 and as instants. */
export type Window = {
  startS: number;
  start: Date;
  end: Date;
  lengthS: number;
  /** What the device clock showed, minutes east of UTC; null where Garmin leaves it out. */
  zoneOffsetMin: number | null;
};

const EARLIEST_S = Date.UTC(2000, 0, 1) / 1000;
/** Beyond lie times in milliseconds, and in the end numbers that are no instant at all. */
const LATEST_S = Date.UTC(9999, 0, 1) / 1000;
const MAX_DURATION_S = 1e9;

/** @throws ItemRefused bad_time, future_dated */
export function requireEpochSeconds({
  value,
  field,
  receivedAt,
}: {
  value: unknown;
  field: string;
  receivedAt: Date;
}): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < EARLIEST_S || value > LATEST_S) {
    throw new ItemRefused('bad_time', `${field} is not in whole seconds since 1970, from 2000 to 9998`);
  }
  if (isFuture(new Date(value * 1000), receivedAt)) {
    throw new ItemRefused('future_dated', `${field} lies more than 5 minutes after the delivery was received`);
  }
  return value;
}

export function zoneOffsetOf(value: unknown): number | null {
  const seconds = numberWithin(value, { min: -12 * 3600, max: 14 * 3600 });
  // Adding 0 turns the -0 that Math.round may give into 0.
  return seconds === null ? null : Math.round(seconds / 60) + 0;
}

/** A length in seconds, however long; null where there is none. What is too long is for `windowOf` to refuse. */
export const durationOf = (value: unknown): number | null => numberWithin(value, { min: 0, max: MAX_DURATION_S });

/** @throws ItemRefused bad_time, future_dated (of the start), window_inverted, window_too_long */
export function windowOf({
  startS,
  lengthS,
  zoneOffsetMin,
  maxHours,
}: {
  startS: number;
  lengthS: number;
  zoneOffsetMin: number | null;
  maxHours: number;
}): Window {
  const start = new Date(startS * 1000);
  const end = new Date((startS + lengthS) * 1000);
  return { startS, start, end, lengthS: requireWindow({ start, end, maxHours }), zoneOffsetMin };
}

/** @throws ItemRefused future_dated */
export function requirePast({ end }: Window, receivedAt: Date): void {
  if (isFuture(end, receivedAt)) {
    throw new ItemRefused('future_dated', 'the end lies more than 5 minutes after the delivery was received');
  }
}

export const localDayOf = (at: Date, zoneOffsetMin: number | null): LocalDate =>
  localDay({ at, zoneOffsetMin: zoneOffsetMin ?? 0 });

/**
 * Garmin's `calendarDate`; where it is missing the local date of `at`, flagged.
 *
 * @throws ItemRefused bad_day, future_dated
 */
export function dayOf({
  summary: { item, receivedAt },
  at,
  zoneOffsetMin,
  flags,
}: {
  summary: GarminSummary;
  at: Date;
  zoneOffsetMin: number | null;
  flags: Set<MeasurementFlag>;
}): LocalDate {
  const derived = localDayOf(at, zoneOffsetMin);
  if (isMissing(item['calendarDate'])) {
    flags.add('day_derived');
    return derived;
  }
  const day = requireDay({ value: item['calendarDate'], receivedAt });
  if (Math.abs(daysBetween(derived, day)) > 1) {
    throw new ItemRefused('bad_day', 'calendarDate is more than one day away from the local date of the summary');
  }
  return day;
}

/** A field inside its range. Null where nothing was measured: missing, a negative marker, or a 0 the range leaves out. */
export const measured = (reading: Reading): number | null =>
  plausible(reading, (value) => isMissing(value) || isMarker(value));

/** Garmin's markers ("off wrist", "too much motion", ...) are negative, and 0 bpm or ms is no reading either. */
const isMarker = (value: unknown): boolean => typeof value === 'number' && value <= 0;

/** Two lists of one length: `values[i]` was measured `offsetsS[i]` seconds after the start. In order of time. */
export type Series = { offsetsS: number[]; values: number[] };

/**
 * A map of seconds after the start to values, `{ "15": 56 }`. Markers give no sample; what is implausible or lies outside
 * the window is dropped with a flag.
 */
export function readOffsetMap({
  map,
  lengthS,
  range,
  flag,
  flags,
}: {
  map: unknown;
  lengthS: number;
  range: Range;
  flag: MeasurementFlag;
  flags: Set<MeasurementFlag>;
}): Series {
  const series: Series = { offsetsS: [], values: [] };
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return series;
  const values = map as Readonly<Record<string, unknown>>;
  // An object names keys that are whole numbers in ascending order, whatever order they came in: ECMA-262, 10.1.11.1.
  for (const key of Object.keys(values)) {
    const value = values[key];
    if (isMissing(value) || isMarker(value)) continue;
    const offsetS = Number(key);
    const isWhole = offsetS >= 0 && Number.isInteger(offsetS) && String(offsetS) === key;
    if (!isWhole || offsetS > lengthS) flags.add('series_outside_window');
    else if (typeof value !== 'number' || !isWithin(value, range)) flags.add(flag);
    else {
      series.offsetsS.push(offsetS);
      series.values.push(value);
    }
  }
  return series;
}
