import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivately } from './settings.ts';
import type { DemoTeam, Login } from './status-file.ts';

export interface DemoData {
  logins: Login[];
  teams: DemoTeam[];
}

export interface LoadedDemo extends DemoData {
  state: 'loaded' | 'loaded before';
}

/** Loads the demo into a database that has not got it, and remembers its logins in `.data/demo.json` (0600). */
export async function loadDemoOnce(options: {
  dataDir: string;
  database: string;
  seed: () => Promise<DemoData>;
}): Promise<LoadedDemo> {
  const path = join(options.dataDir, 'demo.json');
  const { host, pathname } = new URL(options.database);
  // An embedded database changes its port at every start; a given one is known by its address.
  const isLocal = host.startsWith('127.0.0.1');
  const mark = createHash('sha256')
    .update(isLocal ? pathname : host + pathname)
    .digest('hex');
  if (existsSync(path)) {
    const stored = JSON.parse(readFileSync(path, 'utf8')) as DemoData & { mark: string };
    if (stored.mark === mark) return { logins: stored.logins, teams: stored.teams, state: 'loaded before' };
  }
  const { logins, teams } = await options.seed();
  await writePrivately(path, `${JSON.stringify({ mark, logins, teams }, null, 2)}\n`);
  return { logins, teams, state: 'loaded' };
}
