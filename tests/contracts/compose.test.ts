import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  connectionsConfig,
  gatewayConfig,
  healthDataConfig,
  insightsConfig,
  migrateConfig,
  readConfig,
} from '#platform/config';
import { natsPermissions, type NatsUser } from '../../embedded/nats-config.ts';
import { simulatorConfig } from '../../simulator/settings.ts';
import { providersConfig } from '../../subgraphs/connections/providers/registry.ts';

interface Service {
  image?: string;
  command?: string[];
  environment?: Record<string, string | number>;
  env_file?: { path: string; required: boolean }[];
  secrets?: string[];
  ports?: string[];
  profiles?: string[];
  read_only?: boolean;
  cap_drop?: string[];
  healthcheck?: { test?: string[]; disable?: boolean };
}

const text = readFileSync('docker-compose.yml', 'utf8');
const compose = parse(text, { merge: true }) as {
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
  configs: { nats: { content: string } };
};

const PROGRAMS = {
  migrate: { config: migrateConfig, file: 'migrations/run' },
  connections: { config: { ...connectionsConfig, ...providersConfig }, file: 'subgraphs/connections/main' },
  'health-data': { config: healthDataConfig, file: 'subgraphs/health-data/main' },
  insights: { config: insightsConfig, file: 'subgraphs/insights/main' },
  gateway: { config: gatewayConfig, file: 'gateway/main' },
  simulator: { config: simulatorConfig, file: 'simulator/main' },
} as const;
type Program = keyof typeof PROGRAMS;
const names = Object.keys(PROGRAMS) as Program[];

const service = (name: string): Service => {
  const found = compose.services[name];
  if (!found) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
};

/** Values as an operator would have them: those of .env.example, and a made-up one where it leaves the place empty. */
const operator = new Map<string, string>();
for (const line of readFileSync('.env.example', 'utf8').split('\n')) {
  const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
  if (name !== undefined) operator.set(name, value === '' || value === undefined ? madeUp(name) : value);
}

/** A push key has a length of its own. */
function madeUp(name: string): string {
  return name === 'VAPID_PUBLIC_KEY' ? randomBytes(65).toString('base64url') : randomBytes(16).toString('hex');
}

function secretFile(name: string): string {
  if (name.endsWith('-previous')) return '';
  return randomBytes(32).toString(name === 'vapid-private-key' ? 'base64url' : 'base64');
}

