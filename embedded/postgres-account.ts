import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { chmod, chown, cp, lchown, mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { works } from './server-process.ts';

/**
 * PostgreSQL refuses to run as root. `plain`: we are not root. `namespace`: a user namespace in which root counts as an
 * ordinary user; nothing is copied and all files stay root's. `account`: another account of this machine, for containers
 * that forbid namespaces; the programs and the data must then lie where that account may go.
 */
export type AccountKind = 'plain' | 'namespace' | 'account';

export interface Account {
  kind: AccountKind;
  /** Put in front of a command. */
  prefix: string[];
  uid?: number;
  gid?: number;
  /** For the person: how the server will run. */
  description: string;
}

const NAMESPACE = ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--'];

/** The way to run PostgreSQL on this machine. `force` picks one for tests. Throws when root has none. */
export function chooseAccount(options: { force?: AccountKind } = {}): Account {
  const kind = options.force ?? preferredKind();
  if (kind === 'plain') return { kind, prefix: [], description: 'as the current user' };
  if (kind === 'namespace') return { kind, prefix: NAMESPACE, description: 'root, in a user namespace' };
  const account = findAccount();
  if (account === undefined) {
    throw new Error(
      'PostgreSQL does not run as root, this machine allows no user namespaces, and it has neither a "postgres" nor a "nobody" account. ' +
        'Start as an ordinary user, or give the address of a running PostgreSQL in DATABASE_URL.',
    );
  }
  return {
    kind,
    prefix: [],
    uid: account.uid,
    gid: account.gid,
    description: `root, under the account "${account.name}"`,
  };
}

function preferredKind(): AccountKind {
  if (process.getuid?.() !== 0) return 'plain';
  const [command = '', ...args] = [...NAMESPACE, 'true'];
  return works(command, args) ? 'namespace' : 'account';
}

/** A bare uid will not do: initdb looks its name up. */
function findAccount(): { name: string; uid: number; gid: number } | undefined {
  const lines = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8').split('\n') : [];
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { name, uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

/** The folder of the programs as this account can reach it: the cached one, or a copy below the system's temporary folder. */
export async function reachablePrograms(options: { account: Account; folder: string }): Promise<string> {
  if (options.account.kind !== 'account' || isOpenToAll(options.folder)) return options.folder;
  const copy = outside(options.folder);
  mustBeOurs({ account: options.account, path: copy });
  if (existsSync(join(copy, 'bin/postgres'))) return copy;
  const draft = `${copy}.${process.pid}`;
  await cp(options.folder, draft, { recursive: true, verbatimSymlinks: true });
  await chmod(draft, 0o755);
  await rename(draft, copy).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  });
  return copy;
}

/**
 * The data folder as this account can reach it, owned by it. Where the wanted place is closed to it (a project in root's
 * home), the data lie below the system's temporary folder and a link stands in the wanted place.
 */
export async function reachableData(options: { account: Account; folder: string }): Promise<string> {
  const { account, folder } = options;
  let place = folder;
  if (account.kind === 'account' && !isOpenToAll(dirname(folder))) {
    place = outside(folder);
    mustBeOurs({ account, path: place });
    await mkdir(place, { recursive: true, mode: 0o700 });
    const isLinked = lstatSync(folder, { throwIfNoEntry: false });
    if (isLinked === undefined) await symlink(place, folder);
    else if (!isLinked.isSymbolicLink()) {
      throw new Error(
        `The data in ${folder} were written while PostgreSQL could run in a user namespace, which this machine no longer allows. ` +
          'Allow user namespaces again, start as an ordinary user, or wipe the data with: npm run reset',
      );
    }
  } else {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  if (process.getuid?.() === 0) await own({ path: place, uid: account.uid ?? 0, gid: account.gid ?? 0 });
  return place;
}

/** Two ways of running may take turns on one folder; each finds it owned as it needs it. */
async function own(options: { path: string; uid: number; gid: number }): Promise<void> {
  if (statSync(options.path).uid === options.uid) return;
  await chown(options.path, options.uid, options.gid);
  for (const entry of await readdir(options.path, { recursive: true }))
    await lchown(join(options.path, entry), options.uid, options.gid);
}

/** Whether every folder on the way may be passed by anybody. */
function isOpenToAll(folder: string): boolean {
  for (let path = folder; ; path = dirname(path)) {
    if (existsSync(path) && (statSync(path).mode & 0o001) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

/** The temporary folder is everybody's: what somebody else put there under our name is not taken. */
function mustBeOurs(options: { account: Account; path: string }): void {
  const found = lstatSync(options.path, { throwIfNoEntry: false });
  if (found === undefined || (found.isDirectory() && (found.uid === 0 || found.uid === options.account.uid))) return;
  throw new Error(`${options.path} belongs to somebody else. Remove it and start again.`);
}

function outside(folder: string): string {
  const mark = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  return join(tmpdir(), `athlete-ally-${mark}`);
}
