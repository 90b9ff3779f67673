import { join } from 'node:path';
import { ensureDatabase } from './database.ts';
import { environmentOf } from './environment.ts';
import { migrate } from './migrate-database.ts';
import { startPostgres } from './postgres.ts';
import { loadSecrets, readPorts } from './settings.ts';
import { readStatus } from './status-file.ts';

const root = process.cwd();
const dataDir = join(root, '.data');
const cacheDir = join(root, '.cache');

/** Of DATABASE_URL, else of what runs here, else of an embedded PostgreSQL started for this alone. */
async function withDatabase(work: (databaseUrl: string) => Promise<void>): Promise<void> {
  const { databaseOwnerPassword: ownerPassword } = await loadSecrets(dataDir);
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return work(given);
  const running = readStatus(dataDir);
  if (running !== undefined) return work(await ensureDatabase({ superuserUrl: running.database, ownerPassword }));
  const server = await startPostgres({ cacheDir, dataDir: join(dataDir, 'postgres') });
  try {
    await work(await ensureDatabase({ superuserUrl: server.url, ownerPassword }));
  } finally {
    await server.stop();
  }
}

try {
  await withDatabase(async (databaseUrl) => {
    const secrets = await loadSecrets(dataDir);
    const natsUrl = (): string => '';
    const own = environmentOf('migrate', {
      dataDir,
      cacheDir,
      secrets,
      ports: readPorts(process.env),
      databaseUrl,
      natsUrl,
      env: process.env,
    });
    // Who brings a database of their own may also bring the passwords of its roles.
    const given = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.endsWith('_DB_PASSWORD')));
    process.stdout.write(`${await migrate({ root, env: { ...own, ...given } })}\n`);
  });
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
