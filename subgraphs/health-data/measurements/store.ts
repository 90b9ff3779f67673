import { arrayText } from '#platform/array-text';
import { sha256 } from '#platform/crypto';
import type { Ordered, Sql } from '#platform/database';
import type { LocalDate, Signal } from '#platform/signals';
import type { NormalizedDomain } from '#platform/streams';
import { holdAthletes, isSummedUp, refreshSummaries } from '../sources/daily-summary.ts';
import { markRepeats } from '../sources/mark-repeats.ts';
import { isOfNights, refreshNights } from '../sources/stream-nights.ts';
import { prepareMonths, writeBlocks } from './blocks.ts';
import type { Measurement, RecordKind } from './measurement.ts';
import { runsOf } from './runs.ts';
import { TABLES, concernOf, recordKindOf, type Table } from './tables.ts';

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
 * Writers take tables and records in one order, so that none waits for another crosswise.
 */
export async function storeMeasurements(
  tx: Ordered,
  options: { rows: readonly Stored[]; now: Date },
): Promise<Touch[]> {
  // Of all that will be touched: whoever took one more athlete later, out of turn, could wait for somebody who waits for him.
  const derivedFrom = options.rows.filter(({ measurement }) => isSummedUp(concernOf(measurement).signal));
  const held = holdAthletes(
    tx,
    derivedFrom.map(({ athleteId }) => athleteId),
  );
  // Before any row is locked: two writers that make the same month would else wait for each other.
  const prepared = prepareMonths(tx, options.rows);
  const byKind = Map.groupBy(options.rows, (row) => recordKindOf(row.measurement));
  const written = KINDS.map((kind) => upsert(tx, kind, newestPerRecord(byKind.get(kind) ?? []), options.now));
  const [, , ...touches] = await Promise.all([held, prepared, ...written]);
  return touches.flat();
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
 * Last word in the order of versions, kept in `body_hash`: of the row, not of the item it was made of. A row owes something
 * to what lies beside its item (the sleep of a recovery, the zone of a phone), so that one item can give two; and two items
 * that differ in what nobody reads give one. Equal here means equal in every column that a viewer sees.
 */
function rowHash(measurement: Measurement): string {
  const content = measurement.kind === 'sample_block' ? { offsetsS: runsOf(measurement.offsetsS) } : {};
  return sha256(JSON.stringify({ ...measurement, ...content, sourceUpdatedAt: null })).toString('hex');
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
  { name: 'device', type: 'text', value: observed((measurement) => measurement.device ?? null) },
];

const SAMPLE_KIND: Parameter = {
  name: 'sample_kind',
  type: 'text',
  value: ({ measurement }) => ('sampleKind' in measurement ? measurement.sampleKind : null),
};

interface Statements {
  /** Stores records that are not there yet; answers their keys. */
  insert: string;
  /** Replaces older versions; answers which, and where they stood before. */
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
  // Of a document that was corrected elsewhere this row may say what it said: then it is as old as before and its day is
  // not touched, or the hour at which SLEEP was corrected would show in a signal beside it. A series ends with its own last
  // sample; its arrays stand elsewhere, so that another hash is another series.
  const compared = ['day', 'delete_rank', ...(table.blocks ? ['captured_at'] : []), ...own.map(({ name }) => name)];
  const sameValues = (row: string): string =>
    compared.map((name) => `${row}.${name} is not distinct from i.${name}`).join(' and ');
  const isChanged = table.blocks ? 'b.body_hash <> i.body_hash' : 'false';
  const sameKey = (a: string, b: string): string => keys.map((key) => `${a}.${key} = ${b}.${key}`).join(' and ');
  const listed = (wanted: readonly string[]): string =>
    parameters.flatMap(({ name, type }, at) => (wanted.includes(name) ? [`$${at + 2}::${type}[]`] : [])).join(', ');
  const input = `
      select ${parameters.map(({ name, cast }) => (cast ? `${name}::${cast}` : name)).join(', ')}
        from unnest(${listed(names)}) as t(${names.join(', ')})`;
  // Waits for whoever is storing the same record at this moment: then it is there for the statement below.
  const insert = `
    insert into health_data.${table.name} (${names.join(', ')}, stored_at)
    select ${names.join(', ')}, $1 from (${input}) i order by ${keys.join(', ')}
    on conflict (${keys.join(', ')}) do nothing
    returning ${keys.join(', ')}`;
  // `before` locks what is there, so that the day a record leaves is named even while another replica writes it. The rows
  // themselves are named once, keys alone several times: what a statement names twice it copies.
  const replace = `
    with key as (
      select * from unnest(${listed(keys)}) with ordinality as k(${keys.join(', ')}, at)
    ), before as (
      select ${[...keys, ...compared, 'body_hash'].map((name) => `t.${name}`).join(', ')}
        from health_data.${table.name} t join key k on ${sameKey('t', 'k')}
       order by ${keys.map((key) => `t.${key}`).join(', ')}
         for update of t
    ), written as (
      update health_data.${table.name} t
         set stored_at = case when ${sameValues('t')} then t.stored_at else $1 end,
             ${updated.map((name) => `${name} = i.${name}`).join(', ')}
        from (${input}) i join before b on ${sameKey('b', 'i')}
       where ${sameKey('t', 'i')}
         and (i.state_rank, i.source_updated_at, i.delete_rank, i.body_hash)
           > (t.state_rank, t.source_updated_at, t.delete_rank, t.body_hash)
      returning ${keys.map((key) => `t.${key}`).join(', ')}, b.day as left_day,
                ${isChanged} or not (${sameValues('b')}) as is_changed,
                ${table.blocks ? 'b.started_at is distinct from t.started_at' : 'false'} as has_moved
    )
    select (k.at - 1)::int as at, w.left_day as "leftDay", w.is_changed as "isChanged", w.has_moved as "hasMoved"
      from written w join key k on ${sameKey('k', 'w')}`;
  return { insert, replace, parameters };
}

/** A row that replaced an older version. */
interface Replaced {
  /** Its place in the input. */
  at: number;
  /** The day its record stood on before. */
  leftDay: LocalDate | null;
  /** It says something else than what was there. */
  isChanged: boolean;
  /** Its block stood at another time. */
  hasMoved: boolean;
}

async function upsert(db: Sql, kind: RecordKind, rows: readonly Stored[], now: Date): Promise<Touch[]> {
  if (rows.length === 0) return [];
  const { blocks } = TABLES[kind];
  const { insert, replace, parameters } = statementsOf(kind);
  const valuesOf = (some: readonly Stored[]): unknown[] => [
    now,
    ...parameters.map((parameter) => arrayText(some.map((row) => parameter.value(row)))),
  ];
  const inserted = new Set((await db.query<InsertedRow[]>(insert, valuesOf(rows))).map(keyOfRow));
  const [fresh, known] = [
    rows.filter((row) => inserted.has(keyOf(row))),
    rows.filter((row) => !inserted.has(keyOf(row))),
  ];
  const replaced = known.length === 0 ? [] : await db.query<Replaced[]>(replace, valuesOf(known));
  const rowOf = ({ at }: Replaced): Stored => known[at] as Stored;
  if (blocks !== undefined) {
    const moved = replaced.filter(({ hasMoved }) => hasMoved).map(rowOf);
    await writeBlocks(db, { written: [...fresh, ...replaced.map(rowOf)], moved });
  }
  const touch = ({ athleteId, measurement }: Stored, leftDay: LocalDate | null): Touch[] => {
    const { signal, domain } = concernOf(measurement);
    const days = new Set([leftDay, measurement.kind === 'tombstone' ? null : measurement.day]);
    return [...days].flatMap((day) => (day === null ? [] : [{ athleteId, day, signal, domain }]));
  };
  return [
    ...fresh.flatMap((row) => touch(row, null)),
    ...replaced.filter(({ isChanged }) => isChanged).flatMap((one) => touch(rowOf(one), one.leftDay)),
  ];
}

interface InsertedRow {
  athlete_id: string;
  provider: string;
  record_id: string;
  sample_kind?: string;
}

const keyOfRow = (row: InsertedRow): string =>
  [row.athlete_id, row.provider, row.record_id, row.sample_kind ?? ''].join(' ');

/**
 * Brings what is derived of the touched days up to date (which sessions and nights count, the day's summary) and raises the revision
 * of each, which is what insights sweeps by. A session that counts no more, or again, touches its day too. Returns the new
 * revisions. Call it in the transaction that touched them, with the athletes held.
 */
export async function recordTouches(
  tx: Ordered,
  options: { touches: readonly Touch[]; now: Date },
): Promise<(Touch & { revision: number })[]> {
  const derivedFrom = options.touches.filter(({ signal }) => isSummedUp(signal));
  // Once more for whoever wrote rows of their own, such as a rating: held twice is held once.
  const held = holdAthletes(
    tx,
    derivedFrom.map(({ athleteId }) => athleteId),
  );
  const { signal: training, domain } = TABLES.workout;
  const marked = markRepeats(
    tx,
    options.touches.filter(({ signal }) => signal === training),
  );
  const [, recounted] = await Promise.all([held, marked]);
  const all = [...options.touches, ...recounted.map((day): Touch => ({ ...day, signal: training, domain }))];
  const unique = new Map(all.map((touch) => [`${touch.athleteId} ${touch.day} ${touch.signal}`, touch]));
  if (unique.size === 0) return [];
  const touches = [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, touch]) => touch);
  const nights = refreshNights(
    tx,
    touches.filter(({ signal }) => isOfNights(signal)),
  );
  const summaries = refreshSummaries(
    tx,
    touches.filter(({ signal }) => isSummedUp(signal)),
  );
  const raised = tx.query<{ athleteId: string; day: LocalDate; signal: Signal; revision: number }[]>(
    `insert into health_data.touched_day as t (athlete_id, day, signal, revision, touched_at)
     select athlete_id, day, signal, 1, $1 from unnest($2::uuid[], $3::date[], $4::text[]) as i(athlete_id, day, signal)
     on conflict (athlete_id, day, signal) do update set revision = t.revision + 1, touched_at = excluded.touched_at
     returning athlete_id as "athleteId", day, signal, revision`,
    [
      options.now,
      arrayText(touches.map((t) => t.athleteId)),
      arrayText(touches.map((t) => t.day)),
      arrayText(touches.map((t) => t.signal)),
    ],
  );
  const [rows] = await Promise.all([raised, nights, summaries]);
  return rows.map((row) => ({
    ...(unique.get(`${row.athleteId} ${row.day} ${row.signal}`) as Touch),
    revision: row.revision,
  }));
}
