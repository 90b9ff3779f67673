import type DataLoader from 'dataloader';
import type { Access } from '#platform/consent';
import { createConsentedLoader, type Consented } from '#platform/consented';
import type { RequestContext } from '#platform/context';
import { AppError } from '#platform/errors';
import type { SignalState } from '#platform/graphql-types';
import type { Origin, Signal } from '#platform/signals';
import { dayNumber, localDate, localTimeInstant } from '#platform/slots';
import { instantOf } from '#platform/together';
import { readHeartRateSources } from '../sources/heart-rate-sources.ts';
import { originOf, sourceFor, type OriginRow, type Source } from '../sources/source.ts';
import { MAX_BLOCK_MS } from './blocks.ts';
import type { Workout, WorkoutConnection } from '../workouts/graph-types.ts';
import type { HeartRatePoint, HeartRateSeries, Resolution } from './graph-types.ts';
import { byPosition } from './series.ts';
import { workoutId } from './workout-id.ts';

/** Series by instant instead of by day: heart rate and workouts. */
export interface TimesKey {
  athleteId: string;
  from: Date;
  to: Date;
}

/** The series without what it is asked for in turn. */
type HeartRatePoints = Omit<HeartRateSeries, 'key'>;

export interface TimeLoaders {
  heartRate: DataLoader<TimesKey & { resolution: Resolution }, HeartRatePoints | null, string>;
  heartRateSources: DataLoader<TimesKey, Source[] | null, string>;
  workouts: DataLoader<WorkoutsKey, WorkoutConnection | null, string>;
}

export interface WorkoutsKey extends TimesKey {
  first: number;
  after: string | null;
  /** All that this provider saw; each session once, from whichever source counts, if left out. */
  provider: Origin | null;
}

const HOUR_MS = 3_600_000;
/** Longest stretch of one answer, so that it holds at most some 10,000 points. */
const MAX_MS: Record<Resolution, number> = {
  RAW: 26 * HOUR_MS,
  MINUTE: 7 * 24 * HOUR_MS,
  HOUR: 400 * 24 * HOUR_MS,
  DAY: 800 * 24 * HOUR_MS,
};
/** What the clock of the athlete's zone is cut to; null keeps every sample. */
const CLOCK_UNIT = { RAW: null, MINUTE: 'minute', HOUR: 'hour', DAY: 'day' } as const;
const MAX_WORKOUTS_MS = 800 * 24 * HOUR_MS;

export function checkTimes({ from, to }: { from: Date; to: Date }, maxMs: number): void {
  if (to <= from) throw new AppError('BAD_USER_INPUT', '"to" must be later than "from". Swap them.');
  if (to.getTime() - from.getTime() > maxMs) {
    throw new AppError(
      'BAD_USER_INPUT',
      'This stretch is too long for one answer. Ask for a shorter one, or a coarser resolution.',
    );
  }
}

export const checkHeartRate = (key: { from: Date; to: Date; resolution: Resolution }): void =>
  checkTimes(key, MAX_MS[key.resolution]);
export const checkWorkouts = (key: { from: Date; to: Date }): void => checkTimes(key, MAX_WORKOUTS_MS);

type AskedTimes<Key extends TimesKey> = { key: Key; access: Access; from: Date };

/** From when on a stretch may be seen. */
export function seenFrom({ key, access, since }: Consented<TimesKey>): Date {
  const opensAt = since === null ? key.from : localTimeInstant(since, '00:00', access.timeZone);
  return opensAt > key.from ? opensAt : key.from;
}

/** Loads all shared keys by one statement each kind; `read` answers in the order it was asked. */
const createTimesLoader = <Key extends TimesKey, Series>(options: {
  context: RequestContext;
  signal: Signal;
  cacheKeyOf: (key: Key) => string;
  withheld: (key: Key) => Series;
  read: (asked: readonly AskedTimes<Key>[]) => Promise<Series[]>;
}): DataLoader<Key, Series | null, string> =>
  createConsentedLoader<Key, Series>({
    ...options,
    read: (asked) => options.read(asked.map((one) => ({ key: one.key, access: one.access, from: seenFrom(one) }))),
  });

