import { sha256 } from '#platform/crypto';
import type { Sql } from '#platform/database';
import type { LocalDate, Signal } from '#platform/signals';
import type { NormalizedDomain } from '#platform/streams';
import type { Measurement, RecordKind } from './measurement.ts';
import { TABLES, recordKindOf, type Table } from './tables.ts';

/** A measurement with the athlete and the delivery it came from. */
export interface Stored {
  athleteId: string;
  deliveryId: string;
  normaliserVersion: string;
  measurement: Measurement;
}

/** A day on which something of one signal is now different. */
export interface Touch {
  athleteId: string;
  day: LocalDate;
  signal: Signal;
  domain: NormalizedDomain;
}

/**
 * Writes measurements of any mix and says which days changed: one round trip per table for new records, a second one for
 * those that are there already.
 *
 * The versions of a record are totally ordered by (state rank, source time, delete rank, row hash): a tentative
 * version never replaces a final one, and any order and repetition of the same deliveries ends in the same rows.
 * A deletion keeps its place as a tombstone, so that a late version brings nothing back.
 * Call it inside a transaction. Writers take tables and records in one order, so that none waits for another crosswise.
 */
export async function storeMeasurements(db: Sql, options: { rows: readonly Stored[]; now: Date }): Promise<Touch[]> {
  const touches: Touch[] = [];
  const byKind = Map.groupBy(options.rows, (row) => recordKindOf(row.measurement));
  for (const kind of KINDS) {
    touches.push(...(await upsert(db, kind, newestPerRecord(byKind.get(kind) ?? []), options.now)));
  }
  return touches;
}

const KINDS = Object.keys(TABLES) as RecordKind[];

const keyOf = ({ athleteId, measurement }: Stored): string =>
  [
    athleteId,
    measurement.provider,
    measurement.recordId,
    'sampleKind' in measurement ? measurement.sampleKind : '',
  ].join(' ');

const deleteRank = (measurement: Measurement): 0 | 1 => (measurement.kind === 'tombstone' ? 1 : 0);

/**
 * Last word in the order of versions, kept in `body_hash`: of the vendor's item AND of what was made of it. A row owes
 * something to what lies beside its item (the sleep of a recovery, the zone of a phone), so that two rows of one item can
 * differ; equal here means equal in every column that a viewer sees.
 */
function rowHash(measurement: Measurement): string {
  return sha256(JSON.stringify({ ...measurement, sourceUpdatedAt: null })).toString('hex');
}

