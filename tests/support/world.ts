import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentOf, publicUrls, type Place } from '../../embedded/environment.ts';
import { startNats, type Nats } from '../../embedded/nats.ts';
import { freePort, freePorts } from '../../embedded/ports.ts';
import { PROGRAMS, SCRIPTS, loadSecrets, type Ports, type Program, type Secrets } from '../../embedded/settings.ts';
import { graphAt, liveClient, mustAsk, type Graph, type LiveClient } from './client.ts';
import { createDatabase, theCluster, type TestDatabase } from './database.ts';
import { startOwnPostgres, type OwnPostgres } from './own-postgres.ts';
import { until } from './wait.ts';

/** A program is up within two seconds; a machine that does much else at the same time may take far longer. */
const READY_WITHIN_MS = 60_000;
/** Of the log of a program that crashed: enough to hold what it died of. */
const LAST_WORDS_CHARS = 6_000;

/** The whole product on real parts, for one test file: its own database, broker, ports and processes. */
export interface World {
  database: TestDatabase;
  nats: Nats;
  /** null without `ownPostgres`. */
  postgres: OwnPostgres | null;
  secrets: Secrets;
  /** What `environmentOf` makes a program's variables from. */
  place: Place;
  urls: ReturnType<typeof publicUrls>;
  ports: Ports;
  graph: Graph;
  /** The same, throwing on errors. */
  ask: ReturnType<typeof mustAsk>;
  /** One socket, of the first gateway or of the replica at that address. */
  live(token: string, gateway?: string): LiveClient;
  process(name: Program): ChildProcess;
  /** kill -9, as a crash would be. */
  kill(name: Program): Promise<void>;
  start(name: Program, env?: Record<string, string>): Promise<void>;
  /** Starts one more process of that program on ports of its own, which ends with the world. */
  startReplica(name: Program, env?: Record<string, string>): Promise<Replica>;
  /** Kills the broker with -9, removes all it stored, and starts it anew on its port. */
  loseNats(): Promise<void>;
  /** Starts the broker anew on its port with nothing in it, after `nats.stop()`. */
  restartNatsEmpty(): Promise<void>;
  logOf(name: Program): Promise<string>;
  /** Rejects with the last words of a program that had ended by itself: no test may pass over a crash. */
  stop(): Promise<void>;
}

/** One more process of a program. */
export interface Replica {
  /** `http://127.0.0.1:...` */
  url: string;
  /** kill -9, as a crash would be. */
  kill(): Promise<void>;
}

interface WorldOptions {
  /** All of them, if left out. */
  programs?: readonly Program[];
  env?: Record<string, string>;
  /** A PostgreSQL of its own, which the test may stop. */
  ownPostgres?: boolean;
}

