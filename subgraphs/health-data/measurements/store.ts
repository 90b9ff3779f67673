import type { Sql } from '#platform/database';
import type { LocalDate, Signal } from '#platform/signals';
import type { NormalizedDomain } from '#platform/streams';
import { holdAthletes, isSummedUp, refreshSummaries } from '../sources/daily-summary.ts';
import { markRepeats } from '../sources/mark-repeats.ts';
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
 * Writes measurements of any mix in one round trip per table and says which days changed.
 *
 * The versions of a record are totally ordered by (state rank, source time, delete rank, body hash): a tentative
 * version never replaces a final one, and any order and repetition of the same deliveries ends in the same rows.
 * A deletion keeps its place as a tombstone, so that a late version brings nothing back.
 * Call it inside a transaction.
 */
export async function storeMeasurements(db: Sql, options: { rows: readonly Stored[]; now: Date }): Promise<Touch[]> {
  const derivedFrom = options.rows.filter(({ measurement }) => isSummedUp(TABLES[recordKindOf(measurement)].signal));
  await holdAthletes(
    db,
    derivedFrom.map(({ athleteId }) => athleteId),
  );
  const touches: Touch[] = [];
  for (const [kind, rows] of Map.groupBy(options.rows, (row) => recordKindOf(row.measurement))) {
    touches.push(...(await upsert(db, kind, newestPerRecord(rows), options.now)));
  }
  return touches;
}

const keyOf = ({ athleteId, measurement }: Stored): string =>
  [
    athleteId,
    measurement.provider,
    measurement.recordId,
    'sampleKind' in measurement ? measurement.sampleKind : '',
  ].join(' ');

const deleteRank = (measurement: Measurement): 0 | 1 => (measurement.kind === 'tombstone' ? 1 : 0);

/** Negative, zero or positive as `a` is older, the same or newer. The same order as the SQL below. */
export function compareVersions(a: Measurement, b: Measurement): number {
  return (
    a.stateRank - b.stateRank ||
    a.sourceUpdatedAt.getTime() - b.sourceUpdatedAt.getTime() ||
    deleteRank(a) - deleteRank(b) ||
    (a.bodyHash < b.bodyHash ? -1 : a.bodyHash > b.bodyHash ? 1 : 0)
  );
}

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
  { name: 'body_hash', type: 'text', cast: 'bytea', value: (row) => `\\x${row.measurement.bodyHash}` },
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

interface Statement {
  sql: string;
  parameters: readonly Parameter[];
}

const statements = new Map<RecordKind, Statement>();

function statementOf(kind: RecordKind): Statement {
  let statement = statements.get(kind);
  if (!statement) statements.set(kind, (statement = buildStatement(TABLES[kind])));
  return statement;
}

function buildStatement(table: Table): Statement {
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
    .map((name) => `t.${name} is not distinct from excluded.${name}`)
    .join(' and ');
  const sameKey = (a: string, b: string): string => keys.map((key) => `${a}.${key} = ${b}.${key}`).join(' and ');
  // `before` locks what is there, so that the day a record leaves is named even while another replica writes it.
  const sql = `
    with input as (
      select ${parameters.map(({ name, cast }) => (cast ? `${name}::${cast}` : name)).join(', ')}
        from unnest(${parameters.map(({ type }, i) => `$${i + 2}::${type}[]`).join(', ')}) as t(${names.join(', ')})
    ), before as (
      select ${keys.map((key) => `t.${key}`).join(', ')}, t.day, t.body_hash, t.delete_rank
        from health_data.${table.name} t join input i on ${sameKey('t', 'i')}
         for update of t
    ), written as (
      insert into health_data.${table.name} as t (${names.join(', ')}, stored_at)
      select ${names.map((name) => `i.${name}`).join(', ')}, $1 from input i left join before b on ${sameKey('b', 'i')}
      on conflict (${keys.join(', ')}) do update
         set stored_at = case when ${sameValues} then t.stored_at else excluded.stored_at end,
             ${updated.map((name) => `${name} = excluded.${name}`).join(', ')}
       where (excluded.state_rank, excluded.source_updated_at, excluded.delete_rank, excluded.body_hash)
           > (t.state_rank, t.source_updated_at, t.delete_rank, t.body_hash)
      returning ${keys.map((key) => `t.${key}`).join(', ')}, t.day, t.body_hash, t.delete_rank
    )
    select distinct w.athlete_id as "athleteId", d.day
      from written w left join before b on ${sameKey('b', 'w')}
     cross join lateral (values (w.day), (b.day)) d(day)
     where d.day is not null
       and (b.body_hash is null or b.body_hash <> w.body_hash or b.delete_rank <> w.delete_rank)`;
  return { sql, parameters };
}

async function upsert(db: Sql, kind: RecordKind, rows: readonly Stored[], now: Date): Promise<Touch[]> {
  const { signal, domain } = TABLES[kind];
  const { sql, parameters } = statementOf(kind);
  const columns = parameters.map((parameter) => rows.map((row) => parameter.value(row)));
  const days = await db.query<{ athleteId: string; day: LocalDate }[]>(sql, [now, ...columns]);
  return days.map(({ athleteId, day }) => ({ athleteId, day, signal, domain }));
}

/**
 * Brings what is derived of the touched days up to date (which sessions count, the day's summary) and raises the revision
 * of each, which is what insights sweeps by. A session that counts no more, or again, touches its day too. Returns the new
 * revisions. Call it in the transaction that touched them, with the athletes held.
 */
export async function recordTouches(
  db: Sql,
  options: { touches: readonly Touch[]; now: Date },
): Promise<(Touch & { revision: number })[]> {
  const derivedFrom = options.touches.filter(({ signal }) => isSummedUp(signal));
  // Once more for whoever wrote rows of their own, such as a rating: held twice is held once.
  await holdAthletes(
    db,
    derivedFrom.map(({ athleteId }) => athleteId),
  );
  const { signal: training, domain } = TABLES.workout;
  const recounted = await markRepeats(
    db,
    options.touches.filter(({ signal }) => signal === training),
  );
  const all = [...options.touches, ...recounted.map((day): Touch => ({ ...day, signal: training, domain }))];
  const unique = new Map(all.map((touch) => [`${touch.athleteId} ${touch.day} ${touch.signal}`, touch]));
  if (unique.size === 0) return [];
  const touches = [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, touch]) => touch);
  await refreshSummaries(
    db,
    touches.filter(({ signal }) => isSummedUp(signal)),
  );
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
