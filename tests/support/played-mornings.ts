import type { Clock } from '#platform/clock';
import type { Database } from '#platform/database';
import { createLogger } from '#platform/log';
import type { LocalDate } from '#platform/signals';
import { createMetrics } from '#platform/telemetry';
import { enrol, runDue } from '../../subgraphs/insights/readiness/recompute/morning.ts';
import { sweepOnce } from '../../subgraphs/insights/readiness/recompute/sweep.ts';
import { createDatabase, type TestDatabase } from './database.ts';
import { deriveNights } from './derive-nights.ts';

/** What a night measured; null: that signal is missing from it. */
export interface NightValues {
  hrvMs: number | null;
  restingBpm: number | null;
  asleepMin: number | null;
}

/**
 * Athletes whose nights are stored as health-data would store them, and the morning run and the sweep of insights on a clock
 * that the test sets. No message goes about: the sweep finds all that is written.
 */
export interface PlayedMornings {
  database: TestDatabase;
  now: Date;
  /** Answers the id. `shares`: with the one team there is, from `since` on. */
  addAthlete(options: { timeZone: string; shares?: readonly string[]; since?: LocalDate }): Promise<string>;
  /** Writes the night anew, at this moment. */
  store(athleteId: string, nights: readonly (NightValues & { day: LocalDate; storedAt?: Date })[]): Promise<void>;
  remove(athleteId: string, day: LocalDate): Promise<void>;
  /** All that is to be done at this moment, as the loops of the process would do it. */
  work(): Promise<void>;
  /** The next moment at which an athlete's clock asks for work. */
  nextDue(): Promise<Date>;
  close(): Promise<void>;
}

const ORIGIN = `athlete_id, provider, record_id, day, captured_at, zone_offset_min, state_rank, source_updated_at, delete_rank,
  body_hash, flags, delivery_id, normaliser_version, stored_at`;
const NIGHT_OF = `$1, 'OURA', v.day::text, v.day, null, 0, 1, v.stored_at, 0, '\\x00'::bytea, '{}'::text[], gen_random_uuid(), 'test', v.stored_at
  from unnest($2::date[], $3::float8[], $4::timestamptz[]) as v(day, value, stored_at) where v.value is not null`;
const NEWER = `on conflict (athlete_id, provider, record_id) do update set stored_at = excluded.stored_at, delete_rank = 0`;
const TABLES = {
  HRV: `insert into health_data.hrv_night (metric, method, ms, ln_ms, ${ORIGIN})
        select 'RMSSD', 'average', v.value, ln(v.value), ${NIGHT_OF} ${NEWER}, ms = excluded.ms, ln_ms = excluded.ln_ms`,
  RESTING_HEART_RATE: `insert into health_data.resting_heart_rate (bpm, method, ${ORIGIN})
        select v.value, 'lowest', ${NIGHT_OF} ${NEWER}, bpm = excluded.bpm`,
  SLEEP: `insert into health_data.sleep_night (role, in_bed_min, asleep_min, bedtime_end, ${ORIGIN})
        select 'night_candidate', v.value + 25, v.value, v.stored_at, ${NIGHT_OF} ${NEWER}, asleep_min = excluded.asleep_min,
               in_bed_min = excluded.in_bed_min`,
};
const VALUE_OF = { HRV: 'hrvMs', RESTING_HEART_RATE: 'restingBpm', SLEEP: 'asleepMin' } as const;
const SIGNALS = ['HRV', 'RESTING_HEART_RATE', 'SLEEP'] as const;

export async function createPlayedMornings(): Promise<PlayedMornings> {
  const database = await createDatabase();
  const db: Database = await database.open('insights');
  await database.query(`insert into connections.team (id, name, created_at) values (gen_random_uuid(), 'x', now())`);
  const clock: Clock = { now: () => rig.now };
  const announcing = { announce: () => undefined, announceLetters: () => Promise.resolve() };
  const parts = { db, clock, ...announcing, metrics: createMetrics() };
  const log = createLogger({ name: 'test', level: 'silent' });

  // The loops look in vain most of the time; here they look when there is something.
  let [isNewcomer, isWritten] = [false, false];

  const touch = async (athleteId: string, nights: readonly { day: LocalDate; storedAt?: Date }[]): Promise<void> => {
    isWritten = true;
    await deriveNights(database, [athleteId]);
    await database.query(
      `insert into health_data.touched_day as t (athlete_id, day, signal, revision, touched_at)
       select $1, v.day, s, 1, v.at from unnest($2::date[], $3::timestamptz[]) v(day, at), unnest($4::text[]) s
       on conflict (athlete_id, day, signal) do update set revision = t.revision + 1, touched_at = excluded.touched_at`,
      [athleteId, nights.map(({ day }) => day), nights.map(({ storedAt }) => storedAt ?? rig.now), SIGNALS],
    );
  };

  const rig: PlayedMornings = {
    database,
    now: new Date(0),
    async addAthlete({ timeZone, shares = [], since = '2020-01-01' }) {
      const [row] = await database.query<{ id: string }>(
        `with account as (
           insert into connections.account (id, email, password_hash, display_name, role, created_at)
           select id, id::text, 'x', 'x', 'ATHLETE', now() from gen_random_uuid() id returning id)
         insert into connections.athlete (id, account_id, display_name, time_zone)
         select gen_random_uuid(), id, 'x', $1 from account returning id`,
        [timeZone],
      );
      const id = row?.id ?? '';
      isNewcomer = true;
      await database.query(
        `insert into connections.membership (team_id, athlete_id, joined_at) select id, $1, now() from connections.team`,
        [id],
      );
      await database.query(
        `insert into connections.consent (athlete_id, team_id, signal, since, granted_at, epoch)
         select $1, t.id, s, $3, now(), 1 from connections.team t, unnest($2::text[]) s`,
        [id, shares, since],
      );
      return id;
    },
    async store(athleteId, nights) {
      for (const signal of SIGNALS) {
        await database.query(TABLES[signal], [
          athleteId,
          nights.map(({ day }) => day),
          nights.map((night) => night[VALUE_OF[signal]]),
          nights.map(({ storedAt }) => storedAt ?? rig.now),
        ]);
      }
      await touch(athleteId, nights);
    },
    async remove(athleteId, day) {
      for (const table of ['hrv_night', 'resting_heart_rate', 'sleep_night'])
        await database.query(
          `update health_data.${table} set delete_rank = 1, stored_at = $3 where athlete_id = $1 and day = $2`,
          [athleteId, day, rig.now],
        );
      await touch(athleteId, [{ day }]);
    },
    async work() {
      if (isNewcomer) await enrol(db, rig.now);
      isNewcomer = false;
      while ((await nextDue(database)) <= rig.now) await runDue(parts);
      if (isWritten) while ((await sweepOnce({ ...parts, log, sweepAfterMs: 0, isWhole: true })) > 0);
      isWritten = false;
    },
    nextDue: () => nextDue(database),
    close: () => database.drop(),
  };
  return rig;
}

async function nextDue(database: TestDatabase): Promise<Date> {
  const [row] = await database.query<{ at: Date | null }>('select min(due_at) as at from insights.schedule');
  if (!row?.at) throw new Error('nobody is on the schedule: work() puts them there');
  return row.at;
}
