import {
  type IgnoreReason,
  type Item,
  type Normalised,
  type Normaliser,
  type RawDelivery,
  type RowSlot,
  isItem,
  normaliseEach,
  recordIdOf,
  tombstone,
  tombstonesForAbsent,
  requireRecordId,
} from '../normaliser.ts';
import {
  readDailyActivity,
  readDailyReadiness,
  readDailySpo2,
  readDailyStress,
  readWorkout,
  stepsSlots,
  vitalsSlots,
  workoutSlots,
} from './daily.ts';
import type { OuraDocument, OuraReading } from './document.ts';
import { normaliseHeartRate } from './heart-rate.ts';
import { readSleep, sleepSlots } from './sleep.ts';

type Resource = {
  /** Every row a document of this data type may give: what a deletion must close. */
  slots: (recordId: string) => RowSlot[];
  read: (document: OuraDocument) => OuraReading;
};

const RESOURCES: ReadonlyMap<string, Resource> = new Map([
  ['sleep', { slots: sleepSlots, read: readSleep }],
  ['daily_activity', { slots: stepsSlots, read: readDailyActivity }],
  ['workout', { slots: workoutSlots, read: readWorkout }],
  ['daily_readiness', { slots: vitalsSlots('daily_readiness'), read: readDailyReadiness }],
  ['daily_spo2', { slots: vitalsSlots('daily_spo2'), read: readDailySpo2 }],
  ['daily_stress', { slots: vitalsSlots('daily_stress'), read: readDailyStress }],
]);

/** Rows without ids, by time. */
const HEART_RATE = 'heartrate';

/** Oura's own judgements: a score is not a measurement. */
const SCORES: ReadonlySet<string> = new Set(['daily_sleep', 'daily_resilience', 'daily_cardiovascular_age']);

/**
 * Oura API v2. A body is one document, a page `{ data, next_token }`, or the deletion connections writes from a
 * webhook: `{ deleted: { data_type, object_id } }`, for Oura sends ids only and the document is gone.
 * Field meanings: https://cloud.ouraring.com/v2/docs
 */
export const oura: Normaliser = {
  provider: 'OURA',
  version: 'oura/1',
  dataTypes: [...RESOURCES.keys(), HEART_RATE],
  normalise: normaliseOura,
};

function normaliseOura(delivery: RawDelivery): Normalised {
  const into: Normalised = { measurements: [], rejected: [], ignored: [] };
  const { body } = delivery;
  if (!isItem(body)) {
    into.rejected.push({ recordId: null, reason: 'unreadable_item', detail: 'the body is not an object' });
    return into;
  }
  if (isItem(body['deleted'])) {
    normaliseEach({ items: [body['deleted']], into, read: (item) => readDeletion({ item, delivery, into }) });
    return into;
  }
  const items = Array.isArray(body['data']) ? body['data'] : [body];
  if (delivery.domain === HEART_RATE) {
    normaliseHeartRate({ delivery, items, into });
    return into;
  }
  const resource = RESOURCES.get(delivery.domain);
  if (resource === undefined) {
    const reason = ignoreReasonOf(delivery.domain);
    into.ignored.push(...items.map((item) => ({ recordId: isItem(item) ? recordIdOf(item['id']) : null, reason })));
    return into;
  }
  normaliseEach({ items, into, read: (item) => readDocument({ item, resource, delivery, into }) });
  return into;
}

function ignoreReasonOf(dataType: string): IgnoreReason {
  return SCORES.has(dataType) ? 'scores_only' : 'unknown_data_type';
}

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
  const recordId = requireRecordId(item['id'], 'id');
  const version = { provider: oura.provider, sourceUpdatedAt: delivery.sourceUpdatedAt };
  const { rows, ignored } = resource.read({ item, recordId, version, receivedAt: delivery.receivedAt });
  into.measurements.push(...rows, ...tombstonesForAbsent({ slots: resource.slots(recordId), rows, version }));
  if (ignored !== undefined) into.ignored.push({ recordId, reason: ignored });
}

function readDeletion({ item, delivery, into }: { item: Item; delivery: RawDelivery; into: Normalised }): void {
  const recordId = requireRecordId(item['object_id'], 'deleted.object_id');
  const dataType = typeof item['data_type'] === 'string' ? item['data_type'] : '';
  const resource = RESOURCES.get(dataType);
  if (resource === undefined) {
    into.ignored.push({ recordId, reason: ignoreReasonOf(dataType) });
    return;
  }
  const version = { provider: oura.provider, sourceUpdatedAt: delivery.sourceUpdatedAt };
  into.measurements.push(...resource.slots(recordId).map((slot) => tombstone(slot, version)));
}
