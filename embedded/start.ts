import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addressTable, NOT_FOR_PRODUCTION } from './addresses.ts';
import { ensureDatabase, inDatabase, mustAnswer } from './database.ts';
import { loadDemoOnce, type LoadedDemo } from './demo-data.ts';
import { environmentOf, publicUrls, type Place } from './environment.ts';
import { migrate, migrateOnce } from './migrate-database.ts';
import { mustBeFree, startNats, type Nats } from './nats.ts';
import { webhookSecrets } from './providers.ts';
import { startPostgres, type Postgres } from './postgres.ts';
import { createSupervisor, startProgram, StartError, untilReady, watchParent, type Supervisor } from './processes.ts';
import { createReport } from './report.ts';
import { catchUpDemo, seedDemo } from './seed.ts';
import { loadSecrets, portVariable, PROGRAMS, readPorts, SCRIPTS, type Ports, type Secrets } from './settings.ts';
import { readStatus, removeStatus, statusPath, writeStatus, type Status } from './status-file.ts';

const root = process.cwd();
const dataDir = join(root, '.data');
const cacheDir = join(root, '.cache');
const { values: flags } = parseArgs({ options: { verbose: { type: 'boolean', default: false } }, strict: false });
const isVerbose = flags['verbose'] === true;
const report = createReport();
const stopped = new AbortController();
let status: Status | undefined;

const supervisor = createSupervisor({ log: report.line, onRestart: () => void publish({}) });

async function start(): Promise<void> {
  refuseSecond();
  const ports = readPorts(process.env);
  await mustAllBeFree(ports);
  const secrets = await loadSecrets(dataDir);
  await mkdir(join(dataDir, 'logs'), { recursive: true, mode: 0o700 });
  await publish(firstStatus({ ports, secrets }));

  const database = await startDatabase({ secrets, ports });
  const natsUrl = await startBroker(secrets);
  const place: Place = { dataDir, cacheDir, secrets, ports, databaseUrl: database.url, natsUrl, env: process.env };
  await publish({ database: database.forPeople, nats: natsUrl('operator') });

  await report.step(
    'Database schema',
    () => bringUpToDate({ place, isEmbedded: database.isEmbedded }),
    (said) => said,
  );
  await report.step(
    'Programs',
    () => startPrograms(place),
    () => PROGRAMS.join(', '),
  );
  const { logins, teams } = await report.step(
    'Demo',
    () => loadDemo(place),
    (demo) => demo.state,
  );

  supervisor.settle();
  await publish({ state: 'ready', logins, teams });
}

function refuseSecond(): void {
  const running = readStatus(dataDir);
  if (running === undefined) return;
  throw new StartError(
    `Athlete Ally already runs here (process ${running.pid}, ${running.urls['dashboard'] ?? ''}). Use it, or stop it first: Ctrl-C there, or kill ${running.pid}.`,
  );
}

/** Programs of a starter that was killed need a moment to notice, so their ports get one too. */
async function mustAllBeFree(ports: Ports): Promise<void> {
  const host = process.env['HOST'] ?? '127.0.0.1';
  const deadline = Date.now() + (existsSync(statusPath(dataDir)) ? 3_000 : 0);
  for (const program of PROGRAMS) {
    for (const kind of ['port', 'metricsPort'] as const) {
      const name = kind === 'port' ? program : `${program} metrics`;
      const check = { name, variable: portVariable(program, kind), port: ports[program][kind], host };
      for (;;) {
        try {
          await mustBeFree(check);
          break;
        } catch (error) {
          if (Date.now() > deadline) throw new StartError((error as Error).message, { cause: error });
          await new Promise((done) => setTimeout(done, 100));
        }
      }
    }
  }
}

function firstStatus(parts: { ports: Ports; secrets: Secrets }): Status {
  return {
    state: 'starting',
    pid: process.pid,
    startedAt: new Date().toISOString(),
    versions: { node: process.versions.node },
    urls: publicUrls(parts.ports),
    processes: PROGRAMS.map((name) => ({
      name,
      pid: null,
      health: `http://127.0.0.1:${parts.ports[name].port}/health/ready`,
      metrics: `http://127.0.0.1:${parts.ports[name].metricsPort}/metrics`,
    })),
    servers: [],
    logins: [],
    teams: [],
    webhookSecrets: webhookSecrets(parts.secrets.providers, process.env),
    database: '',
    nats: '',
  };
}

/** Writes what has changed; process numbers are looked up afresh, since a restart changes them. */
async function publish(changes: Partial<Status>): Promise<void> {
  // Steps that were under way when the stop came still finish; their news no longer counts.
  if (status?.state === 'stopping') return;
  const next = { ...status, ...changes } as Status;
  next.processes = next.processes.map((program) => ({ ...program, pid: supervisor.pidOf(program.name) ?? null }));
  next.servers = next.servers.map((server) => ({ ...server, pid: supervisor.pidOf(server.name) ?? null }));
  status = next;
  await writeStatus(dataDir, next);
}

