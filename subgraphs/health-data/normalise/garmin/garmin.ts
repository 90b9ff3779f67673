import type { Measurement, SampleKind, StateRank } from '../../measurements/measurement.ts';
import { activityDetailsSlots, activitySlots, readActivity, readActivityDetails } from './activity.ts';
import { dailySlots, hrvSlots, readDaily, readHrv, readSkinTemp, skinTempSlots } from './daily.ts';
import { readSleep, sleepSlots } from './sleep.ts';
import type { GarminReading, GarminSummary } from './summary.ts';
import { deviceOf } from '../device.ts';
import {
  type IgnoreReason,
  type Item,
  type Normalised,
  type Normaliser,
  type RawDelivery,
  type RowSlot,
  ItemRefused,
  isItem,
  recordIdOf,
  tombstone,
  tombstonesForAbsent,
} from '../normaliser.ts';
import { isDay } from '../units.ts';

type Resource = {
  read: (summary: GarminSummary) => GarminReading;
  /** Every row the object of a deletion may have given; null if that is no object of this kind. */
  deleted: (objectId: string) => RowSlot[] | null;
};

const ofDay =
  (slots: (day: string) => RowSlot[]) =>
  (objectId: string): RowSlot[] | null =>
    isDay(objectId) ? slots(objectId) : null;

const RESOURCES: ReadonlyMap<string, Resource> = new Map<string, Resource>([
  ['sleeps', { read: readSleep, deleted: deletedSleep }],
  ['dailies', { read: readDaily, deleted: ofDay(dailySlots) }],
  ['hrv', { read: readHrv, deleted: ofDay(hrvSlots) }],
  ['skin_temp', { read: readSkinTemp, deleted: ofDay(skinTempSlots) }],
  ['activities', { read: readActivity, deleted: activitySlots }],
  ['manually_updated_activities', { read: readActivity, deleted: activitySlots }],
  ['activity_details', { read: readActivityDetails, deleted: activityDetailsSlots }],
]);

/**
 * Kept in the archive only. Epochs are parts of what `dailies` counts; stress, oxygen and breathing of the day come as
 * series we have no table for (those of the night are in `sleeps`); Move IQ guesses at what an activity says.
 */
const NOT_MODELLED: ReadonlySet<string> = new Set([
  'epochs',
  'stress_details',
  'pulseox',
  'pulse_ox',
  'respiration',
  'all_day_respiration',
  'user_metrics',
  'body_comps',
  'blood_pressures',
  'health_snapshot',
  'mct',
  'move_iq_activities',
  'activity_files',
]);

/**
 * Garmin Health API. Domains are the envelope's keys in lower case with underscores: `stressDetails` is
 * `stress_details`. A body is a push `{ "sleeps": [...] }`, the bare array of a callback, one summary, or a deletion
 * `{ deleted: { data_type, object_id } }` written by connections, for Garmin itself deletes nothing.
 *
 * The object of a deletion is what our record ids hold behind their prefix: the activity id; the calendar date of
 * `dailies`, `hrv`, `skinTemp`; the start in seconds (or the `summaryId`) of a sleep, with `:nap:<start>` for a nap.
 * A sleep's deletion cannot close its naps: their starts are known from its body alone.
 */
export const garmin: Normaliser = {
  provider: 'GARMIN',
  version: 'garmin/2',
  dataTypes: [...RESOURCES.keys()],
  normalise: normaliseGarmin,
};

/** `moveIQActivities` to `move_iq_activities`. */
const domainOf = (key: string): string =>
  key
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();

function normaliseGarmin(delivery: RawDelivery): Normalised {
  const into: Normalised = { measurements: [], rejected: [], ignored: [] };
  const { body } = delivery;
  if (!isItem(body) && !Array.isArray(body)) {
    into.rejected.push({ recordId: null, reason: 'unreadable_item', detail: 'the body is no object and no array' });
    return into;
  }
  if (isItem(body) && isItem(body['deleted'])) {
    const deletion = body['deleted'];
    refusable(into, null, () => readDeletion({ deletion, delivery, into }));
    return into;
  }
  for (const { domain, items } of listsOf(body, delivery.domain)) {
    const resource = RESOURCES.get(domain);
    if (resource === undefined) {
      const reason = ignoreReasonOf(domain);
      into.ignored.push(...items.map((item) => ({ recordId: summaryIdOf(item), reason })));
    } else {
      for (const item of items) {
        refusable(into, summaryIdOf(item), () => readItem({ item, resource, delivery, into }));
      }
    }
  }
  into.measurements = newestPerSlot(into.measurements);
  return into;
}

