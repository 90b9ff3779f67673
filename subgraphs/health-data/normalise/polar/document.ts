import type { LocalDate } from '#platform/signals';
import type { MeasurementFlag, ObservedMeasurement } from '../../measurements/measurement.ts';
import { type IgnoreReason, type Item, type RowSlot, type Version, ItemRefused, recordIdOf } from '../normaliser.ts';
import { type Range, isMissing, numberWithin, requireDay } from '../units.ts';

/** One Polar document on its way to rows. */
export type PolarDocument = { item: Item; version: Version; receivedAt: Date };

/**
 * What a document gives. `slots` are all rows it speaks of: those it leaves empty are closed by the caller.
 * Nights and days have no id in Polar's answers: their date is the record, for there is one of each per date.
 */
export type PolarReading = {
  recordId: string;
  slots: RowSlot[];
  rows: ObservedMeasurement[];
  ignored?: IgnoreReason;
};

/** @throws ItemRefused no_record_id, bad_day, future_dated */
export function requireDate({ value, receivedAt }: { value: unknown; receivedAt: Date }): LocalDate {
  if (recordIdOf(value) === null) throw new ItemRefused('no_record_id', 'the date, which names the record, is missing');
  return requireDay({ value, receivedAt });
}

/** A field inside its range; null if missing; null and flagged if it is there and cannot be true. */
export function plausible({
  value,
  range,
  flags,
  flag = 'implausible_value_dropped',
}: {
  value: unknown;
  range: Range;
  flags: Set<MeasurementFlag>;
  flag?: MeasurementFlag;
}): number | null {
  const number = numberWithin(value, range);
  if (number === null && !isMissing(value)) flags.add(flag);
  return number;
}

/** The same for what is never truly 0 (a heart rate, the energy of an exercise): 0 is then "not measured". */
export const measured = (parts: Parameters<typeof plausible>[0]): number | null =>
  parts.value === 0 ? null : plausible(parts);
