import { once } from 'node:events';
import { join } from 'node:path';
import { nowMs } from './live/now.ts';
import { EVENTS_PER_S, type Parts, type Sizes } from './live/parts.ts';
import { createPusher, type Pusher } from './live/pushes.ts';
import { createTeams, fillViews, type Team } from './live/teams.ts';
import { startTrace, type Traced } from './live/trace.ts';
import { dashboardOperation, eachTold, startWatching, type Watching } from './live/watching.ts';
import { LATE_MS, withdrawals, type Withdrawn } from './live/withdrawals.ts';
import type { Arrivals } from './live/watcher.ts';
import { freePort } from '../embedded/ports.ts';
import { cpuMs, createRig, goal, machine, quantile, table, tell, type Rig } from './rig.ts';

const TEAM = 30;

const FULL: Sizes = { dashboards: 1_000, athletes: 5_000, seconds: 30, withdrawals: 20 };
const QUICK: Sizes = { dashboards: 200, athletes: 300, seconds: 8, withdrawals: 4 };

/**
 * Fan-out. A thousand dashboards on one team, beside a bare broadcast of the same bytes to as many sockets; athletes, each on
 * their own readiness; consent withdrawn under that load. Held to: one upstream, p99 below 150 ms from announcement to
 * socket, all delivered, none twice; nothing withdrawn in an event of a night that was pushed after the withdrawal was
 * answered, and nothing of it received later than 250 ms after that.
 */
export async function live(args: string[] = []): Promise<void> {
  const sizes = args.includes('--quick') ? QUICK : FULL;
  process.stdout.write(`  ${machine()}; all programs and the clients share the cores\n\n`);
  const rig = await createRig();
  try {
    const teams = Math.ceil(sizes.athletes / TEAM);
    const { teams: all, signIn, today } = await createTeams(rig, { sizes: Array.from({ length: teams }, () => TEAM) });
    const [first, ...others] = all as [Team, ...Team[]];
    // Whoever is there when insights starts is on its schedule from the first.
    for (const program of ['connections', 'health-data', 'insights', 'gateway'] as const) await rig.start(program);
    await fillViews(rig, all);
    // A token lasts ten minutes; filling takes some of them.
    const team = { ...first, coach: { ...first.coach, token: await signIn.token(first.coach.accountId) } };
    const parts: Parts = { rig, sizes, team, watching: startWatching(rig), pusher: createPusher(rig, today) };
    tell(`${sizes.dashboards} dashboards on one team`);
    const shared = await dashboards(parts);
    tell('a bare broadcast to as many sockets');
    const bare = await broadcast(parts, shared);
    tell(`${sizes.withdrawals} withdrawals`);
    const withdrawn = await withdrawals(parts, await signIn.tokensOfAthletes(team.athleteIds));
    await parts.watching.closeAll();
    tell('athletes, each on their own readiness');
    const athleteIds = others.flatMap((each) => each.athleteIds);
    const own = await athletes(parts, { athleteIds, tokens: await signIn.tokensOfAthletes(athleteIds) });
    process.stdout.write(tableOf(sizes, { shared, bare, own }));
    process.stdout.write(`\n${goalsOf({ shared, bare, own, withdrawn }).join('')}`);
    await signIn.close();
  } finally {
    await rig.stop();
  }
}

interface FanOut {
  twice: number;
  delivered: number;
  due: number;
  p50Ms: number;
  p99Ms: number;
  /** Of the process that sends, per delivery. */
  usPerDelivery: number;
  upstreams: number;
  text: string;
}

const urlOf = ({ place }: Rig): string => `ws://127.0.0.1:${place.ports.gateway.port}/graphql`;

