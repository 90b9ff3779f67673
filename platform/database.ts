import pg, { types as pgTypes, type Pool, type PoolClient } from 'pg';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import type { Logger } from '#platform/log';

/** What a read or a write needs: the pool itself, or a transaction of it. */
export type Sql = Pick<EntityManager, 'query'>;

export interface Database extends Sql {
  /**
   * The pool, each text parsed and planned once per connection instead of each time: for a hot path with few, fixed
   * statements. A large statement saves some half a millisecond of PostgreSQL. Rows only, of any command.
   */
  readonly prepared: Sql & {
    /**
     * The same for one transaction; an error rolls it back and is thrown on. Its plans are made without the values: a
     * statement over arrays of keys always looks cheaper to PostgreSQL with the one key at hand, and would be planned anew
     * each time.
     */
    transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T>;
  };
  /**
   * A second pool, of connections that only read, for what the graph is asked. Each text is parsed and planned once per
   * connection, its plan made without the values: half of PostgreSQL's work for a day of one athlete was planning.
   */
  readonly reader: Sql;
  /** For entities: reads through repositories, never writes of many rows. */
  readonly source: DataSource;
  /** Runs `work` in one transaction; an error rolls it back and is thrown on. */
  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const STATEMENT_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
const POOL_SIZE = 10;
/**
 * Texts that a reader keeps prepared. The pages and apps send some dozens; what strangers make up beyond that is parsed
 * and planned each time, so that it cannot fill PostgreSQL's memory.
 */
const MOST_PREPARED = 100;

/**
 * The pool of one process. `schema` is the subgraph's own and comes first in the search path.
 * Dates arrive as text (`YYYY-MM-DD`), never as instants of the server's zone; see `dateAsText`.
 */
export async function openDatabase(options: {
  url: string;
  schema: string;
  name: string;
  entities: Function[];
  poolSize?: number;
  log: Logger;
}): Promise<Database> {
  const source = new DataSource({
    type: 'postgres',
    url: options.url,
    schema: options.schema,
    applicationName: options.name,
    entities: options.entities,
    poolSize: options.poolSize ?? POOL_SIZE,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    poolErrorHandler: (error: unknown) => options.log.warn({ err: error }, 'a database connection was lost'),
    logging: false,
    synchronize: false,
    extra: {
      options: `-c search_path=${options.schema} -c timezone=UTC`,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
      types: { getTypeParser: dateAsText },
    },
  });
  await source.initialize();
  const readers = openReaders(options);
  return {
    source,
    prepared: preparedOn((source.driver as unknown as { master: Pool }).master),
    reader: queriesOn(readers, namesFor(MOST_PREPARED)),
    query: (sql: string, parameters?: unknown[]) => source.query(sql, parameters),
    transaction: (work) => source.transaction(work),
    async close() {
      await readers.end();
      await source.destroy();
    },
  };
}

function openReaders(options: { url: string; schema: string; name: string; poolSize?: number; log: Logger }): Pool {
  const readers = new pg.Pool({
    connectionString: options.url,
    application_name: options.name,
    max: options.poolSize ?? POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    options: `-c search_path=${options.schema} -c timezone=UTC -c plan_cache_mode=force_generic_plan -c default_transaction_read_only=on`,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    types: { getTypeParser: dateAsText },
  });
  readers.on('error', (error) => options.log.warn({ err: error }, 'a database connection was lost'));
  return readers;
}

type Names = (text: string) => string | undefined;

/** A name for each text, as long as there are no more than `most`. */
function namesFor(most: number): Names {
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= most) return known;
    const name = `prepared_${names.size}`;
    names.set(text, name);
    return name;
  };
}

const queriesOn = (client: Pool | PoolClient, nameOf: Names): Sql => ({
  async query<Rows>(text: string, values?: unknown[]): Promise<Rows> {
    const { rows } = await client.query({ name: nameOf(text), text, values: values ?? [] });
    return rows as Rows;
  },
});

function preparedOn(pool: Pool): Database['prepared'] {
  const names = namesFor(Infinity);
  const on = (client: Pool | PoolClient): Sql => queriesOn(client, names);
  return {
    ...on(pool),
    async transaction(work) {
      const client = await pool.connect();
      try {
        await client.query('begin; set local plan_cache_mode = force_generic_plan');
        const result = await work(on(client));
        await client.query('commit');
        client.release();
        return result;
      } catch (error) {
        // A connection that cannot roll back is of no use to anybody else.
        await client.query('rollback').then(
          () => client.release(),
          (lost: Error) => client.release(lost),
        );
        throw error;
      }
    },
  };
}

const PG_DATE = 1082;
const PG_INT8 = 20;

/** `date` stays text; `int8` becomes a number (our counters stay far below 2^53); the rest as the driver does it. */
function dateAsText(oid: number, format?: string): (value: string) => unknown {
  if (oid === PG_DATE) return (value) => value;
  if (oid === PG_INT8) return Number;
  return pgTypes.getTypeParser(oid, format as 'text') as (value: string) => unknown;
}

/** Runs `work` while holding a session lock that all replicas share; null when another holds it. */
export async function withAdvisoryLock<T>(db: Database, name: string, work: () => Promise<T>): Promise<T | null> {
  const runner: QueryRunner = db.source.createQueryRunner();
  try {
    const [row] = (await runner.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as held', [name])) as {
      held: boolean;
    }[];
    if (!row?.held) return null;
    try {
      return await work();
    } finally {
      await runner.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name]);
    }
  } finally {
    await runner.release();
  }
}
