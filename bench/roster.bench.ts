import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createTeams, fillViews, type Team } from './live/teams.ts';
import { dashboardOperation } from './live/watching.ts';
import type { LoadOrder, LoadResult } from './load.ts';
import { freePort } from '../embedded/ports.ts';
import { cpuMs, createRig, goal, machine, median, table, tell, type Rig } from './rig.ts';

const SIZES = [
  { athletes: 30, requests: 600 },
  { athletes: 500, requests: 60 },
];
const ROUNDS = 3;
const CONNECTIONS = 4;
const MOST_OF_MONOLITH = 4;
const PROGRAMS = ['gateway', 'connections', 'insights'] as const;

interface Run {
  result: LoadResult;
  /** Milliseconds of CPU per request, by process. */
  cpu: Map<string, number>;
}

/**
 * The dashboard's roster through the gateway, beside one Apollo Server with the same resolvers and SQL in one process; turns
 * taken, the middle of three rounds counts. Held to: gateway and subgraphs together at most four times the CPU of the
 * monolith; one current row per athlete read, however many days there are.
 */
export async function roster(args: string[] = []): Promise<void> {
  const isQuick = args.includes('--quick');
  process.stdout.write(`  ${machine()}; the generator and PostgreSQL share the cores\n\n`);
  const rig = await createRig();
  try {
    const { teams, signIn } = await createTeams(rig, { sizes: SIZES.map(({ athletes }) => athletes) });
    await signIn.close();
    // Whoever is there when insights starts is on its schedule from the first.
    for (const program of ['connections', 'health-data', 'insights', 'gateway'] as const) await rig.start(program);
    await fillViews(rig, teams);
    const { child: monolith, port } = await startMonolith(rig);
    const generator = rig.fork(join(import.meta.dirname, 'load.js'), []);
    const rows: string[][] = [];
    const goals: string[] = [];
    for (const [at, { athletes, requests }] of SIZES.entries()) {
      tell(`a roster of ${athletes}`);
      const team = teams[at] as Team;
      const count = isQuick ? requests / 5 : requests;
      const federated = { name: 'federated', port: rig.place.ports.gateway.port, pids: pidsOf(rig) };
      const single = { name: 'monolith', port, pids: new Map([['monolith', monolith.pid as number]]) };
      await sameAnswers(team, [federated.port, single.port]);
      const runs = new Map<string, Run[]>([federated, single].map(({ name }) => [name, []]));
      for (let round = 0; round < (isQuick ? 1 : ROUNDS); round += 1) {
        for (const side of [federated, single])
          runs.get(side.name)?.push(await measure(rig, generator, { ...side, team, count, connections: CONNECTIONS }));
      }
      const alone = await measure(rig, generator, { ...federated, team, count: Math.ceil(count / 2), connections: 1 });
      const [ours, theirs] = [federated, single].map(({ name }) => runs.get(name) ?? []) as [Run[], Run[]];
      rows.push(rowOf(`${athletes} athletes, federated`, ours), rowOf(`${athletes} athletes, monolith`, theirs));
      rows.push(rowOf(`${athletes} athletes, federated, one at a time`, [alone]));
      const dearer = total(ours) / total(theirs);
      goals.push(
        goal(
          `${athletes} athletes: ${dearer.toFixed(2)} x the CPU of the monolith (at most ${MOST_OF_MONOLITH}): ${shares(ours)}`,
          dearer <= MOST_OF_MONOLITH,
        ),
        await readsCurrentRows(monolith, { athletes, port, team }),
      );
    }
    process.stdout.write(
      table(['', 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms a request', 'postgres ms'], rows) + `\n${goals.join('')}`,
    );
  } finally {
    await rig.stop();
  }
}

const pidsOf = ({ pids }: Rig): Map<string, number> =>
  new Map(PROGRAMS.map((program) => [program, pids.get(program) as number]));

async function startMonolith(rig: Rig): Promise<{ child: ChildProcess; port: number }> {
  const port = await freePort();
  const child = rig.fork(join(import.meta.dirname, 'roster/monolith.js'), [String(port), rig.place.databaseUrl]);
  await once(child, 'message');
  return { child, port };
}

function requestOf(team: Team, port: number): Buffer {
  const body = JSON.stringify({ query: dashboardOperation('TeamRoster'), variables: { teamId: team.id } });
  return Buffer.from(
    `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\nauthorization: Bearer ${team.coach.token}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

async function answerOf(team: Team, port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${team.coach.token}` },
    body: JSON.stringify({ query: dashboardOperation('TeamRoster'), variables: { teamId: team.id } }),
  });
  return JSON.stringify(((await response.json()) as { data: unknown }).data);
}

