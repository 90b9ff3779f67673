import { readFileSync } from 'node:fs';
import { subjects } from '#platform/streams';
import { prepareBare } from './bare-rows.ts';
import { DAY, DAY_OF_SAMPLES, KINDS, NIGHT, type Kind } from './bodies.ts';
import { createBusSide, type BusSide, type Waiting } from './bus-side.ts';
import { linkAthletes } from './people.ts';
import { cpuMs, createRig, goal, machine, median, quantile, table, type Rig } from './rig.ts';

const ROUNDS = 3;
const ATHLETES = 200;
/** Whole days of all athletes, a quarter of them too. */
const EVENTS = 9_600;
const QUICK_EVENTS = 4_000;
const OPEN_RATE = 200;
const OPEN_S = 20;
const LOOK_MS = 20;
/** Days of the events: of the running month and those before it. */
const LAST_DAY_MS = Date.now() - 86_400_000;

interface Run {
  /** Events a second. */
  perSecond: number;
  /** Microseconds per event. */
  nodeUs: number;
  postgresUs: number;
}

/**
 * From deliveries in the table and references on the bus until the rows are visible and the messages acknowledged, beside a
 * bare upsert of the same rows. Turns are taken; the middle of three rounds counts. Then 200 events a second in an open loop,
 * each from its due time until its normalised message, with the memory of the process meanwhile (`--minutes 10` for long).
 */
export async function normalise(args: string[] = []): Promise<void> {
  const isQuick = args.includes('--quick');
  const minutes = Number(args[args.indexOf('--minutes') + 1]);
  const openS = args.includes('--minutes') && minutes > 0 ? minutes * 60 : OPEN_S;
  process.stdout.write(`  ${machine()}; all share the cores\n\n`);
  const rig = await createRig();
  try {
    const athleteIds = await linkAthletes(rig, { count: ATHLETES, provider: 'OURA', scopes: '{daily}' });
    const bus = await createBusSide(rig);
    const ours = await rig.start('health-data', { ROLE: 'work', SWEEP_AFTER_MS: '3600000' });
    const pid = ours.pid as number;
    const results = new Map<Kind, { ours: Run[]; bare: Run[] }>(KINDS.map((kind) => [kind, { ours: [], bare: [] }]));
    await runOnce({ rig, bus, pid, kind: NIGHT, athleteIds, events: 2_000 });
    for (let round = 0; round < (isQuick ? 1 : ROUNDS); round += 1) {
      for (const kind of KINDS) {
        const events = (isQuick ? QUICK_EVENTS : EVENTS) / (kind.samples > 1_000 ? 4 : 1);
        const into = results.get(kind);
        into?.ours.push(await runOnce({ rig, bus, pid, kind, athleteIds, events }));
        into?.bare.push(await bareOnce({ rig, kind, events }));
      }
    }
    process.stdout.write(eventsTable(results));
    await clear(rig);
    const open = await openLoop({ rig, bus, pid, athleteIds, seconds: openS });
    process.stdout.write(`\n${openTable(open)}\n${goals(results, open).join('')}`);
    await bus.close();
  } finally {
    await rig.stop();
  }
}

const daysBack = (count: number): string[] =>
  Array.from({ length: count }, (_, back) => new Date(LAST_DAY_MS - back * 86_400_000).toISOString().slice(0, 10));