/** Nights of the team's athletes, and who of so many dashboards is told when. */
async function dashboards({ rig, sizes, team, watching, pusher }: Parts): Promise<FanOut> {
  const watch = {
    token: team.coach.token,
    query: dashboardOperation('TeamReadiness'),
    variables: { teamId: team.id },
  };
  await watching.open(
    urlOf(rig),
    Array.from({ length: sizes.dashboards }, () => watch),
  );
  const upstreams = await upstreamsOf(rig);
  await pushed({ rig, pusher, watching, athleteIds: team.athleteIds, count: EVENTS_PER_S, perSecond: EVENTS_PER_S });
  const count = sizes.seconds * EVENTS_PER_S;
  const result = await pushed({ rig, pusher, watching, athleteIds: team.athleteIds, count, perSecond: EVENTS_PER_S });
  return fanOutOf(result, { socketsOf: () => sizes.dashboards, upstreams });
}

/** Each athlete on a stream of their own: as many upstreams as athletes, over one socket. */
async function athletes(parts: Parts, people: { athleteIds: string[]; tokens: string[] }): Promise<FanOut> {
  const { rig, sizes, watching, pusher } = parts;
  const query = dashboardOperation('AthleteReadiness');
  await watching.open(
    urlOf(rig),
    people.athleteIds.map((athleteId, at) => ({ token: people.tokens[at] ?? '', query, variables: { athleteId } })),
  );
  const upstreams = await upstreamsOf(rig);
  const perSecond = 2 * EVENTS_PER_S;
  const count = sizes.seconds * perSecond;
  const result = await pushed({ rig, pusher, watching, athleteIds: people.athleteIds, count, perSecond });
  return fanOutOf(result, { socketsOf: () => 1, upstreams });
}

interface Pushed {
  pushes: readonly Traced[];
  arrivals: Arrivals[];
  gatewayMs: number;
}

const LAST_WITHIN_MS = 5_000;

async function pushed(options: {
  rig: Rig;
  pusher: Pusher;
  watching: Watching;
  athleteIds: readonly string[];
  count: number;
  perSecond: number;
}): Promise<Pushed> {
  const { rig, watching } = options;
  const gateway = rig.pids.get('gateway') as number;
  await watching.tell();
  const trace = await startTrace(rig, { team: null });
  const before = cpuMs(gateway);
  await options.pusher.send({ ...options, rate: options.perSecond, seen: trace.follow });
  const arrivals: Arrivals[] = [];
  for (const endsAt = Date.now() + LAST_WITHIN_MS; Date.now() < endsAt;) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const last = await watching.tell();
    arrivals.push(last);
    if (last.at.length === 0 && trace.pushes.every(({ announced }) => announced !== undefined)) break;
  }
  const gatewayMs = cpuMs(gateway) - before;
  await trace.close();
  return { pushes: trace.pushes, arrivals, gatewayMs };
}

function fanOutOf(
  { pushes, arrivals, gatewayMs }: Pushed,
  of: { socketsOf: (push: Traced) => number; upstreams: number },
): FanOut {
  const announced = new Map(pushes.map((push) => [`${push.athleteId} ${push.asleepMin}`, push]));
  const heard = new Map<string, Set<number>>();
  const latencies: number[] = [];
  let twice = 0;
  eachTold(arrivals, ({ at, socket, told }) => {
    for (const { athleteId, asleepMin } of told) {
      const name = `${athleteId} ${asleepMin}`;
      const push = announced.get(name);
      if (push?.announced === undefined) continue;
      let sockets = heard.get(name);
      if (!sockets) heard.set(name, (sockets = new Set()));
      if (sockets.has(socket)) twice += 1;
      else latencies.push(at - push.announced);
      sockets.add(socket);
    }
  });
  const sorted = Float64Array.from(latencies).sort();
  return {
    twice,
    delivered: latencies.length,
    due: pushes.reduce((sum, push) => sum + of.socketsOf(push), 0),
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    usPerDelivery: (1000 * gatewayMs) / latencies.length,
    upstreams: of.upstreams,
    text: arrivals.find(({ texts }) => texts.length > 0)?.texts[0] ?? '',
  };
}

