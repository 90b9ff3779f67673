import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from './server-process.ts';
import { writePrivately } from './settings.ts';

export type State = 'starting' | 'ready' | 'stopping';

export interface Login {
  role: string;
  email: string;
  password: string;
  athleteId: string | null;
}

export interface DemoTeam {
  id: string;
  name: string;
}

/** `.data/status.json`, 0600 because of the passwords in it. Fields are only ever added. */
export interface Status {
  state: State;
  /** Of the starter: when it is gone, the rest of the file is history. */
  pid: number;
  startedAt: string;
  versions: Record<string, string>;
  urls: Record<string, string>;
  processes: { name: string; pid: number | null; health: string; metrics: string }[];
  servers: { name: string; pid: number | null; port: number | null }[];
  logins: Login[];
  teams: DemoTeam[];
  webhookSecrets: Record<string, Record<string, string>>;
  database: string;
  nats: string;
}

export function statusPath(dataDir: string): string {
  return join(dataDir, 'status.json');
}

export async function writeStatus(dataDir: string, status: Status): Promise<void> {
  await writePrivately(statusPath(dataDir), `${JSON.stringify(status, null, 2)}\n`);
}

export async function removeStatus(dataDir: string): Promise<void> {
  await rm(statusPath(dataDir), { force: true });
}

/** What runs on this data folder, or nothing. A file left by a killed starter counts as nothing. */
export function readStatus(dataDir: string): Status | undefined {
  const path = statusPath(dataDir);
  if (!existsSync(path)) return undefined;
  const status = JSON.parse(readFileSync(path, 'utf8')) as Status;
  return isStarter(status.pid) ? status : undefined;
}

/** Its number may belong to another program by now, so on Linux its command line is looked at too. */
function isStarter(pid: number): boolean {
  if (!isAlive(pid)) return false;
  const commandLine = `/proc/${pid}/cmdline`;
  if (!existsSync(commandLine)) return process.platform !== 'linux';
  return readFileSync(commandLine, 'utf8').includes(join('embedded', 'start.'));
}
