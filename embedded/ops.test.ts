import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { opsScript, PROGRAMS_OF_VERB } from './ops-programs.ts';
import { loadSecrets } from './settings.ts';

/** Stands in for the operator's program of a subgraph: prints what it was started with. */
const PROGRAM = `
const { DATABASE_URL, NATS_URL, TOKEN_ROOT_SECRET, OURA_CLIENT_ID, TEST_MARK } = process.env;
console.log(JSON.stringify({ args: process.argv.slice(2), DATABASE_URL, NATS_URL, TOKEN_ROOT_SECRET, OURA_CLIENT_ID, TEST_MARK }));
process.exitCode = process.argv.includes('fail') ? 3 : 0;
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'athlete-ally-ops-'));
  for (const subgraph of new Set(Object.values(PROGRAMS_OF_VERB).flat())) {
    const path = join(folder, opsScript(subgraph));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, PROGRAM);
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function ops(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [resolve('embedded/ops.ts'), ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...env },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, out, err };
}

/** A starter as `npm start` leaves it: alive, known by its command line, its addresses in the status file. */
async function withStarter<T>(work: () => Promise<T>): Promise<T> {
  const script = join(folder, 'embedded/start.ts');
  mkdirSync(dirname(script), { recursive: true });
  writeFileSync(script, 'setInterval(() => {}, 1000);');
  const starter = spawn(process.execPath, [script], { stdio: 'ignore' });
  const status = {
    pid: starter.pid,
    state: 'ready',
    database: 'postgres://postgres:super@127.0.0.1:7001/athlete_ally',
    nats: 'nats://operator:x@127.0.0.1:7002',
    servers: [{ name: 'nats', pid: 1, port: 7002 }],
  };
  mkdirSync(join(folder, '.data'), { recursive: true });
  writeFileSync(join(folder, '.data/status.json'), JSON.stringify(status));
  try {
    return await work();
  } finally {
    starter.kill('SIGKILL');
  }
}

describe('npm run ops', () => {
  it('says what to do when nothing runs here', async () => {
    const { code, out, err } = await ops(['keys', 'status']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^Nothing runs here .* npm start .*DATABASE_URL.*\n$/);
  });

  it('gives the verb the environment of what runs here', async () => {
    const secrets = await loadSecrets(join(folder, '.data'));
    const { code, out } = await withStarter(() => ops(['keys', 'status', '--json']));
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      args: ['keys', 'status', '--json'],
      DATABASE_URL: `postgres://connections:${secrets.databasePasswords.connections}@127.0.0.1:7001/athlete_ally`,
      NATS_URL: `nats://connections:${secrets.natsPasswords.connections}@127.0.0.1:7002`,
      TOKEN_ROOT_SECRET: secrets.tokenRootSecret,
      OURA_CLIENT_ID: secrets.providers['OURA_CLIENT_ID'],
    });
  });

  it('leaves the environment as it stands when that names a database, and hands the exit code on', async () => {
    const { code, out } = await ops(['keys', 'fail'], { DATABASE_URL: 'postgres://a/b', TEST_MARK: 'mine' });
    expect(code).toBe(3);
    expect(JSON.parse(out)).toEqual({ args: ['keys', 'fail'], DATABASE_URL: 'postgres://a/b', TEST_MARK: 'mine' });
  });

  it('asks every program for its verbs when none is given, and names the words for one that is unknown', async () => {
    const programs = new Set(Object.values(PROGRAMS_OF_VERB).flat());
    expect((await ops([])).out.trim().split('\n')).toEqual(Array.from(programs, () => '{"args":[]}'));
    const { code, out, err } = await ops(['kyes']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('There is no verb "kyes"');
    for (const word of Object.keys(PROGRAMS_OF_VERB)) expect(err).toContain(word);
  });
});
