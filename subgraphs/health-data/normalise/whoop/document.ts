import type { LocalDate } from '#platform/signals';
import type { MeasurementFlag, ObservedMeasurement } from '../../measurements/measurement.ts';
import { type Item, type Version, ItemRefused, isItem } from '../normaliser.ts';
import {
  type Range,
  type ZonedInstant,
  isMissing,
  localDay,
  numberWithin,
  parseInstant,
  requireInstant,
  requireWindow,
} from '../units.ts';

const MAX_ACTIVITY_HOURS = 24;

/** WHOOP counts durations in thousandths of a second. */
export const MILLIS_OF_DAY: Range = { min: 0, max: 86_400_000 };

/** Start and end of a sleep or workout. WHOOP gives both in UTC and the athlete's offset beside them. */
export type Period = { start: ZonedInstant; end: ZonedInstant; lengthS: number };

/** One WHOOP document on its way to rows. */
export type WhoopDocument = {
  item: Item;
  /** Of a recovery: the id of its sleep. */
  recordId: string;
  /** Null: WHOOP could not score it. */
  score: Item | null;
  version: Version;
  receivedAt: Date;
  /** Sleeps of the same body by id, in which a recovery finds its times. */
  sleeps: ReadonlyMap<string, Period>;
};

/** All rows of a document. Kinds it could give and does not are closed with tombstones by the caller. */
export type ReadWhoop = (document: WhoopDocument) => ObservedMeasurement[];

/** @throws ItemRefused bad_time, future_dated, window_inverted, window_too_long */
export function readPeriod({ item, receivedAt }: { item: Item; receivedAt: Date }): Period {
  const start = requireInstant({ value: item['start'], field: 'start', receivedAt });
  const end = requireInstant({ value: item['end'], field: 'end', receivedAt });
  const zoneOffsetMin = offsetOf(item);
  if (zoneOffsetMin === null) throw new ItemRefused('bad_time', 'timezone_offset is neither Z nor ±hh:mm');
  const lengthS = requireWindow({ start: start.at, end: end.at, maxHours: MAX_ACTIVITY_HOURS });
  return { start: { at: start.at, zoneOffsetMin }, end: { at: end.at, zoneOffsetMin }, lengthS };
}

/** `timezone_offset` in minutes east; null if it is missing or used nowhere on earth. */
export function offsetOf({ timezone_offset: offset }: Item): number | null {
  if (typeof offset !== 'string' || !/^(?:Z|[+-]\d{2}:?\d{2})$/.test(offset)) return null;
  return parseInstant(`2000-01-01T00:00${offset}`)?.zoneOffsetMin ?? null;
}

/** When a row was measured, as its columns. */
export type Moment = { day: LocalDate; capturedAt: Date; zoneOffsetMin: number | null };

export const momentOf = ({ at, zoneOffsetMin }: ZonedInstant): Moment => ({
  day: localDay({ at, zoneOffsetMin }),
  capturedAt: at,
  zoneOffsetMin,
});

/** What every row of a document has in common. A score is final until WHOOP sends a newer version. */
export function originOf({ recordId, version }: WhoopDocument, flags: Iterable<MeasurementFlag>) {
  return { ...version, recordId, stateRank: 1 as const, flags: [...flags] };
}

/** Reads fields of one item; remembers what was there and could not be true. */
export type FieldReader = {
  flags: Set<MeasurementFlag>;
  within: (field: string, range: Range, flag?: MeasurementFlag) => number | null;
};

export function fieldsOf(item: unknown, flags: Set<MeasurementFlag>): FieldReader {
  const fields = isItem(item) ? item : {};
  return {
    flags,
    within: (field, range, flag = 'implausible_value_dropped') => {
      const number = numberWithin(fields[field], range);
      if (number === null && !isMissing(fields[field])) flags.add(flag);
      return number;
    },
  };
}
