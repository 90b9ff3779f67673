import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { linkAthletes } from './people.ts';
import type { LoadOrder, LoadResult } from './load.ts';
import { freePort } from '../embedded/ports.ts';
import { cpuMs, createRig, goal, machine, median, table, type Rig } from './rig.ts';

const ROUNDS = 5;
/** Before the first that counts: the server with most code needs some 30,000 requests until all of it is compiled. */
const WARM_UP_ROUNDS = 3;
const PEOPLE = 1_000;
const SIZES = [
  { name: '2 KB', bytes: 2_048, requests: 12_000 },
  { name: '20 KB', bytes: 20_480, requests: 3_000 },
];
const CONNECTIONS = [64, 256];
const OPEN_RATE = 200;
const OPEN_S = 10;
const OPEN_ROUNDS = 3;

interface Server {
  name: string;
  port: number;
  pid: number;
}

interface Run extends LoadResult {
  /** Server, PostgreSQL and broker, microseconds per request. */
  serverUs: number;
  postgresUs: number;
  brokerUs: number;
}

/**
 * Our webhook endpoint beside (a) bare node:http and the signature, and (b) the same with one gathered insert. Same bodies,
 * same generator, turns taken; after rounds that warm all of them up, the middle of five counts, and of three at 200 requests
 * a second. Held to: at least 70 % of (b) in requests a second, p99 at most twice that of (b), and at most 25 ms at 200.
 */
export async function intake(args: string[] = []): Promise<void> {
  const isQuick = args.includes('--quick');
  process.stdout.write(`  ${machine()}; the generator and PostgreSQL share the cores\n\n`);
  const rig = await createRig();
  try {
    await rig.db.query(
      'create table bare_delivery (key bytea primary key, body bytea not null, received_at timestamptz not null)',
    );
    const users = await linkAthletes(rig, { count: PEOPLE, provider: 'OURA', scopes: '{daily}' });
    const secret = rig.place.secrets.providers['OURA_CLIENT_SECRET'] as string;
    const servers = await startServers(rig, secret);
    const generator = rig.fork(join(import.meta.dirname, 'load.js'), []);
    const goals: string[] = [];
    const rows: string[][] = [];
    for (const size of isQuick ? SIZES.slice(0, 1) : SIZES) {
      for (const connections of isQuick ? CONNECTIONS.slice(0, 1) : CONNECTIONS) {
        const runs = runsOf(servers);
        for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
          for (const server of servers) {
            const requests = signed({ count: size.requests, bytes: size.bytes, users, secret, port: server.port });
            const run = await measure(rig, generator, server, { requests, connections, rate: null });
            if (round >= 0) runs.get(server.name)?.push(run);
          }
        }
        rows.push(...rowsOf(`${size.name}, ${connections} connections`, servers, runs));
        goals.push(...goalsOf(`${size.name}, ${connections}`, runs));
      }
    }
    await rig.settle();
    const open = runsOf(servers);
    for (let round = 0; round < OPEN_ROUNDS; round += 1) {
      for (const server of servers) {
        const requests = signed({ count: OPEN_RATE * OPEN_S, bytes: 2_048, users, secret, port: server.port });
        const run = await measure(rig, generator, server, { requests, connections: 32, rate: OPEN_RATE });
        open.get(server.name)?.push(run);
      }
    }
    rows.push(...rowsOf(`open, ${OPEN_RATE}/s`, servers, open));
    const openP99Ms = middle(open.get(OURS) ?? [], (run) => run.p99Ms);
    goals.push(goal(`open loop p99 ${openP99Ms.toFixed(1)} ms (at most 25)`, openP99Ms <= 25));
    process.stdout.write(
      table(['', 'requests/s', 'of (b)', 'p50 ms', 'p99 ms', 'server us', 'postgres us', 'broker us'], rows),
    );
    process.stdout.write(`\n${goals.join('')}`);
  } finally {
    await rig.stop();
  }
}

const OURS = 'ours';
const BARE = '(b) http + HMAC + insert';

async function startServers(rig: Rig, secret: string): Promise<Server[]> {
  const script = join(import.meta.dirname, 'bare-intake.js');
  const bare = async (name: string, mode: string): Promise<Server> => {
    const port = await freePort();
    const child = rig.fork(script, [mode, String(port), secret, rig.place.databaseUrl]);
    await once(child, 'message');
    return { name, port, pid: child.pid as number };
  };
  const ours = await rig.start('connections', { ROLE: 'serve' });
  return [
    await bare('(a) http + HMAC', 'verify'),
    await bare(BARE, 'store'),
    { name: OURS, port: rig.place.ports.connections.port, pid: ours.pid as number },
  ];
}

