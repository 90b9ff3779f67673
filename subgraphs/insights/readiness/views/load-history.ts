import { has, type Basis, type ScoreSignal } from '#platform/basis';
import { sha256 } from '#platform/crypto';
import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';
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
  /** Stored after the athlete's last slot: no view without SLEEP knows it yet. */
  isAfterSlot: boolean;
}

/** Nights a score looks back on: sixty of the baseline, and as many more as the oldest stand-in needs. */
export const HISTORY_NIGHTS = 75;

/** A number for each night of `days`. */
type Column = (number | null)[];

interface StreamRow extends Pick<Night, 'signal' | 'streamId' | 'metric' | 'isPrimary'> {
  place: number;
  /** Counted from the first day that was asked for. */
  days: number[];
  values: number[];
  afterSlot: number[] | null;
  /** Of SLEEP alone. */
  inBedMin: Column | null;
  latencyMin: Column | null;
  wasoMin: Column | null;
  awakenings: Column | null;
  napMin: Column | null;
}

/** Of which nights: `slot` is the last one of the athlete's. */
export interface AskedNights {
  athleteId: string;
  from: LocalDate;
  to: LocalDate;
  slot: Date;
}

/**
 * The nights of many athletes, each over a stretch of its own, by one query: one row a stream, in columns of numbers. Rows of
 * nights, dates and objects cost both sides more than all that is computed of them.
 */
export async function loadNights(db: Sql, asked: readonly AskedNights[]): Promise<Map<string, Night[]>> {
  const rows = await db.query<StreamRow[]>(
    `select a.place - 1 as place, s.*, p.provider is not null as "isPrimary"
       from unnest($1::uuid[], $2::date[], $3::date[], $4::timestamptz[]) with ordinality as a(athlete_id, from_day, to_day, slot, place)
      cross join lateral (
            select n.signal, n.stream_id as "streamId", min(n.provider) as provider, min(n.metric) as metric,
                   array_to_json(array_agg(n.day - a.from_day order by n.day)) as days,
                   array_to_json(array_agg(n.value order by n.day)) as values,
                   array_to_json(array_agg(n.day - a.from_day) filter (where n.stored_at > a.slot)) as "afterSlot",
                   ${sleepColumns({ in_bed_min: 'inBedMin', latency_min: 'latencyMin', waso_min: 'wasoMin', awakenings: 'awakenings', nap_min: 'napMin' })}
              from health_data.night_v1 n
             where n.athlete_id = a.athlete_id and n.day between a.from_day and a.to_day and n.value is not null
             group by n.signal, n.stream_id) s
       left join health_data.primary_source_v1 p
              on p.athlete_id = a.athlete_id and p.signal = s.signal and p.provider = s.provider
      order by a.place, s.signal, s."streamId"`,
    [
      asked.map(({ athleteId }) => athleteId),
      asked.map(({ from }) => from),
      asked.map(({ to }) => to),
      asked.map(({ slot }) => slot),
    ],
  );
  const nights = new Map<string, Night[]>(asked.map(({ athleteId }) => [athleteId, []]));
  for (const row of rows) {
    const { athleteId, from } = asked[row.place] as AskedNights;
    nights.get(athleteId)?.push(...nightsOf(row, dayNumber(from)));
  }
  return nights;
}

function sleepColumns(names: Readonly<Record<string, string>>): string {
  return Object.entries(names)
    .map(
      ([column, name]) =>
        `array_to_json(array_agg(n.${column} order by n.day) filter (where n.signal = 'SLEEP')) as "${name}"`,
    )
    .join(', ');
}

function nightsOf(row: StreamRow, from: number): Night[] {
  const { signal, streamId, metric, isPrimary, inBedMin, latencyMin, wasoMin, awakenings, napMin } = row;
  const afterSlot = new Set(row.afterSlot);
  return row.days.map((day, at) => ({
    day: dateOf(from + day),
    signal,
    streamId,
    metric,
    value: row.values[at] as number,
    isPrimary,
    inBedMin: inBedMin?.[at] ?? null,
    latencyMin: latencyMin?.[at] ?? null,
    wasoMin: wasoMin?.[at] ?? null,
    awakenings: awakenings?.[at] ?? null,
    napMin: napMin?.[at] ?? null,
    isAfterSlot: afterSlot.has(day),
  }));
}

/** The nights that may enter a view of this basis: without SLEEP it knows nothing newer than its slot. */
export const nightsKnownTo = (nights: readonly Night[], basis: Basis): readonly Night[] =>
  has(basis, 'SLEEP') ? nights : nights.filter(({ isAfterSlot }) => !isAfterSlot);

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

/** A value of a stream, or minutes asleep, in bed, of latency and awake, awakenings, minutes of naps. */
export type NightInput = number | [number, number | null, number | null, number | null, number | null, number | null];

/** One series of a score's input: its nights from the first to the last, null for a day between them without one. */
export interface SeriesInput {
  from: LocalDate;
  nights: (NightInput | null)[];
}

export interface Input {
  needMin: number;
  /** By signal and stream: "HRV oura:rmssd:average_of_night primary". */
  series: Record<string, SeriesInput>;
}

/**
 * The series as text, always the same for the same nights, and its hash: from these any score made of it can be replayed.
 * The nights of each stream come in the order of their days.
 */
export function inputOf(options: { nights: readonly Night[]; needMin: number }): { hash: Buffer; series: string } {
  const series: Input['series'] = {};
  for (const night of options.nights) {
    const name = `${night.signal} ${night.streamId}${night.isPrimary ? ' primary' : ''}`;
    const { from, nights } = (series[name] ??= { from: night.day, nights: [] });
    const place = dayNumber(night.day) - dayNumber(from);
    while (nights.length < place) nights.push(null);
    nights.push(
      night.signal === 'SLEEP'
        ? [night.value, night.inBedMin, night.latencyMin, night.wasoMin, night.awakenings, night.napMin]
        : night.value,
    );
  }
  const text = JSON.stringify({ needMin: options.needMin, series } satisfies Input);
  return { hash: sha256(text), series: text };
}