/** As Compose does it: `${A}`, `${A:-default}`, `${A:?message}`, `$$`. */
function interpolate(value: string): string {
  return value.replace(
    /\$\$|\$\{([A-Z_]+)(?::([-?])([^}]*))?\}/g,
    (whole, name: string | undefined, kind?: string, rest?: string) => {
      if (name === undefined) return whole.slice(1);
      const given = operator.get(name);
      if (given !== undefined) return given;
      if (kind === '-') return rest ?? '';
      throw new Error(`${name} is used by docker-compose.yml and has no value in .env.example`);
    },
  );
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'athlete-ally-compose-'));
  for (const name of Object.keys(compose.secrets)) writeFileSync(join(folder, name), secretFile(name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function environmentOf(name: Program): Record<string, string> {
  const entries = Object.entries(service(name).environment ?? {});
  return Object.fromEntries(
    entries.map(([key, value]) => [key, interpolate(String(value)).replace(/^\/run\/secrets(?=\/)/, folder)]),
  );
}

/** secrets/providers.env as an operator fills it: each line of the example, with something made up where it is empty. */
function providersFile(): Record<string, string> {
  const [, section = ''] = /(# --- Providers[^]*?)\n# --- gateway/.exec(readFileSync('.env.example', 'utf8')) ?? [];
  const lines = Array.from(section.matchAll(/^# ([A-Z][A-Z0-9_]*)=(.*)$/gm), ([, name, value]) => [
    name as string,
    value === '' ? randomBytes(16).toString('hex') : (value as string),
  ]);
  return Object.fromEntries(lines) as Record<string, string>;
}

describe('docker-compose.yml', () => {
  it.each(names)('gives %s all that it needs to start', (name) => {
    const given = { ...(service(name).env_file ? providersFile() : {}), ...environmentOf(name) };
    expect(() => readConfig(PROGRAMS[name].config, given)).not.toThrow();
  });

  it.each(names)('gives %s nothing that it does not read', (name) => {
    const known = new Set([...Object.keys(PROGRAMS[name].config), 'NODE_ENV']);
    const given = Object.keys(service(name).environment ?? {}).map((key) => key.replace(/_FILE$/, ''));
    expect(given.filter((key) => !known.has(key))).toEqual([]);
  });

  it.each(names)('runs a program for %s that the build makes', (name) => {
    const { file } = PROGRAMS[name];
    expect(service(name).command).toEqual([`dist/${file}.js`]);
    expect(() => readFileSync(`${file}.ts`)).not.toThrow();
  });

  it.each(names)('mounts exactly the secrets that %s reads', (name) => {
    const mounted = (service(name).secrets ?? []).toSorted();
    const wanted = Object.values(service(name).environment ?? {}).flatMap(
      (value) => /^\/run\/secrets\/(.+)$/.exec(String(value))?.[1] ?? [],
    );
    expect(mounted).toEqual(wanted.toSorted());
    expect(Object.keys(compose.secrets)).toEqual(expect.arrayContaining(mounted));
  });

  it.each(names)('lets %s neither write to its image nor keep a capability', (name) => {
    expect(service(name)).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  });

  it('asks every server and program whether it is ready, but the migration, which ends', () => {
    for (const [name, { healthcheck }] of Object.entries(compose.services)) {
      if (name === 'migrate') continue;
      expect(healthcheck?.test).toBeDefined();
      if (names.includes(name as Program)) expect(healthcheck?.test?.join(' ')).toContain('/health/ready');
    }
  });

  it('hands the credentials of providers to those who speak to one, and to nobody else', () => {
    const readers = names.filter((name) => service(name).env_file !== undefined);
    expect(readers.sort()).toEqual(['connections', 'simulator']);
    expect(Object.keys(providersFile())).toEqual(expect.arrayContaining(['OURA_CLIENT_ID', 'OURA_CLIENT_SECRET']));
  });

  it('opens ports on loopback only, and none of the stores', () => {
    const open = Object.entries(compose.services).flatMap(([name, { ports = [] }]) =>
      ports.map((port) => [name, port] as const),
    );
    expect(open.length).toBeGreaterThan(1);
    for (const [name, port] of open) {
      expect(port).toMatch(/^127\.0\.0\.1:/);
      expect(['postgres', 'nats', 'health-data', 'insights']).not.toContain(name);
    }
  });

  it('starts the simulator only when asked to', () => {
    expect(service('simulator').profiles).toEqual(['demo']);
  });

  it('gives each NATS user the permissions it has under npm start, and has no other user', () => {
    const { content } = compose.configs.nats;
    const users = content.split(/^\s*user: /m).slice(1);
    const stated = users.map((part) => ({
      user: /^"([a-z-]+)"/.exec(part)?.[1],
      publish: listOf(part, 'publish'),
      subscribe: listOf(part, 'subscribe'),
    }));
    const wanted = (['connections', 'health-data', 'insights', 'gateway'] as const satisfies NatsUser[]).map(
      (user) => ({
        user,
        ...natsPermissions(user),
      }),
    );
    expect(stated).toEqual(wanted);
    expect(interpolate(content)).toContain('sync_interval: always');
  });
});

/** An empty list is written as a refusal of everything: NATS reads an empty one as "all". */
function listOf(part: string, name: string): string[] {
  const found = new RegExp(`^\\s*${name}: (?:\\[([^\\]]*)\\]|\\{ deny: ">" \\}$)`, 'm').exec(part);
  if (!found) throw new Error(`a NATS user has no list ${name}`);
  return Array.from((found[1] ?? '').matchAll(/"([^"]+)"/g), (match) => interpolate(match[1] as string));
}
