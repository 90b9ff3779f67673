import type { Clock } from '#platform/clock';
import type { Database, Ordered, Sql } from '#platform/database';
import { AppError } from '#platform/errors';
import type { LocalDate } from '#platform/signals';
import { holdSources, ordersOf, type Source } from '../erasure/orders.ts';
import type { RaisedTouch } from '../measurements/publish-touches.ts';
import { recordTouches, storeMeasurements, type Stored, type Touch } from '../measurements/store.ts';
import { workoutId, workoutKey, type WorkoutKey } from '../measurements/workout-id.ts';
import { CHECKS, isEntryId } from './check.ts';
import { holdClock, nextTime, setClock } from './clock.ts';
import { TABLE_NAMES, type Change, type Entry, type Refusal, type StoredEntry, type TableName } from './entry.ts';
import { judge } from './judge.ts';
import { MANUAL_VERSION, NO_DELIVERY, isManual, measure, type ManualTable } from './measure.ts';
import { loadEntries, storeEntries } from './tables.ts';

/** Of one athlete in all tables, deleted ones included: decades of daily use, and a bound for the first pull. */
const MAX_RECORDS = 50_000;

export interface Writing {
  athleteId: string;
  timeZone: string;
  changes: readonly Change[];
  /** See `judge`. */
  basedOn: Date | 'newest' | null;
}

export interface Written {
  /** Can never be taken; everything else was. */
  refused: Refusal[];
  /** What stands in place of a change that came too late. */
  conflicts: { table: TableName; stored: StoredEntry }[];
  /** To be published now that they are committed. */
  touches: RaisedTouch[];
}

/**
 * Takes an athlete's changes in one transaction: entries, the canonical rows of manual ones, touched days.
 * The same changes again change nothing. What can never be taken is refused by itself, so that one bad record never
 * holds up a device; of somebody online ('newest') it is thrown, and nothing is written. Throws BAD_USER_INPUT for a
 * `basedOn` that never was, CONFLICT when there is no room, UNAVAILABLE while what it would write is being erased.
 */
export async function writeEntries(parts: { db: Database; clock: Clock }, writing: Writing): Promise<Written> {
  const { athleteId, basedOn } = writing;
  const now = parts.clock.now();
  const { valid, refused } = checked(writing, now);
  return await parts.db.prepared.transaction(async (tx) => {
    await holdAgainstErasure(tx, athleteId, valid);
    const clock = await holdClock(tx, athleteId);
    if (basedOn instanceof Date && basedOn > clock.at) throw neverWas();
    const at = nextTime(clock, now);
    const done: Done = { refused, conflicts: [], applied: [], added: 0 };
    for (const table of TABLE_NAMES) {
      const wanted = valid.filter((change) => change.table === table);
      await writeTable(tx, { athleteId, table, wanted, basedOn, at }, done);
    }
    const [refusal] = done.refused;
    if (refusal && basedOn === 'newest') throw new AppError(refusal.code, refusal.message);
    if (done.applied.length > 0) {
      const recordCount = clock.recordCount + done.added;
      if (recordCount > MAX_RECORDS) throw noRoom();
      await setClock(tx, athleteId, { at, recordCount });
    }
    const touches = await touchedBy(tx, { writing, applied: done.applied, at, now });
    return { refused: done.refused, conflicts: done.conflicts, touches: await recordTouches(tx, { touches, now }) };
  });
}

interface Done {
  refused: Refusal[];
  conflicts: Written['conflicts'];
  applied: Change[];
  added: number;
}

/** One change per record, the last one named, and of those what an athlete may enter at all. */
function checked({ changes, timeZone }: Writing, now: Date): { valid: Change[]; refused: Refusal[] } {
  const refused: Refusal[] = [];
  const last = new Map(changes.map((change) => [`${change.table} ${change.id}`, change]));
  const valid = [...last.values()].filter(({ table, id, entry }) => {
    const check = CHECKS[table] as (entry: Entry, facts: { now: Date; timeZone: string }) => string | null;
    const isDeletable = isEntryId(id) ? null : 'No record has such an id. Leave it out.';
    const message = entry === null ? isDeletable : check(entry, { now, timeZone });
    if (message !== null) refused.push({ table, id, code: 'BAD_USER_INPUT', message });
    return message === null;
  });
  return { valid, refused };
}

/** Writers share a lock per source with the eraser, and what the athlete wants gone goes first. */
async function holdAgainstErasure(tx: Sql, athleteId: string, changes: readonly Change[]): Promise<void> {
  const sources = changes.flatMap(({ table, id }): Source[] => {
    const provider = isManual(table) ? 'MANUAL' : table === 'workoutRatings' ? workoutKey(id)?.provider : undefined;
    return provider === undefined ? [] : [{ athleteId, provider }];
  });
  if (sources.length === 0) return;
  await holdSources(tx, sources, 'writer');
  const orders = await ordersOf(tx, sources);
  if (orders.some(({ isCarriedOut }) => !isCarriedOut)) throw beingErased();
}

