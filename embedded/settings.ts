import { createECDH, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NATS_USERS, type NatsUser } from './nats-config.ts';
import { makeProviderSecrets, type ProviderSecrets } from './providers.ts';

export const SUBGRAPHS = ['connections', 'health-data', 'insights'] as const;
export type Subgraph = (typeof SUBGRAPHS)[number];
export const PROGRAMS = ['simulator', ...SUBGRAPHS, 'gateway'] as const;
export type Program = (typeof PROGRAMS)[number];

/** Everything secret of this checkout's demo, made once. Keys are base64; key pairs DER (PKCS8 and SPKI). */
export interface Secrets {
  databaseOwnerPassword: string;
  databasePasswords: Record<Subgraph, string>;
  natsPasswords: Record<NatsUser, string>;
  assertionKeys: Record<Subgraph, string>;
  messageKeys: Record<Subgraph, { id: string; privateKey: string; publicKey: string }>;
  tokenRootSecret: string;
  payloadRootSecret: string;
  providers: ProviderSecrets;
  /** Signs push messages (VAPID): a point and a number of P-256, base64url. */
  pushKeys: { publicKey: string; privateKey: string };
  /** Of all demo logins; short enough to type. */
  demoPassword: string;
}

/**
 * The secrets of `.data/secrets.json` (0600), made at the first call. What a newer version needs besides is added; what
 * stands there never changes, because stored tokens and payloads are sealed with it.
 */
export async function loadSecrets(dataDir: string): Promise<Secrets> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'secrets.json');
  const stored = existsSync(path) ? await readFile(path, 'utf8') : '{}';
  const secrets = complete(makeSecrets(), JSON.parse(stored) as Partial<Secrets>);
  const text = `${JSON.stringify(secrets, null, 2)}\n`;
  if (text !== stored) await writePrivately(path, text);
  await chmod(path, 0o600);
  return secrets;
}

/** Whole or not at all, and never readable by others, not even for a moment. */
export async function writePrivately(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, path);
}

function makeSecrets(): Secrets {
  return {
    databaseOwnerPassword: password(),
    databasePasswords: forEach(SUBGRAPHS, password),
    natsPasswords: forEach(NATS_USERS, password),
    assertionKeys: forEach(SUBGRAPHS, key32),
    messageKeys: forEach(SUBGRAPHS, (subgraph) => keyPair(`${subgraph}-1`)),
    tokenRootSecret: key32(),
    payloadRootSecret: key32(),
    providers: makeProviderSecrets(),
    pushKeys: pushKeyPair(),
    demoPassword: randomBytes(8).toString('hex'),
  };
}

/** Letters and digits only: it goes into URLs and configuration files as it is. */
function password(): string {
  return randomBytes(24).toString('hex');
}

function key32(): string {
  return randomBytes(32).toString('base64');
}

function keyPair(id: string): { id: string; privateKey: string; publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    id,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  };
}

function pushKeyPair(): { publicKey: string; privateKey: string } {
  const pair = createECDH('prime256v1');
  const publicKey = pair.generateKeys('base64url');
  // Leading zeros are left out of the number, and not allowed to be missing.
  const privateKey = Buffer.from(pair.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url');
  return { publicKey, privateKey };
}

function forEach<Name extends string, Value>(names: readonly Name[], make: (name: Name) => Value): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Value>;
}

function complete<T extends object>(made: T, stored: Partial<T>): T {
  const whole = { ...made, ...stored };
  for (const [name, value] of Object.entries(made) as [keyof T, T[keyof T]][]) {
    const kept = stored[name];
    if (typeof value === 'object' && value !== null && typeof kept === 'object' && kept !== null)
      whole[name] = complete(value, kept);
  }
  return whole;
}

/** What starts each of them, once it is built. */
export const SCRIPTS: Record<Program, string> = {
  simulator: 'dist/simulator/main.js',
  connections: 'dist/subgraphs/connections/main.js',
  'health-data': 'dist/subgraphs/health-data/main.js',
  insights: 'dist/subgraphs/insights/main.js',
  gateway: 'dist/gateway/main.js',
};

/** Where each program listens. */
export type Ports = Record<Program, { port: number; metricsPort: number }>;

const DEFAULT_PORTS: Record<Program, number> = {
  gateway: 4000,
  connections: 4001,
  'health-data': 4002,
  insights: 4003,
  simulator: 4010,
};

/** The variable that moves a program's port, `HEALTH_DATA_PORT`; its metrics port is `HEALTH_DATA_METRICS_PORT`. */
export function portVariable(program: Program, kind: 'port' | 'metricsPort' = 'port'): string {
  return `${program.toUpperCase().replace('-', '_')}_${kind === 'port' ? 'PORT' : 'METRICS_PORT'}`;
}

/** The ports of contract and environment; metrics on port + 1000. Throws on what is not a port. */
export function readPorts(env: NodeJS.ProcessEnv): Ports {
  return forEach(PROGRAMS, (program) => {
    const port = readPort({ env, variable: portVariable(program), fallback: DEFAULT_PORTS[program] });
    return {
      port,
      metricsPort: readPort({ env, variable: portVariable(program, 'metricsPort'), fallback: port + 1000 }),
    };
  });
}

function readPort(options: { env: NodeJS.ProcessEnv; variable: string; fallback: number }): number {
  const text = options.env[options.variable];
  if (text === undefined || text === '') return options.fallback;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`${options.variable} is "${text}": it must be a port between 1 and 65535.`);
  return port;
}
