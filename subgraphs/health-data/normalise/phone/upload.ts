import type { LocalDate } from '#platform/signals';
import type {
  MeasurementFlag,
  RestingHeartRate,
  SampleBlock,
  SampleKind,
  StepsDay,
} from '../../measurements/measurement.ts';
import {
  type Item,
  type Normalised,
  type RawDelivery,
  type RowSlot,
  type Version,
  ItemRefused,
  isItem,
  recordIdOf,
  requireRecordId,
  tombstone,
} from '../normaliser.ts';
import { type Measured, sharedDevice } from '../device.ts';
import { ignoreEach } from '../documents.ts';
import { type StepSlice, stepsPerDay } from './step-slices.ts';
import {
  PLAUSIBLE,
  type Range,
  dayAfter,
  isFuture,
  isMissing,
  isWithin,
  localDay,
  parseInstant,
  requireInstant,
} from '../units.ts';

/**
 * An upload of one of our own phone apps, on its way to rows. The contract with the apps: an upload is whole for each
 * night and each local day it speaks of. When a sample is added or deleted, all samples of its night or day come again.
 */
export type Upload = Pick<RawDelivery, 'provider' | 'receivedAt'> & {
  /** Version of what carries none of its own. */
  updatedAt: Date;
  /** Offset of the phone's own zone, for samples that carry none; null if the upload names no zone. */
  offsetAt: (at: Date) => number | null;
  into: Normalised;
};

/** An instant, with the offset of local time where it is known. */
export type Moment = { at: Date; zoneOffsetMin: number | null };

export type Sample = Moment & Measured & { value: number };

/** Steps of a stretch of time, and who counted them. */
export type StepCount = Measured & { slice: StepSlice; start: Moment };

const MINUTE_MS = 60_000;
const EARLIEST_MS = Date.UTC(2000, 0, 1);

/** A phone that waited for a network sends late: the time of its reading orders the uploads, not that of their arrival. */
export function uploadOf(delivery: RawDelivery, body: Item, into: Normalised): Upload {
  const { provider, receivedAt } = delivery;
  const readAt = parseInstant(body['syncTimestamp']);
  const isCredible = readAt !== null && !isFuture(readAt.at, receivedAt);
  const updatedAt = isCredible ? readAt.at : delivery.sourceUpdatedAt;
  return { provider, receivedAt, updatedAt, offsetAt: offsetsOf(body['timeZone']), into };
}

function offsetsOf(timeZone: unknown): Upload['offsetAt'] {
  const format = typeof timeZone === 'string' ? zoneFormat(timeZone) : null;
  if (format === null) return () => null;
  return (at) => {
    const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    return offsetOf(name === 'GMT' ? 'Z' : name.replace('GMT', ''));
  };
}

function zoneFormat(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  } catch {
    // A zone nobody knows is no zone: days are then those of UTC and flagged.
    return null;
  }
}

const OFFSET = /^([+-])(\d{2}):?([0-5]\d)$/;

/** Minutes east of UTC in `+09:00` or `Z`; null if it is no offset or one that no place on earth uses. */
function offsetOf(value: unknown): number | null {
  if (value === 'Z') return 0;
  const match = typeof value === 'string' ? OFFSET.exec(value) : null;
  if (match === null) return null;
  const [, sign, hours, minutes] = match;
  const eastMin = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  return eastMin >= -12 * 60 && eastMin <= 14 * 60 ? eastMin : null;
}

/**
 * An instant and its offset: of the record's own field, else of the text itself, else of the phone's zone. `Z` in the
 * text says nothing about the athlete, since the phone writes all its instants so.
 *
 * @throws ItemRefused bad_time, future_dated
 */
export function requireMoment({
  value,
  offset,
  field,
  upload,
}: {
  value: unknown;
  offset: unknown;
  field: string;
  upload: Upload;
}): Moment {
  const { at, zoneOffsetMin } = requireInstant({ value, field, receivedAt: upload.receivedAt });
  const isUtc = typeof value === 'string' && value.endsWith('Z');
  const moment = { at, zoneOffsetMin: offsetOf(offset) ?? (isUtc ? upload.offsetAt(at) : zoneOffsetMin) };
  // West of Greenwich the first hours of 2000 belong to a day that no table takes.
  if (at.getTime() + (moment.zoneOffsetMin ?? 0) * MINUTE_MS < EARLIEST_MS) {
    throw new ItemRefused('bad_time', `${field} lies before 2000`);
  }
  return moment;
}