async function writeTable(
  tx: Sql,
  options: { athleteId: string; table: TableName; wanted: readonly Change[]; basedOn: Writing['basedOn']; at: Date },
  done: Done,
): Promise<void> {
  const { athleteId, table, at } = options;
  // A rating has no life without its workout: it goes with it, and what this push says of it has nothing to speak of.
  const orphaned: readonly Change[] = table === 'workoutRatings' ? done.applied.flatMap(ratingOf) : [];
  const isOrphan = ({ id }: Change): boolean => orphaned.some((rating) => rating.id === id);
  done.refused.push(...options.wanted.filter((one) => one.entry !== null && isOrphan(one)).map(noWorkout));
  const wanted = [...options.wanted.filter((one) => !isOrphan(one)), ...orphaned];
  if (wanted.length === 0) return;
  const ids = wanted.map(({ id }) => id);
  const stored = new Map((await loadEntries(tx, { athleteId, table, ids })).map((one) => [one.id, one]));
  const accepted = wanted.filter((change) => {
    const there = stored.get(change.id);
    const basedOn = orphaned.includes(change) ? 'newest' : options.basedOn;
    const verdict = judge({ stored: there, entry: change.entry, basedOn });
    if (verdict === 'conflict' && there) done.conflicts.push({ table, stored: there });
    return verdict === 'apply';
  });
  const applied = table === 'workoutRatings' ? await withoutStrangers(tx, athleteId, accepted, done) : accepted;
  await storeEntries(tx, { athleteId, table, changes: applied, at });
  done.applied.push(...applied);
  done.added += applied.filter(({ id }) => !stored.has(id)).length;
}

const ratingOf = ({ table, id, entry }: Change): Change<'workoutRatings'>[] =>
  table === 'manualWorkouts' && entry === null
    ? [{ table: 'workoutRatings', id: workoutId({ provider: 'MANUAL', recordId: id }), entry: null }]
    : [];

/** Refuses ratings of workouts that the athlete does not have, alike for those of others and those of nobody. */
async function withoutStrangers(
  tx: Sql,
  athleteId: string,
  changes: readonly Change[],
  done: Done,
): Promise<readonly Change[]> {
  // A manual workout of the same push is not a canonical row yet.
  const fresh = new Set(
    done.applied.flatMap(({ table, id, entry }) =>
      table === 'manualWorkouts' && entry !== null ? [workoutId({ provider: 'MANUAL', recordId: id })] : [],
    ),
  );
  const rated = changes.filter(({ id, entry }) => entry !== null && !fresh.has(id));
  const days = await daysOfWorkouts(tx, athleteId, rated);
  return changes.filter(({ table, id, entry }) => {
    const isKnown = entry === null || fresh.has(id) || days.has(id);
    if (!isKnown) done.refused.push(noWorkout({ table, id }));
    return isKnown;
  });
}

async function daysOfWorkouts(tx: Sql, athleteId: string, ratings: readonly Change[]): Promise<Map<string, LocalDate>> {
  const keys = ratings.flatMap(({ id }) => workoutKey(id) ?? []);
  if (keys.length === 0) return new Map();
  const rows = await tx.query<(WorkoutKey & { day: LocalDate })[]>(
    `select w.provider, w.record_id as "recordId", w.day
       from unnest($2::text[], $3::text[]) as k(provider, record_id)
       join health_data.workout w on w.athlete_id = $1 and w.provider = k.provider and w.record_id = k.record_id
      where w.delete_rank = 0`,
    [athleteId, keys.map(({ provider }) => provider), keys.map(({ recordId }) => recordId)],
  );
  return new Map(rows.map((row) => [workoutId(row), row.day]));
}

/** Writes the canonical rows, and says which days and signals are different now. */
async function touchedBy(
  tx: Ordered,
  options: { writing: Writing; applied: readonly Change[]; at: Date; now: Date },
): Promise<Touch[]> {
  const { writing, applied, at, now } = options;
  const { athleteId, timeZone } = writing;
  const rows = applied.flatMap((change): Stored[] => {
    if (!isManual(change.table)) return [];
    const measurement = measure(change as Change<ManualTable>, at, timeZone);
    return [{ athleteId, deliveryId: NO_DELIVERY, normaliserVersion: MANUAL_VERSION, measurement }];
  });
  const touches = await storeMeasurements(tx, { rows, now });
  const rated = applied.filter(({ table }) => table === 'workoutRatings');
  for (const day of (await daysOfWorkouts(tx, athleteId, rated)).values())
    touches.push({ athleteId, day, signal: 'TRAINING', domain: 'fitness_session' });
  for (const { table, id } of applied)
    if (table === 'checkIns') touches.push({ athleteId, day: id, signal: 'CHECK_IN', domain: 'check_in' });
  return touches;
}

const noWorkout = ({ table, id }: Pick<Change, 'table' | 'id'>): Refusal => {
  const message = 'There is no such workout, or no longer. Rate one that is in your list.';
  return { table, id, code: 'NOT_FOUND', message };
};

const neverWas = (): AppError =>
  new AppError(
    'BAD_USER_INPUT',
    'This timestamp was never given out for your account. Pull once without one, then push again.',
  );

const noRoom = (): AppError =>
  new AppError(
    'CONFLICT',
    `An account holds at most ${MAX_RECORDS} entries of its own, and yours is full. Nothing was stored.`,
  );

const beingErased = (): AppError =>
  new AppError(
    'UNAVAILABLE',
    'What you had asked to be deleted is being deleted at this moment. Nothing was stored; please try again in a minute.',
  );
