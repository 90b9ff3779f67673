import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import type { AthleteDay } from './mark-repeats.ts';

/** A table of which each day's rows are derived from what is stored of that day. */
interface DerivedTable {
  name: string;
  /** With `athlete_id` and `day` in it. */
  key: readonly string[];
  /** Every column beside its key. */
  columns: readonly string[];
  /** What a lateral join answers of one day `a`: the rows as they should be. */
  source: string;
}

/** Brings the rows of some days up to date and answers the days that changed. */
export function refreshing({
  name,
  key,
  columns,
  source,
}: DerivedTable): (tx: Sql, days: readonly AthleteDay[]) => Promise<AthleteDay[]> {
  const [keys, values] = [key.join(', '), columns.join(', ')];
  const all = (of: string): string => columns.map((column) => `${of}.${column}`).join(', ');
  const sameKey = key.map((column) => `k.${column} = t.${column}`).join(' and ');
  const refresh = `
    with asked as (
      select distinct athlete_id, day from unnest($1::uuid[], $2::date[]) as d(athlete_id, day)
    ), known as (
      select s.* from asked a cross join lateral ${source} s
    ), gone as (
      delete from health_data.${name} t using asked a
       where t.athlete_id = a.athlete_id and t.day = a.day and not exists (select from known k where ${sameKey})
      returning t.athlete_id, t.day
    ), written as (
      insert into health_data.${name} as t (${keys}, ${values})
      select ${keys}, ${values} from known
      on conflict (${keys}) do update set (${values}) = row(${all('excluded')})
       where (${all('t')}) is distinct from (${all('excluded')})
      returning t.athlete_id, t.day
    )
    select athlete_id as "athleteId", day from gone union select athlete_id, day from written`;
  return async (tx, days) => {
    if (days.length === 0) return [];
    return await tx.query<{ athleteId: string; day: LocalDate }[]>(refresh, [
      days.map(({ athleteId }) => athleteId),
      days.map(({ day }) => day),
    ]);
  };
}
