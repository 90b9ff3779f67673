import type { Database } from '#platform/database';
import { AppError } from '#platform/errors';
import { readClock } from '../entries/clock.ts';
import { TABLE_NAMES, type Entries, type StoredEntry, type TableName } from '../entries/entry.ts';
import { loadChanged } from '../entries/tables.ts';
import { changesBy, type ChangeSet, type TableChanges } from './graph-types.ts';

/**
 * What changed in an athlete's entries after `since`, and the time up to which this is all. Null: everything, as
 * created. Clock and tables are read in one snapshot, and times rise in the order of commits (see entries/clock.ts):
 * what a later snapshot adds has a later time, so nothing is ever missed, and nothing is told twice.
 * Throws BAD_USER_INPUT for a time that was never given out.
 */
export async function pullChanges(
  db: Database,
  { athleteId, since }: { athleteId: string; since: Date | null },
): Promise<ChangeSet> {
  return await db.source.transaction('REPEATABLE READ', async (tx) => {
    const { at } = await readClock(tx, athleteId);
    if (since !== null && since > at) throw neverGiven();
    const found = new Map<TableName, StoredEntry[]>();
    for (const table of TABLE_NAMES) found.set(table, await loadChanged(tx, { athleteId, table, since }));
    const changes = changesBy(<Name extends TableName>(table: Name) =>
      sort((found.get(table) ?? []) as StoredEntry<Name>[], since),
    );
    return { changes, timestamp: at };
  });
}

/** Created after `since`, changed after it, or gone. */
function sort<Name extends TableName>(
  rows: readonly StoredEntry<Name>[],
  since: Date | null,
): TableChanges<Entries[Name]> {
  const sorted: TableChanges<Entries[Name]> = { created: [], updated: [], deleted: [] };
  for (const { id, entry, createdAt } of rows) {
    if (entry === null) sorted.deleted.push(id);
    else if (since === null || createdAt > since) sorted.created.push(entry);
    else sorted.updated.push(entry);
  }
  return sorted;
}

const neverGiven = (): AppError =>
  new AppError(
    'BAD_USER_INPUT',
    'This timestamp was never given out for your account. Pull once without one: everything comes as created.',
  );
