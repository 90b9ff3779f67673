import { spawn, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadDemoOnce } from './demo-data.ts';
import { freePorts } from './ports.ts';
import { isAlive } from './server-process.ts';
import { portVariable, PROGRAMS } from './settings.ts';
import type { Status } from './status-file.ts';

/** Stands in for each of our programs: listens, says ready, ends as they do. */
const PROGRAM = `
const http = require('node:http');
const name = __filename.split('/').at(-2);
if (process.env.TEST_FAILS === name) { console.error(name + ' cannot start: a made reason.'); process.exit(1); }
for (const port of [process.env.PORT, process.env.METRICS_PORT]) http.createServer((_, reply) => reply.end('{}')).listen(port, '127.0.0.1');
const parent = process.ppid;
setInterval(() => { if (process.ppid !== parent) process.exit(0); }, 100);
process.on('SIGTERM', () => { if (process.env.TEST_STUBBORN !== name) process.exit(0); });
`;

const folder = mkdtempSync(join(tmpdir(), 'athlete-ally-start-'));
const ports: Record<string, string> = {};
const starters: ChildProcess[] = [];

interface Starter {
  process: ChildProcess;
  output: () => string;
  ended: Promise<number | null>;
}

function start(env: Record<string, string> = {}): Starter {
  const { DATABASE_URL: _database, NATS_URL: _nats, ...inherited } = process.env;
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(process.cwd(), 'embedded/start.ts')],
    {
      cwd: folder,
      env: { ...inherited, ...ports, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  starters.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += String(chunk)));
  const ended = new Promise<number | null>((done) => child.once('close', (code) => done(code)));
  return { process: child, output: () => output, ended };
}

function status(): Status {
  return JSON.parse(readFileSync(join(folder, '.data/status.json'), 'utf8')) as Status;
}

async function until(holds: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline;) {
    if (await holds()) return;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error(`It did not come true within ${withinMs} ms.`);
}

async function untilReady(starter: Starter): Promise<Status> {
  await until(() => {
    if (starter.process.exitCode !== null) throw new Error(starter.output());
    return (
      existsSync(join(folder, '.data/status.json')) &&
      status().state === 'ready' &&
      status().pid === starter.process.pid
    );
  });
  return status();
}

function pids(of: Status): number[] {
  return [...of.processes, ...of.servers].map((part) => part.pid ?? -1);
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

beforeAll(async () => {
  for (const program of [
    'simulator',
    'gateway',
    'subgraphs/connections',
    'subgraphs/health-data',
    'subgraphs/insights',
  ]) {
    const path = join(folder, 'dist', program, 'main.js');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, PROGRAM);
  }
  mkdirSync(join(folder, 'dist/migrations'));
  writeFileSync(join(folder, 'dist/migrations/run.js'), "console.log('Applied Roles, Tables.')");
  // The stand-ins cannot load a demo, so it is there already.
  const seed = () => Promise.resolve({ logins: [], teams: [] });
  mkdirSync(join(folder, '.data'), { mode: 0o700 });
  await loadDemoOnce({
    dataDir: join(folder, '.data'),
    database: 'postgres://127.0.0.1/athlete_ally',
    today: new Date().toISOString().slice(0, 10),
    seed,
    catchUp: () => Promise.reject(new Error('nothing is to be caught up on the same day')),
  });
  symlinkSync(join(process.cwd(), '.cache'), join(folder, '.cache'));
  const free = await freePorts();
  for (const program of PROGRAMS) {
    ports[portVariable(program)] = String(free[program].port);
    ports[portVariable(program, 'metricsPort')] = String(free[program].metricsPort);
  }
});

afterAll(() => {
  for (const starter of starters) starter.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe('npm start', () => {
  it('brings everything up, keeps its secrets to the owner, revives what falls, and stops all of it in 3 s', async () => {
    const starter = start();
    const first = await untilReady(starter);
    expect(first.processes.map((program) => program.name)).toEqual([...PROGRAMS]);
    expect(pids(first).every(isAlive)).toBe(true);
    expect(statSync(join(folder, '.data/status.json')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, '.data/secrets.json')).mode & 0o777).toBe(0o600);
    await until(() => starter.output().includes('not for production'), 5_000);
    expect(starter.output()).toContain(first.urls['dashboard']);

    const second = start();
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`already runs here (process ${starter.process.pid}`);

    for (const name of ['connections', 'health-data', 'insights', 'postgres', 'nats']) {
      const part = [...status().processes, ...status().servers].find((candidate) => candidate.name === name);
      process.kill(part?.pid ?? -1, 'SIGKILL');
      await until(() => {
        const now = [...status().processes, ...status().servers].find((candidate) => candidate.name === name);
        return now?.pid !== null && now?.pid !== part?.pid && isAlive(now?.pid ?? -1);
      });
      if (part !== undefined && 'health' in part) await until(() => answers(part.health));
    }
    expect(starter.output().match(/starting it again/g)).toHaveLength(5);

    const last = status();
    const askedAt = performance.now();
    starter.process.kill('SIGINT');
    starter.process.kill('SIGINT');
    expect(await starter.ended).toBe(0);
    expect(performance.now() - askedAt).toBeLessThan(3_000);
    expect(pids(last).filter(isAlive)).toEqual([]);
    expect(existsSync(join(folder, '.data/status.json'))).toBe(false);
  }, 60_000);

  it('stops in 3 s even when a program will not', async () => {
    const starter = start({ TEST_STUBBORN: 'insights' });
    const running = await untilReady(starter);
    const askedAt = performance.now();
    starter.process.kill('SIGTERM');
    await starter.ended;
    expect(performance.now() - askedAt).toBeLessThan(3_000);
    expect(pids(running).filter(isAlive)).toEqual([]);
  }, 30_000);

  it('leaves nothing behind when it is killed with -9, and starts again at once', async () => {
    const starter = start();
    const running = await untilReady(starter);
    starter.process.kill('SIGKILL');
    const again = start();
    await until(() => pids(running).filter(isAlive).length === 0, 5_000);
    await untilReady(again);
    again.process.kill('SIGTERM');
    await again.ended;
  }, 30_000);

  it('tells in a sentence what keeps it from starting, and ends with 1', async () => {
    const failing = start({ TEST_FAILS: 'connections' });
    expect(await failing.ended).toBe(1);
    expect(failing.output()).toContain('connections cannot start: a made reason.');
    expect(failing.output()).not.toMatch(/^\s+at /m);

    const other = createServer();
    await new Promise<void>((done) => other.listen(Number(ports['INSIGHTS_PORT']), '127.0.0.1', done));
    const blocked = start();
    expect(await blocked.ended).toBe(1);
    expect(blocked.output()).toContain(
      'of insights is taken by another program. Stop that program, or set INSIGHTS_PORT',
    );
    await new Promise((done) => other.close(done));

    const nobody = `127.0.0.1:${ports['INSIGHTS_PORT']}`;
    for (const [variable, url, name] of [
      ['DATABASE_URL', `postgres://owner:secret@${nobody}/x`, 'PostgreSQL'],
      ['NATS_URL', `nats://${nobody}`, 'NATS'],
    ] as const) {
      const without = start({ [variable]: url });
      expect(await without.ended).toBe(1);
      expect(without.output()).toContain(`${name} does not answer at ${nobody}. Start it, correct ${variable}`);
      expect(without.output()).not.toContain('secret');
    }
  }, 60_000);
});
