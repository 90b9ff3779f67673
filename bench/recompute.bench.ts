import { openDatabase } from '#platform/database';
import { createLogger } from '#platform/log';
import { environmentOf } from '../embedded/environment.ts';
import { historyOf, loadNights } from '../subgraphs/insights/readiness/views/load-history.ts';
import { daysBefore } from '../subgraphs/insights/readiness/views/material.ts';
import { recompute as recomputeAthletes } from '../subgraphs/insights/readiness/recompute/recompute.ts';
import { computeView } from '../subgraphs/insights/readiness/formula/view.ts';
import { createTeams } from './live/teams.ts';
import { cpuMs, createRig, machine, median, table, tell, type Rig } from './rig.ts';
import { deriveNights } from '../tests/support/derive-nights.ts';

const ATHLETES = 400;
const ROUNDS = 3;
const HISTORY_NIGHTS = 75;
/** The athlete's own view, and two narrower ones that teams have. */
const BASES = [7, 5, 4];
const CASES = [
  { name: 'last night', oldest: 0 },
  { name: 'a week of nights', oldest: 7 },
];

interface Run {
  perSecond: number;
  nodeUs: number;
  postgresUs: number;
}

/**
 * The real recompute of many athletes (what is pending, 75 nights, stored views and grants are read; three views of each day
 * are scored; what changed is written, with its history and its input) beside the pure function alone, on histories that
 * lie in memory. One process, one recompute at a time. It only tells; there is nothing it is held to.
 */
export async function recompute(args: string[] = []): Promise<void> {
  const isQuick = args.includes('--quick');
  const athletes = isQuick ? ATHLETES / 4 : ATHLETES;
  process.stdout.write(`  ${machine()}; ${athletes} athletes, ${BASES.length} views of each day\n\n`);
  const rig = await createRig();
  try {
    const { teams, signIn, today } = await createTeams(rig, { sizes: [athletes] });
    await signIn.close();
    const athleteIds = teams.flatMap((team) => team.athleteIds);
    await shareNarrowly(rig, today);
    const { DATABASE_URL: url = '' } = environmentOf('insights', rig.place);
    const log = createLogger({ name: 'bench', level: 'warn' });
    const db = await openDatabase({ url, schema: 'insights', name: 'bench', entities: [], log });
    const clock = { now: () => new Date() };
    const rows: string[][] = [];
    for (const { name, oldest } of CASES) {
      tell(name);
      const runs: Run[] = [];
      for (let round = -1; round < (isQuick ? 1 : ROUNDS); round += 1) {
        await changeNights(rig, { today, oldest, by: 10 + round });
        const days = athleteIds.length * (oldest + 1);
        let told = 0;
        const run = await measured({ rig, days }, async () => {
          told = await recomputeAthletes({ db, clock, announce: () => undefined }, athleteIds);
        });
        if (told !== days * BASES.length) throw new Error(`${told} views of ${days * BASES.length} were new: ${name}`);
        // The first one fills caches.
        if (round >= 0) runs.push(run);
      }
      rows.push(rowOf(name, middleOf(runs)));
    }
    const nights = await loadNights(
      db,
      athleteIds.map((athleteId) => ({
        ...{ athleteId, from: daysBefore(today, HISTORY_NIGHTS), to: today },
        slot: new Date(),
      })),
    );
    await db.close();
    const histories = [...nights.values()].map((each) => historyOf({ nights: each, needMin: 480 }));
    const pure = await measured({ rig, days: athleteIds.length }, async () => {
      for (const history of histories) for (const basis of BASES) computeView({ history, basis, date: today });
    });
    rows.push(rowOf('pure function', pure));
    process.stdout.write(table(['', 'athlete-days/s', 'node us', 'postgres us'], rows));
  } finally {
    await rig.stop();
  }
}

/** Two more teams for everybody, to which less is shared: so three views with SLEEP are kept. */
async function shareNarrowly({ db }: Rig, today: string): Promise<void> {
  for (const signals of ['{HRV,SLEEP}', '{SLEEP}']) {
    await db.query(
      `with team as (insert into connections.team (id, name, created_at) values (gen_random_uuid(), 'Narrow', now()) returning id),
            member as (insert into connections.membership (team_id, athlete_id, joined_at)
                       select team.id, a.id, now() from team, connections.athlete a)
       insert into connections.consent (athlete_id, team_id, signal, since, granted_at, epoch)
       select a.id, team.id, signal, $2::date - 30, now(), nextval('connections.consent_epoch')
         from team, connections.athlete a, unnest($1::text[]) as s(signal)`,
      [signals, today],
    );
  }
  await db.query('vacuum analyze');
}

/** The sleep of the days up to `oldest` days ago as it is when nights come in: rows, and the word that they changed. */
async function changeNights({ db }: Rig, options: { today: string; oldest: number; by: number }): Promise<void> {
  await db.query(
    `insert into health_data.sleep_night (athlete_id, provider, record_id, day, captured_at, state_rank, source_updated_at,
            delete_rank, body_hash, flags, delivery_id, normaliser_version, stored_at, role, bedtime_start, bedtime_end, in_bed_min, asleep_min)
     select a.id, 'GARMIN', 'r' || n, $2::date - n, $2::date - n + interval '5 hours', 1, now(), 0, '\\x00', '{}',
            gen_random_uuid(), 'bench', now(), 'night_candidate', $2::date - n - interval '2 hours',
            $2::date - n + interval '5 hours', 480, 400
       from connections.athlete a, generate_series(0, $1::int) n
     on conflict (athlete_id, provider, record_id) do update
        set asleep_min = health_data.sleep_night.asleep_min + $3`,
    [options.oldest, options.today, options.by],
  );
  await deriveNights(db);
  await db.query(
    `insert into health_data.touched_day as t (athlete_id, day, signal, revision, touched_at)
     select a.id, $2::date - n, 'SLEEP', 1, now() from connections.athlete a, generate_series(0, $1::int) n
     on conflict (athlete_id, day, signal) do update set revision = t.revision + 1, touched_at = excluded.touched_at`,
    [options.oldest, options.today],
  );
}

async function measured(of: { rig: Rig; days: number }, work: () => Promise<void>): Promise<Run> {
  const before = { node: process.cpuUsage(), postgres: cpuMs(of.rig.postgresPid), at: performance.now() };
  await work();
  const { user, system } = process.cpuUsage(before.node);
  return {
    perSecond: (1000 * of.days) / (performance.now() - before.at),
    nodeUs: (user + system) / of.days,
    postgresUs: (1000 * (cpuMs(of.rig.postgresPid) - before.postgres)) / of.days,
  };
}

const middleOf = (runs: readonly Run[]): Run => ({
  perSecond: median(runs.map(({ perSecond }) => perSecond)),
  nodeUs: median(runs.map(({ nodeUs }) => nodeUs)),
  postgresUs: median(runs.map(({ postgresUs }) => postgresUs)),
});

const rowOf = (name: string, { perSecond, nodeUs, postgresUs }: Run): string[] => [
  name,
  perSecond.toFixed(0),
  nodeUs.toFixed(0),
  postgresUs.toFixed(0),
];
