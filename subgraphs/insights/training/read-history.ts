import DataLoader from 'dataloader';
import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber, localDate } from '#platform/slots';
import type { LoadProfile, Session } from './load.ts';
import type { LoadHistory } from './load-series.ts';

/** Of what was trained so long before a day, e^(-600/42) of its load is left in fitness: nothing that is ever shown. */
export const LOOK_BACK_DAYS = 600;
const PLAUSIBLE_BPM = { from: 30, to: 250 };
const DAY_MS = 86_400_000;

/** Whose training, and from which local day on. */
export interface HistoryKey {
  athleteId: string;
  timeZone: string;
  first: LocalDate;
  /** The athlete's today. */
  today: LocalDate;
}

/** Start in ms, zone offset in minutes, minutes, activity, average heart rate, RPE. */
type SessionRow = [number, number | null, number, string | null, number | null, number | null];
/** First and last instant, first day of the loaded history. */
type SpanRow = [string, string | null, LocalDate | null];

interface LoadRow extends LoadProfile {
  athleteId: string;
  sessions: SessionRow[];
  spans: SpanRow[];
}

export type HistoryLoader = DataLoader<HistoryKey, LoadHistory | undefined, string>;

/** All histories of a request: whatever is asked for in the same step is read once. */
export const createHistoryLoader = (db: Sql): HistoryLoader =>
  new DataLoader<HistoryKey, LoadHistory | undefined, string>((keys) => readHistories(db, keys), {
    cacheKeyFn: ({ athleteId, timeZone, first, today }) => `${athleteId} ${timeZone} ${first} ${today}`,
  });

/**
 * What was trained, of many athletes by one statement; undefined for one who is gone. A source says of a day without a
 * session that it was a rest once it has ever brought one: one that never did says nothing about training.
 * An athlete of several keys is read once, from the earliest of their days on; each key gets its own days of that.
 */
export async function readHistories(db: Sql, keys: readonly HistoryKey[]): Promise<(LoadHistory | undefined)[]> {
  const firsts = new Map<string, LocalDate>();
  for (const { athleteId, first } of keys) {
    const known = firsts.get(athleteId);
    if (known === undefined || first < known) firsts.set(athleteId, first);
  }
  const rows = await db.query<LoadRow[]>(
    `select a.athlete_id as "athleteId", p.sex, p.max_hr_bpm as "maxBpm", p.rest_hr_bpm as "restBpm",
            p.vt1_bpm as "vt1Bpm", p.vt2_bpm as "vt2Bpm", w.list as sessions, s.list as spans
       from unnest($1::uuid[], $2::timestamptz[]) as a(athlete_id, from_at)
       join connections.athlete_v1 p on p.id = a.athlete_id
      cross join lateral (
            select coalesce(json_agg(json_build_array((extract(epoch from v.started_at) * 1000)::bigint, v.zone_offset_min,
                            coalesce(v.duration_s, extract(epoch from v.ended_at - v.started_at)) / 60, v.activity,
                            v.average_heart_rate_bpm, r.rpe)
                            order by v.started_at, v.provider, v.record_id), '[]') as list
              from (select * from health_data.workout_v1 v
                     where v.athlete_id = a.athlete_id and v.started_at >= a.from_at offset 0) v
              left join health_data.workout_rpe_v1 r
                     on r.athlete_id = v.athlete_id and r.provider = v.provider and r.record_id = v.record_id) w
      cross join lateral (
            select coalesce(json_agg(json_build_array(c.since, c.until, c.loaded_from)), '[]') as list
              from connections.source_span_v1 c
             where c.athlete_id = a.athlete_id
               and exists (select from health_data.workout_v1 b where b.athlete_id = c.athlete_id and b.provider = c.provider)) s`,
    [[...firsts.keys()], [...firsts.values()].map((first) => new Date(readFrom(first)))],
  );
  const byAthlete = new Map(rows.map((row) => [row.athleteId, row]));
  return keys.map((key) => {
    const row = byAthlete.get(key.athleteId);
    return row && historyOf(key, row);
  });
}

/** In ms. A local day begins up to 14 hours before that of UTC. */
const readFrom = (first: LocalDate): number => (dayNumber(first) - 1) * DAY_MS;

function historyOf({ timeZone, first, today }: HistoryKey, row: LoadRow): LoadHistory {
  const { sessions, spans, sex, maxBpm, restBpm, vt1Bpm, vt2Bpm } = row;
  const heard = spans.map(([since, until, loadedFrom]) => {
    const linkedOn = localDate(new Date(since), timeZone);
    return {
      from: loadedFrom !== null && loadedFrom < linkedOn ? loadedFrom : linkedOn,
      to: until === null ? today : localDate(new Date(until), timeZone),
    };
  });
  return {
    profile: { sex, maxBpm, restBpm, vt1Bpm, vt2Bpm },
    sessions: sessions.filter(([at]) => at >= readFrom(first)).map((each) => sessionOf(each, timeZone)),
    wasConnected: (date) => heard.some(({ from, to }) => from <= date && date <= to),
    first,
    today,
  };
}

/** A session belongs to the local day it began on. Its average stands for the whole of it: no samples are published. */
function sessionOf(row: SessionRow, timeZone: string): Session {
  const [at, zoneOffsetMin, minutes, activity, bpm, rpe] = row;
  const isPlausible = bpm !== null && bpm >= PLAUSIBLE_BPM.from && bpm <= PLAUSIBLE_BPM.to;
  return {
    day:
      zoneOffsetMin === null
        ? localDate(new Date(at), timeZone)
        : dateOf(Math.floor((at + zoneOffsetMin * 60_000) / DAY_MS)),
    activity: activity ?? 'other',
    minutes,
    rpe,
    efforts: isPlausible ? [{ minutes, bpm }] : [],
  };
}
