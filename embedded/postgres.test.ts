import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { chooseAccount, type AccountKind } from './postgres-account.ts';
import { quickSettings, startPostgres, type Postgres } from './postgres.ts';
import { isAlive, works } from './server-process.ts';

// On a fresh checkout the first test waits for the download.
jest.setTimeout(120_000);

const cacheDir = join(process.cwd(), '.cache');
const folders: string[] = [];
const servers: Postgres[] = [];

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'athlete-ally-pg-'));
  folders.push(path);
  return path;
}

async function start(options: { dataDir: string; runAs?: AccountKind; port?: number }): Promise<Postgres> {
  const server = await startPostgres({ cacheDir, settings: quickSettings, ...options });
  servers.push(server);
  return server;
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return Object.values(((await client.query(sql)).rows[0] ?? {}) as Record<string, unknown>)[0];
  } finally {
    await client.end();
  }
}

async function until(holds: () => boolean, withinMs: number): Promise<boolean> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline;) {
    if (holds()) return true;
    await new Promise((done) => setTimeout(done, 10));
  }
  return holds();
}

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  for (const path of folders) {
    const data = join(path, 'data');
    if (existsSync(data)) rmSync(realpathSync(data), { recursive: true, force: true });
    rmSync(path, { recursive: true, force: true });
  }
});

describe('the embedded PostgreSQL', () => {
  it('starts twice side by side, each on its own port and with its own password', async () => {
    const [one, two] = await Promise.all([start({ dataDir: folder() }), start({ dataDir: folder() })]);
    expect(one.port).not.toBe(two.port);
    expect(await ask(one.url, 'show server_encoding')).toBe('UTF8');
    expect(await ask(one.url, 'show data_checksums')).toBe('on');
    expect(
      await ask(one.url, "select datlocprovider::text || ' ' || datlocale from pg_database where datname = 'postgres'"),
    ).toBe('b C.UTF-8');
    const password = new URL(two.url).password;
    await expect(ask(one.url.replace(new URL(one.url).password, password), 'select 1')).rejects.toThrow(
      'password authentication failed',
    );
  });

  it('logs that a statement failed, and no value of a row', async () => {
    const dataDir = folder();
    const server = await start({ dataDir });
    await ask(server.url, 'create table measured (vendor_user text primary key, ms int check (ms < 300))');
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const insert = (ms: number) => client.query('insert into measured values ($1, $2)', ['vendor-user-4711', ms]);
    await insert(62);
    await expect(insert(62)).rejects.toThrow('duplicate key');
    await expect(insert(31337)).rejects.toThrow('check constraint');
    await client.end();
    const log = readFileSync(join(dataDir, 'postgres.log'), 'utf8');
    expect(log).toContain('duplicate key');
    expect(log).not.toMatch(/vendor-user-4711|31337/);
  });

  it('keeps its rows and its password over a stop, and the password is for the owner only', async () => {
    const dataDir = folder();
    const first = await start({ dataDir });
    await ask(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    expect(statSync(join(dataDir, 'superuser')).mode & 0o777).toBe(0o600);
    const second = await start({ dataDir });
    expect(await ask(second.url, 'select answer from kept')).toBe(42);
  });

  it('starts over the pid file of a killed server, even when the number has gone to another process', async () => {
    const dataDir = folder();
    const first = await start({ dataDir });
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const pidFile = join(dataDir, 'cluster/postmaster.pid');
    writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(process.pid)));
    const second = await start({ dataDir });
    expect(await ask(second.url, 'select 1')).toBe(1);
  });

  it('names a taken port and the variable that moves it', async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const { port } = other.address() as AddressInfo;
    await expect(start({ dataDir: folder(), port })).rejects.toThrow(
      `Port ${port} of PostgreSQL is taken by another program. Stop that program, or set POSTGRES_PORT`,
    );
    await new Promise((done) => other.close(done));
  });

  it('names the version of data that another major version wrote', async () => {
    const dataDir = folder();
    await (await start({ dataDir })).stop();
    writeFileSync(join(dataDir, 'cluster/PG_VERSION'), '17\n');
    await expect(start({ dataDir })).rejects.toThrow('were written by PostgreSQL 17, this is 18');
  });

  it('ends with the process that started it, even when that is killed with -9', async () => {
    const module = join(process.cwd(), 'embedded/postgres.ts');
    const options = JSON.stringify({ cacheDir, dataDir: folder(), settings: quickSettings });
    const script = `import(${JSON.stringify(module)}).then((m) => m.startPostgres(${options})).then((s) => { console.log(s.pid); setInterval(() => {}, 1000); });`;
    const starter = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = Number(await new Promise((done) => starter.stdout.once('data', done)));
    expect(isAlive(pid)).toBe(true);
    starter.kill('SIGKILL');
    expect(await until(() => !isAlive(pid), 3_000)).toBe(true);
  });
});

const isRoot = process.getuid?.() === 0;
const hasNamespaces = isRoot && works('unshare', ['--user', '--map-user=1000', '--map-group=1000', '--', 'true']);

describe('PostgreSQL started by root', () => {
  (hasNamespaces ? it : it.skip)('runs in a user namespace, its files staying with root', async () => {
    expect(chooseAccount().kind).toBe('namespace');
    const dataDir = folder();
    const server = await start({ dataDir, runAs: 'namespace' });
    expect(await ask(server.url, 'select 1')).toBe(1);
    expect(statSync(join(dataDir, 'cluster')).uid).toBe(0);
  });

  (isRoot ? it : it.skip)(
    'runs under another account where namespaces are forbidden, also from a closed folder',
    async () => {
      // mkdtemp makes the folder 0700: as closed as root's home.
      const dataDir = join(folder(), 'data');
      const server = await start({ dataDir, runAs: 'account' });
      expect(await ask(server.url, 'select 1')).toBe(1);
      expect(statSync(join(dataDir, 'cluster')).uid).not.toBe(0);
      expect(readFileSync(`/proc/${server.pid}/status`, 'utf8')).not.toMatch(/^Uid:\s+0\s/m);
    },
  );

  (hasNamespaces ? it : it.skip)('takes over in a namespace what another account has written', async () => {
    const dataDir = join(folder(), 'data');
    const first = await start({ dataDir, runAs: 'account' });
    await ask(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    const second = await start({ dataDir, runAs: 'namespace' });
    expect(await ask(second.url, 'select answer from kept')).toBe(42);
  });
});