/** The local day, that of UTC where no offset is known. */
export const dayOf = ({ at, zoneOffsetMin }: Moment): LocalDate => localDay({ at, zoneOffsetMin: zoneOffsetMin ?? 0 });

/** Days without an offset are guesses. */
export const dayFlags = ({ zoneOffsetMin }: Moment): MeasurementFlag[] =>
  zoneOffsetMin === null ? ['day_derived'] : [];

/**
 * A value inside its range; null where there is no reading (null, zero and negative markers).
 *
 * @throws ItemRefused implausible_value
 */
export function readingOf({ value, range, field }: { value: unknown; range: Range; field: string }): number | null {
  if (isMissing(value) || (typeof value === 'number' && value <= 0)) return null;
  if (typeof value === 'number' && isWithin(value, range)) return value;
  throw new ItemRefused('implausible_value', `${field} is not a number from ${range.min} to ${range.max}`);
}

/** Version of a row, as old as the upload unless the record has its own time of change. */
export function versionOf(upload: Upload, updatedAt = upload.updatedAt): Version {
  return { provider: upload.provider, sourceUpdatedAt: updatedAt };
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Samples as one block per UTC day, on whole seconds, named after the time they span: two uploads that share a part of
 * a day never replace each other's samples. Of several samples of one second the last one counts.
 */
export function blocksOf(upload: Upload, sampleKind: SampleKind, samples: readonly Sample[]): SampleBlock[] {
  const bySecond = new Map(samples.map(({ at, value }) => [Math.floor(at.getTime() / 1000), value]));
  const ordered = [...bySecond].sort(([a], [b]) => a - b);
  const days = Map.groupBy(ordered, ([second]) => new Date(second * 1000).toISOString().slice(0, 10));
  return [...days].map(([day, entries]) => {
    const values = entries.map(([, value]) => value);
    const startS = entries[0]?.[0] ?? 0;
    const startedAt = new Date(startS * 1000);
    const capturedAt = new Date((entries.at(-1)?.[0] ?? startS) * 1000);
    return {
      kind: 'sample_block',
      ...versionOf(upload),
      recordId: `${sampleKind}:${day}:${utcTime(startedAt)}-${utcTime(capturedAt)}`,
      stateRank: 1,
      flags: [],
      day,
      capturedAt,
      zoneOffsetMin: null,
      sampleKind,
      ...sharedDevice(samples),
      startedAt,
      offsetsS: entries.map(([second]) => second - startS),
      values,
    };
  });
}

const utcTime = (at: Date): string => at.toISOString().slice(11, 19).replaceAll(':', '');

/** A day of steps, one row per local day; tentative while the day has not ended. */
export function addStepsDays(upload: Upload, counts: readonly StepCount[]): void {
  const byDay = Map.groupBy(counts, ({ slice }) => slice.day);
  for (const [day, count] of stepsPerDay(counts.map(({ slice }) => slice))) {
    const recordId = `steps:${day}`;
    const steps = Math.floor(count);
    if (!isWithin(steps, PLAUSIBLE.stepsPerDay)) {
      const detail = `the steps of a day are not a number from 0 to ${PLAUSIBLE.stepsPerDay.max}`;
      upload.into.rejected.push({ recordId, reason: 'implausible_value', detail });
      continue;
    }
    upload.into.measurements.push(stepsRow({ upload, day, steps, parts: byDay.get(day) ?? [] }));
  }
}

function stepsRow({
  upload,
  day,
  steps,
  parts,
}: {
  upload: Upload;
  day: LocalDate;
  steps: number;
  parts: readonly StepCount[];
}): StepsDay {
  const latest = parts.reduce<Moment | null>(
    (found, { start }) => (found === null || start.at > found.at ? start : found),
    null,
  );
  const zoneOffsetMin = latest?.zoneOffsetMin ?? null;
  const dayEnd = new Date(Date.parse(dayAfter(day)) - (zoneOffsetMin ?? 0) * MINUTE_MS);
  const isFinished = dayEnd <= upload.updatedAt && dayEnd <= upload.receivedAt;
  return {
    kind: 'steps_day',
    ...versionOf(upload),
    ...sharedDevice(parts),
    recordId: `steps:${day}`,
    stateRank: isFinished ? 1 : 0,
    flags: dayFlags({ at: dayEnd, zoneOffsetMin }),
    day,
    capturedAt: isFinished ? dayEnd : null,
    zoneOffsetMin,
    steps,
    distanceM: null,
    activeEnergyKcal: null,
    nonWearS: null,
  };
}

/** A resting heart rate the platform or an app worked out. */
export type RestingReading = { row: RestingHeartRate; rank: number };

/** One value per day: of the most trusted source, then the latest. What it supersedes is closed. */
export function addRestingHeartRates(upload: Upload, readings: readonly RestingReading[]): void {
  for (const ofDay of Map.groupBy(readings, ({ row }) => row.day).values()) {
    const [chosen, ...superseded] = ofDay.toSorted(
      (a, b) =>
        a.rank - b.rank ||
        (b.row.capturedAt?.getTime() ?? 0) - (a.row.capturedAt?.getTime() ?? 0) ||
        (a.row.recordId < b.row.recordId ? -1 : 1),
    );
    if (chosen !== undefined) upload.into.measurements.push(chosen.row);
    for (const { row } of superseded) {
      const slot = { recordKind: row.kind, sampleKind: null, recordId: row.recordId };
      const { provider, sourceUpdatedAt } = row;
      upload.into.measurements.push(tombstone(slot, { provider, sourceUpdatedAt }));
      upload.into.ignored.push({ recordId: row.recordId, reason: 'duplicate' });
    }
  }
}

/** What a deletion closes of what a phone's store keeps. */
export type Deletable = {
  /** What the store calls one of them. */
  noun: string;
  /** By type: the rows named after an entry; null for one that is only a part of a row, such as one step count. */
  slots: ReadonlyMap<string, ((recordId: string) => RowSlot[]) | null>;
  /** The rows of an entry whose type nobody named: it may have been any of those that name a row. */
  anySlots: (recordId: string) => RowSlot[];
  /** Where the upload's own list of deletions has the type. */
  typeField: string;
};

/** Of the upload's own list, `{ id }` with or without a type, or the form connections writes, `{ object_id, data_type }`. */
export function readDeletion({ item, upload, of }: { item: Item; upload: Upload; of: Deletable }): void {
  const { into } = upload;
  const recordId = requireRecordId(item['id'] ?? item['object_id'], `the id of a deleted ${of.noun}`);
  const type = item[of.typeField] ?? item['data_type'] ?? 'upload';
  const slots = type === 'upload' ? of.anySlots : typeof type === 'string' ? of.slots.get(type) : undefined;
  if (!slots) {
    into.ignored.push({ recordId, reason: slots === null ? 'no_value' : 'unknown_data_type' });
    return;
  }
  const version = versionOf(upload);
  into.measurements.push(...slots(recordId).map((slot) => tombstone(slot, version)));
}

/** The list under a name of the upload; empty if it is missing. */
export function listOf(value: unknown, name: string): readonly unknown[] {
  const list = isItem(value) ? value[name] : null;
  return Array.isArray(list) ? list : [];
}

/** Each id once, as it came last, and none that the same upload deletes. What has no id is left for its reader to refuse. */
export function latestById(items: readonly unknown[], deletedIds: ReadonlySet<string | null>): unknown[] {
  const latest = new Map<unknown, unknown>();
  for (const item of items) {
    const recordId = isItem(item) ? recordIdOf(item['id']) : null;
    if (recordId === null) latest.set(Symbol('no id'), item);
    else if (!deletedIds.has(recordId)) latest.set(recordId, item);
  }
  return [...latest.values()];
}

/** Items of a kind of delivery nobody reads. */
export function ignoreAll(body: Item, into: Normalised): void {
  ignoreEach({ items: Array.isArray(body['data']) ? body['data'] : [body], reason: 'unknown_data_type', into });
}
