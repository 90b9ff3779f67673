import { Client, Pool, types as pgTypes, type ClientConfig, type PoolClient, type PoolConfig } from 'pg';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import type { Logger } from '#platform/log';

/** What a read or a write needs: the pool itself, or a transaction of it. */
export type Sql = Pick<EntityManager, 'query'>;

/** One transaction, in which statements that are asked for in one turn travel together and run in the order of their calls. */
export interface Ordered extends Sql {
  readonly isOrdered: true;
}

export interface Database extends Sql {
  /**
   * A pool of its own for hot paths with few, fixed statements: each text is parsed and planned once per connection instead
   * of each time, which saves half a millisecond to two of PostgreSQL. Plans are made without the values: a statement over
   * arrays of keys always looks cheaper with the one key at hand, and would be planned anew each time. Rows only, of any
   * command.
   */
  readonly prepared: Sql & {
    /**
     * The same for one transaction; an error rolls it back and is thrown on. Statements that are asked for in one turn
     * (`Promise.all`) travel together and run in the order of their calls, so that several cost one round trip. Of a
     * transaction that fails the first to fail tells why.
     */
    transaction<T>(work: (tx: Ordered) => Promise<T>): Promise<T>;
    /** The same for texts that are composed of what somebody asks: only the first hundred of a process stay prepared. */
    readonly composed: Sql;
  };
  /** For entities: reads through repositories, never writes of many rows. */
  readonly source: DataSource;
  /** Runs `work` in one transaction; an error rolls it back and is thrown on. */
  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const STATEMENT_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** Keys are looked up, on a disk without a head to move: a table of a thousand rows is not worth reading whole. */
const HOT = '-c plan_cache_mode=force_generic_plan -c random_page_cost=1.1';
/** A connection that goes takes its plans with it, and the next night would wait for new ones. */
const PLANS_KEPT_MS = 600_000;
/** The pages and apps send some dozens. What strangers make up beyond that must not fill PostgreSQL's memory with plans. */
const MOST_COMPOSED = 100;

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
  const poolSize = options.poolSize ?? 10;
  const settings = `-c search_path=${options.schema} -c timezone=UTC`;
  const onLost = (error: unknown): void => options.log.warn({ err: error }, 'a database connection was lost');
  const limits: PoolConfig = {
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    types: { getTypeParser: dateAsText },
    Client: ListenedClient,
  };
  const source = new DataSource({
    type: 'postgres',
    url: options.url,
    schema: options.schema,
    applicationName: options.name,
    entities: options.entities,
    poolSize,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    poolErrorHandler: onLost,
    logging: false,
    synchronize: false,
    extra: { ...limits, options: settings },
  });
  await source.initialize();
  const pool = new Pool({
    ...limits,
    connectionString: options.url,
    application_name: options.name,
    max: poolSize,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: PLANS_KEPT_MS,
    allowExitOnIdle: true,
    pipeline: true,
    options: `${settings} ${HOT}`,
  }).on('error', onLost);
  return {
    source,
    prepared: preparedOn(pool),
    query: (sql: string, parameters?: unknown[]) => source.query(sql, parameters),
    transaction: (work) => source.transaction(work),
    close: async () => void (await Promise.all([source.destroy(), pool.end()])),
  };
}

/**
 * Listened to from its birth: a loss that nobody listens to ends the process, and between two that use a connection, or
 * before the first, neither pool nor ORM does. Statements on a lost connection fail, and it is not given out again.
 */
class ListenedClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

type Names = (text: string) => string | undefined;

/** A name for each text, as long as there are no more than `most`. */
function namesFor(kind: string, most: number): Names {
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= most) return known;
    const name = `${kind}_${names.size}`;
    names.set(text, name);
    return name;
  };
}

/** A text without a name is parsed and planned each time. */
const queriesOn = (client: Pool | PoolClient, nameOf: Names): Sql => ({
  async query<Rows>(text: string, values?: unknown[]): Promise<Rows> {
    const { rows } = await client.query({ name: nameOf(text), text, values: values ?? [] });
    return rows as Rows;
  },
});

function preparedOn(pool: Pool): Database['prepared'] {
  const fixed = namesFor('fixed', Infinity);
  const on = (client: Pool | PoolClient): Sql => queriesOn(client, fixed);
  return {
    ...on(pool),
    composed: queriesOn(pool, namesFor('composed', MOST_COMPOSED)),
    async transaction(work) {
      const client = await pool.connect();
      const statements = on(client);
      let first: unknown;
      const tx: Ordered = {
        isOrdered: true,
        query: (text, values) =>
          statements.query<never>(text, values).catch((error: unknown) => {
            first ??= error;
            throw error;
          }),
      };
      try {
        // Not waited for: it travels with the first statement, which fails as well where it fails.
        const begun = client.query('begin');
        begun.catch(() => undefined);
        const result = await work(tx);
        await begun;
        await client.query('commit');
        client.release();
        return result;
      } catch (error) {
        // A connection that cannot roll back is of no use to anybody else.
        await client.query('rollback').then(
          () => client.release(),
          (lost: Error) => client.release(lost),
        );
        // Whoever waits for the second statement may hear of its end before those who wait for the first.
        throw isAborted(error) ? (first ?? error) : error;
      }
    },
  };
}

/** SQLSTATE 25P02: a statement behind one that failed. */
const isAborted = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === '25P02';

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