async function startDatabase(parts: {
  secrets: Secrets;
  ports: Ports;
}): Promise<{ url: string; forPeople: string; isEmbedded: boolean }> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') {
    await report.step(
      'PostgreSQL',
      () => mustAnswer({ name: 'PostgreSQL', variable: 'DATABASE_URL', url: given, fallbackPort: 5432 }),
      () => 'the one of DATABASE_URL',
    );
    return { url: given, forPeople: given, isEmbedded: false };
  }
  let server: Postgres | undefined;
  const logFile = logOf('postgres');
  const port = fixedPort('POSTGRES_PORT');
  const launch = async (): Promise<Postgres> => {
    const wanted = server?.port ?? port;
    server = await plainly(
      startPostgres({
        cacheDir,
        dataDir: join(dataDir, 'postgres'),
        logFile,
        promisedPorts: Object.values(parts.ports).flatMap((of) => [of.port, of.metricsPort]),
        ...(wanted === undefined ? {} : { port: wanted }),
      }),
    );
    return server;
  };
  const url = await report.step(
    'PostgreSQL',
    async () => {
      await supervisor.add({ name: 'postgres', layer: 'server', logFile, launch });
      return ensureDatabase({ superuserUrl: server?.url ?? '', ownerPassword: parts.secrets.databaseOwnerPassword });
    },
    () => `embedded 18 on port ${server?.port ?? 0}`,
  );
  await noteServer({ name: 'postgres', port: server?.port ?? 0, version: '18.4' });
  return { url, forPeople: inDatabase(server?.url ?? ''), isEmbedded: true };
}

async function startBroker(secrets: Secrets): Promise<Nats['url']> {
  const given = process.env['NATS_URL'];
  if (given !== undefined && given !== '') {
    await report.step(
      'NATS',
      () => mustAnswer({ name: 'NATS', variable: 'NATS_URL', url: given, fallbackPort: 4222 }),
      () => 'the one of NATS_URL',
    );
    return () => given;
  }
  let server: Nats | undefined;
  const logFile = logOf('nats');
  const port = fixedPort('NATS_PORT');
  const launch = async (): Promise<Nats> => {
    const wanted = server?.port ?? port;
    const users = secrets.natsPasswords;
    server = await plainly(
      startNats({
        cacheDir,
        dataDir: join(dataDir, 'nats'),
        users,
        logFile,
        ...(wanted === undefined ? {} : { port: wanted }),
      }),
    );
    return server;
  };
  await report.step(
    'NATS',
    () => supervisor.add({ name: 'nats', layer: 'server', logFile, launch }),
    () => `embedded ${server?.version ?? ''} on port ${server?.port ?? 0}`,
  );
  await noteServer({ name: 'nats', port: server?.port ?? 0, version: server?.version ?? '' });
  return (user) => server?.url(user) ?? '';
}

/** What keeps a server from starting is said in a sentence; a stack would only hide it. */
async function plainly<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new StartError((cause as Error).message, { cause });
  }
}

async function noteServer(server: { name: string; port: number; version: string }): Promise<void> {
  const servers = [...(status?.servers ?? []), { name: server.name, pid: null, port: server.port }];
  await publish({ servers, versions: { ...status?.versions, [server.name]: server.version } });
}

async function bringUpToDate(options: { place: Place; isEmbedded: boolean }): Promise<string> {
  const env = environmentOf('migrate', options.place);
  if (options.isEmbedded) return migrateOnce({ root, dataDir, env, signal: stopped.signal });
  await migrate({ root, env, signal: stopped.signal });
  return 'up to date';
}

async function startPrograms(place: Place): Promise<void> {
  const ready = PROGRAMS.map(async (name) => {
    const logFile = logOf(name);
    const env = environmentOf(name, place);
    const launch = () => startProgram({ name, script: join(root, SCRIPTS[name]), env, logFile, isVerbose });
    await supervisor.add({ name, layer: 'program', logFile, launch });
    await publish({});
    await untilReady({ name, url: `http://127.0.0.1:${place.ports[name].port}/health/ready`, logFile });
  });
  await Promise.all(ready);
}

async function loadDemo(place: Place): Promise<LoadedDemo> {
  const { graphql, simulator } = publicUrls(place.ports);
  const places = { graphqlUrl: graphql, simulatorUrl: simulator, password: place.secrets.demoPassword };
  return loadDemoOnce({
    dataDir,
    database: place.databaseUrl,
    today: new Date().toISOString().slice(0, 10),
    seed: () => seedDemo(places),
    catchUp: (demo, since) => catchUpDemo(places, demo, since),
  });
}

function logOf(name: string): string {
  return join(dataDir, 'logs', `${name}.log`);
}

function fixedPort(variable: string): number | undefined {
  const text = process.env[variable];
  return text === undefined || text === '' ? undefined : Number(text);
}

/** Rejects when the person, the system or the end of the parent wants us to stop. */
function untilTold(): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => {
      stopped.abort();
      reject(new Stopped());
    };
    // A Ctrl-C arrives from the terminal, from npm and from the bootstrap: once is enough, the others change nothing.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
    if (process.env['EXIT_WITH_PARENT'] === '1') watchParent(stop);
  });
}

class Stopped extends Error {}

async function stop(all: Supervisor): Promise<void> {
  const isOurs = status !== undefined;
  if (isOurs) await publish({ state: 'stopping' });
  await all.stop();
  if (isOurs) await removeStatus(dataDir);
}

// With npm killed there may be nobody left to read what we print.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

const startedAt = performance.now();
try {
  const told = untilTold();
  told.catch(() => {});
  await Promise.race([start(), supervisor.fallen, told]);
  if (status !== undefined) {
    report.line(
      `\n${addressTable(status)}\n\n  Ready in ${((performance.now() - startedAt) / 1000).toFixed(1)} s. Ctrl-C stops everything.`,
    );
    report.line(`  ${NOT_FOR_PRODUCTION}\n`);
  }
  await told;
} catch (error) {
  const isWanted = error instanceof Stopped;
  if (isWanted) report.line('\n  Stopping.');
  else
    process.stderr.write(
      `\n${error instanceof StartError ? error.message : ((error as Error).stack ?? String(error))}\n`,
    );
  await stop(supervisor);
  process.exit(isWanted ? 0 : 1);
}
