import {
  type IgnoreReason,
  type Item,
  type Normalised,
  type RawDelivery,
  type RowSlot,
  isItem,
  normaliseEach,
  recordIdOf,
  requireRecordId,
  tombstone,
} from './normaliser.ts';

/** What the items of one body become: added to `into`. */
export type ReadItems = (batch: { items: readonly unknown[]; delivery: RawDelivery; into: Normalised }) => void;
export type ReadItem = (part: { item: Item; delivery: RawDelivery; into: Normalised }) => void;

/** How the bodies of a vendor hold documents of one data type, each known by an id. */
export type DocumentBodies = {
  /** Whether a body may also be a bare list of documents. */
  hasBareLists: boolean;
  /** The documents of a body that is an object. */
  itemsOf: (body: Item, dataType: string) => readonly unknown[];
  /** Undefined for a data type that is not read. */
  readerOf: (dataType: string) => ReadItems | undefined;
  /** Every row that goes with a document of this data type; undefined where none is known. */
  closedBy: (dataType: string) => ((recordId: string) => RowSlot[]) | undefined;
  /** Why a data type is not read. */
  ignoreReasonOf: (dataType: string) => IgnoreReason;
};

/**
 * What one body becomes. A deletion is the same for all of them, for connections writes it:
 * `{ deleted: { data_type, object_id } }`.
 */
export function normaliseDocuments(bodies: DocumentBodies, delivery: RawDelivery): Normalised {
  const into: Normalised = { measurements: [], rejected: [], ignored: [] };
  const { body, domain } = delivery;
  const isList = bodies.hasBareLists && Array.isArray(body);
  if (!isItem(body) && !isList) {
    const detail = bodies.hasBareLists ? 'the body is neither object nor list' : 'the body is not an object';
    into.rejected.push({ recordId: null, reason: 'unreadable_item', detail });
    return into;
  }
  if (isItem(body) && isItem(body['deleted'])) {
    normaliseEach({ items: [body['deleted']], into, read: (item) => readDeletion({ bodies, item, delivery, into }) });
    return into;
  }
  const items = isItem(body) ? bodies.itemsOf(body, domain) : body;
  const read = bodies.readerOf(domain);
  if (read === undefined) ignoreEach({ items, reason: bodies.ignoreReasonOf(domain), into });
  else read({ items, delivery, into });
  return into;
}

/** One after the other: a refused one never sinks the rest. */
export const eachOf =
  (read: ReadItem): ReadItems =>
  ({ items, delivery, into }) =>
    normaliseEach({ items, into, read: (item) => read({ item, delivery, into }) });

/** Files items that nobody reads under their ids. */
export function ignoreEach(part: { items: readonly unknown[]; reason: IgnoreReason; into: Normalised }): void {
  const { items, reason, into } = part;
  for (const item of items) into.ignored.push({ recordId: isItem(item) ? recordIdOf(item['id']) : null, reason });
}

function readDeletion({ bodies, item, delivery, into }: Parameters<ReadItem>[0] & { bodies: DocumentBodies }): void {
  const recordId = requireRecordId(item['object_id'], 'deleted.object_id');
  const dataType = typeof item['data_type'] === 'string' ? item['data_type'] : '';
  const slots = bodies.closedBy(dataType);
  if (slots === undefined) {
    into.ignored.push({ recordId, reason: bodies.ignoreReasonOf(dataType) });
    return;
  }
  const { provider, sourceUpdatedAt } = delivery;
  const version = { provider, sourceUpdatedAt };
  into.measurements.push(...slots(recordId).map((slot) => tombstone(slot, version)));
}
