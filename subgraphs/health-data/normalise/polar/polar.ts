import { deviceOf } from '../device.ts';
import {
  type Item,
  type Normalised,
  type Normaliser,
  type RawDelivery,
  type RowSlot,
  type Version,
  ItemRefused,
  isItem,
  normaliseEach,
  recordIdOf,
  tombstone,
  tombstonesForAbsent,
} from '../normaliser.ts';
import {
  activitySlots,
  continuousSlots,
  readActivity,
  readContinuousHeartRate,
  readRecharge,
  rechargeSlots,
} from './daily.ts';
import type { PolarDocument, PolarReading } from './document.ts';
import { exerciseSlots, readExercise } from './exercise.ts';
import { readSleep, sleepSlots } from './sleep.ts';

type Resource = {
  /** Name of the list in Polar's own answer, where that is an object. */
  list: string | null;
  /** Every row a document of this data type may give: what a deletion must close. */
  slots: (recordId: string) => RowSlot[];
  read: (document: PolarDocument) => PolarReading;
};

const RESOURCES: ReadonlyMap<string, Resource> = new Map<string, Resource>([
  ['sleep', { list: 'nights', slots: sleepSlots, read: readSleep }],
  ['nightly_recharge', { list: 'recharges', slots: rechargeSlots, read: readRecharge }],
  ['exercise', { list: null, slots: exerciseSlots, read: readExercise }],
  ['activity', { list: null, slots: activitySlots, read: readActivity }],
  ['continuous_heart_rate', { list: 'heart_rates', slots: continuousSlots, read: readContinuousHeartRate }],
]);

/**
 * Polar AccessLink v3. A body is one document, a list, a list under Polar's own name for it (`{ nights }`) or as
 * `{ data }`, or a deletion, `{ deleted: { data_type, object_id } }`; the id of all but exercises is the date.
 * Polar says nowhere when it last changed a document (`upload_time` is that of the first upload), so the start of the
 * fetch is the version.
 * Field meanings: https://www.polar.com/accesslink-api/
 */
export const polar: Normaliser = {
  provider: 'POLAR',
  version: 'polar/2',
  dataTypes: [...RESOURCES.keys()],
  normalise: normalisePolar,
};

function normalisePolar(delivery: RawDelivery): Normalised {
  const into: Normalised = { measurements: [], rejected: [], ignored: [] };
  const { body } = delivery;
  if (!isItem(body) && !Array.isArray(body)) {
    into.rejected.push({ recordId: null, reason: 'unreadable_item', detail: 'the body is neither object nor list' });
    return into;
  }
  if (isItem(body) && isItem(body['deleted'])) {
    normaliseEach({ items: [body['deleted']], into, read: (item) => readDeletion({ item, delivery, into }) });
    return into;
  }
  const resource = RESOURCES.get(delivery.domain);
  const items = itemsOf(body, resource?.list ?? null);
  if (resource === undefined) {
    for (const item of items) {
      into.ignored.push({ recordId: isItem(item) ? recordIdOf(item['id']) : null, reason: 'unknown_data_type' });
    }
    return into;
  }
  normaliseEach({ items, into, read: (item) => readDocument({ item, resource, delivery, into }) });
  return into;
}

function itemsOf(body: Item | unknown[], list: string | null): unknown[] {
  if (Array.isArray(body)) return body;
  const items = [body['data'], list === null ? null : body[list]].find((value) => Array.isArray(value));
  return Array.isArray(items) ? items : [body];
}

const versionOf = (item: Item, { sourceUpdatedAt }: RawDelivery): Version => ({
  provider: polar.provider,
  sourceUpdatedAt,
  ...deviceOf(item['device']),
});

function readDocument({
  item,
  resource,
  delivery,
  into,
}: {
  item: Item;
  resource: Resource;
  delivery: RawDelivery;
  into: Normalised;
}): void {
  const version = versionOf(item, delivery);
  const { recordId, slots, rows, ignored } = resource.read({ item, version, receivedAt: delivery.receivedAt });
  into.measurements.push(...rows, ...tombstonesForAbsent({ slots, rows, version }));
  if (ignored !== undefined) into.ignored.push({ recordId, reason: ignored });
}

function readDeletion({ item, delivery, into }: { item: Item; delivery: RawDelivery; into: Normalised }): void {
  const recordId = recordIdOf(item['object_id']);
  if (recordId === null) throw new ItemRefused('no_record_id', 'deleted.object_id is missing or no id');
  const resource = typeof item['data_type'] === 'string' ? RESOURCES.get(item['data_type']) : undefined;
  if (resource === undefined) {
    into.ignored.push({ recordId, reason: 'unknown_data_type' });
    return;
  }
  const version = versionOf(item, delivery);
  into.measurements.push(...resource.slots(recordId).map((slot) => tombstone(slot, version)));
}