async function clear({ db }: Rig): Promise<void> {
  const { rows } = await db.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname = 'health_data' and tablename !~ '_[0-9]{6}$' or (schemaname, tablename) = ('connections', 'delivery')`,
  );
  await db.query(`truncate ${rows.map(({ name }) => name).join(', ')}`);
}

async function runOnce(options: {
  rig: Rig;
  bus: BusSide;
  pid: number;
  kind: Kind;
  athleteIds: string[];
  events: number;
}): Promise<Run> {
  const { rig, bus, pid, kind, athleteIds, events } = options;
  await clear(rig);
  const waiting = await bus.store(kind, { athleteIds, days: daysBack(events / athleteIds.length) });
  await rig.db.query('vacuum analyze connections.delivery');
  const before = { node: cpuMs(pid), postgres: cpuMs(rig.postgresPid) };
  const started = performance.now();
  await bus.publish(waiting);
  while ((await bus.left()) > 0) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  const seconds = (performance.now() - started) / 1000;
  const run = {
    perSecond: events / seconds,
    nodeUs: (1000 * (cpuMs(pid) - before.node)) / events,
    postgresUs: (1000 * (cpuMs(rig.postgresPid) - before.postgres)) / events,
  };
  const { rows } = await rig.db.query<{ stored: number }>(
    `select count(*)::int as stored from health_data.processed_delivery where outcome = 'stored'`,
  );
  if (rows[0]?.stored !== events) throw new Error(`${rows[0]?.stored} of ${events} events were stored: ${kind.name}`);
  return run;
}

async function bareOnce({ rig, kind, events }: { rig: Rig; kind: Kind; events: number }): Promise<Run> {
  const write = await prepareBare(rig.db, kind.tables);
  const before = { node: process.cpuUsage(), postgres: cpuMs(rig.postgresPid) };
  const seconds = await write();
  const { user, system } = process.cpuUsage(before.node);
  return {
    perSecond: events / seconds,
    nodeUs: (user + system) / events,
    postgresUs: (1000 * (cpuMs(rig.postgresPid) - before.postgres)) / events,
  };
}

interface Open {
  seconds: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  /** Resident memory, MiB: the middle of the second quarter of the time, and of the last one. */
  memoryMib: [number, number];
}

/** Nights one by one: each due 5 ms after the one before, whatever becomes of it. */
async function openLoop(options: {
  rig: Rig;
  bus: BusSide;
  pid: number;
  athleteIds: string[];
  seconds: number;
}): Promise<Open> {
  const { rig, bus, pid, athleteIds, seconds } = options;
  const due = new Map<string, number>();
  const latencies: number[] = [];
  const memory: number[] = [];
  const stop = bus.onNormalised(subjects.normalized('sleep'), (touched) => {
    const now = performance.now();
    for (const { athleteId, days } of touched) {
      for (const day of days) {
        const at = due.get(`${athleteId} ${day}`);
        if (at === undefined) continue;
        due.delete(`${athleteId} ${day}`);
        latencies.push(now - at);
      }
    }
  });
  const sampling = setInterval(() => memory.push(residentMib(pid)), 1_000).unref();
  // A day of all athletes is a second. Nights come round again when the tables are emptied.
  const chunkDays = 20;
  for (let done = 0; done < seconds; done += chunkDays) {
    await clear(rig);
    const days = daysBack(Math.min(chunkDays, seconds - done));
    const waiting = await bus.store(NIGHT, { athleteIds, days });
    await sendAt(OPEN_RATE, waiting, async (one, dueAt) => {
      due.set(`${one.athleteId} ${one.day}`, dueAt);
      await bus.publish([one]);
    });
    for (const endsAt = Date.now() + 60_000; due.size > 0 && Date.now() < endsAt;)
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    if (due.size > 0) break;
  }
  clearInterval(sampling);
  stop();
  if (due.size > 0) throw new Error(`${due.size} nights were not normalised within a minute of the last one`);
  const sorted = Float64Array.from(latencies).sort();
  const quarter = (at: number): number =>
    median(memory.slice(Math.floor((memory.length * at) / 4), Math.ceil((memory.length * (at + 1)) / 4)));
  return {
    seconds,
    p50Ms: quantile(sorted, 0.5),
    p95Ms: quantile(sorted, 0.95),
    p99Ms: quantile(sorted, 0.99),
    memoryMib: [quarter(1), quarter(3)],
  };
}

async function sendAt(
  rate: number,
  waiting: readonly Waiting[],
  send: (one: Waiting, dueAt: number) => Promise<void>,
): Promise<void> {
  const started = performance.now();
  const sent: Promise<void>[] = [];
  for (const [at, one] of waiting.entries()) {
    const dueAt = started + (at * 1000) / rate;
    for (let leftMs = dueAt - performance.now(); leftMs > 0; leftMs = dueAt - performance.now())
      await new Promise((resolve) => setTimeout(resolve, leftMs));
    sent.push(send(one, dueAt));
  }
  await Promise.all(sent);
}

const residentMib = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

const middle = (runs: readonly Run[], of: (run: Run) => number): number => median(runs.map(of));
type Results = ReadonlyMap<Kind, { ours: Run[]; bare: Run[] }>;

const shareOf = ({ ours, bare }: { ours: Run[]; bare: Run[] }): number =>
  middle(ours, (run) => run.perSecond) / middle(bare, (run) => run.perSecond);

const cpuUs = (runs: readonly Run[]): number => middle(runs, (run) => run.nodeUs + run.postgresUs);

function eventsTable(results: Results): string {
  const rows = [...results].flatMap(([kind, measured]) => {
    const line = (name: string, runs: readonly Run[], share: string): string[] => [
      name,
      middle(runs, (run) => run.perSecond).toFixed(0),
      share,
      middle(runs, (run) => run.nodeUs).toFixed(0),
      middle(runs, (run) => run.postgresUs).toFixed(0),
      kind.samples === 0 ? '' : (cpuUs(runs) / kind.samples).toFixed(2),
    ];
    return [
      line(`${kind.name}  ours`, measured.ours, `${(100 * shareOf(measured)).toFixed(0)} %`),
      line(`${' '.repeat(kind.name.length)}  bare`, measured.bare, ''),
    ];
  });
  return table(['', 'events/s', 'of bare', 'node us', 'postgres us', 'us a sample'], rows);
}

const openTable = ({ seconds, p50Ms, p95Ms, p99Ms, memoryMib: [early, late] }: Open): string =>
  table(
    [`nights, ${OPEN_RATE}/s for ${seconds} s`, 'p50 ms', 'p95 ms', 'p99 ms', 'MiB early', 'MiB late'],
    [['', ...[p50Ms, p95Ms, p99Ms].map((ms) => ms.toFixed(1)), early.toFixed(0), late.toFixed(0)]],
  );

function goals(results: Results, open: Open): string[] {
  const of = (kind: Kind): { ours: Run[]; bare: Run[] } => results.get(kind) ?? { ours: [], bare: [] };
  const share = shareOf(of(NIGHT));
  const dearer = cpuUs(of(DAY_OF_SAMPLES).ours) / cpuUs(of(DAY).ours);
  const [early, late] = open.memoryMib;
  return [
    goal(`nights: ${(100 * share).toFixed(0)} % of a bare upsert of the same rows (at least 15)`, share >= 0.15),
    goal(`a day of 1,440 samples: ${dearer.toFixed(1)} x the CPU of the day without (at most 3)`, dearer <= 3),
    goal(`${OPEN_RATE} nights a second: p95 ${open.p95Ms.toFixed(1)} ms (below 50)`, open.p95Ms < 50),
    goal(`memory: ${early.toFixed(0)}, later ${late.toFixed(0)} MiB (at most a tenth more)`, late <= 1.1 * early),
  ];
}
