import { addSamples, noSamples, readRecord } from './records.ts';
import { type SleepSample, addAppleSleeps, readSleepSample } from './sleep.ts';
import { type AppleWorkout, addWorkouts, readWorkout, workoutSlots } from './workout.ts';
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
import { type Deletable, type Upload, ignoreAll, latestById, listOf, readDeletion, uploadOf } from '../phone/upload.ts';

const restingSlots = (recordId: string): RowSlot[] => [
  { recordKind: 'resting_heart_rate', sampleKind: null, recordId },
];

/** Rows named after a deleted object. Null: the object is only a part of a mean, a sum or a series. */
const SLOTS: ReadonlyMap<string, ((recordId: string) => RowSlot[]) | null> = new Map([
  ['HKCategoryTypeIdentifierSleepAnalysis', sleepSlots],
  ['HKWorkoutTypeIdentifier', workoutSlots],
  ['workout', workoutSlots],
  ['HKQuantityTypeIdentifierRestingHeartRate', restingSlots],
  ['HKQuantityTypeIdentifierHeartRate', null],
  ['HKQuantityTypeIdentifierHeartRateVariabilityRMSSD', null],
  ['HKQuantityTypeIdentifierHeartRateVariabilitySDNN', null],
  ['HKQuantityTypeIdentifierRespiratoryRate', null],
  ['HKQuantityTypeIdentifierOxygenSaturation', null],
  ['HKQuantityTypeIdentifierStepCount', null],
]);

/**
 * Apple Health has no server: our phone app uploads what it read from HealthKit,
 * `{ provider, sdkVersion, syncTimestamp, timeZone?, data: { records[], sleep[], workouts[] }, deleted?: [{ id, type }] }`.
 * Every entry carries its HealthKit UUID, `startDate`, `endDate` (UTC), `zoneOffset` and `source`; records a `type`,
 * `unit` and `value`, sleep a `stage`, workouts a `type` and `values[] { type, unit, value }`. What an upload must
 * hold to be whole: `Upload`. HealthKit names a deletion by UUID only, so rows are named after UUIDs: a sleep after its
 * first sample. Deleting one sample of a mean or a sum needs the rest of its night or day again.
 */
export const appleHealth: Normaliser = {
  provider: 'APPLE_HEALTH',
  version: 'apple-health/2',
  dataTypes: [...SLOTS.keys()],
  normalise: normaliseAppleHealth,
};

/** An object whose type nobody named may have been any of those that name a row. */
const anySlots = (recordId: string): RowSlot[] => [
  ...sleepSlots(recordId),
  ...workoutSlots(recordId),
  ...restingSlots(recordId),
];

const DELETABLE: Deletable = { noun: 'object', slots: SLOTS, anySlots, typeField: 'type' };

function normaliseAppleHealth(delivery: RawDelivery): Normalised {
  const into: Normalised = { measurements: [], rejected: [], ignored: [] };
  const { body } = delivery;
  if (!isItem(body)) {
    into.rejected.push({ recordId: null, reason: 'unreadable_item', detail: 'the body is not an object' });
    return into;
  }
  const upload = uploadOf(delivery, body, into);
  const deletions: readonly unknown[] = isItem(body['deleted']) ? [body['deleted']] : listOf(body, 'deleted');
  normaliseEach({ items: deletions, into, read: (item) => readDeletion({ item, upload, of: DELETABLE }) });
  if (isItem(body['deleted'])) return into;
  if (delivery.domain === 'upload') readUpload({ upload, body, deletions });
  else ignoreAll(body, into);
  return into;
}

function readUpload({ upload, body, deletions }: { upload: Upload; body: Item; deletions: readonly unknown[] }): void {
  const { into } = upload;
  if (!isItem(body['data']) && deletions.length === 0) {
    into.rejected.push({ recordId: null, reason: 'unreadable_item', detail: 'the upload holds no data' });
  }
  const deletedIds = new Set(deletions.filter(isItem).map((item) => recordIdOf(item['id'])));
  const items = (name: string): readonly unknown[] => latestById(listOf(body['data'], name), deletedIds);
  const samples = noSamples();
  const stages: SleepSample[] = [];
  const workouts: AppleWorkout[] = [];
  normaliseEach({ items: items('records'), into, read: (item) => readRecord(item, upload, samples) });
  normaliseEach({ items: items('sleep'), into, read: (item) => stages.push(readSleepSample(item, upload)) });
  normaliseEach({ items: items('workouts'), into, read: (item) => workouts.push(readWorkout(item, upload)) });
  const nights = addAppleSleeps(upload, stages);
  addSamples(upload, samples, nights);
  addWorkouts(upload, workouts);
}
