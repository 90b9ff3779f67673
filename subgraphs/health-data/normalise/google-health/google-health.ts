import type { Measurement } from '../../measurements/measurement.ts';
import {
  hrvSlots,
  readDailyHrv,
  readDailyOxygenSaturation,
  readDailyRespiratoryRate,
  readDailyRestingHeartRate,
  readDailyTemperature,
  readSteps,
  restingSlots,
  stepsSlots,
  vitalsSlots,
} from './daily.ts';
import { exerciseSlots, readExercise } from './exercise.ts';
import { isFitDataset, normaliseFit, segmentSlots } from './fit.ts';
import { type GooglePoint, type GoogleReading, deviceIn, pointIdOf } from './point.ts';
import { type SampledQuantity, normaliseSamples, sampleReader } from './samples.ts';
import { readSleep, sleepSlots } from './sleep.ts';
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
import { isDay } from '../units.ts';

type Resource = {
  /** Where a data point of this type keeps its values. */
  field: string;
  /** Records of these types are known by their date. */
  isDaily: boolean;
  /** Every row a record may give: what a deletion must close. */
  slots: (recordId: string) => RowSlot[];
  read: (point: GooglePoint) => GoogleReading;
};

const daily = (field: string, slots: Resource['slots'], read: Resource['read']): Resource => ({
  field,
  isDaily: true,
  slots,
  read,
});

const vitals = (dataType: string, field: string, read: Resource['read']): [string, Resource] => [
  dataType,
  daily(field, vitalsSlots(dataType), read),
];

const RESOURCES: ReadonlyMap<string, Resource> = new Map([
  ['sleep', { field: 'sleep', isDaily: false, slots: sleepSlots, read: readSleep }],
  ['exercise', { field: 'exercise', isDaily: false, slots: exerciseSlots, read: readExercise }],
  ['daily-heart-rate-variability', daily('dailyHeartRateVariability', hrvSlots, readDailyHrv)],
  ['daily-resting-heart-rate', daily('dailyRestingHeartRate', restingSlots, readDailyRestingHeartRate)],
  vitals('daily-respiratory-rate', 'dailyRespiratoryRate', readDailyRespiratoryRate),
  vitals('daily-oxygen-saturation', 'dailyOxygenSaturation', readDailyOxygenSaturation),
  vitals('daily-sleep-temperature-derivations', 'dailySleepTemperatureDerivations', readDailyTemperature),
  ['steps', daily('steps', stepsSlots, readSteps)],
]);

const SERIES: ReadonlyMap<string, readonly SampledQuantity[]> = new Map([
  ['heart-rate', [{ sampleKind: 'heart_rate', read: sampleReader('heartRate', 'beatsPerMinute') }]],
  [
    'heart-rate-variability',
    // Two quantities of one sample, each a series of its own.
    [
      {
        sampleKind: 'hrv_rmssd',
        read: sampleReader('heartRateVariability', 'rootMeanSquareOfSuccessiveDifferencesMilliseconds'),
      },
      { sampleKind: 'hrv_sdnn', read: sampleReader('heartRateVariability', 'standardDeviationMilliseconds') },
    ],
  ],
]);

const FIT_SEGMENT = 'com.google.activity.segment';

/**
 * Google Health API v4; domains are its data types (`daily-heart-rate-variability`). A body is one data point, a page
 * (`dataPoints`, or `rollupDataPoints` of a daily roll-up), the documents of a page as connections keeps them (`data`),
 * a dataset of the older Fit API, or a deletion `{ deleted: { data_type, object_id } }`. Google's own notice of a
 * deletion names times, not points: for types told by date `object_id` is that date.
 * Field meanings: https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints
 */
export const googleHealth: Normaliser = {
  provider: 'GOOGLE_HEALTH',
  version: 'google-health/2',
  dataTypes: [...RESOURCES.keys(), ...SERIES.keys()],
  normalise: normaliseGoogleHealth,
};

