import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import { repeatsAmong, type Session } from './choose-workouts.ts';

/** One local day of one athlete. */
export interface AthleteDay {
  athleteId: string;
  day: LocalDate;
}

type StoredSession = Session & AthleteDay & { isRepeat: boolean };

/**
 * Sessions of these days and all that overlap them, link by link: within such a chain the choice is whole. A session
 * lasts a week at most, and what shared its time with one that is gone lies within three days of it.
 */
const CHAINS = `
  with recursive chain as (
    select w.athlete_id, w.provider, w.record_id, w.started_at, w.ended_at
      from (select distinct athlete_id, day + back as day
              from unnest($1::uuid[], $2::date[]) as t(athlete_id, day), generate_series(-3, 3) back) t
      join health_data.workout w on w.athlete_id = t.athlete_id and w.day = t.day and w.delete_rank = 0
     union
    select w.athlete_id, w.provider, w.record_id, w.started_at, w.ended_at
      from chain c
      join health_data.workout w
        on w.athlete_id = c.athlete_id and w.delete_rank = 0
       and w.started_at > c.started_at - interval '7 days' and w.started_at < c.ended_at and w.ended_at > c.started_at
  )
  select w.athlete_id as "athleteId", w.day, w.provider, w.record_id as "recordId", w.started_at as "startedAt",
         w.ended_at as "endedAt", w.duration_s as "durationS", p.provider is not null as "isPrimary", w.is_manual as "isManual",
         w.average_heart_rate_bpm as "averageHeartRateBpm", w.max_heart_rate_bpm as "maxHeartRateBpm",
         w.heart_rate_zones_s is not null as "hasHeartRateZones", w.distance_m as "distanceM", w.energy_kcal as "energyKcal",
         w.elevation_gain_m as "elevationGainM", w.is_repeat as "isRepeat"
    from chain c
    join health_data.workout w using (athlete_id, provider, record_id)
    left join health_data.source_preference p
           on p.athlete_id = w.athlete_id and p.signal = 'TRAINING' and p.provider = w.provider`;

/**
 * Chooses anew among the sessions around these days and answers the days on which another one counts now. Call it inside
 * the transaction of what changed them, with the athletes held (`holdAthletes`): the choice is made of all that is stored.
 */
export async function markRepeats(tx: Sql, days: readonly AthleteDay[]): Promise<AthleteDay[]> {
  if (days.length === 0) return [];
  const sessions = await tx.query<StoredSession[]>(CHAINS, [
    days.map(({ athleteId }) => athleteId),
    days.map(({ day }) => day),
  ]);
  const changed: StoredSession[] = [];
  for (const ofAthlete of Map.groupBy(sessions, ({ athleteId }) => athleteId).values()) {
    const repeats = repeatsAmong(ofAthlete);
    changed.push(...ofAthlete.filter((session) => repeats.has(session) !== session.isRepeat));
  }
  if (changed.length === 0) return [];
  await tx.query(
    `update health_data.workout w set is_repeat = not w.is_repeat
       from unnest($1::uuid[], $2::text[], $3::text[]) as c(athlete_id, provider, record_id)
      where w.athlete_id = c.athlete_id and w.provider = c.provider and w.record_id = c.record_id`,
    [
      changed.map(({ athleteId }) => athleteId),
      changed.map(({ provider }) => provider),
      changed.map(({ recordId }) => recordId),
    ],
  );
  return changed.map(({ athleteId, day }) => ({ athleteId, day }));
}
