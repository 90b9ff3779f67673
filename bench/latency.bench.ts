import { cpuMs, createRig, goal, machine, quantile, table, tell, type Rig } from './rig.ts';
import { createPusher, type Pusher } from './live/pushes.ts';
import { createTeams, fillViews, type Team } from './live/teams.ts';
import { STEPS, STEP_NAMES, startTrace, type Traced } from './live/trace.ts';
import { dashboardOperation, readMessage, startWatching, type Watching } from './live/watching.ts';
import type { Arrivals } from './live/watcher.ts';

const TEAMS = 20;
const ATHLETES = 50;
const SOCKETS_PER_TEAM = 10;
const RATES = [
  { perSecond: 50, p99Ms: 100 },
  { perSecond: 200, p99Ms: 250 },
];
const SECONDS = 60;
const WARM_UP_S = 5;
const SETTLED_WITHIN_MS = 30_000;

/**
 * The whole way: a night that Garmin pushes, until the last dashboard of the athlete's team has its new score. All programs,
 * PostgreSQL with fsync, the broker and the clients share the cores. Held to: p99 below 100 ms at 50 a second, and below
 * 250 ms at 200 a second; nothing lost.
 */
export async function latency(args: string[] = []): Promise<void> {
  const seconds = args.includes('--quick') ? 10 : SECONDS;
  const only = Number(args[args.indexOf('--rate') + 1]);
  const rates = args.includes('--rate') ? RATES.filter(({ perSecond }) => perSecond === only) : RATES;
  process.stdout.write(`  ${machine()}; all programs and ${TEAMS * SOCKETS_PER_TEAM} clients share the cores\n`);
  const rig = await createRig();
  try {
    const { teams, signIn, today } = await createTeams(rig, { sizes: Array.from({ length: TEAMS }, () => ATHLETES) });
    // Whoever is there when insights starts is on its schedule from the first.
    for (const program of ['connections', 'health-data', 'insights', 'gateway'] as const) await rig.start(program);
    await fillViews(rig, teams);
    const watching = startWatching(rig);
    const pusher = createPusher(rig, today);
    const url = `ws://127.0.0.1:${rig.place.ports.gateway.port}/graphql`;
    await watching.open(url, watchesOf(teams));
    const goals: string[] = [];
    const parts = { rig, watching, pusher, teams };
    tell('warming up');
    await run({ ...parts, perSecond: 50, seconds: WARM_UP_S });
    for (const rate of rates) {
      tell(`${rate.perSecond} nights a second for ${seconds} s`);
      const result = await run({ ...parts, perSecond: rate.perSecond, seconds });
      process.stdout.write(`\n  ${rate.perSecond} nights a second for ${seconds} s\n${wayTable(result)}`);
      process.stdout.write(cpuLine(result));
      const { p99 } = result.whole;
      goals.push(
        goal(`${rate.perSecond}/s: p99 ${p99.toFixed(0)} ms (below ${rate.p99Ms})`, p99 < rate.p99Ms),
        goal(`${rate.perSecond}/s: ${result.missing} of ${result.due} deliveries missing (none)`, result.missing === 0),
      );
    }
    process.stdout.write(`\n${goals.join('')}`);
    await signIn.close();
  } finally {
    await rig.stop();
  }
}

const watchesOf = (teams: readonly Team[]) =>
  teams.flatMap(({ id, coach }) =>
    Array.from({ length: SOCKETS_PER_TEAM }, () => ({
      token: coach.token,
      query: dashboardOperation('TeamReadiness'),
      variables: { teamId: id },
    })),
  );

interface Result {
  /** Of each step, in order: from the one before it, and from the beginning. */
  steps: { name: string; own: Quantiles; since: Quantiles }[];
  whole: Quantiles;
  due: number;
  missing: number;
  cpu: [name: string, usPerPush: number][];
}

interface Quantiles {
  p50: number;
  p99: number;
  max: number;
}