async function sameAnswers(team: Team, ports: readonly number[]): Promise<void> {
  const texts = await Promise.all(ports.map((port) => answerOf(team, port)));
  if (texts[0] !== texts[1] || !texts[0]?.includes(`"totalCount":${team.athleteIds.length}`))
    throw new Error(`the two rosters differ: ${texts.map((text) => text.slice(0, 300)).join(' and ')}`);
}

async function measure(
  rig: Rig,
  generator: ChildProcess,
  of: { team: Team; port: number; pids: ReadonlyMap<string, number>; count: number; connections: number },
): Promise<Run> {
  const pids = new Map([...of.pids, ['postgres', rig.postgresPid]]);
  const before = new Map([...pids].map(([name, pid]) => [name, cpuMs(pid)]));
  const request = requestOf(of.team, of.port);
  const requests = Array.from({ length: of.count }, () => request);
  generator.send({ port: of.port, requests, connections: of.connections, rate: null } satisfies LoadOrder);
  const [result] = (await once(generator, 'message')) as [LoadResult];
  if (result.statuses['200'] !== of.count)
    throw new Error(`${of.count} good requests were answered ${JSON.stringify(result.statuses)}`);
  const cpu = new Map([...pids].map(([name, pid]) => [name, (cpuMs(pid) - (before.get(name) ?? 0)) / of.count]));
  return { result, cpu };
}

const cpuIn = (runs: readonly Run[], name: string): number => median(runs.map(({ cpu }) => cpu.get(name) ?? 0));
const namesIn = (runs: readonly Run[]): string[] =>
  [...(runs[0]?.cpu.keys() ?? [])].filter((name) => name !== 'postgres');
const total = (runs: readonly Run[]): number => namesIn(runs).reduce((sum, name) => sum + cpuIn(runs, name), 0);
const shares = (runs: readonly Run[]): string =>
  namesIn(runs)
    .map((name) => `${name} ${cpuIn(runs, name).toFixed(1)} ms`)
    .join(', ');

const rowOf = (name: string, runs: readonly Run[]): string[] => [
  name,
  median(runs.map(({ result }) => result.perSecond)).toFixed(0),
  median(runs.map(({ result }) => result.p50Ms)).toFixed(1),
  median(runs.map(({ result }) => result.p99Ms)).toFixed(1),
  total(runs).toFixed(1),
  cpuIn(runs, 'postgres').toFixed(1),
];

/** Of the statements of one request, those that read views: one row an athlete, and nothing of their history. */
async function readsCurrentRows(
  monolith: ChildProcess,
  of: { athletes: number; port: number; team: Team },
): Promise<string> {
  await answerOf(of.team, of.port);
  monolith.send('statements');
  const [statements] = (await once(monolith, 'message')) as [{ sql: string; rows: number }[]];
  const views = statements.filter(({ sql }) => sql.includes('readiness_day') && sql.includes('d.payload as view,'));
  const rows = views.reduce((sum, each) => sum + each.rows, 0);
  return goal(
    `${of.athletes} athletes: ${statements.length} statements a request, ${views.length} for views, ${rows} rows (one an athlete)`,
    views.length === 1 && rows === of.athletes,
  );
}