const timesOf = (key: TimesKey): string => `${key.athleteId} ${key.from.getTime()} ${key.to.getTime()}`;

export function createTimeLoaders(context: RequestContext): TimeLoaders {
  return {
    heartRate: createTimesLoader<TimesKey & { resolution: Resolution }, HeartRatePoints>({
      context,
      signal: 'HEART_RATE',
      cacheKeyOf: (key) => `${timesOf(key)} ${key.resolution}`,
      withheld: ({ resolution }) => ({ state: 'NOT_SHARED', resolution, points: [] }),
      read: (asked) => readHeartRate(context, asked),
    }),
    heartRateSources: createTimesLoader<TimesKey, Source[]>({
      context,
      signal: 'HEART_RATE',
      cacheKeyOf: timesOf,
      withheld: () => [],
      read: (asked) => readHeartRateSources(context, asked),
    }),
    workouts: createTimesLoader<WorkoutsKey, WorkoutConnection>({
      context,
      signal: 'TRAINING',
      cacheKeyOf: (key) => `${timesOf(key)} ${key.first} ${key.after} ${key.provider ?? ''}`,
      withheld: () => ({ state: 'NOT_SHARED', edges: [], pageInfo: NO_PAGES, totalCount: 0 }),
      read: (asked) => readWorkouts(context, asked),
    }),
  };
}

const NO_PAGES = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };

/**
 * Blocks are unnested and aggregated in SQL. Where blocks of two records overlap, one sample per instant counts: that
 * of the newest source, of two that are as new the first by name. The two bounds at the end say the same for all that was asked, so that only those months are opened.
 *
 * Hours and days are those of the clock in the athlete's zone: a day on which the clocks change has 23 or 25 hours, and the
 * hour that they show twice is two. `at` is the instant at which the local hour or day began.
 */
async function readHeartRate(
  context: RequestContext,
  asked: readonly AskedTimes<TimesKey & { resolution: Resolution }>[],
): Promise<HeartRatePoints[]> {
  const rows = await context.db.query<(HeartRatePoint & { position: number })[]>(
    `with sample as (
       select distinct on (a.position, s.at) a.position, a.clock_unit, a.time_zone, s.at, s.bpm
         from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::text[], $5::text[]) with ordinality
              as a(athlete_id, from_at, to_at, clock_unit, time_zone, position)
         join health_data.sample_block b
           on b.athlete_id = a.athlete_id and b.sample_kind = 'heart_rate'
          and b.started_at < a.to_at and b.captured_at >= a.from_at
          and b.started_at >= $6 and b.started_at < $7
        cross join lateral (
              select b.started_at + make_interval(secs => o.offset_s) as at, o.bpm
                from unnest(health_data.sample_offsets(b.offsets_s, b.in_runs), b.sample_values) as o(offset_s, bpm)) s
        where s.at >= a.from_at and s.at < a.to_at
        order by a.position, s.at, b.source_updated_at desc, b.provider, b.record_id
     )
     select position - 1 as position,
            case when clock_unit is null then at else date_trunc(clock_unit, at, time_zone) end as at,
            avg(bpm)::float8 as bpm, min(bpm)::float8 as "minBpm", max(bpm)::float8 as "maxBpm"
       from sample group by 1, 2 order by 1, 2`,
    [
      asked.map(({ key }) => key.athleteId),
      asked.map(({ from }) => from),
      asked.map(({ key }) => key.to),
      asked.map(({ key }) => CLOCK_UNIT[key.resolution]),
      asked.map(({ access }) => access.timeZone),
      new Date(Math.min(...asked.map(({ from }) => from.getTime())) - MAX_BLOCK_MS),
      new Date(Math.max(...asked.map(({ key }) => key.to.getTime()))),
    ],
  );
  return byPosition(asked.length, rows).map((points, index) => {
    const one = asked[index] as AskedTimes<TimesKey & { resolution: Resolution }>;
    return { state: heartRateState(context.now, one, points.at(-1)?.at), resolution: one.key.resolution, points };
  });
}

