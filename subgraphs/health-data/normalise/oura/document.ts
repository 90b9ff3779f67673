import type { LocalDate } from '#platform/signals';
import type { MeasurementFlag, ObservedMeasurement } from '../../measurements/measurement.ts';
import type { IgnoreReason, Item, Version } from '../normaliser.ts';
import type { ZonedInstant } from '../units.ts';

/** One Oura document on its way to rows. */
export type OuraDocument = { item: Item; recordId: string; version: Version; receivedAt: Date };

/** All rows of a document. Kinds it could give and does not are closed with tombstones by the caller. */
export type OuraReading = { rows: ObservedMeasurement[]; ignored?: IgnoreReason };

/** The window of a `sleep` document and the day it belongs to. */
export type Period = { start: ZonedInstant; end: ZonedInstant; lengthS: number; day: LocalDate };

export const capturedAtEnd = ({ end }: Period): { capturedAt: Date; zoneOffsetMin: number } => ({
  capturedAt: end.at,
  zoneOffsetMin: end.zoneOffsetMin,
});

/** The fields every row of a document has in common. */
export function commonFields({
  document: { recordId, version },
  day,
  flags,
}: {
  document: OuraDocument;
  day: LocalDate;
  flags: Iterable<MeasurementFlag>;
}): Version & { recordId: string; day: LocalDate; stateRank: 1; flags: MeasurementFlag[] } {
  return { ...version, recordId, day, stateRank: 1, flags: [...flags] };
}
