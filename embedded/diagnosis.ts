import { chmodSync, existsSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { resolveNats } from './nats-binary.ts';
import { mustBeFree } from './nats.ts';
import { findNpmCli } from './npm-package.ts';
import { chooseAccount } from './postgres-account.ts';
import { POSTGRES_PACKAGE_VERSION } from './postgres.ts';
import { isAlive } from './server-process.ts';
import { portVariable, PROGRAMS, readPorts } from './settings.ts';
import { readStatus, statusPath } from './status-file.ts';

export interface Finding {
  name: string;
  isFine: boolean;
  /** What was seen; where it is not fine, the cause. */
  found: string;
  fix?: string;
  /** Repairs it, where that loses nothing. */
  mend?: () => void;
}

interface Places {
  root: string;
  dataDir: string;
  cacheDir: string;
  env: NodeJS.ProcessEnv;
}

/** Everything that would keep `npm start` from working here. Fetches nothing and changes nothing. */
export async function diagnose(places: Places): Promise<Finding[]> {
  return [
    node(),
    npm(places),
    disk(places),
    clock(places),
    account(places),
    postgresProgram(places),
    await natsProgram(places),
    ...dataFolder(places),
    ...(await ports(places)),
  ];
}

function node(): Finding {
  return { name: 'Node', isFine: true, found: `${process.versions.node}, ${process.platform}-${process.arch}` };
}

function npm({ env }: Places): Finding {
  const name = 'npm';
  try {
    return { name, isFine: true, found: findNpmCli(env) };
  } catch (error) {
    return {
      name,
      isFine: false,
      found: (error as Error).message,
      fix: 'install npm; it comes with Node from nodejs.org',
    };
  }
}

const NEEDED_GB = 2;

function disk({ root }: Places): Finding {
  const { bavail, bsize } = statfsSync(root);
  const freeGb = (bavail * bsize) / 1e9;
  const found = `${freeGb.toFixed(1)} GB free`;
  return {
    name: 'Disk',
    isFine: freeGb >= NEEDED_GB,
    found,
    fix: `make room: ${NEEDED_GB} GB are needed for packages and data`,
  };
}

/** A clock far behind refuses certificates, and signed requests on either side of the tolerance. */
function clock({ root }: Places): Finding {
  const newest = Math.max(
    ...['package.json', 'package-lock.json', 'bootstrap.mjs']
      .map((name) => join(root, name))
      .filter((path) => existsSync(path))
      .map((path) => statSync(path).mtimeMs),
  );
  const isFine = Date.now() > newest - 60_000;
  const found = isFine
    ? new Date().toISOString()
    : `${new Date().toISOString()} is before the newest file of this checkout`;
  return { name: 'Clock', isFine, found, fix: 'set the clock of this machine (on Linux: timedatectl set-ntp true)' };
}

function account({ env }: Places): Finding {
  const name = 'Account';
  if (env['DATABASE_URL']) return { name, isFine: true, found: 'no matter: DATABASE_URL is set' };
  try {
    return {
      name,
      isFine: true,
      found: `PostgreSQL will run ${chooseAccount().description.replace(/^root, /, 'for root ')}`,
    };
  } catch (error) {
    return {
      name,
      isFine: false,
      found: (error as Error).message,
      fix: 'start as an ordinary user, or set DATABASE_URL',
    };
  }
}

function postgresProgram({ cacheDir, env }: Places): Finding {
  const name = 'PostgreSQL';
  if (env['DATABASE_URL']) return { name, isFine: true, found: 'the one of DATABASE_URL' };
  if (existsSync('/etc/alpine-release')) {
    return {
      name,
      isFine: false,
      found: 'the embedded one needs glibc, this is Alpine',
      fix: 'set DATABASE_URL, or use an image with glibc',
    };
  }
  const isCached = existsSync(join(cacheDir, `postgres-${POSTGRES_PACKAGE_VERSION}`));
  return { name, isFine: true, found: isCached ? '18.4 in .cache' : '18.4 will be fetched with npm' };
}

async function natsProgram({ cacheDir, env }: Places): Promise<Finding> {
  const name = 'NATS';
  if (env['NATS_URL']) return { name, isFine: true, found: 'the one of NATS_URL' };
  try {
    const { version, from } = await resolveNats({
      cacheDir,
      env,
      only: ['NATS_SERVER_BIN', 'cache', 'installed package', 'PATH'],
    });
    return { name, isFine: true, found: `${version}, ${from}` };
  } catch {
    return { name, isFine: true, found: '2.14.0 will be fetched with npm' };
  }
}

function dataFolder({ dataDir }: Places): Finding[] {
  const name = '.data';
  if (!existsSync(dataDir)) return [{ name, isFine: true, found: 'not there yet' }];
  const findings: Finding[] = [];
  for (const [path, mode] of [
    ['', 0o700],
    ['secrets.json', 0o600],
    ['demo.json', 0o600],
    ['status.json', 0o600],
  ] as const) {
    const full = join(dataDir, path);
    if (!existsSync(full)) continue;
    const { mode: actual, uid } = statSync(full);
    const isOurs = process.getuid === undefined || uid === process.getuid() || process.getuid() === 0;
    if (!isOurs) {
      findings.push({
        name: join(name, path),
        isFine: false,
        found: `belongs to user ${uid}`,
        fix: `chown -R ${process.getuid?.()} ${dataDir}`,
      });
    } else if ((actual & 0o777 & ~mode) !== 0) {
      const found = `readable by others (${(actual & 0o777).toString(8)})`;
      findings.push({
        name: join(name, path),
        isFine: false,
        found,
        fix: `chmod ${mode.toString(8)} ${full}`,
        mend: () => chmodSync(full, mode),
      });
    }
  }
  findings.push(...leftovers(dataDir));
  return findings.length > 0 ? findings : [{ name, isFine: true, found: 'private' }];
}

/** What a killed start leaves is cleared by the next one; it is named because it explains what `status` says. */
function leftovers(dataDir: string): Finding[] {
  const findings: Finding[] = [];
  if (existsSync(statusPath(dataDir)) && readStatus(dataDir) === undefined) {
    const mend = (): void => rmSync(statusPath(dataDir));
    findings.push({
      name: '.data/status.json',
      isFine: false,
      found: 'left by a start that was killed',
      fix: 'npm start clears it',
      mend,
    });
  }
  const version = join(dataDir, 'postgres/cluster/PG_VERSION');
  if (existsSync(version) && readFileSync(version, 'utf8').trim() !== '18') {
    const found = `written by PostgreSQL ${readFileSync(version, 'utf8').trim()}, this is 18`;
    findings.push({
      name: '.data/postgres',
      isFine: false,
      found,
      fix: 'export what you need with that version, then npm run reset',
    });
  }
  const pidFile = join(dataDir, 'postgres/cluster/postmaster.pid');
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8').split('\n')[0]) : 0;
  if (pid > 0 && isAlive(pid) && readStatus(dataDir) === undefined) {
    findings.push({
      name: '.data/postgres',
      isFine: false,
      found: `its pid file names process ${pid}, and nothing else runs here`,
      fix: `see what that is: ps -p ${pid}; if it is a postgres: kill -INT ${pid}`,
    });
  }
  return findings;
}

async function ports({ dataDir, env }: Places): Promise<Finding[]> {
  const running = readStatus(dataDir);
  if (running !== undefined)
    return [{ name: 'Ports', isFine: true, found: `in use by our own start (process ${running.pid})` }];
  const wanted = readPorts(env);
  const findings: Finding[] = [];
  for (const program of PROGRAMS) {
    for (const kind of ['port', 'metricsPort'] as const) {
      const variable = portVariable(program, kind);
      const port = wanted[program][kind];
      try {
        await mustBeFree({ name: program, variable, port, host: env['HOST'] ?? '127.0.0.1' });
      } catch (error) {
        findings.push({
          name: `Port ${port}`,
          isFine: false,
          found: (error as Error).message,
          fix: `stop the program that has it (ss -ltnp | grep ${port}), or set ${variable}`,
        });
      }
    }
  }
  return findings.length > 0 ? findings : [{ name: 'Ports', isFine: true, found: 'all free' }];
}
