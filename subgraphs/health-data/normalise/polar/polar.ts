import { deviceOf } from '../device.ts';
import { type DocumentBodies, type ReadItem, eachOf, normaliseDocuments } from '../documents.ts';
import {
  type Item,
  type Normaliser,
  type RawDelivery,
  type RowSlot,
  type Version,
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
  normalise: (delivery) => normaliseDocuments(bodies, delivery),
};

const bodies: DocumentBodies = {
  hasBareLists: true,
  itemsOf(body, dataType) {
    const list = RESOURCES.get(dataType)?.list ?? null;
    const items = [body['data'], list === null ? null : body[list]].find((value) => Array.isArray(value));
    return Array.isArray(items) ? items : [body];
  },
  readerOf(dataType) {
    const resource = RESOURCES.get(dataType);
    return resource && eachOf((part) => readDocument({ ...part, resource }));
  },
  closedBy: (dataType) => RESOURCES.get(dataType)?.slots,
  ignoreReasonOf: () => 'unknown_data_type',
};

const versionOf = (item: Item, { sourceUpdatedAt }: RawDelivery): Version => ({
  provider: polar.provider,
  sourceUpdatedAt,
  ...deviceOf(item['device']),
});

function readDocument({ item, resource, delivery, into }: Parameters<ReadItem>[0] & { resource: Resource }): void {
  const version = versionOf(item, delivery);
  const { recordId, slots, rows, ignored } = resource.read({ item, version, receivedAt: delivery.receivedAt });
  into.measurements.push(...rows, ...tombstonesForAbsent({ slots, rows, version }));
  if (ignored !== undefined) into.ignored.push({ recordId, reason: ignored });
}
