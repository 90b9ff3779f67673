import type { LocalDate } from '#platform/signals';
import type { ObservedMeasurement } from '../../measurements/measurement.ts';
import { type IgnoreReason, type Item, type RowSlot, type Version, ItemRefused, recordIdOf } from '../normaliser.ts';
import { requireDay, plausible } from '../units.ts';

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

/** The same for what is never truly 0 (a heart rate, the energy of an exercise): 0 is then "not measured". */
export const measured = (parts: Parameters<typeof plausible>[0]): number | null =>
  parts.value === 0 ? null : plausible(parts);
