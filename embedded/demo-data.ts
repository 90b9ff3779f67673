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
  state: 'loaded' | 'loaded before' | 'brought up to yesterday';
}

/**
 * Loads the demo into a database that has not got it, and remembers its logins in `.data/demo.json` (0600). On a later day
 * the days that have passed since are loaded, so that the history always ends yesterday.
 */
export async function loadDemoOnce(options: {
  dataDir: string;
  database: string;
  seed: () => Promise<DemoData>;
  /** Loads the days from `since` (UTC date) to yesterday. */
  catchUp: (demo: DemoData, since: string) => Promise<void>;
  today: string;
}): Promise<LoadedDemo> {
  const path = join(options.dataDir, 'demo.json');
  const { host, pathname } = new URL(options.database);
  // An embedded database changes its port at every start; a given one is known by its address.
  const isLocal = host.startsWith('127.0.0.1');
  const mark = createHash('sha256')
    .update(isLocal ? pathname : host + pathname)
    .digest('hex');
  if (existsSync(path)) {
    const stored = JSON.parse(readFileSync(path, 'utf8')) as DemoData & { mark: string; loadedOn: string };
    if (stored.mark === mark) {
      const { logins, teams, loadedOn } = stored;
      if (loadedOn === options.today) return { logins, teams, state: 'loaded before' };
      await options.catchUp(stored, loadedOn);
      await remember(path, { ...stored, loadedOn: options.today });
      return { logins, teams, state: 'brought up to yesterday' };
    }
  }
  const { logins, teams } = await options.seed();
  await remember(path, { mark, loadedOn: options.today, logins, teams });
  return { logins, teams, state: 'loaded' };
}

const remember = (path: string, demo: DemoData & { mark: string; loadedOn: string }): Promise<void> =>
  writePrivately(path, `${JSON.stringify(demo, null, 2)}\n`);
