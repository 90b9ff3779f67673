import type { LocalDate } from '#platform/signals';
import type { MeasurementFlag, ObservedMeasurement, VitalsDay } from '../../measurements/measurement.ts';
import { UNKNOWN_VITALS } from '../../measurements/unknown.ts';
import { type GooglePoint, type GoogleReading, dateOf, numberOf, quantity, requireDate } from './point.ts';
import { type RowSlot, ItemRefused, isItem } from '../normaliser.ts';
import { PLAUSIBLE, type Range, dayAfter, lnOf } from '../units.ts';

/**
 * What Google tells by date is kept by date, not by data point: such points need not have a name, two devices may each
 * give one for a day of which only one can count, and a deletion names days.
 */
export const hrvSlots = (day: string): RowSlot[] => [{ recordKind: 'hrv_night', sampleKind: null, recordId: day }];
export const restingSlots = (day: string): RowSlot[] => [
  { recordKind: 'resting_heart_rate', sampleKind: null, recordId: day },
];
export const stepsSlots = (day: string): RowSlot[] => [{ recordKind: 'steps_day', sampleKind: null, recordId: day }];

/** Three data types share the kind vitals_day. */
export const vitalsSlots =
  (dataType: string) =>
  (day: string): RowSlot[] => [{ recordKind: 'vitals_day', sampleKind: null, recordId: `${dataType}:${day}` }];

/** Whatever the zone, a calendar day has ended 36 hours after it began at Greenwich. */
const DAY_OVER_MS = 36 * 3_600_000;

const noValue = (recordId: LocalDate): GoogleReading => ({ recordId, rows: [], ignored: 'no_value' });

/**
 * The value a daily document is about. Missing, zero and negative mean "not measured": null.
 *
 * @throws ItemRefused implausible_value
 */
function measured({ value, field, range }: { value: unknown; field: string; range: Range }): number | null {
  const number = numberOf(value);
  if (number !== null && number <= 0) return null;
  const flags = new Set<MeasurementFlag>();
  const inside = quantity({ value, range, flags });
  if (flags.size > 0) {
    throw new ItemRefused('implausible_value', `${field} is not a number from ${range.min} to ${range.max}`);
  }
  return inside;
}

function common({ version }: GooglePoint, day: LocalDate) {
  return { ...version, recordId: day, day, stateRank: 1 as const, flags: [], capturedAt: null, zoneOffsetMin: null };
}

/**
 * The nightly average is RMSSD, as the sample type says of itself. That of deep sleep alone is another quantity and is
 * not kept.
 *
 * @throws ItemRefused bad_day, future_dated, implausible_value
 */
export function readDailyHrv(point: GooglePoint): GoogleReading {
  const day = requireDate(point.value['date'], point.receivedAt);
  const field = 'averageHeartRateVariabilityMilliseconds';
  const ms = measured({ value: point.value[field], field, range: PLAUSIBLE.hrvMs });
  if (ms === null) return noValue(day);
  const stream = { metric: 'RMSSD', method: 'average_of_night' } as const;
  const row: ObservedMeasurement = {
    kind: 'hrv_night',
    ...common(point, day),
    ...stream,
    ms,
    lnMs: lnOf(ms),
    sleepRecordId: null,
  };
  return { recordId: day, rows: [row] };
}

/** @throws ItemRefused bad_day, future_dated, implausible_value */
export function readDailyRestingHeartRate(point: GooglePoint): GoogleReading {
  const day = requireDate(point.value['date'], point.receivedAt);
  const field = 'beatsPerMinute';
  const bpm = measured({ value: point.value[field], field, range: PLAUSIBLE.restingHeartRateBpm });
  if (bpm === null) return noValue(day);
  const row: ObservedMeasurement = {
    kind: 'resting_heart_rate',
    ...common(point, day),
    bpm,
    method: 'vendor_resting',
    sleepRecordId: null,
  };
  return { recordId: day, rows: [row] };
}

type VitalsColumns = Pick<VitalsDay, 'temperatureDeviationC' | 'respiratoryRateBrpm' | 'spo2Pct'>;

