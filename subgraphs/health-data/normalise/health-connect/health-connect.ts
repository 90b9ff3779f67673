import { addRecords, noRecords, readRecord } from './records.ts';
import {
  type Item,
  type Normalised,
  type Normaliser,
  type RawDelivery,
  type RowSlot,
  isItem,
  normaliseEach,
  recordIdOf,
} from '../normaliser.ts';
import { sleepSlots } from '../phone/night.ts';
import { splitsSlot } from '../session/splits.ts';
import { type Deletable, ignoreAll, latestById, listOf, readDeletion, uploadOf } from '../phone/upload.ts';

const workoutSlots = (recordId: string): RowSlot[] => [
  { recordKind: 'workout', sampleKind: null, recordId },
  splitsSlot(recordId),
];
const restingSlots = (recordId: string): RowSlot[] => [
  { recordKind: 'resting_heart_rate', sampleKind: null, recordId },
];
const heartRateSlots = (recordId: string): RowSlot[] => [
  { recordKind: 'sample_block', sampleKind: 'heart_rate', recordId },
];

/** Rows named after a deleted record. Null: the record is only a part of a mean or a sum. */
const SLOTS: ReadonlyMap<string, ((recordId: string) => RowSlot[]) | null> = new Map([
  ['SleepSessionRecord', sleepSlots],
  ['ExerciseSessionRecord', workoutSlots],
  ['RestingHeartRateRecord', restingSlots],
  ['HeartRateRecord', heartRateSlots],
  ['HeartRateVariabilityRmssdRecord', null],
  ['StepsRecord', null],
  ['OxygenSaturationRecord', null],
  ['RespiratoryRateRecord', null],
]);

/**
 * Health Connect is a store on the phone: our app uploads its records as they are,
 * `{ provider, sdkVersion, syncTimestamp?, timeZone?, data: { records[] }, deletedRecordIds?: [] }`, each record with
 * its `recordType`, times, offsets and `metadata { id, lastModifiedTime, dataOrigin, recordingMethod }`.
 * The public webhook app sends `{ timestamp, steps[], heart_rate[], … }` without ids, which is read as the same records.
 */
export const healthConnect: Normaliser = {
  provider: 'HEALTH_CONNECT',
  version: 'health-connect/2',
  dataTypes: [...SLOTS.keys()],
  normalise: normaliseHealthConnect,
};

/** Health Connect names a deletion by id only: the record may have been any of these. */
const anySlots = (recordId: string): RowSlot[] => [
  ...sleepSlots(recordId),
  ...workoutSlots(recordId),
  ...restingSlots(recordId),
  ...heartRateSlots(recordId),
];

const DELETABLE: Deletable = { noun: 'record', slots: SLOTS, anySlots, typeField: 'recordType' };

function normaliseHealthConnect(delivery: RawDelivery): Normalised {
  const into: Normalised = { measurements: [], rejected: [], ignored: [] };
  const { body } = delivery;
  if (!isItem(body)) {
    into.rejected.push({ recordId: null, reason: 'unreadable_item', detail: 'the body is not an object' });
    return into;
  }
  const upload = uploadOf(delivery, body, into);
  if (isItem(body['deleted'])) {
    normaliseEach({ items: [body['deleted']], into, read: (item) => readDeletion({ item, upload, of: DELETABLE }) });
    return into;
  }
  if (delivery.domain !== 'upload') {
    ignoreAll(body, into);
    return into;
  }
  const deletions = listOf(body, 'deletedRecordIds').map((id) => (isItem(id) ? id : { id }));
  normaliseEach({ items: deletions, into, read: (item) => readDeletion({ item, upload, of: DELETABLE }) });
  const deletedIds = new Set(deletions.map(({ id }) => recordIdOf(id)));
  const own = listOf(body['data'], 'records').map(withId);
  const records = noRecords();
  const items = latestById([...own, ...webhookAppRecords(body)], deletedIds);
  if (!isItem(body['data']) && items.length + deletions.length === 0) {
    into.rejected.push({ recordId: null, reason: 'unreadable_item', detail: 'the upload holds no data' });
  }
  normaliseEach({ items, into, read: (item) => readRecord(item, upload, records) });
  addRecords(upload, records);
  return into;
}

/** The id lies in the metadata; here it stands where the reader of a batch looks for it. */
function withId(item: unknown): unknown {
  if (!isItem(item)) return item;
  return { ...item, id: isItem(item['metadata']) ? item['metadata']['id'] : null };
}

/** https://github.com/mcnaveen/health-connect-webhook, `docs/webhook.md`: no ids, no zone. */
function webhookAppRecords(body: Item): Item[] {
  const steps = listOf(body, 'steps').filter(isItem);
  const heartRates = listOf(body, 'heart_rate').filter(isItem);
  return [
    ...steps.map(({ count, start_time, end_time }) => ({
      recordType: 'StepsRecord',
      startTime: start_time,
      endTime: end_time,
      count,
    })),
    ...(heartRates.length === 0
      ? []
      : [
          {
            recordType: 'HeartRateRecord',
            samples: heartRates.map(({ bpm, time }) => ({ time, beatsPerMinute: bpm })),
          },
        ]),
  ];
}