/** Heart rate by the minute in words: it compresses to a fifth, as the bodies of providers do, where nothing is sealed. */
const SAMPLES = heartRateInWords(1_000);
const fill = (length: number): string => SAMPLES.slice(0, length);

function heartRateInWords(minutes: number): string {
  // Lehmer's generator: the same numbers in every run, and no period in sight.
  let state = 1;
  const below = (bound: number): number => (state = (state * 48_271) % 0x7fffffff) % bound;
  const two = (number: number): string => String(number).padStart(2, '0');
  return Array.from({ length: minutes }, (_, minute) => {
    const at = `${two(Math.floor(minute / 60) % 24)}:${two(minute % 60)}:${two(below(60))}`;
    return `bpm=${50 + below(40)} source=awake at=${at}; `;
  }).join('');
}

/** Deliveries as Oura signs them, each an event of its own, spread over all people; the body is filled up with samples. */
function signed(options: { count: number; bytes: number; users: string[]; secret: string; port: number }): Buffer[] {
  const { count, bytes, users, secret, port } = options;
  const time = String(Math.floor(Date.now() / 1000));
  return Array.from({ length: count }, (_, at) => {
    const event = {
      event_type: 'update',
      data_type: 'sleep',
      object_id: randomUUID(),
      event_time: new Date().toISOString(),
      user_id: users[at % users.length],
    };
    const length = JSON.stringify(event).length + ',"note":""'.length;
    const body = JSON.stringify({ ...event, note: fill(Math.max(0, bytes - length)) });
    const signature = createHmac('sha256', secret).update(time).update(body).digest('hex').toUpperCase();
    return Buffer.from(
      `POST /v1/webhooks/oura HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\nx-oura-timestamp: ${time}\r\n` +
        `x-oura-signature: ${signature}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  });
}

async function measure(
  rig: Rig,
  generator: ChildProcess,
  server: Server,
  order: Omit<LoadOrder, 'port'>,
): Promise<Run> {
  const used = () => ({ server: cpuMs(server.pid), postgres: cpuMs(rig.postgresPid), broker: cpuMs(rig.natsPid) });
  const before = used();
  generator.send({ ...order, port: server.port } satisfies LoadOrder);
  const [result] = (await once(generator, 'message')) as [LoadResult];
  const count = order.requests.length;
  if (result.statuses['200'] !== count)
    throw new Error(`${server.name} answered ${JSON.stringify(result.statuses)} to ${count} good requests`);
  const after = used();
  const usOf = (part: keyof typeof after): number => (1000 * (after[part] - before[part])) / count;
  return { ...result, serverUs: usOf('server'), postgresUs: usOf('postgres'), brokerUs: usOf('broker') };
}

const runsOf = (servers: readonly Server[]): Map<string, Run[]> => new Map(servers.map(({ name }) => [name, []]));

const middle = (runs: readonly Run[], of: (run: Run) => number): number => median(runs.map(of));

function rowsOf(title: string, servers: readonly Server[], runs: ReadonlyMap<string, Run[]>): string[][] {
  const bare = middle(runs.get(BARE) ?? [], (run) => run.perSecond);
  return servers.map(({ name }) => {
    const of = (figure: (run: Run) => number): number => middle(runs.get(name) ?? [], figure);
    const perSecond = of((run) => run.perSecond);
    return [
      `${title}  ${name}`,
      perSecond.toFixed(0),
      `${((100 * perSecond) / bare).toFixed(0)} %`,
      of((run) => run.p50Ms).toFixed(1),
      of((run) => run.p99Ms).toFixed(1),
      of((run) => run.serverUs).toFixed(0),
      of((run) => run.postgresUs).toFixed(0),
      of((run) => run.brokerUs).toFixed(0),
    ];
  });
}

function goalsOf(title: string, runs: ReadonlyMap<string, Run[]>): string[] {
  const [ours, bare] = [runs.get(OURS) ?? [], runs.get(BARE) ?? []];
  const share = middle(ours, (run) => run.perSecond) / middle(bare, (run) => run.perSecond);
  const slower = middle(ours, (run) => run.p99Ms) / middle(bare, (run) => run.p99Ms);
  return [
    goal(`${title}: ${(100 * share).toFixed(0)} % of (b) (at least 70)`, share >= 0.7),
    goal(`${title}: p99 ${slower.toFixed(1)} x (b) (at most 2)`, slower <= 2),
  ];
}