/** The same text to as many sockets, as often. */
async function broadcast({ rig, sizes }: Parts, shared: FanOut): Promise<FanOut> {
  const port = await freePort();
  const server = rig.fork(join(import.meta.dirname, 'live/bare-broadcast.js'), [String(port)]);
  await once(server, 'message');
  const watching = startWatching(rig);
  const bare = { token: null, query: '', variables: {} };
  await watching.open(
    `ws://127.0.0.1:${port}`,
    Array.from({ length: sizes.dashboards }, () => bare),
  );
  const pid = server.pid as number;
  const sentAt: number[] = [];
  const before = cpuMs(pid);
  for (let at = 0; at < sizes.seconds * EVENTS_PER_S; at += 1) {
    sentAt.push(nowMs());
    server.send(shared.text);
    await new Promise((resolve) => setTimeout(resolve, 1000 / EVENTS_PER_S));
  }
  const { at } = await watching.tell();
  const latencies = at.map((moment) => moment - (sentAt.findLast((sent) => sent <= moment) ?? Number.NaN)).sort();
  const usPerDelivery = (1000 * (cpuMs(pid) - before)) / at.length;
  await watching.closeAll();
  return {
    twice: 0,
    delivered: at.length,
    due: sentAt.length * sizes.dashboards,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    usPerDelivery,
    upstreams: 0,
    text: '',
  };
}

/** Upstream subscriptions of the gateway, by its own count. */
async function upstreamsOf({ place }: Rig): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${place.ports.gateway.metricsPort}/metrics`)).text();
  return Number(/^athlete_ally_subscriptions\{kind="upstream"\} (\d+)/m.exec(text)?.[1]);
}

function tableOf(sizes: Sizes, results: Record<'shared' | 'bare' | 'own', FanOut>): string {
  const names = {
    shared: `${sizes.dashboards} dashboards, ${EVENTS_PER_S}/s`,
    bare: `bare broadcast to ${sizes.dashboards}`,
    own: `athletes on their own, ${2 * EVENTS_PER_S}/s`,
  };
  return table(
    ['', 'upstreams', 'deliveries', 'of those due', 'p50 ms', 'p99 ms', 'us a delivery'],
    (['shared', 'bare', 'own'] as const).map((name) => {
      const { upstreams, delivered, due, p50Ms, p99Ms, usPerDelivery } = results[name];
      const share = `${((100 * delivered) / due).toFixed(1)} %`;
      const figures = [p50Ms, p99Ms, usPerDelivery].map((value) => value.toFixed(1));
      return [names[name], String(upstreams), String(delivered), share, ...figures];
    }),
  );
}

function goalsOf(results: { shared: FanOut; bare: FanOut; own: FanOut; withdrawn: Withdrawn }): string[] {
  const { shared, bare, own, withdrawn } = results;
  const dearer = shared.usPerDelivery / bare.usPerDelivery;
  return [
    goal(`one team: ${shared.upstreams} upstream (1)`, shared.upstreams === 1),
    goal(`one team: p99 ${shared.p99Ms.toFixed(0)} ms from announcement to socket (below 150)`, shared.p99Ms < 150),
    goal(`one team: ${shared.delivered} of ${shared.due} delivered (all)`, shared.delivered === shared.due),
    goal(`one team: ${dearer.toFixed(2)} x the CPU of a bare broadcast (at most 1.25)`, dearer <= 1.25),
    goal(`events that reached a socket twice: ${shared.twice + own.twice} (0)`, shared.twice + own.twice === 0),
    goal(`athletes: ${own.delivered} of ${own.due} delivered (all)`, own.delivered === own.due),
    goal(`athletes: p99 ${own.p99Ms.toFixed(0)} ms from announcement to socket (below 150)`, own.p99Ms < 150),
    goal(
      `${withdrawn.count} withdrawals: ${withdrawn.ofLaterNights} events with the signal of nights pushed after the answer (0)`,
      withdrawn.ofLaterNights === 0,
    ),
    goal(
      `${withdrawn.count} withdrawals: ${withdrawn.receivedLate} received later than ${LATE_MS} ms after it (0); the last ${withdrawn.lastMs.toFixed(0)} ms after`,
      withdrawn.receivedLate === 0,
    ),
    goal(`withdrawals: ${withdrawn.told} of ${withdrawn.due} sockets told (all)`, withdrawn.told === withdrawn.due),
  ];
}
