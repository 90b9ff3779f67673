import { type LocalDate, isLocalDate } from '#platform/signals';
import type { MeasurementFlag } from '../measurements/measurement.ts';
import { ItemRefused } from './normaliser.ts';

export type Range = { readonly min: number; readonly max: number };

/** Outside of these a value is a fault of sensor, unit or sender and gives no row. Bounds are inclusive. */
export const PLAUSIBLE = {
  heartRateBpm: { min: 20, max: 250 },
  /** The lowest published resting rates lie near 25; above 150 nobody rests. */
  restingHeartRateBpm: { min: 20, max: 150 },
  /** Zero and the negative markers of vendors are no variability; ln of a value below 1 is negative. */
  hrvMs: { min: 1, max: 500 },
  respiratoryRateBrpm: { min: 4, max: 60 },
  temperatureDeviationC: { min: -10, max: 10 },
  /** 0 is the vendors' word for "not measured". */
  spo2Pct: { min: 50, max: 100 },
  efficiencyPct: { min: 1, max: 100 },
  secondsOfDay: { min: 0, max: 86_400 },
  stepsPerDay: { min: 0, max: 200_000 },
  distanceM: { min: 0, max: 1_000_000 },
  energyKcal: { min: 0, max: 30_000 },
  elevationGainM: { min: 0, max: 20_000 },
  /** Faster than anybody on skis. */
  speedMps: { min: 0, max: 100 },
  powerW: { min: 0, max: 3000 },
  cadencePerMin: { min: 0, max: 300 },
  /** From the Dead Sea to beyond the highest mountain; pressure sensors drift. */
  altitudeM: { min: -500, max: 9500 },
} as const satisfies Record<string, Range>;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Clock differences between us and a vendor; anything later is quarantined, or one bad date wins for ever. */
const FUTURE_TOLERANCE_MS = 5 * MINUTE_MS;

/** No wearable here is older. */
const EARLIEST_YEAR = 2000;

export const minutesOf = (seconds: number | null): number | null => (seconds === null ? null : seconds / 60);

export const isWithin = (value: number, range: Range): boolean => value >= range.min && value <= range.max;

/** A number inside the range, else null. Text, NaN and infinities (1e400) are null too. */
export function numberWithin(value: unknown, range: Range): number | null {
  return typeof value === 'number' && isWithin(value, range) ? value : null;
}

export const isMissing = (value: unknown): value is null | undefined => value === null || value === undefined;

/** An instant with the offset its text carried, minutes east of UTC. */
export type ZonedInstant = { at: Date; zoneOffsetMin: number };

const ISO_INSTANT =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d{2}):?([0-5]\d))$/;

/**
 * ISO 8601 with `Z` or an offset; fractions beyond milliseconds are cut off. Null without a zone (the instant
 * would be a guess), for days that do not exist, before 2000 and for offsets no place on earth uses.
 */
export function parseInstant(value: unknown): ZonedInstant | null {
  const match = typeof value === 'string' && value.length <= 40 ? ISO_INSTANT.exec(value) : null;
  if (match === null) return null;
  const [, day = '', hours, minutes, seconds = '00', fraction = '', sign, offsetHours = '00', offsetMinutes = '00'] =
    match;
  if (!isDay(day)) return null;
  const eastMin = Number(offsetHours) * 60 + Number(offsetMinutes);
  const zoneOffsetMin = sign === '-' && eastMin !== 0 ? -eastMin : eastMin;
  if (zoneOffsetMin < -12 * 60 || zoneOffsetMin > 14 * 60) return null;
  const [year, month, date] = [Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8, 10))];
  const millis = fraction === '' ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));
  const localMs = Date.UTC(year, month - 1, date, Number(hours), Number(minutes), Number(seconds), millis);
  return { at: new Date(localMs - zoneOffsetMin * MINUTE_MS), zoneOffsetMin };
}

