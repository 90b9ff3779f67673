import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import pg from 'pg';
import { openDatabase, type Database } from '#platform/database';
import { createLogger } from '#platform/log';
import { roleUrl } from '../../embedded/environment.ts';

/** What global-setup.ts started; every test file reads it from the environment. */
export interface Cluster {
  superuserUrl: string;
  ownerPassword: string;
  passwords: Record<'connections' | 'health_data' | 'insights', string>;
  folder: string;
}

/** The migrated database that is cloned; the name is that of embedded/database.ts. */
export const TEMPLATE = 'athlete_ally';

const secret = (): string => randomBytes(16).toString('hex');

export function newCluster(options: { superuserUrl: string; folder: string }): Cluster {
  return {
    ...options,
    ownerPassword: secret(),
    passwords: { connections: secret(), health_data: secret(), insights: secret() },
  };
}

export function theCluster(): Cluster {
  const text = process.env['TEST_CLUSTER'];
  if (text === undefined)
    throw new Error('No test database is running. Start the tests with npm test or npm run check.');
  return JSON.parse(text) as Cluster;
}

export async function migrateDatabase(options: { ownerUrl: string; passwords: Cluster['passwords'] }): Promise<void> {
  await promisify(execFile)(process.execPath, ['dist/migrations/run.js'], {
    env: {
      ...process.env,
      DATABASE_URL: options.ownerUrl,
      CONNECTIONS_DB_PASSWORD: options.passwords.connections,
      HEALTH_DATA_DB_PASSWORD: options.passwords.health_data,
      INSIGHTS_DB_PASSWORD: options.passwords.insights,
    },
  });
}

export type Role = keyof Cluster['passwords'];

export interface TestDatabase {
  name: string;
  /** The migrating owner, in this database: may look at and change everything. */
  ownerUrl: string;
  urlOf(role: Role): string;
  /** The pool a process of that role would open, with its rights and its type parsers. */
  open(role: Role): Promise<Database>;
  query<Row>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** A fresh migrated database of this test file's own: a file copy, some 30 ms. In another cluster it may lose its server. */
export async function createDatabase(elsewhere?: Cluster): Promise<TestDatabase> {
  const cluster = elsewhere ?? theCluster();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asSuperuser(cluster, `create database ${name} template ${TEMPLATE} owner ${TEMPLATE} strategy file_copy`);
  const url = new URL(cluster.superuserUrl);
  url.pathname = `/${name}`;
  const ownerUrl = roleUrl({ databaseUrl: url.href, role: TEMPLATE, password: cluster.ownerPassword });
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 2 });
  const opened: Database[] = [];
  let isDropping = false;
  // The end of the pool does not wait for its sockets: the drop may end them first. Any other loss is an error.
  pool.on('error', (error) => {
    if (!isDropping && elsewhere === undefined) throw error;
  });
  const urlOf = (role: Role): string => roleUrl({ databaseUrl: url.href, role, password: cluster.passwords[role] });
  return {
    name,
    ownerUrl,
    urlOf,
    async open(role) {
      const log = createLogger({ name: 'test', level: 'silent' });
      const db = await openDatabase({ url: urlOf(role), schema: role, name: 'test', entities: [], poolSize: 4, log });
      opened.push(db);
      return db;
    },
    query: async <Row>(sql: string, parameters: unknown[] = []) => (await pool.query(sql, parameters)).rows as Row[],
    async drop() {
      isDropping = true;
      for (const db of opened) await db.close();
      await pool.end();
      await asSuperuser(cluster, `drop database ${name} with (force)`);
    },
  };
}

async function asSuperuser(cluster: Cluster, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: cluster.superuserUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
