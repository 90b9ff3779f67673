import { has, type Basis, type ScoreSignal } from '#platform/basis';
import { sha256 } from '#platform/crypto';
import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import type { AthleteHistory, SleepNight, Stream } from '../formula/history.ts';

/** One stream and night as health-data publishes it: ms, bpm or minutes asleep. */
export interface Night {
  day: LocalDate;
  signal: ScoreSignal;
  streamId: string;
  metric: Stream['metric'] | null;
  value: number;
  isPrimary: boolean;
  inBedMin: number | null;
  latencyMin: number | null;
  wasoMin: number | null;
  awakenings: number | null;
  napMin: number | null;
  /** An instant as ISO text: only views without SLEEP ask, and reading dates is dear. */
  storedAt: string;
}

/** Nights a score looks back on: sixty of the baseline, and as many more as the oldest stand-in needs. */
export const HISTORY_NIGHTS = 75;

interface StreamRow extends Pick<Night, 'signal' | 'streamId' | 'metric' | 'isPrimary'> {
  place: number;
  days: LocalDate[];
  values: number[];
  storedAt: string[];
  /** Of SLEEP alone: in bed, latency, WASO, awakenings, naps. */
  more: [number | null, number | null, number | null, number | null, number | null][] | null;
}

/**
 * The nights of many athletes, each over a stretch of its own, by one query: one row a stream, since two hundred rows an
 * athlete cost the reader more than all that is computed of them.
 */
export async function loadNights(
  db: Sql,
  asked: readonly { athleteId: string; from: LocalDate; to: LocalDate }[],
): Promise<Map<string, Night[]>> {
  const rows = await db.query<StreamRow[]>(
    `select a.place - 1 as place, s.*
       from unnest($1::uuid[], $2::date[], $3::date[]) with ordinality as a(athlete_id, from_day, to_day, place)
      cross join lateral (
            select n.signal, n.stream_id as "streamId", min(n.metric) as metric, bool_or(n.is_primary) as "isPrimary",
                   array_to_json(array_agg(n.day order by n.day)) as days,
                   array_to_json(array_agg(n.value order by n.day)) as values,
                   array_to_json(array_agg(n.stored_at order by n.day)) as "storedAt",
                   case when n.signal = 'SLEEP' then json_agg(
                     json_build_array(n.in_bed_min, n.latency_min, n.waso_min, n.awakenings, n.nap_min) order by n.day) end as more
              from health_data.night_v1 n
             where n.athlete_id = a.athlete_id and n.day between a.from_day and a.to_day and n.value is not null
             group by n.signal, n.stream_id) s
      order by a.place, s.signal, s."streamId"`,
    [asked.map(({ athleteId }) => athleteId), asked.map(({ from }) => from), asked.map(({ to }) => to)],
  );
  const nights = new Map<string, Night[]>(asked.map(({ athleteId }) => [athleteId, []]));
  for (const row of rows) nights.get(asked[row.place]?.athleteId ?? '')?.push(...nightsOf(row));
  return nights;
}

function nightsOf({ signal, streamId, metric, isPrimary, days, values, storedAt, more }: StreamRow): Night[] {
  return days.map((day, at) => {
    const [inBedMin = null, latencyMin = null, wasoMin = null, awakenings = null, napMin = null] = more?.[at] ?? [];
    return {
      ...{ day, signal, streamId, metric, isPrimary, value: values[at] as number, storedAt: storedAt[at] as string },
      ...{ inBedMin, latencyMin, wasoMin, awakenings, napMin },
    };
  });
}

/** The nights that were stored by an instant; all of them for null. A view without SLEEP knows nothing newer than its slot. */
export const storedBy = (nights: readonly Night[], until: Date | null): readonly Night[] =>
  until === null ? nights : nights.filter(({ storedAt }) => Date.parse(storedAt) <= until.getTime());

export function historyOf(options: { nights: readonly Night[]; needMin: number }): AthleteHistory {
  const sleep = new Map<LocalDate, SleepNight>();
  const streams = new Map<string, Stream & { values: Map<LocalDate, number> }>();
  for (const night of options.nights) {
    if (night.signal === 'SLEEP') sleep.set(night.day, sleepNight(night));
    else if (night.metric !== null) {
      const { streamId: id, metric, isPrimary } = night;
      let stream = streams.get(id);
      if (!stream) streams.set(id, (stream = { id, metric, isPrimary, values: new Map() }));
      stream.values.set(night.day, night.value);
    }
  }
  const all = [...streams.values()];
  return {
    needMin: options.needMin,
    hrv: all.filter(({ metric }) => metric !== 'rhr'),
    rhr: all.filter(({ metric }) => metric === 'rhr'),
    sleep,
  };
}

function sleepNight({ value, inBedMin, latencyMin, wasoMin, awakenings, napMin }: Night): SleepNight {
  return { asleepMin: value, inBedMin, latencyMin, wasoMin, awakenings, napMin: napMin ?? 0 };
}

/** The oldest night of the signals of a basis, null when there is none: what else is known must not move a view. */
export function firstNight(nights: readonly Night[], basis: Basis): LocalDate | null {
  let first: LocalDate | null = null;
  for (const { day, signal } of nights) if (has(basis, signal) && (first === null || day < first)) first = day;
  return first;
}

/** The series as text, always the same for the same nights, and its hash: from these any score made of it can be replayed. */
export function inputOf(options: { nights: readonly Night[]; needMin: number }): { hash: Buffer; series: string } {
  const series: Record<string, Record<LocalDate, unknown>> = {};
  for (const night of options.nights) {
    const values = (series[`${night.signal} ${night.streamId}${night.isPrimary ? ' primary' : ''}`] ??= {});
    values[night.day] =
      night.signal === 'SLEEP'
        ? [night.value, night.inBedMin, night.latencyMin, night.wasoMin, night.awakenings, night.napMin]
        : night.value;
  }
  const text = JSON.stringify({ needMin: options.needMin, series });
  return { hash: sha256(text), series: text };
}
