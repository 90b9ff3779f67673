import { deviceOf } from '../device.ts';
import { type DocumentBodies, type ReadItem, eachOf, normaliseDocuments } from '../documents.ts';
import {
  type Item,
  type Normaliser,
  type RawDelivery,
  type RowSlot,
  type Version,
  ItemRefused,
  isItem,
  requireRecordId,
  tombstone,
  tombstonesForAbsent,
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

type Resource = {
  /** Every row that goes with a document of this data type. */
  slots: (recordId: string) => RowSlot[];
  read: ReadItem;
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
  normalise: (delivery) => normaliseDocuments(bodies, delivery),
};

const bodies: DocumentBodies = {
  hasBareLists: true,
  itemsOf: (body) => (Array.isArray(body['data']) ? body['data'] : [body]),
  readerOf(dataType) {
    const resource = RESOURCES.get(dataType);
    return resource && eachOf(resource.read);
  },
  closedBy: (dataType) => RESOURCES.get(dataType)?.slots,
  ignoreReasonOf: () => 'unknown_data_type',
};

const versionOf = (item: Item, { sourceUpdatedAt }: RawDelivery): Version => ({
  provider: strava.provider,
  sourceUpdatedAt,
  ...deviceOf((isItem(item['activity']) ? item['activity'] : item)['device_name']),
});

/**
 * An activity that has no heart rate, or none any more, closes the series of it that its streams gave before; one whose
 * start is hidden now closes them all.
 */
function readActivityItem({ item, delivery, into }: Parameters<ReadItem>[0]): void {
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

function readStreamsItem({ item, delivery, into }: Parameters<ReadItem>[0]): void {
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
