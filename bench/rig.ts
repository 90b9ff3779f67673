import { fork, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { ensureDatabase } from '../embedded/database.ts';
import { environmentOf, type Place } from '../embedded/environment.ts';
import { migrate } from '../embedded/migrate-database.ts';
import { startNats } from '../embedded/nats.ts';
import { freePorts } from '../embedded/ports.ts';
import { startPostgres } from '../embedded/postgres.ts';
import { SCRIPTS, loadSecrets, type Program } from '../embedded/settings.ts';

/** PostgreSQL with fsync, NATS and whichever programs a bench needs, in a folder of its own. */
export interface Rig {
  place: Place;
  /** The owner of the database. */
  db: pg.Pool;
  postgresPid: number;
  natsPid: number;
  /** Of the programs that were started. */
  pids: ReadonlyMap<Program, number>;
  start(program: Program, env?: Record<string, string>): Promise<ChildProcess>;
  /** Lets PostgreSQL write out what a storm left to be written. */
  settle(): Promise<void>;
  /** A bench's own program: a bare server, a generator. */
  fork(script: string, args: readonly string[], env?: Record<string, string>): ChildProcess;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 30_000;
/** Of 16 MB: more than any bench writes. */
const LOG_FILES = 160;

export async function createRig(): Promise<Rig> {
  const folder = await mkdtemp(join(tmpdir(), 'athlete-ally-bench-'));
  const cacheDir = '.cache';
  const [secrets, ports] = await Promise.all([loadSecrets(folder), freePorts()]);
  const postgres = await startPostgres({ cacheDir, dataDir: join(folder, 'postgres') });
  await writeLogThrough(postgres.url);
  const nats = await startNats({ cacheDir, dataDir: join(folder, 'nats'), users: secrets.natsPasswords });
  const databaseUrl = await ensureDatabase({
    superuserUrl: postgres.url,
    ownerPassword: secrets.databaseOwnerPassword,
  });
  const place: Place = { dataDir: folder, cacheDir, secrets, ports, databaseUrl, natsUrl: nats.url, env: process.env };
  await migrate({ root: process.cwd(), env: environmentOf('migrate', place) });
  const db = new pg.Pool({ connectionString: databaseUrl, max: 4 });
  const children: ChildProcess[] = [];
  const pids = new Map<Program, number>();
  const log = await open(join(folder, 'programs.log'), 'a');

  return {
    place,
    db,
    postgresPid: Number(readFileSync(join(folder, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]),
    natsPid: nats.pid,
    pids,
    async start(program, env = {}) {
      const child = spawn(process.execPath, [SCRIPTS[program]], {
        stdio: ['ignore', log.fd, log.fd],
        env: { ...environmentOf(program, place), LOG_LEVEL: 'warn', EXIT_WITH_PARENT: '1', ...env },
      });
      children.push(child);
      pids.set(program, child.pid as number);
      await ready(ports[program].port, child);
      return child;
    },
    fork(script, args, env = {}) {
      const child = fork(script, args, { env: { ...process.env, ...env }, serialization: 'advanced' });
      children.push(child);
      return child;
    },
    settle: () => asSuperuser(postgres.url, ['checkpoint']),
    async stop() {
      for (const child of children) child.kill('SIGKILL');
      await db.end();
      await nats.stop();
      await postgres.stop();
      await log.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * A new cluster makes each file of its log anew, which takes 50 ms in which every commit waits; one that has run for an hour
 * uses old ones again. What is measured is the latter.
 */
async function writeLogThrough(superuserUrl: string): Promise<void> {
  tell('writing through the log of PostgreSQL once');
  const nextFile = `select pg_logical_emit_message(false, 'bench', ''), pg_switch_wal()`;
  await asSuperuser(superuserUrl, [...Array.from({ length: LOG_FILES }, () => nextFile), 'checkpoint']);
}

async function asSuperuser(url: string, statements: readonly string[]): Promise<void> {
  const superuser = new pg.Client({ connectionString: url });
  await superuser.connect();
  for (const statement of statements) await superuser.query(statement);
  await superuser.end();
}

async function ready(port: number, child: ChildProcess): Promise<void> {
  for (const endsAt = Date.now() + READY_WITHIN_MS; ;) {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => null);
    if (answer?.ok) return;
    if (child.exitCode !== null || Date.now() > endsAt) throw new Error('a program of the bench did not start');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const TICK_MS = 10;

/** CPU time a process and all below it have used so far, ms. Linux only; elsewhere 0. */
export function cpuMs(pid: number): number {
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // Behind the name in brackets: state, parent, ... user time at 12, system time at 13; of dead children at 14 and 15.
        const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ');
        const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
        return [{ pid: Number(name), parent: Number(fields[1]), ms: ticks * TICK_MS }];
      } catch {
        // It ended between the listing and the reading.
        return [];
      }
    });
  const below = (parent: number): number =>
    stats.filter((one) => one.parent === parent).reduce((sum, one) => sum + one.ms + below(one.pid), 0);
  return (stats.find((one) => one.pid === pid)?.ms ?? 0) + below(pid);
}

export const machine = (): string =>
  `${availableParallelism()} cores, Node ${process.versions.node}, loopback, fsync on`;

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

/** `p` from 0 to 1. */
export const quantile = (sorted: Float64Array, p: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN;

/** What a bench is about to do, for whoever waits: beside the tables, which go to the standard output. */
export const tell = (step: string): void => void process.stderr.write(`  ... ${step}\n`);

/** One line that says whether a bench holds what it is held to. */
export const goal = (text: string, isReached: boolean): string => `  ${isReached ? 'reached ' : 'MISSED  '} ${text}\n`;

/** A plain table; columns as wide as their widest cell, numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, at) => Math.max(...all.map((row) => (row[at] ?? '').length)));
  return all
    .map((row) =>
      row
        .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `  ${line}\n`)
    .join('');
}