/** As in series by day, a value of today or yesterday is fresh: of the local day on which the stretch ends, or of now. */
function heartRateState(now: Date, { key, access }: AskedTimes<TimesKey>, newest: Date | undefined): SignalState {
  if (newest === undefined) return 'NO_DATA';
  const end = new Date(Math.min(key.to.getTime() - 1, now.getTime()));
  const ageDays = dayNumber(localDate(end, access.timeZone)) - dayNumber(localDate(newest, access.timeZone));
  return ageDays <= 1 ? 'AVAILABLE' : 'STALE';
}

interface WorkoutRow extends Omit<Workout, 'id' | 'athleteId' | 'source'>, OriginRow {
  position: number;
  total: number;
}

type WorkoutAnswer = Omit<WorkoutRow, 'startedAt' | 'endedAt'> & { startedAt: string; endedAt: string };

/** Cursor: instant and record of the last one seen. Opaque to clients. */
const cursorOf = (row: WorkoutRow): string =>
  Buffer.from(JSON.stringify([row.startedAt.toISOString(), row.recordId])).toString('base64url');

function readCursor(cursor: string | null): [Date, string] | null {
  if (cursor === null) return null;
  try {
    const [at, recordId] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, string];
    const instant = new Date(at);
    const isOurs = typeof recordId === 'string' && !recordId.includes('\0') && !Number.isNaN(instant.getTime());
    if (isOurs) return [instant, recordId];
  } catch {
    // Falls through: whatever was not written by us is refused alike.
  }
  throw new AppError('BAD_USER_INPUT', 'This cursor is not one of ours. Start again without "after".');
}

async function readWorkouts(
  context: RequestContext,
  asked: readonly AskedTimes<WorkoutsKey>[],
): Promise<WorkoutConnection[]> {
  const cursors = asked.map(({ key }) => readCursor(key.after));
  const answers = await context.together.query<WorkoutAnswer[]>(
    `select a.position - 1 as position, w.*
       from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::int[], $5::timestamptz[], $6::text[],
                   $7::text[]) with ordinality
            as a(athlete_id, from_at, to_at, how_many, after_at, after_record, provider, position)
      cross join lateral (
            select record_id as "recordId", started_at as "startedAt", ended_at as "endedAt", activity as type,
                   duration_s as "durationS", distance_m as "distanceM", energy_kcal as "energyKcal",
                   average_heart_rate_bpm as "avgHr", max_heart_rate_bpm as "maxHr", intensity, ${originOf('v')}, total,
                   (select r.rpe from health_data.workout_rpe_v1 r
                     where r.athlete_id = v.athlete_id and r.provider = v.provider and r.record_id = v.record_id) as rpe
              from (select *, count(*) over () as total from health_data.workout v
                     where v.athlete_id = a.athlete_id and v.delete_rank = 0 and v.started_at >= a.from_at and v.started_at < a.to_at
                       and case when a.provider is null then not v.is_repeat else v.provider = a.provider end) v
             where a.after_at is null or (v.started_at, v.record_id) < (a.after_at, a.after_record)
             order by v.started_at desc, v.record_id desc limit a.how_many + 1) w
      order by a.position, w."startedAt" desc, w."recordId" desc`,
    [
      asked.map(({ key }) => key.athleteId),
      asked.map(({ from }) => from),
      asked.map(({ key }) => key.to),
      asked.map(({ key }) => key.first),
      cursors.map((cursor) => cursor?.[0] ?? null),
      cursors.map((cursor) => cursor?.[1] ?? null),
      asked.map(({ key }) => key.provider),
    ],
  );
  const rows = answers.map((row): WorkoutRow => {
    return { ...row, startedAt: instantOf(row.startedAt), endedAt: instantOf(row.endedAt) };
  });
  const pages = byPosition(asked.length, rows);
  return asked.map(({ key, access }, position) => {
    const found = pages[position] ?? [];
    const shown = found.slice(0, key.first);
    const edges = shown.map((row) => ({
      cursor: cursorOf(row),
      node: { ...row, athleteId: key.athleteId, id: workoutId(row), source: sourceFor(access, row) },
    }));
    return {
      state: found.length === 0 ? 'NO_DATA' : 'AVAILABLE',
      edges,
      pageInfo: {
        hasNextPage: found.length > key.first,
        hasPreviousPage: key.after !== null,
        startCursor: edges[0]?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      },
      totalCount: found[0]?.total ?? 0,
    };
  });
}