/** Garmin may put several kinds into one push, so each key that names a known kind is read as that kind. */
function listsOf(body: Item | unknown[], domain: string): { domain: string; items: unknown[] }[] {
  if (Array.isArray(body)) return [{ domain, items: body }];
  const lists: { domain: string; items: unknown[] }[] = [];
  for (const [key, items] of Object.entries(body)) {
    const named = domainOf(key);
    if (Array.isArray(items) && (RESOURCES.has(named) || NOT_MODELLED.has(named) || named === domain)) {
      lists.push({ domain: named, items });
    }
  }
  if (lists.length > 0) return lists;
  // Of a kind we do not know, whatever stands in a list is an item.
  const inner = RESOURCES.has(domain) ? undefined : Object.values(body).find((value) => Array.isArray(value));
  return [{ domain, items: Array.isArray(inner) ? (inner as unknown[]) : [body] }];
}

const ignoreReasonOf = (domain: string): IgnoreReason =>
  NOT_MODELLED.has(domain) ? 'not_modelled' : 'unknown_data_type';

const summaryIdOf = (item: unknown): string | null =>
  isItem(item) ? (recordIdOf(item['summaryId']) ?? recordIdOf(item['id'])) : null;

/** One bad item never sinks its batch. */
function refusable(into: Normalised, recordId: string | null, read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ItemRefused)) throw error;
    into.rejected.push({ recordId, reason: error.reason, detail: error.message });
  }
}

function readItem({
  item,
  resource,
  delivery: { sourceUpdatedAt, receivedAt },
  into,
}: {
  item: unknown;
  resource: Resource;
  delivery: RawDelivery;
  into: Normalised;
}): void {
  if (!isItem(item)) throw new ItemRefused('unreadable_item', 'an item is not an object');
  const recordId = summaryIdOf(item);
  // A ping says where to fetch: what it points to comes as a delivery of its own.
  if (typeof item['callbackURL'] === 'string') {
    into.ignored.push({ recordId, reason: 'no_value' });
    return;
  }
  // A push names the athlete, the answer of a callback does not, and both are the same version of the same record.
  const { userId: _userId, userAccessToken: _userAccessToken, ...content } = item;
  const { summary } = content;
  const { deviceName } = isItem(summary) ? { ...content, ...summary } : content;
  const version = {
    provider: garmin.provider,
    sourceUpdatedAt,
    ...deviceOf(deviceName),
  };
  const reading = resource.read({ item, version, receivedAt });
  const { rows, slots, ignored, refused = [] } = reading;
  into.measurements.push(...rows, ...closed(tombstonesForAbsent({ slots, rows, version: reading.version }), reading));
  if (ignored !== undefined) into.ignored.push({ recordId, reason: ignored });
  into.rejected.push(...refused.map(({ reason, message }) => ({ recordId, reason, detail: message })));
}

/** What an unfinished summary leaves out must not outrank what the next unfinished one brings. */
const closed = (tombstones: Measurement[], { stateRank }: { stateRank: StateRank }): Measurement[] =>
  tombstones.map((row) => ({ ...row, stateRank }));

function readDeletion({ deletion, delivery, into }: { deletion: Item; delivery: RawDelivery; into: Normalised }): void {
  const objectId = recordIdOf(deletion['object_id']);
  if (objectId === null) throw new ItemRefused('no_record_id', 'deleted.object_id is missing or no id');
  const dataType = typeof deletion['data_type'] === 'string' ? domainOf(deletion['data_type']) : '';
  const resource = RESOURCES.get(dataType);
  if (resource === undefined) {
    into.ignored.push({ recordId: objectId, reason: ignoreReasonOf(dataType) });
    return;
  }
  const slots = resource.deleted(objectId);
  if (slots === null) throw new ItemRefused('no_record_id', 'deleted.object_id is no id of this data type');
  const { sourceUpdatedAt } = delivery;
  const version = { provider: garmin.provider, sourceUpdatedAt };
  into.measurements.push(...slots.map((slot) => tombstone(slot, version)));
}

function deletedSleep(objectId: string): RowSlot[] | null {
  const hexStart = /^[^-]+-([0-9a-f]{8})(?:-[0-9a-f]+)?$/.exec(objectId)?.[1];
  const key = hexStart === undefined ? objectId : String(parseInt(hexStart, 16));
  if (/^\d{9,10}$/.test(key)) return sleepSlots(key);
  return /^\d{9,10}:nap:\d{9,10}$/.test(key) ? sleepSlots(key).slice(0, 1) : null;
}

/**
 * A body may hold several versions of one record (a day as it grew). Rank and version decide, as they do in the store;
 * of equal ones the later in the body counts.
 */
function newestPerSlot(rows: readonly Measurement[]): Measurement[] {
  const newest = new Map<string, Measurement>();
  for (const row of rows) {
    const [recordKind, sampleKind]: [string, SampleKind | null] =
      row.kind === 'tombstone'
        ? [row.recordKind, row.sampleKind]
        : [row.kind, row.kind === 'sample_block' ? row.sampleKind : null];
    const slot = `${recordKind} ${sampleKind} ${row.recordId}`;
    const known = newest.get(slot);
    const isOlder =
      known !== undefined &&
      (row.stateRank - known.stateRank || row.sourceUpdatedAt.getTime() - known.sourceUpdatedAt.getTime()) < 0;
    if (!isOlder) newest.set(slot, row);
  }
  return [...newest.values()];
}
