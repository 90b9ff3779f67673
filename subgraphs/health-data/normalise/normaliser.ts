import { AppError } from '#platform/errors';
import { parseJson } from '#platform/json';
import type { Provider } from '#platform/signals';
import type { Measurement, RecordKind, SampleKind, Tombstone } from '../measurements/measurement.ts';

/** One delivery as connections stored it, its body parsed by `parseBody`. */
export type RawDelivery = {
  deliveryId: string;
  athleteId: string;
  provider: Provider;
  /** The vendor's resource kind, e.g. `sleep`, `daily_activity`, `heartrate`. */
  domain: string;
  body: unknown;
  /** Version of every record in the body that carries none of its own: the start of the fetch. */
  sourceUpdatedAt: Date;
  receivedAt: Date;
};

export type RejectReason =
  | 'unreadable_item'
  | 'no_record_id'
  | 'bad_time'
  | 'bad_day'
  | 'window_inverted'
  | 'window_too_long'
  | 'future_dated'
  | 'implausible_value'
  | 'unknown_type';

export type IgnoreReason =
  | 'unknown_data_type'
  | 'scores_only'
  | 'not_sleep'
  | 'no_value'
  /** Another record of the same upload says the same of the same time. */
  | 'duplicate'
  /** Known to us, and there is no table for it yet. */
  | 'not_modelled'
  /** A leg of a session that is stored whole. */
  | 'part_of_session'
  /** Samples of a month that is no longer kept. */
  | 'past_retention';

export type Normalised = {
  measurements: Measurement[];
  /** Quarantined: never stored, never a version. `detail` names fields and limits, no health values. */
  rejected: { recordId: string | null; reason: RejectReason; detail: string }[];
  /** Understood, and not a measurement. */
  ignored: { recordId: string | null; reason: IgnoreReason }[];
};

/** Pure: the same delivery always gives the same answer, and no body makes it throw. */
export type Normalising = {
  /** Raised with every change of output, so that a stored value says which rules made it. */
  version: string;
  normalise(delivery: RawDelivery): Normalised;
};

/** What one provider's bodies become. */
export type Normaliser = Normalising & {
  provider: Provider;
  /** What it reads, in the vendor's words; anything else stays in the archive alone. docs/reference/normalisers.md lists them. */
  dataTypes: readonly string[];
};

/** Thrown by readers of one item, caught by the loop over items: one bad item never sinks its batch. */
export class ItemRefused extends Error {
  readonly reason: RejectReason;

  constructor(reason: RejectReason, detail: string) {
    super(detail);
    this.name = 'ItemRefused';
    this.reason = reason;
  }
}

export type Item = Readonly<Record<string, unknown>>;

export function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A vendor id as text: non-empty, printable, at most 128 characters. Integers become their digits (those beyond
 * 2^53 arrive from `parseBody` as text already). Null for anything else.
 */
export function recordIdOf(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null;
  return typeof value === 'string' && /^[\x21-\x7e]{1,128}$/.test(value) ? value : null;
}

/** @throws ItemRefused no_record_id */
export function requireRecordId(value: unknown, field: string): string {
  const recordId = recordIdOf(value);
  if (recordId === null) throw new ItemRefused('no_record_id', `${field} is missing or no id`);
  return recordId;
}

/** Collects what `read` makes of each item; a refused item is filed under `rejected` and the rest goes on. */
export function normaliseEach({
  items,
  into,
  read,
}: {
  items: readonly unknown[];
  into: Normalised;
  read: (item: Item) => void;
}): void {
  for (const item of items) {
    if (!isItem(item)) {
      into.rejected.push({ recordId: null, reason: 'unreadable_item', detail: 'an item is not an object' });
      continue;
    }
    try {
      read(item);
    } catch (error) {
      if (!(error instanceof ItemRefused)) throw error;
      into.rejected.push({ recordId: recordIdOf(item['id']), reason: error.reason, detail: error.message });
    }
  }
}

/** One row a vendor document may give. */
export type RowSlot = { recordKind: RecordKind; sampleKind: SampleKind | null; recordId: string };

export type Version = Pick<Tombstone, 'provider' | 'sourceUpdatedAt' | 'device'>;

export function tombstone(slot: RowSlot, version: Version): Tombstone {
  return { kind: 'tombstone', ...slot, ...version, stateRank: 1, flags: [] };
}

/** Tombstones for the slots of a document which its rows leave empty: a version says all there is to say. */
export function tombstonesForAbsent({
  slots,
  rows,
  version,
}: {
  slots: readonly RowSlot[];
  rows: readonly Measurement[];
  version: Version;
}): Tombstone[] {
  const isFilled = (slot: RowSlot): boolean =>
    rows.some(
      (row) =>
        row.kind === slot.recordKind &&
        row.recordId === slot.recordId &&
        (row.kind === 'sample_block' ? row.sampleKind : null) === slot.sampleKind,
    );
  return slots.filter((slot) => !isFilled(slot)).map((slot) => tombstone(slot, version));
}

/**
 * The body of a delivery, see `parseJson`.
 *
 * @throws AppError BAD_USER_INPUT when the bytes are not JSON: such a delivery can never be read.
 */
export function parseBody(bytes: Buffer): unknown {
  try {
    return parseJson(bytes);
  } catch {
    // The parser's own message quotes the body, that is health values: it goes into no error and no log.
    throw new AppError(
      'BAD_USER_INPUT',
      'The body of this delivery is not JSON, so no measurement can be read from it. Ask the provider to send it again.',
    );
  }
}