/** What was started is stopped when a part does not come up: the rejection leaves nothing behind. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  // Undone from the last to the first, each whatever becomes of the others.
  const started = new AsyncDisposableStack();
  try {
    return await bringUp(started, options);
  } catch (error) {
    await started.disposeAsync();
    throw error;
  }
}

async function bringUp(started: AsyncDisposableStack, options: WorldOptions): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'athlete-ally-world-'));
  started.defer(async () => {
    if (process.env['KEEP_WORLD'] === undefined) await rm(folder, { recursive: true, force: true });
  });
  const crashes: string[] = [];
  /** Told to end: how they do that is no crash. */
  const toldToEnd = new WeakSet<ChildProcess>();
  started.defer(() => {
    if (crashes.length > 0) throw new Error(crashes.join('\n'));
  });
  const [secrets, ports] = [await loadSecrets(folder), await freePorts()];
  const postgres = options.ownPostgres ? await startOwnPostgres(join(folder, 'own')) : null;
  started.defer(() => postgres?.stop());
  const cluster = postgres?.cluster ?? theCluster();
  const database = await createDatabase(postgres?.cluster);
  started.defer(async () => {
    await postgres?.start();
    await database.drop();
  });
  const broker = { cacheDir: '.cache', users: secrets.natsPasswords, isDurable: false };
  let nats = await startNats({ ...broker, dataDir: join(folder, 'nats') });
  started.defer(() => nats.stop());
  const { passwords } = cluster;
  secrets.databasePasswords = {
    connections: passwords.connections,
    'health-data': passwords.health_data,
    insights: passwords.insights,
  };
  const place: Place = {
    dataDir: folder,
    cacheDir: '.cache',
    secrets,
    ports,
    databaseUrl: database.ownerUrl,
    natsUrl: (user) => nats.url(user),
    env: { ...process.env, LOG_LEVEL: 'info', NODE_OPTIONS: '', ...options.env },
  };
  const running = new Map<Program, ChildProcess>();
  const replicas: ChildProcess[] = [];
  const clients: LiveClient[] = [];
  const urls = publicUrls(ports);
  const logFile = (name: Program): string => join(folder, `${name}.log`);

  async function start(name: Program, env: Record<string, string> = {}): Promise<void> {
    await launch({ name, ...ports[name], env, keep: (child) => running.set(name, child) });
  }

  /** `keep` gets the process before it is ready, so that it can be ended whatever becomes of it. */
  async function launch(
    program: Ports[Program] & { name: Program; env: Record<string, string>; keep: (child: ChildProcess) => void },
  ): Promise<ChildProcess> {
    const { name, port, metricsPort } = program;
    const log = openSync(logFile(name), 'a');
    const listens = { PORT: String(port), METRICS_PORT: String(metricsPort) };
    const child = spawn(process.execPath, ['--enable-source-maps', SCRIPTS[name]], {
      stdio: ['ignore', log, log],
      env: {
        ...environmentOf(name, place),
        ARCHIVE_GIVES_WAY_S: '0',
        ...options.env,
        ...program.env,
        ...listens,
        EXIT_WITH_PARENT: '1',
      },
    });
    closeSync(log);
    program.keep(child);
    await until(
      `${name} to be ready`,
      async () => {
        if (hasEnded(child)) throw new Error(`${name} ended at its start:\n${await readFile(logFile(name), 'utf8')}`);
        const response = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => null);
        return response?.ok;
      },
      READY_WITHIN_MS,
    );
    child.once('exit', (code) => {
      const lastWords = (): string => readFileSync(logFile(name), 'utf8').slice(-LAST_WORDS_CHARS);
      if (code && !toldToEnd.has(child))
        crashes.push(`${name} ended by itself with exit code ${code}:\n${lastWords()}`);
    });
    return child;
  }

  async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
    if (hasEnded(child)) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    toldToEnd.add(child);
    child.kill(signal);
    await ended;
  }

  const restartNatsEmpty = async (): Promise<void> => {
    nats = await startNats({ ...broker, port: nats.port, dataDir: await mkdtemp(join(folder, 'nats-')) });
  };

  started.defer(async () => {
    await Promise.all(clients.map((client) => client.dispose()));
    await Promise.all([...running.values(), ...replicas].map((child) => end(child, 'SIGTERM')));
  });
  const programs = options.programs ?? PROGRAMS;
  await Promise.all(programs.map((name) => start(name)));
  const graph = graphAt(urls.graphql);
  return {
    database,
    get nats() {
      return nats;
    },
    postgres,
    restartNatsEmpty,
    async loseNats() {
      process.kill(nats.pid, 'SIGKILL');
      await nats.exited;
      for (const entry of await readdir(folder)) {
        if (entry.startsWith('nats')) await rm(join(folder, entry), { recursive: true });
      }
      await restartNatsEmpty();
    },
    secrets,
    place,
    urls,
    ports,
    graph,
    ask: mustAsk(graph),
    start,
    async startReplica(name, env = {}) {
      const [port, metricsPort] = await Promise.all([freePort(), freePort()]);
      // A spool belongs to one process.
      const own = { SPOOL_DIR: join(folder, `spool-${port}`), ...env };
      const child = await launch({ name, port, metricsPort, env: own, keep: (kept) => replicas.push(kept) });
      return { url: `http://127.0.0.1:${port}`, kill: () => end(child, 'SIGKILL') };
    },
    live(token, gateway) {
      const url = gateway === undefined ? urls.subscriptions : `${gateway.replace('http', 'ws')}/graphql`;
      const client = liveClient({ url, token });
      clients.push(client);
      return client;
    },
    process(name) {
      const child = running.get(name);
      if (!child) throw new Error(`${name} does not run in this world`);
      return child;
    },
    kill: async (name) => {
      const child = running.get(name);
      if (child) await end(child, 'SIGKILL');
    },
    logOf: (name) => readFile(logFile(name), 'utf8'),
    stop: () => started.disposeAsync(),
  };
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;
