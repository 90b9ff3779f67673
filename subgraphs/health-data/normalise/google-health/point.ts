import type { LocalDate } from '#platform/signals';
import type { ObservedMeasurement } from '../../measurements/measurement.ts';
import { type Measured, deviceOf } from '../device.ts';
import { type IgnoreReason, type Item, type Version, ItemRefused, isItem, recordIdOf } from '../normaliser.ts';
import { isDay, isMissing, requireDay, requireInstant, requireWindow, plausible, type Reading } from '../units.ts';

/**
 * One data point on its way to rows. `value` is the object under the name of its data type (`sleep`,
 * `dailyHeartRateVariability`), `pointId` the last part of its resource name; only sleep and exercise always have one.
 */
export type GooglePoint = {
  item: Item;
  value: Item;
  pointId: string | null;
  version: Version;
  receivedAt: Date;
};

/** All rows of a point, and the record it speaks of: slots of that record without a row are closed by the caller. */
export type GoogleReading = { recordId: string; rows: ObservedMeasurement[]; ignored?: IgnoreReason };

/** Local time where Google gives the offset, else unknown. */
export type LocalInstant = { at: Date; zoneOffsetMin: number | null };

export type Period = { start: LocalInstant; end: LocalInstant; lengthS: number };

const DECIMAL = /^-?\d{1,15}(?:\.\d{1,15})?$/;

/** Google writes 64-bit integers as text ("58"). Null for whatever is no number. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'string' && value.length <= 32 && DECIMAL.test(value) ? Number(value) : null;
}

/** A quantity inside its range, written as a number or as text. */
export const quantity = (reading: Reading): number | null =>
  plausible({ ...reading, value: numberOf(reading.value) ?? reading.value });

/** A vendor's length in its own small unit (mm) as metres; whatever is no number stays as it is, to be flagged. */
export const inThousands = (value: unknown): unknown => {
  const number = numberOf(value);
  return number === null ? value : number / 1000;
};

/** `users/me/dataTypes/sleep/dataPoints/a101`: `a101`. Merged points (`:reconcile`) are named `dataPointName`. */
export function pointIdOf(item: Item): string | null {
  const name = item['name'] ?? item['dataPointName'];
  return typeof name === 'string' && name.length <= 512 ? recordIdOf(name.slice(name.lastIndexOf('/') + 1)) : null;
}

/** @throws ItemRefused no_record_id */
export function requirePointId({ pointId }: GooglePoint): string {
  if (pointId === null) throw new ItemRefused('no_record_id', 'name is missing or ends in no id');
  return pointId;
}

const DURATION = /^-?\d{1,7}(?:\.\d{1,9})?s$/;

/** Seconds of a protobuf duration ("1830s", "-18000s"), or null. */
export function durationS(value: unknown): number | null {
  return typeof value === 'string' && value.length <= 32 && DURATION.test(value) ? Number(value.slice(0, -1)) : null;
}

/** Minutes east of UTC, or null where none is given or no place on earth uses it. */
export function zoneOffsetMinOf(utcOffset: unknown): number | null {
  const seconds = durationS(utcOffset);
  if (seconds === null || seconds % 60 !== 0 || seconds < -12 * 3600 || seconds > 14 * 3600) return null;
  return seconds / 60 + 0;
}

/**
 * @throws ItemRefused bad_time, future_dated, window_inverted, window_too_long
 */
export function requirePeriod({ value, receivedAt }: GooglePoint, maxHours: number): Period {
  const interval = isItem(value['interval']) ? value['interval'] : {};
  const instant = (field: 'start' | 'end'): LocalInstant => ({
    at: requireInstant({ value: interval[`${field}Time`], field: `interval.${field}Time`, receivedAt }).at,
    zoneOffsetMin: zoneOffsetMinOf(interval[`${field}UtcOffset`]),
  });
  const start = instant('start');
  const end = instant('end');
  return { start, end, lengthS: requireWindow({ start: start.at, end: end.at, maxHours }) };
}

const pad = (value: unknown, digits: number): string =>
  typeof value === 'number' ? String(value).padStart(digits, '0') : '';

/** `{ year, month, day }` as a calendar date. @throws ItemRefused bad_day, future_dated */
export function requireDate(value: unknown, receivedAt: Date): LocalDate {
  return requireDay({ value: dateOf(value), receivedAt });
}

/** `dataSource.device.displayName` of a point. */
export function deviceIn({ dataSource }: Item): Measured {
  const device = isItem(dataSource) ? dataSource['device'] : null;
  return isItem(device) ? deviceOf(device['displayName']) : {};
}

/** `{ year, month, day }` as a calendar date, or null. */
export function dateOf(value: unknown): LocalDate | null {
  const { year, month, day } = isItem(value) ? value : {};
  const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  return isDay(date) ? date : null;
}

/** The version of a session: Google's own last change where it is given. @throws ItemRefused bad_time, future_dated */
export function versionOf({ value, version, receivedAt }: GooglePoint): Version {
  const updateTime = value['updateTime'];
  if (isMissing(updateTime)) return version;
  return { ...version, sourceUpdatedAt: requireInstant({ value: updateTime, field: 'updateTime', receivedAt }).at };
}
