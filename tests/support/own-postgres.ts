import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureDatabase } from '../../embedded/database.ts';
import { startPostgres, type Postgres } from '../../embedded/postgres.ts';
import { migrateDatabase, newCluster, type Cluster } from './database.ts';

/** A PostgreSQL that a test may stop and kill: the one of the run belongs to all. */
export interface OwnPostgres {
  cluster: Cluster;
  stop(): Promise<void>;
  /** kill -9, as a crash would be. What it committed stays. */
  kill(): Promise<void>;
  /** On its port, with what it held; nothing happens while it runs. */
  start(): Promise<void>;
}

/** Its commits are handed to the operating system before they are answered, so that a crash of the server loses none. */
const SETTINGS = { fsync: 'off' };

export async function startOwnPostgres(folder: string): Promise<OwnPostgres> {
  await mkdir(folder, { recursive: true });
  const place = { cacheDir: '.cache', dataDir: join(folder, 'postgres'), settings: SETTINGS };
  const first = await startPostgres(place);
  const { port, url: superuserUrl } = first;
  let running: Postgres | null = first;
  const cluster = newCluster({ superuserUrl, folder });
  const ownerUrl = await ensureDatabase({ superuserUrl, ownerPassword: cluster.ownerPassword });
  await migrateDatabase({ ownerUrl, passwords: cluster.passwords });
  return {
    cluster,
    async stop() {
      await running?.stop();
      running = null;
    },
    async kill() {
      if (running === null) return;
      process.kill(running.pid, 'SIGKILL');
      await running.exited;
      running = null;
    },
    async start() {
      running ??= await startPostgres({ ...place, port });
    },
  };
}
