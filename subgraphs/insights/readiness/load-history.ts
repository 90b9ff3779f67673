import { has, type Basis, type ScoreSignal } from '#platform/basis';
import { sha256 } from '#platform/crypto';
import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import type { AthleteHistory, SleepNight, Stream } from './history.ts';

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
  storedAt: Date;
}

/** Nights a score looks back on: sixty of the baseline, and as many more as the oldest stand-in needs. */
export const HISTORY_NIGHTS = 75;

/**
 * The nights of many athletes, each over a stretch of its own, by one query. `offset 0` keeps the view inside the
 * lateral: then the athlete is a constant there, and each branch of the view is a walk along one index.
 */
export async function loadNights(
  db: Sql,
  asked: readonly { athleteId: string; from: LocalDate; to: LocalDate }[],
): Promise<Map<string, Night[]>> {
  const rows = await db.query<(Night & { place: number })[]>(
    `select a.place - 1 as place, n.day, n.signal, n.stream_id as "streamId", n.metric, n.value, n.is_primary as "isPrimary",
            n.in_bed_min as "inBedMin", n.latency_min as "latencyMin", n.waso_min as "wasoMin", n.awakenings,
            n.nap_min as "napMin", n.stored_at as "storedAt"
       from unnest($1::uuid[], $2::date[], $3::date[]) with ordinality as a(athlete_id, from_day, to_day, place)
      cross join lateral (
            select * from health_data.night_v1 v
             where v.athlete_id = a.athlete_id and v.day between a.from_day and a.to_day offset 0) n
      where n.value is not null
      order by a.place, n.signal, n.stream_id, n.day`,
    [asked.map(({ athleteId }) => athleteId), asked.map(({ from }) => from), asked.map(({ to }) => to)],
  );
  const nights = new Map<string, Night[]>(asked.map(({ athleteId }) => [athleteId, []]));
  for (const row of rows) nights.get(asked[row.place]?.athleteId ?? '')?.push(row);
  return nights;
}

/** The nights that were stored by an instant; all of them for null. A view without SLEEP knows nothing newer than its slot. */
export const storedBy = (nights: readonly Night[], until: Date | null): readonly Night[] =>
  until === null ? nights : nights.filter(({ storedAt }) => storedAt <= until);

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
