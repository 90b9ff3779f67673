import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { resolveNats } from './nats-binary.ts';
import { NATS_USERS, natsConfig, type NatsUser } from './nats-config.ts';
import { lastLines, startServer, type Running } from './server-process.ts';

const START_WITHIN_MS = 15_000;

export interface Nats extends Running {
  port: number;
  /** The address with that user's name and password in it. */
  url(user: NatsUser): string;
  version: string;
}

/**
 * Starts a nats-server with JetStream on loopback, its data in `dataDir`. Without `port` it takes a free one; passwords
 * that are not given are made up. `isDurable: false` is for tests: acknowledged messages may then die with the power.
 * Throws with the reason and the last log lines when it does not come up; the server ends with this process.
 */
export async function startNats(options: {
  cacheDir: string;
  dataDir: string;
  port?: number;
  users?: Partial<Record<NatsUser, string>>;
  isDurable?: boolean;
  logFile?: string;
}): Promise<Nats> {
  const dataDir = resolve(options.dataDir);
  const binary = await resolveNats({ cacheDir: resolve(options.cacheDir) });
  const portsDir = join(dataDir, 'ports');
  await rm(portsDir, { recursive: true, force: true });
  await mkdir(portsDir, { recursive: true, mode: 0o700 });
  if (options.port !== undefined) await mustBeFree({ name: 'NATS', variable: 'NATS_PORT', port: options.port });
  const passwords = Object.fromEntries(
    NATS_USERS.map((user) => [user, options.users?.[user] ?? randomBytes(18).toString('base64url')]),
  ) as Record<NatsUser, string>;
  const configFile = join(dataDir, 'nats.conf');
  const config = natsConfig({
    port: options.port ?? -1,
    storeDir: join(dataDir, 'jetstream'),
    portsDir,
    passwords,
    isDurable: options.isDurable ?? true,
  });
  await writeFile(configFile, config, { mode: 0o600 });
  const logFile = options.logFile ?? join(dataDir, 'nats.log');
  const server = startServer(
    { command: binary.path, args: ['-c', configFile], logFile },
    {
      stopWith: [
        { signal: 'SIGTERM', withinMs: 1_500 },
        { signal: 'SIGKILL', withinMs: 1_000 },
      ],
    },
  );
  const port = await portOf({ server, portsDir, logFile });
  return {
    ...server,
    port,
    url: (user) => `nats://${user}:${encodeURIComponent(passwords[user])}@127.0.0.1:${port}`,
    version: binary.version,
  };
}

/** The server writes its ports to a file when it takes connections, so the file is both the answer and the sign. */
async function portOf(options: { server: Running; portsDir: string; logFile: string }): Promise<number> {
  let ended = false;
  void options.server.exited.then(() => {
    ended = true;
  });
  for (const deadline = Date.now() + START_WITHIN_MS; Date.now() < deadline && !ended;) {
    const name = existsSync(options.portsDir)
      ? (await readdir(options.portsDir)).find((file) => file.endsWith('.ports'))
      : undefined;
    const text = name === undefined ? '' : await readFile(join(options.portsDir, name), 'utf8');
    const port = /nats:\/\/[^"]*:(\d+)/.exec(text)?.[1];
    if (port !== undefined) return Number(port);
    await new Promise((done) => setTimeout(done, 3));
  }
  await options.server.stop();
  throw new Error(
    `NATS did not start${ended ? '' : ` within ${START_WITHIN_MS / 1000} s`}. Its last lines:\n${lastLines(options.logFile, 10)}`,
  );
}

/** Throws a sentence that names the port and the variable that moves it. */
export async function mustBeFree(options: {
  name: string;
  variable: string;
  port: number;
  host?: string;
}): Promise<void> {
  const { name, variable, port, host = '127.0.0.1' } = options;
  await new Promise<void>((done, fail) => {
    const probe = createServer();
    probe.once('error', (cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === 'EADDRINUSE'
          ? 'is taken by another program'
          : `cannot be opened (${cause.code ?? cause.message})`;
      fail(
        new Error(`Port ${port} of ${name} ${why}. Stop that program, or set ${variable} to a free port.`, { cause }),
      );
    });
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => done()));
  });
}
