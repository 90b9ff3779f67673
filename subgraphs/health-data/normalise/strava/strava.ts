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
  requireRecordId,
} from '../normaliser.ts';
import { readActivity } from './activity.ts';
import { seriesSlots } from '../session/series.ts';
import { readSplits, splitsSlot } from '../session/splits.ts';
import { splitsOf } from './laps.ts';
import { readStreams } from './streams.ts';

const workoutSlot = (recordId: string): RowSlot => ({ recordKind: 'workout', sampleKind: null, recordId });
const heartRateSlot = (recordId: string): RowSlot => ({
  recordKind: 'sample_block',
  sampleKind: 'heart_rate',
  recordId,
});

/** Reads one item of a body into `into`. */
type Reader = (parts: { item: Item; delivery: RawDelivery; into: Normalised }) => void;

type Resource = {
  /** Every row that goes with a document of this data type. */
  slots: (recordId: string) => RowSlot[];
  read: Reader;
};

const RESOURCES: ReadonlyMap<string, Resource> = new Map<string, Resource>([
  [
    'activity',
    {
      slots: (recordId) => [workoutSlot(recordId), splitsSlot(recordId), ...seriesSlots(recordId)],
      read: readActivityItem,
    },
  ],
  ['streams', { slots: seriesSlots, read: readStreamsItem }],
]);

/**
 * Strava API v3. The data type `activity` is `GET /activities/{id}` or a page of `GET /athlete/activities`: one
 * activity, a list, or a list as `{ data }`. `streams` is `GET /activities/{id}/streams`; since that answer names
 * neither the activity nor its start, connections keeps the two together: `{ activity, streams }`.
 * A deletion is `{ deleted: { data_type, object_id } }`. Strava says nowhere when it last changed an activity, so
 * the start of the fetch is the version.
 * Field meanings: https://developers.strava.com/docs/reference/
 */
export const strava: Normaliser = {
  provider: 'STRAVA',
  version: 'strava/2',
  dataTypes: [...RESOURCES.keys()],
  normalise: normaliseStrava,
};

function normaliseStrava(delivery: RawDelivery): Normalised {
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
  const items = itemsOf(body);
  const resource = RESOURCES.get(delivery.domain);
  if (resource === undefined) {
    for (const item of items) {
      into.ignored.push({ recordId: isItem(item) ? recordIdOf(item['id']) : null, reason: 'unknown_data_type' });
    }
    return into;
  }
  normaliseEach({ items, into, read: (item) => resource.read({ item, delivery, into }) });
  return into;
}

function itemsOf(body: Item | unknown[]): unknown[] {
  if (Array.isArray(body)) return body;
  const { data } = body;
  return Array.isArray(data) ? data : [body];
}

const versionOf = (item: Item, { sourceUpdatedAt }: RawDelivery): Version => ({
  provider: strava.provider,
  sourceUpdatedAt,
  ...deviceOf((isItem(item['activity']) ? item['activity'] : item)['device_name']),
});

/**
 * An activity that has no heart rate, or none any more, closes the series of it that its streams gave before; one whose
 * start is hidden now closes them all.
 */
function readActivityItem({ item, delivery, into }: Parameters<Reader>[0]): void {
  const recordId = requireRecordId(item['id'], 'id');
  const version = versionOf(item, delivery);
  const workout = readActivity({ item, recordId, version, receivedAt: delivery.receivedAt });
  const latestS = (workout.endedAt.getTime() - workout.startedAt.getTime()) / 1000;
  const splits = readSplits({ given: splitsOf(item, workout.startedAt), workout, latestS });
  into.measurements.push(workout, ...splits.rows, ...tombstonesForAbsent({ ...splits, version }));
  const isHidden = workout.flags.includes('start_time_hidden');
  const closed = isHidden ? seriesSlots(recordId) : item['has_heartrate'] === false ? [heartRateSlot(recordId)] : [];
  into.measurements.push(...closed.map((slot) => tombstone(slot, version)));
}

function readStreamsItem({ item, delivery, into }: Parameters<Reader>[0]): void {
  const { activity, streams } = item;
  if (!isItem(activity)) {
    throw new ItemRefused('unreadable_item', 'the streams lie beside no activity, which alone says when they began');
  }
  const recordId = requireRecordId(activity['id'], 'activity.id');
  const version = versionOf(item, delivery);
  const rows = readStreams({ activity, streams, recordId, version, receivedAt: delivery.receivedAt });
  into.measurements.push(...rows, ...tombstonesForAbsent({ slots: seriesSlots(recordId), rows, version }));
  if (rows.length === 0) into.ignored.push({ recordId, reason: 'no_value' });
}

function readDeletion({ item, delivery, into }: { item: Item; delivery: RawDelivery; into: Normalised }): void {
  const recordId = requireRecordId(item['object_id'], 'deleted.object_id');
  const resource = typeof item['data_type'] === 'string' ? RESOURCES.get(item['data_type']) : undefined;
  if (resource === undefined) {
    into.ignored.push({ recordId, reason: 'unknown_data_type' });
    return;
  }
  const version = versionOf(item, delivery);
  into.measurements.push(...resource.slots(recordId).map((slot) => tombstone(slot, version)));
}