function normaliseGoogleHealth(delivery: RawDelivery): Normalised {
  const into: Normalised = { measurements: [], rejected: [], ignored: [] };
  const { body, domain } = delivery;
  if (isItem(body) && isItem(body['deleted'])) {
    const { deleted } = body;
    const items = [{ ...deleted, id: deleted['object_id'] }];
    normaliseEach({ items, into, read: () => readDeletion({ item: deleted, delivery, into }) });
    return into;
  }
  const items = itemsOf(body);
  if (items === null) {
    into.rejected.push({ recordId: null, reason: 'unreadable_item', detail: 'the body is no object and no list' });
    return into;
  }
  if (isItem(body) && (isFitDataset(body) || domain.startsWith('com.google.'))) {
    normaliseFit({ body, items, delivery, into });
    return into;
  }
  const resource = RESOURCES.get(domain);
  const quantities = SERIES.get(domain);
  // Of roll-ups only that of steps says what no data point says.
  const [rollups, points] = parted(items, (item) => isItem(item) && 'civilStartTime' in item);
  if (resource !== undefined) {
    const readable = domain === 'steps' ? parted(items, isInterval) : { 0: rollups, 1: points };
    ignoreAll(readable[0], 'no_value', into);
    readPoints({ points: readable[1], resource, delivery, into });
  } else if (quantities !== undefined) {
    ignoreAll(rollups, 'no_value', into);
    normaliseSamples({ delivery, name: domain, quantities, items: points, into });
  } else ignoreAll(items, 'unknown_data_type', into);
  return into;
}

const LISTS = ['dataPoints', 'rollupDataPoints', 'point', 'data'] as const;

/** The points of a body; an empty page has no list, and at most a page token. Null for what is no body at all. */
function itemsOf(body: unknown): readonly unknown[] | null {
  if (Array.isArray(body)) return body;
  if (!isItem(body)) return null;
  const list = LISTS.map((name) => body[name]).find((one) => Array.isArray(one));
  if (Array.isArray(list)) return list;
  return isFitDataset(body) || Object.keys(body).every((key) => key === 'nextPageToken') ? [] : [body];
}

function parted(items: readonly unknown[], isFirst: (item: unknown) => boolean): [unknown[], unknown[]] {
  return [items.filter((item) => isFirst(item)), items.filter((item) => !isFirst(item))];
}

/** A span of a few minutes, of which a page holds some of a day's. */
const isInterval = (item: unknown): boolean =>
  isItem(item) && !('civilStartTime' in item) && isItem(item['steps']) && 'interval' in item['steps'];

function ignoreAll(items: readonly unknown[], reason: 'no_value' | 'unknown_data_type', into: Normalised): void {
  const idOf = (item: unknown): string | null => (isItem(item) ? (pointIdOf(item) ?? recordIdOf(item['id'])) : null);
  into.ignored.push(...items.map((item) => ({ recordId: idOf(item), reason })));
}

function readPoints({
  points,
  resource,
  delivery,
  into,
}: {
  points: readonly unknown[];
  resource: Resource;
  delivery: RawDelivery;
  into: Normalised;
}): void {
  const found: Measurement[] = [];
  const closed: Measurement[] = [];
  normaliseEach({
    items: points.map((item) => (isItem(item) ? { id: pointIdOf(item), item } : item)),
    into,
    read: ({ item }) => {
      if (!isItem(item)) return;
      const value = item[resource.field];
      if (!isItem(value)) throw new ItemRefused('unreadable_item', `a data point holds no ${resource.field}`);
      const version = versionIn(delivery, item);
      const point = { item, value, pointId: pointIdOf(item), version, receivedAt: delivery.receivedAt };
      const { recordId, rows, ignored } = resource.read(point);
      found.push(...rows);
      closed.push(...tombstonesForAbsent({ slots: resource.slots(recordId), rows, version }));
      if (ignored !== undefined) into.ignored.push({ recordId, reason: ignored });
    },
  });
  // Two devices may tell of one day, and what the one did not measure must not close what the other did.
  const isFilled = (empty: Measurement): boolean => found.some(({ recordId }) => recordId === empty.recordId);
  into.measurements.push(...found, ...closed.filter((empty) => !isFilled(empty)));
}

const versionIn = ({ sourceUpdatedAt }: RawDelivery, item: Item): Version => ({
  provider: googleHealth.provider,
  sourceUpdatedAt,
  ...deviceIn(item),
});

function readDeletion({ item, delivery, into }: { item: Item; delivery: RawDelivery; into: Normalised }): void {
  const name = item['object_id'];
  const recordId = recordIdOf(typeof name === 'string' ? name.slice(name.lastIndexOf('/') + 1) : name);
  if (recordId === null) throw new ItemRefused('no_record_id', 'deleted.object_id is missing or no id');
  const dataType = typeof item['data_type'] === 'string' ? item['data_type'] : '';
  const resource = RESOURCES.get(dataType);
  const slots = dataType === FIT_SEGMENT ? segmentSlots : resource?.slots;
  if (slots === undefined) {
    into.ignored.push({ recordId, reason: 'unknown_data_type' });
    return;
  }
  if (resource?.isDaily === true && !isDay(recordId)) {
    throw new ItemRefused('bad_day', `deleted.object_id of ${dataType} is not the date of the record`);
  }
  const version = versionIn(delivery, item);
  into.measurements.push(...slots(recordId).map((slot) => tombstone(slot, version)));
}
