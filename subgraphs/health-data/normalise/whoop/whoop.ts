import { type DocumentBodies, type ReadItem, type ReadItems, normaliseDocuments } from '../documents.ts';
import {
  type Item,
  type Normaliser,
  type RawDelivery,
  type RowSlot,
  type Version,
  ItemRefused,
  isItem,
  normaliseEach,
  recordIdOf,
  requireRecordId,
  tombstonesForAbsent,
} from '../normaliser.ts';
import { isMissing, requireInstant } from '../units.ts';
import { type Period, type ReadWhoop, readPeriod } from './document.ts';
import { readRecovery, readSleep, recoverySlots, sleepSlots } from './sleep.ts';
import { readWorkout, workoutSlots } from './workout.ts';

type Resource = {
  idField: 'id' | 'sleep_id';
  /** Every row a document of this kind may give. */
  slots: (recordId: string) => RowSlot[];
  /** What its deletion closes. */
  slotsOfDeletion: (recordId: string) => RowSlot[];
  read: ReadWhoop;
};

const SLEEP: Resource = {
  idField: 'id',
  slots: sleepSlots,
  // WHOOP deletes a recovery with its sleep, and the event that says so may be lost.
  slotsOfDeletion: (sleepId) => [...sleepSlots(sleepId), ...recoverySlots(sleepId)],
  read: readSleep,
};
const RECOVERY: Resource = {
  idField: 'sleep_id',
  slots: recoverySlots,
  slotsOfDeletion: recoverySlots,
  read: readRecovery,
};
const WORKOUT: Resource = { idField: 'id', slots: workoutSlots, slotsOfDeletion: workoutSlots, read: readWorkout };

const RESOURCES: ReadonlyMap<string, Resource> = new Map([
  ['sleep', SLEEP],
  ['recovery', RECOVERY],
  ['workout', WORKOUT],
]);

/**
 * WHOOP API v2; documents of v1 differ in their integer ids only. A body is one document, a page
 * `{ records, next_token }`, or the deletion connections writes from a webhook: `{ deleted: { data_type, object_id } }`,
 * where the object of a recovery is its sleep. The records of a `sleep` or `recovery` body may be of both kinds: a
 * recovery has no times of its own and takes those of the sleep beside it.
 * Field meanings: https://developer.whoop.com/api
 */
export const whoop: Normaliser = {
  provider: 'WHOOP',
  version: 'whoop/1',
  dataTypes: [...RESOURCES.keys()],
  normalise: (delivery) => normaliseDocuments(bodies, delivery),
};

const bodies: DocumentBodies = {
  hasBareLists: false,
  itemsOf: (body) => (Array.isArray(body['records']) ? body['records'] : [body]),
  readerOf: (dataType) => (RESOURCES.has(dataType) ? readDocuments : undefined),
  closedBy: (dataType) => RESOURCES.get(dataType)?.slotsOfDeletion,
  // A cycle is a score and sums over a physiological day, from sleep to sleep, which is no calendar day.
  ignoreReasonOf: (dataType) => (dataType === 'cycle' ? 'not_modelled' : 'unknown_data_type'),
};

function readDocuments({ items, delivery, into }: Parameters<ReadItems>[0]): void {
  const sleeps = sleepsAmong({ items, delivery });
  normaliseEach({ items, into, read: (item) => readDocument({ item, sleeps, delivery, into }) });
}

/** Sleep and recovery are told apart by what they hold, since one body may bring both. */
function resourceOf(item: Item, domain: string): Resource | undefined {
  if (domain !== 'sleep' && domain !== 'recovery') return RESOURCES.get(domain);
  const isRecovery = !isMissing(item['sleep_id']) || (domain === 'recovery' && isMissing(item['start']));
  return isRecovery ? RECOVERY : SLEEP;
}

function sleepsAmong({
  items,
  delivery,
}: {
  items: readonly unknown[];
  delivery: RawDelivery;
}): ReadonlyMap<string, Period> {
  const sleeps = new Map<string, Period>();
  for (const item of items) {
    if (!isItem(item) || resourceOf(item, delivery.domain) !== SLEEP) continue;
    const recordId = recordIdOf(item['id']);
    if (recordId === null) continue;
    try {
      sleeps.set(recordId, readPeriod({ item, receivedAt: delivery.receivedAt }));
    } catch (error) {
      // Filed when the sleep itself is read; its recovery goes on without it.
      if (!(error instanceof ItemRefused)) throw error;
    }
  }
  return sleeps;
}

function readDocument({
  item,
  sleeps,
  delivery,
  into,
}: Parameters<ReadItem>[0] & { sleeps: ReadonlyMap<string, Period> }): void {
  const resource = resourceOf(item, delivery.domain);
  if (resource === undefined) return;
  const recordId = requireRecordId(item[resource.idField], resource.idField);
  try {
    const state = readState(item);
    // An earlier score stays until there is a new one.
    if (state === 'pending') {
      into.ignored.push({ recordId, reason: 'no_value' });
      return;
    }
    const { receivedAt } = delivery;
    const version = versionOf(item, delivery);
    const rows = resource.read({ item, recordId, score: state.score, version, receivedAt, sleeps });
    into.measurements.push(...rows, ...tombstonesForAbsent({ slots: resource.slots(recordId), rows, version }));
    if (rows.length === 0) into.ignored.push({ recordId, reason: 'no_value' });
  } catch (error) {
    // Filed here, for a recovery has no `id` and several without a name would count as one.
    if (!(error instanceof ItemRefused)) throw error;
    into.rejected.push({ recordId, reason: error.reason, detail: error.message });
  }
}

/** @throws ItemRefused unknown_type, unreadable_item */
function readState({ score_state: state, score }: Item): 'pending' | { score: Item | null } {
  if (state === 'PENDING_SCORE') return 'pending';
  if (state === 'UNSCORABLE') return { score: null };
  if (state !== 'SCORED') throw new ItemRefused('unknown_type', 'score_state is none of those WHOOP documents');
  if (!isItem(score)) throw new ItemRefused('unreadable_item', 'a scored document has no score object');
  return { score };
}

/** @throws ItemRefused bad_time, future_dated: such a version would keep every later one out. */
function versionOf(item: Item, { sourceUpdatedAt, receivedAt }: RawDelivery): Version {
  const value = item['updated_at'];
  const updatedAt = isMissing(value) ? sourceUpdatedAt : requireInstant({ value, field: 'updated_at', receivedAt }).at;
  return { provider: whoop.provider, sourceUpdatedAt: updatedAt };
}
