import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDatabase } from '../../embedded/database.ts';
import { quickSettings, startPostgres } from '../../embedded/postgres.ts';
import { TEMPLATE, migrateDatabase, newCluster } from './database.ts';

/** One PostgreSQL for the whole run, with one migrated database that every test file clones. */
export default async function globalSetup(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'athlete-ally-tests-'));
  const postgres = await startPostgres({
    cacheDir: '.cache',
    dataDir: join(folder, 'postgres'),
    settings: quickSettings,
  });
  const cluster = newCluster({ superuserUrl: postgres.url, folder });
  process.env['TEST_CLUSTER'] = JSON.stringify(cluster);
  const ownerUrl = await ensureDatabase({ superuserUrl: postgres.url, ownerPassword: cluster.ownerPassword });
  await migrateDatabase({ ownerUrl, passwords: cluster.passwords });
  if (!ownerUrl.endsWith(`/${TEMPLATE}`))
    throw new Error('the template database has another name than the tests expect');
  (globalThis as { testPostgres?: { stop(): Promise<void>; folder: string } }).testPostgres = {
    stop: () => postgres.stop(),
    folder,
  };
}
