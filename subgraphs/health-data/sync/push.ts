import { AppError } from '#platform/errors';
import { TABLE_NAMES, type Change, type Entries, type TableName } from '../entries/entry.ts';
import type { Written } from '../entries/write.ts';
import { changesBy, type AllChanges, type AllSent, type SentChanges } from './graph-types.ts';

/** With the longest ids they still fit into a request of 64 KiB. A device that was offline for a year sends several pushes. */
const MAX_CHANGES = 200;

/** A push as single changes; a deletion counts after an update, and that after a creation. Throws BAD_USER_INPUT when it is too long. */
export function changesOf(sent: AllSent): Change[] {
  const changes = TABLE_NAMES.flatMap((table) =>
    changesOfTable(table, sent[table] as SentChanges<Entries[typeof table]>),
  );
  if (changes.length > MAX_CHANGES)
    throw new AppError(
      'BAD_USER_INPUT',
      `A push holds at most ${MAX_CHANGES} changes, and this one has ${changes.length}. Send them in several pushes, oldest first.`,
    );
  return changes;
}

function changesOfTable<Name extends TableName>(
  table: Name,
  sent: SentChanges<Entries[Name]> | null | undefined,
): Change<Name>[] {
  const put = [...(sent?.created ?? []), ...(sent?.updated ?? [])];
  return [
    ...put.map((entry) => ({ table, id: entry.id, entry: whole(table, entry) })),
    ...(sent?.deleted ?? []).map((id) => ({ table, id, entry: null })),
  ];
}

/** What a device may leave out: not there and null are one. */
const OPTIONAL: { [Name in TableName]: readonly (keyof Entries[Name])[] } = {
  checkIns: ['soreness', 'stress', 'mood', 'feel'],
  workoutRatings: [],
  manualWorkouts: ['distanceM', 'avgHr'],
  manualNights: [],
  manualRestingHeartRates: [],
};

export const whole = <Name extends TableName>(table: Name, entry: Entries[Name]): Entries[Name] => {
  return { ...entry, ...Object.fromEntries(OPTIONAL[table].map((field) => [field, entry[field] ?? null])) };
};

/** The server's records that stay where a push came too late. */
export const conflictsOf = (conflicts: Written['conflicts']): AllChanges =>
  changesBy(<Name extends TableName>(table: Name) => {
    const stored = conflicts.filter((conflict) => conflict.table === table).map((conflict) => conflict.stored);
    return {
      created: [],
      updated: stored.flatMap(({ entry }) => (entry === null ? [] : [entry as Entries[Name]])),
      deleted: stored.flatMap(({ id, entry }) => (entry === null ? [id] : [])),
    };
  });