function vitalsReading(point: GooglePoint, dataType: string, columns: () => Partial<VitalsColumns>): GoogleReading {
  const day = requireDate(point.value['date'], point.receivedAt);
  const given = columns();
  if (Object.values(given).every((value) => value === null)) return noValue(day);
  const row: VitalsDay = {
    kind: 'vitals_day',
    ...common(point, day),
    recordId: `${dataType}:${day}`,
    ...UNKNOWN_VITALS,
    ...given,
  };
  return { recordId: day, rows: [row] };
}

/** @throws ItemRefused bad_day, future_dated, implausible_value */
export const readDailyRespiratoryRate = (point: GooglePoint): GoogleReading =>
  vitalsReading(point, 'daily-respiratory-rate', () => {
    const field = 'breathsPerMinute';
    const range = PLAUSIBLE.respiratoryRateBrpm;
    return { respiratoryRateBrpm: measured({ value: point.value[field], field, range }) };
  });

/** @throws ItemRefused bad_day, future_dated, implausible_value */
export const readDailyOxygenSaturation = (point: GooglePoint): GoogleReading =>
  vitalsReading(point, 'daily-oxygen-saturation', () => {
    const field = 'averagePercentage';
    return { spo2Pct: measured({ value: point.value[field], field, range: PLAUSIBLE.spo2Pct }) };
  });

/** Skin of a sleeper; a reading outside is a sensor that was not worn. */
const SKIN_C: Range = { min: 15, max: 45 };

/** Google gives two temperatures of the skin: the deviation is the night's less the baseline's. */
export const readDailyTemperature = (point: GooglePoint): GoogleReading =>
  vitalsReading(point, 'daily-sleep-temperature-derivations', () => {
    const read = (field: string): number | null => measured({ value: point.value[field], field, range: SKIN_C });
    const nightC = read('nightlyTemperatureCelsius');
    const baselineC = read('baselineTemperatureCelsius');
    if (nightC === null || baselineC === null) return { temperatureDeviationC: null };
    const range = PLAUSIBLE.temperatureDeviationC;
    const deviationC = quantity({ value: nightC - baselineC, range, flags: new Set() });
    if (deviationC === null) {
      throw new ItemRefused('implausible_value', `the deviation is not from ${range.min} to ${range.max}`);
    }
    return { temperatureDeviationC: deviationC };
  });

/**
 * The day's total, `steps` rolled up by civil day. The intervals of `steps` itself are ignored: a page of them is some
 * part of a day, and those of phone and watch count the same steps twice.
 *
 * @throws ItemRefused bad_day, future_dated, implausible_value
 */
export function readSteps(point: GooglePoint): GoogleReading {
  const { value, version, receivedAt } = point;
  const day = requireCivilDay(point, receivedAt);
  const { countSum } = value;
  if (countSum === undefined || countSum === null) return noValue(day);
  const flags = new Set<MeasurementFlag>();
  const steps = quantity({ value: countSum, range: PLAUSIBLE.stepsPerDay, flags });
  if (steps === null) throw new ItemRefused('implausible_value', 'steps.countSum is not a number from 0 to 200000');
  const isOver = Date.parse(day) + DAY_OVER_MS <= version.sourceUpdatedAt.getTime();
  const row: ObservedMeasurement = {
    kind: 'steps_day',
    ...common(point, day),
    stateRank: isOver ? 1 : 0,
    steps: Math.floor(steps),
    distanceM: null,
    activeEnergyKcal: null,
    nonWearS: null,
  };
  return { recordId: day, rows: [row] };
}

/** The one civil day a roll-up spans. @throws ItemRefused bad_day, future_dated */
function requireCivilDay({ item }: GooglePoint, receivedAt: Date): LocalDate {
  const start = isItem(item['civilStartTime']) ? item['civilStartTime'] : {};
  const end = isItem(item['civilEndTime']) ? item['civilEndTime'] : {};
  const day = requireDate(start['date'], receivedAt);
  if (!isMidnight(start['time']) || !isMidnight(end['time']) || dateOf(end['date']) !== dayAfter(day)) {
    throw new ItemRefused('bad_day', 'the roll-up does not span one civil day');
  }
  return day;
}

/** Google leaves out what is 0. */
const isMidnight = (time: unknown): boolean =>
  !isItem(time) || Object.values(time).every((part) => part === 0 || part === null);
