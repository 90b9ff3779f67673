import type pg from 'pg';

/** Rows of one table as they stand after our run, ready to be written bare. */
interface BareTable {
  sql: string;
  /** One list of parameters per batch. */
  batches: unknown[][][];
  rows: number;
}

const BATCH = 500;

/**
 * The same rows once more, as little as can be done: into empty copies of the tables, with their keys and indexes, by
 * `insert ... select unnest ... on conflict do update` in batches of 500, one connection. No message, no body, no ledger, no
 * touched day, no order of versions.
 */
export async function prepareBare(db: pg.Pool, tables: readonly string[]): Promise<() => Promise<number>> {
  const prepared: BareTable[] = [];
  for (const table of tables) prepared.push(await prepareTable(db, table));
  return async () => {
    const client = await db.connect();
    try {
      for (const table of tables) await client.query(`truncate bare.${table}`);
      const started = performance.now();
      for (const { sql, batches } of prepared) for (const batch of batches) await client.query(sql, batch);
      return (performance.now() - started) / 1000;
    } finally {
      client.release();
    }
  };
}

async function prepareTable(db: pg.Pool, table: string): Promise<BareTable> {
  await db.query('create schema if not exists bare');
  await db.query(`drop table if exists bare.${table}`);
  await db.query(`create table bare.${table} (like health_data.${table} including all)`);
  const { rows: columns } = await db.query<{ name: string; type: string; isKey: boolean }>(
    `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
            exists (select from pg_index i where i.indrelid = a.attrelid and i.indisprimary and a.attnum = any(i.indkey)) as "isKey"
       from pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    [`health_data.${table}`],
  );
  const names = columns.map(({ name }) => name);
  // Arrays of arrays travel as text, everything else as what it is.
  const isList = ({ type }: { type: string }): boolean => type.endsWith('[]');
  const sql = `insert into bare.${table} (${names.join(', ')})
    select ${columns.map((column) => (isList(column) ? `${column.name}::${column.type}` : column.name)).join(', ')}
      from unnest(${columns.map((column, at) => `$${at + 1}::${isList(column) ? 'text' : column.type}[]`).join(', ')}) as t(${names.join(', ')})
    on conflict (${columns
      .filter(({ isKey }) => isKey)
      .map(({ name }) => name)
      .join(', ')})
    do update set ${columns
      .filter(({ isKey }) => !isKey)
      .map(({ name }) => `${name} = excluded.${name}`)
      .join(', ')}`;
  const { rows } = await db.query<Record<string, string | null>>(
    `select ${names.map((name) => `${name}::text`).join(', ')} from health_data.${table}`,
  );
  const batches = Array.from({ length: Math.ceil(rows.length / BATCH) }, (_, at) => {
    const part = rows.slice(at * BATCH, (at + 1) * BATCH);
    return names.map((name) => part.map((row) => row[name]));
  });
  return { sql, batches, rows: rows.length };
}