async function run(options: {
  rig: Rig;
  watching: Watching;
  pusher: Pusher;
  teams: readonly Team[];
  perSecond: number;
  seconds: number;
}): Promise<Result> {
  const { rig, watching, pusher, teams, perSecond } = options;
  const count = perSecond * options.seconds;
  const trace = await startTrace(rig, { team: teams[0]?.id ?? null });
  // One of each team in turn, so that no team gets all at once.
  const athleteIds = Array.from({ length: ATHLETES }, (_, at) =>
    teams.flatMap((team) => team.athleteIds[at] ?? []),
  ).flat();
  const before = cpuOf(rig);
  await pusher.send({ athleteIds, count, rate: perSecond, seen: trace.follow });
  const arrivals = await settled({ watching, due: count * SOCKETS_PER_TEAM });
  const after = cpuOf(rig);
  await trace.addReferences();
  await trace.close();
  const delivered = take(trace.pushes, arrivals);
  return {
    ...stepsOf(trace.pushes),
    whole: quantilesOf(delivered),
    due: count * SOCKETS_PER_TEAM,
    missing: count * SOCKETS_PER_TEAM - delivered.length,
    cpu: after.map(([name, ms], at) => [name, (1000 * (ms - (before[at]?.[1] ?? 0))) / count]),
  };
}

const cpuOf = ({ pids, postgresPid, natsPid }: Rig): [string, number][] => [
  ...[...pids].map(([name, pid]): [string, number] => [name, cpuMs(pid)]),
  ['postgres', cpuMs(postgresPid)],
  ['nats', cpuMs(natsPid)],
];

/** Waits until all that is due has arrived, or nothing more does. */
async function settled(options: { watching: Watching; due: number }): Promise<Arrivals[]> {
  const parts: Arrivals[] = [];
  for (const endsAt = Date.now() + SETTLED_WITHIN_MS; Date.now() < endsAt;) {
    parts.push(await options.watching.tell());
    if (parts.reduce((sum, { at }) => sum + at.length, 0) >= options.due) break;
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (parts.length > 4 && parts.slice(-4).every(({ at }) => at.length === 0)) break;
  }
  return parts;
}

/** Milliseconds from when a push was due to each socket that was told of it, or of a newer night of the same athlete. */
function take(pushes: readonly Traced[], arrivals: readonly Arrivals[]): number[] {
  const waiting = new Map<string, { push: Traced; socket: Set<number> }[]>();
  for (const push of pushes) {
    let own = waiting.get(push.athleteId);
    if (!own) waiting.set(push.athleteId, (own = []));
    own.push({ push, socket: new Set() });
  }
  const delivered: number[] = [];
  for (const { at, socket, text, texts } of arrivals) {
    const read = texts.map((each) => readMessage(each));
    for (const [index, moment] of at.entries()) {
      for (const { athleteId, asleepMin } of read[text[index] as number] ?? []) {
        const own = waiting.get(athleteId) ?? [];
        const newest = own.findLastIndex(({ push }) => push.asleepMin === asleepMin && push.dueAt <= moment);
        for (const each of own.slice(0, newest + 1)) {
          if (each.socket.has(socket[index] as number)) continue;
          each.socket.add(socket[index] as number);
          delivered.push(moment - each.push.dueAt);
          each.push.socket = moment;
        }
      }
    }
  }
  return delivered;
}

function stepsOf(pushes: readonly Traced[]): Pick<Result, 'steps'> {
  const at = (push: Traced, step: (typeof STEPS)[number]): number =>
    (step === 'answered' ? push.answeredAt : push[step]) ?? Number.NaN;
  return {
    steps: STEPS.map((step, index) => {
      const before = STEPS[index - 1];
      const own = pushes.map((push) => at(push, step) - (before === undefined ? push.dueAt : at(push, before)));
      const since = pushes.map((push) => at(push, step) - push.dueAt);
      return { name: STEP_NAMES[step], own: quantilesOf(own), since: quantilesOf(since) };
    }),
  };
}

function quantilesOf(values: readonly number[]): Quantiles {
  const sorted = Float64Array.from(values.filter((value) => !Number.isNaN(value))).sort();
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: sorted.at(-1) ?? Number.NaN };
}

function wayTable({ steps, whole }: Result): string {
  const cells = ({ p50, p99, max }: Quantiles): string[] => [p50, p99, max].map((ms) => ms.toFixed(1));
  return table(
    ['', 'p50 ms', 'p99 ms', 'max ms', 'since due: p50', 'p99', 'max'],
    [
      ...steps.map(({ name, own, since }) => [name, ...cells(own), ...cells(since)]),
      ['all deliveries', '', '', '', ...cells(whole)],
    ],
  );
}

const cpuLine = ({ cpu }: Result): string =>
  `  CPU a night: ${cpu.map(([name, us]) => `${name} ${(us / 1000).toFixed(2)} ms`).join(', ')}\n`;
