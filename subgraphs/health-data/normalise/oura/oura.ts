import { type DocumentBodies, type ReadItem, eachOf, normaliseDocuments } from '../documents.ts';
import { type Normaliser, type RowSlot, requireRecordId, tombstonesForAbsent } from '../normaliser.ts';
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
  normalise: (delivery) => normaliseDocuments(bodies, delivery),
};

const bodies: DocumentBodies = {
  hasBareLists: false,
  itemsOf: (body) => (Array.isArray(body['data']) ? body['data'] : [body]),
  readerOf(dataType) {
    if (dataType === HEART_RATE) return normaliseHeartRate;
    const resource = RESOURCES.get(dataType);
    return resource && eachOf((part) => readDocument({ ...part, resource }));
  },
  closedBy: (dataType) => RESOURCES.get(dataType)?.slots,
  ignoreReasonOf: (dataType) => (SCORES.has(dataType) ? 'scores_only' : 'unknown_data_type'),
};

function readDocument({ item, resource, delivery, into }: Parameters<ReadItem>[0] & { resource: Resource }): void {
  const recordId = requireRecordId(item['id'], 'id');
  const version = { provider: oura.provider, sourceUpdatedAt: delivery.sourceUpdatedAt };
  const { rows, ignored } = resource.read({ item, recordId, version, receivedAt: delivery.receivedAt });
  into.measurements.push(...rows, ...tombstonesForAbsent({ slots: resource.slots(recordId), rows, version }));
  if (ignored !== undefined) into.ignored.push({ recordId, reason: ignored });
}