/** A calendar day that exists, from 2000 on. */
export function isDay(value: unknown): value is LocalDate {
  return typeof value === 'string' && isLocalDate(value) && Number(value.slice(0, 4)) >= EARLIEST_YEAR;
}

/** The local calendar day and hour of an instant at its own offset; never the server's zone. */
export function localDay({ at, zoneOffsetMin }: ZonedInstant): LocalDate {
  return new Date(at.getTime() + zoneOffsetMin * MINUTE_MS).toISOString().slice(0, 10);
}

export function localHour({ at, zoneOffsetMin }: ZonedInstant): number {
  return new Date(at.getTime() + zoneOffsetMin * MINUTE_MS).getUTCHours();
}

/** The local day of an instant; where the offset is unknown that of UTC, and flagged. */
export function dayOf(
  { at, zoneOffsetMin }: { at: Date; zoneOffsetMin: number | null },
  flags: Set<MeasurementFlag>,
): LocalDate {
  if (zoneOffsetMin === null) flags.add('day_derived');
  return localDay({ at, zoneOffsetMin: zoneOffsetMin ?? 0 });
}

export function dayAfter(day: LocalDate): LocalDate {
  return new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
}

/** Whole days from one calendar day to another; negative if `to` is earlier. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS;
}

/** @throws ItemRefused bad_time, future_dated */
export function requireInstant({
  value,
  field,
  receivedAt,
}: {
  value: unknown;
  field: string;
  receivedAt: Date;
}): ZonedInstant {
  const instant = parseInstant(value);
  if (instant === null) throw new ItemRefused('bad_time', `${field} is not an ISO 8601 instant with an offset`);
  if (isFuture(instant.at, receivedAt)) {
    throw new ItemRefused('future_dated', `${field} lies more than 5 minutes after the delivery was received`);
  }
  return instant;
}

export function isFuture(at: Date, receivedAt: Date): boolean {
  return at.getTime() > receivedAt.getTime() + FUTURE_TOLERANCE_MS;
}

/**
 * Today may be tomorrow's date east of Greenwich, hence one day of grace over the UTC date of receipt.
 *
 * @throws ItemRefused bad_day, future_dated
 */
export function requireDay({ value, receivedAt }: { value: unknown; receivedAt: Date }): LocalDate {
  if (!isDay(value)) throw new ItemRefused('bad_day', 'day is not a calendar date from 2000 on');
  if (value > dayAfter(receivedAt.toISOString().slice(0, 10))) {
    throw new ItemRefused('future_dated', 'day lies after the day the delivery was received');
  }
  return value;
}

/** @throws ItemRefused window_inverted, window_too_long. Returns the length in seconds. */
export function requireWindow({ start, end, maxHours }: { start: Date; end: Date; maxHours: number }): number {
  const lengthMs = end.getTime() - start.getTime();
  if (lengthMs <= 0) throw new ItemRefused('window_inverted', 'the end does not lie after the start');
  if (lengthMs > maxHours * 60 * MINUTE_MS) {
    throw new ItemRefused('window_too_long', `the window is longer than ${maxHours} h`);
  }
  return lengthMs / 1000;
}

/** Natural logarithm, the scale on which nights are compared. */
export const lnOf = (ms: number): number => Math.log(ms);

/** A field on its way to a value: what a vendor wrote, what it may be, and where to note that it cannot be true. */
export type Reading = { value: unknown; range: Range; flags: Set<MeasurementFlag>; flag?: MeasurementFlag };

/**
 * A field inside its range; null if missing; null and flagged if it is there and cannot be true.
 * `isUnmeasured`: what else the vendor writes where nothing was measured.
 */
export function plausible(
  { value, range, flags, flag = 'implausible_value_dropped' }: Reading,
  isUnmeasured: (value: unknown) => boolean = isMissing,
): number | null {
  const number = numberWithin(value, range);
  if (number === null && !isUnmeasured(value)) flags.add(flag);
  return number;
}