/** Negative, zero or positive as `a` is older, the same or newer. The same order as the SQL below. */
export function compareVersions(a: Measurement, b: Measurement): number {
  return (
    a.stateRank - b.stateRank ||
    a.sourceUpdatedAt.getTime() - b.sourceUpdatedAt.getTime() ||
    deleteRank(a) - deleteRank(b) ||
    compareText(rowHash(a), rowHash(b))
  );
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** One statement may meet a record once only; sorted, so that two writers take row locks in the same order. */
function newestPerRecord(rows: readonly Stored[]): Stored[] {
  const newest = new Map<string, Stored>();
  for (const row of rows) {
    const key = keyOf(row);
    const known = newest.get(key);
    if (!known || compareVersions(row.measurement, known.measurement) > 0) newest.set(key, row);
  }
  return [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

interface Parameter {
  name: string;
  type: string;
  cast?: string;
  value: (row: Stored) => unknown;
}

const observed = <T>(read: (measurement: Exclude<Measurement, { kind: 'tombstone' }>) => T) => {
  return ({ measurement }: Stored): T | null => (measurement.kind === 'tombstone' ? null : read(measurement));
};

const ORIGIN: readonly Parameter[] = [
  { name: 'athlete_id', type: 'uuid', value: (row) => row.athleteId },
  { name: 'provider', type: 'text', value: (row) => row.measurement.provider },
  { name: 'record_id', type: 'text', value: (row) => row.measurement.recordId },
  { name: 'day', type: 'date', value: observed((measurement) => measurement.day) },
  { name: 'captured_at', type: 'timestamptz', value: observed((measurement) => measurement.capturedAt) },
  { name: 'zone_offset_min', type: 'int', value: observed((measurement) => measurement.zoneOffsetMin) },
  { name: 'state_rank', type: 'smallint', value: (row) => row.measurement.stateRank },
  { name: 'source_updated_at', type: 'timestamptz', value: (row) => row.measurement.sourceUpdatedAt },
  { name: 'delete_rank', type: 'smallint', value: (row) => deleteRank(row.measurement) },
  { name: 'body_hash', type: 'text', cast: 'bytea', value: (row) => `\\x${rowHash(row.measurement)}` },
  { name: 'flags', type: 'text', cast: 'text[]', value: (row) => `{${row.measurement.flags.join(',')}}` },
  { name: 'delivery_id', type: 'uuid', value: (row) => row.deliveryId },
  { name: 'normaliser_version', type: 'text', value: (row) => row.normaliserVersion },
];

const SAMPLE_KIND: Parameter = {
  name: 'sample_kind',
  type: 'text',
  value: ({ measurement }) => ('sampleKind' in measurement ? measurement.sampleKind : null),
};

interface Statements {
  /** Stores records that are not there yet; answers their keys and days. */
  insert: string;
  /** Replaces older versions; answers the days that changed. */
  replace: string;
  parameters: readonly Parameter[];
}

const statements = new Map<RecordKind, Statements>();

function statementsOf(kind: RecordKind): Statements {
  let known = statements.get(kind);
  if (!known) statements.set(kind, (known = buildStatements(TABLES[kind])));
  return known;
}

function buildStatements(table: Table): Statements {
  const own = table.columns.map((column): Parameter => {
    return { ...column, value: observed((measurement) => column.value(measurement)) };
  });
  const parameters = [...ORIGIN, ...(table.extraKey.includes('sample_kind') ? [SAMPLE_KIND] : []), ...own];
  const names = parameters.map((parameter) => parameter.name);
  const keys = ['athlete_id', 'provider', 'record_id', ...table.extraKey];
  const updated = names.filter((name) => !keys.includes(name));
  // Of a document that was corrected elsewhere this row may say what it said: then it is as old as before, or the hour
  // at which SLEEP was corrected would show in a signal beside it.
  const sameValues = ['day', 'delete_rank', ...own.map(({ name }) => name)]
    .map((name) => `t.${name} is not distinct from i.${name}`)
    .join(' and ');
  const sameKey = (a: string, b: string): string => keys.map((key) => `${a}.${key} = ${b}.${key}`).join(' and ');
  const input = `
    input as (
      select ${parameters.map(({ name, cast }) => (cast ? `${name}::${cast}` : name)).join(', ')}
        from unnest(${parameters.map(({ type }, i) => `$${i + 2}::${type}[]`).join(', ')}) as t(${names.join(', ')})
    )`;
  // Waits for whoever is storing the same record at this moment: then it is there for the statement below.
  const insert = `
    with ${input}
    insert into health_data.${table.name} (${names.join(', ')}, stored_at)
    select ${names.join(', ')}, $1 from input order by ${keys.join(', ')}
    on conflict (${keys.join(', ')}) do nothing
    returning ${keys.join(', ')}, day`;
  // `before` locks what is there, so that the day a record leaves is named even while another replica writes it.
  const replace = `
    with ${input}, before as (
      select ${keys.map((key) => `t.${key}`).join(', ')}, t.day, t.body_hash, t.delete_rank
        from health_data.${table.name} t join input i on ${sameKey('t', 'i')}
       order by ${keys.map((key) => `t.${key}`).join(', ')}
         for update of t
    ), written as (
      update health_data.${table.name} t
         set stored_at = case when ${sameValues} then t.stored_at else $1 end,
             ${updated.map((name) => `${name} = i.${name}`).join(', ')}
        from input i join before b on ${sameKey('b', 'i')}
       where ${sameKey('t', 'i')}
         and (i.state_rank, i.source_updated_at, i.delete_rank, i.body_hash)
           > (t.state_rank, t.source_updated_at, t.delete_rank, t.body_hash)
      returning t.athlete_id, t.day, b.day as day_before,
                t.body_hash <> b.body_hash or t.delete_rank <> b.delete_rank as is_changed
    )
    select distinct w.athlete_id as "athleteId", d.day
      from written w cross join lateral (values (w.day), (w.day_before)) d(day)
     where d.day is not null and w.is_changed`;
  return { insert, replace, parameters };
}

async function upsert(db: Sql, kind: RecordKind, rows: readonly Stored[], now: Date): Promise<Touch[]> {
  if (rows.length === 0) return [];
  const { signal, domain } = TABLES[kind];
  const { insert, replace, parameters } = statementsOf(kind);
  const valuesOf = (some: readonly Stored[]): unknown[] => [
    now,
    ...parameters.map((parameter) => some.map((row) => parameter.value(row))),
  ];
  const inserted = await db.query<InsertedRow[]>(insert, valuesOf(rows));
  const isNew = new Set(inserted.map(keyOfRow));
  const known = rows.filter((row) => !isNew.has(keyOf(row)));
  const days = inserted.flatMap(({ athlete_id: athleteId, day }) => (day === null ? [] : [{ athleteId, day }]));
  if (known.length > 0) days.push(...(await db.query<typeof days>(replace, valuesOf(known))));
  return days.map(({ athleteId, day }) => ({ athleteId, day, signal, domain }));
}

interface InsertedRow {
  athlete_id: string;
  provider: string;
  record_id: string;
  sample_kind?: string;
  day: LocalDate | null;
}

const keyOfRow = (row: InsertedRow): string =>
  [row.athlete_id, row.provider, row.record_id, row.sample_kind ?? ''].join(' ');

/** Raises the revision of each touched day, which is what insights sweeps by. Returns the new revisions. */
export async function recordTouches(
  db: Sql,
  options: { touches: readonly Touch[]; now: Date },
): Promise<(Touch & { revision: number })[]> {
  const unique = new Map(options.touches.map((touch) => [`${touch.athleteId} ${touch.day} ${touch.signal}`, touch]));
  if (unique.size === 0) return [];
  const touches = [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, touch]) => touch);
  const rows = await db.query<{ athleteId: string; day: LocalDate; signal: Signal; revision: number }[]>(
    `insert into health_data.touched_day as t (athlete_id, day, signal, revision, touched_at)
     select athlete_id, day, signal, 1, $1 from unnest($2::uuid[], $3::date[], $4::text[]) as i(athlete_id, day, signal)
     on conflict (athlete_id, day, signal) do update set revision = t.revision + 1, touched_at = excluded.touched_at
     returning athlete_id as "athleteId", day, signal, revision`,
    [options.now, touches.map((t) => t.athleteId), touches.map((t) => t.day), touches.map((t) => t.signal)],
  );
  return rows.map((row) => ({
    ...(unique.get(`${row.athleteId} ${row.day} ${row.signal}`) as Touch),
    revision: row.revision,
  }));
}
