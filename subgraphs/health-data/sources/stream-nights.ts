import type { Sql } from '#platform/database';
import type { LocalDate, Signal } from '#platform/signals';
import type { AthleteDay } from './mark-repeats.ts';

/** Signals of the night: whatever changes one of them may change which value of the others counts. */
const OF_NIGHTS: ReadonlySet<Signal> = new Set<Signal>(['HRV', 'RESTING_HEART_RATE', 'SLEEP']);
export const isOfNights = (signal: Signal): boolean => OF_NIGHTS.has(signal);

const KEY = ['athlete_id', 'day', 'signal', 'stream_id'];
/** Every column of `stream_night` beside its key. */
const COLUMNS = [
  ...['provider', 'record_id', 'metric', 'method', 'value', 'in_bed_min', 'latency_min', 'waso_min', 'awakenings'],
  ...['nap_min', 'stored_at'],
];
const columns = COLUMNS.join(', ');
const all = (of: string): string => COLUMNS.map((name) => `${of}.${name}`).join(', ');
const sameKey = (a: string, b: string): string => KEY.map((name) => `${a}.${name} = ${b}.${name}`).join(' and ');

// `offset 0` keeps the view inside the lateral: each branch of it is then a walk along one index.
const REFRESH = `
  with asked as (
    select distinct athlete_id, day from unnest($1::uuid[], $2::date[]) as t(athlete_id, day)
  ), known as (
    select n.* from asked a
     cross join lateral (
           select * from health_data.chosen_night c where c.athlete_id = a.athlete_id and c.day = a.day offset 0) n
  ), gone as (
    delete from health_data.stream_night s using asked a
     where s.athlete_id = a.athlete_id and s.day = a.day and not exists (select from known k where ${sameKey('k', 's')})
    returning s.athlete_id, s.day
  ), written as (
    insert into health_data.stream_night as s (${[...KEY, ...COLUMNS].join(', ')})
    select ${KEY.join(', ')}, ${columns} from known
    on conflict (${KEY.join(', ')}) do update set (${columns}) = row(${all('excluded')})
     where (${all('s')}) is distinct from (${all('excluded')})
    returning s.athlete_id, s.day
  )
  select athlete_id as "athleteId", day from gone union select athlete_id, day from written`;

/**
 * Brings the nights that count of these days up to date from what is stored and answers the days that changed. Readers of
 * `night_v1` see nothing else. Call it inside the transaction of what changed the days, with the athletes held
 * (`holdAthletes`), and before `refreshSummaries`, which reads them.
 */
export async function refreshNights(tx: Sql, days: readonly AthleteDay[]): Promise<AthleteDay[]> {
  if (days.length === 0) return [];
  return await tx.query<{ athleteId: string; day: LocalDate }[]>(REFRESH, [
    days.map(({ athleteId }) => athleteId),
    days.map(({ day }) => day),
  ]);
}
