import type { Sql } from '#platform/database';
import { workoutKey } from '../measurements/workout-id.ts';
import type { Change, Entries, Entry, StoredEntry, TableName } from './entry.ts';

interface Column {
  name: string;
  type: 'text' | 'smallint' | 'double precision' | 'timestamptz';
  /** Where it stands in an entry; null: made of the id, and not read back. */
  field: string | null;
  value: (entry: Entry) => unknown;
}

function column(name: string, type: Column['type'], as?: string): Column {
  const field = as ?? name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
  return { name, type, field, value: (entry) => (entry as unknown as Record<string, unknown>)[field] };
}

const ofWorkout = (name: string, key: 'provider' | 'recordId'): Column => {
  return { name, type: 'text', field: null, value: ({ id }) => workoutKey(id)?.[key] ?? null };
};

interface Table {
  name: string;
  columns: readonly Column[];
}

/** Where each kind of entry is stored, in the schema `health_data`. */
export const ENTRY_TABLES: Readonly<Record<TableName, Table>> = {
  checkIns: {
    name: 'check_in',
    columns: [
      column('soreness', 'smallint'),
      column('stress', 'smallint'),
      column('mood', 'smallint'),
      column('feel', 'text'),
    ],
  },
  workoutRatings: {
    name: 'workout_rating',
    columns: [ofWorkout('provider', 'provider'), ofWorkout('record_id', 'recordId'), column('rpe', 'double precision')],
  },
  manualWorkouts: {
    name: 'manual_workout',
    columns: [
      column('sport', 'text'),
      column('started_at', 'timestamptz'),
      column('duration_min', 'double precision'),
      column('distance_m', 'double precision'),
      column('average_heart_rate_bpm', 'double precision', 'avgHr'),
    ],
  },
  manualNights: {
    name: 'manual_night',
    columns: [
      column('bedtime_start', 'timestamptz'),
      column('bedtime_end', 'timestamptz'),
      column('asleep_min', 'double precision'),
    ],
  },
  manualRestingHeartRates: { name: 'manual_resting_heart_rate', columns: [column('bpm', 'double precision')] },
};

type Row = Record<string, unknown> & { id: string; createdAt: Date; changedAt: Date; isDeleted: boolean };

async function select<Name extends TableName>(
  db: Sql,
  table: Name,
  condition: string,
  parameters: unknown[],
): Promise<StoredEntry<Name>[]> {
  const { name, columns } = ENTRY_TABLES[table];
  const values = columns.flatMap((one) => (one.field === null ? [] : [`${one.name} as "${one.field}"`]));
  const rows = await db.query<Row[]>(
    `select id, created_at as "createdAt", changed_at as "changedAt", is_deleted as "isDeleted", ${values.join(', ')}
       from health_data.${name} where ${condition} order by changed_at, id`,
    parameters,
  );
  return rows.map(({ createdAt, changedAt, isDeleted, ...entry }) => {
    return { id: entry.id, createdAt, changedAt, entry: isDeleted ? null : (entry as unknown as Entries[Name]) };
  });
}

/** The records of these ids that the athlete has, deleted ones included. */
export const loadEntries = <Name extends TableName>(
  db: Sql,
  options: { athleteId: string; table: Name; ids: readonly string[] },
): Promise<StoredEntry<Name>[]> =>
  select(db, options.table, 'athlete_id = $1 and id = any($2)', [options.athleteId, options.ids]);

/** What changed after an instant, oldest first; null: everything that is there, and nothing of what is not. */
export const loadChanged = <Name extends TableName>(
  db: Sql,
  options: { athleteId: string; table: Name; since: Date | null },
): Promise<StoredEntry<Name>[]> =>
  options.since === null
    ? select(db, options.table, 'athlete_id = $1 and not is_deleted', [options.athleteId])
    : select(db, options.table, 'athlete_id = $1 and changed_at > $2', [options.athleteId, options.since]);

/** Writes all changes of one table in one statement. A deletion leaves the id and the time; what comes back is created anew. */
export async function storeEntries<Name extends TableName>(
  db: Sql,
  options: { athleteId: string; table: Name; changes: readonly Change<Name>[]; at: Date },
): Promise<void> {
  const { athleteId, table, changes, at } = options;
  if (changes.length === 0) return;
  const { name, columns } = ENTRY_TABLES[table];
  const names = columns.map((one) => one.name);
  await db.query(
    `insert into health_data.${name} as t (athlete_id, id, created_at, changed_at, is_deleted, ${names.join(', ')})
     select $1, id, $2, $2, is_deleted, ${names.join(', ')}
       from unnest($3::text[], $4::boolean[], ${columns.map(({ type }, at0) => `$${at0 + 5}::${type}[]`).join(', ')})
            as i(id, is_deleted, ${names.join(', ')})
     on conflict (athlete_id, id) do update
        set created_at = case when t.is_deleted then excluded.created_at else t.created_at end,
            changed_at = excluded.changed_at, is_deleted = excluded.is_deleted,
            ${names.map((one) => `${one} = excluded.${one}`).join(', ')}`,
    [
      athleteId,
      at,
      changes.map(({ id }) => id),
      changes.map(({ entry }) => entry === null),
      ...columns.map(({ value }) => changes.map(({ entry }) => (entry === null ? null : value(entry)))),
    ],
  );
}
