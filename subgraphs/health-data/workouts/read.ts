import DataLoader from 'dataloader';
import { consentTo } from '#platform/consented';
import type { RequestContext } from '#platform/context';
import { AppError } from '#platform/errors';
import type { Origin } from '#platform/signals';
import type { Split, WorkoutSampleKind } from '../measurements/measurement.ts';
import { MAX_BLOCK_MS } from '../measurements/blocks.ts';
import { seenFrom } from '../measurements/read-times.ts';
import type { Line } from './thin.ts';

/** A workout that was found, and what names it. */
export interface WorkoutKey {
  athleteId: string;
  provider: Origin;
  recordId: string;
  startedAt: Date;
  endedAt: Date;
}

/** What is read of a workout only where somebody asks for it. */
export interface WorkoutDetails {
  elevationGainM: number | null;
  heartRateZonesS: number[] | null;
  isManual: boolean;
  splits: Split[];
}

export type StreamKey = WorkoutKey & { sampleKind: WorkoutSampleKind };

export interface WorkoutLoaders {
  workoutDetails: DataLoader<WorkoutKey, WorkoutDetails | null, string>;
  /** `NOT_SHARED`, or the samples, of which there may be none. */
  workoutStreams: DataLoader<StreamKey, 'NOT_SHARED' | Line, string>;
}

/** A week of samples at one a second is 600,000: what one request holds at once is bounded by the workouts it names. */
const MAX_STREAMED_WORKOUTS = 20;

const nameOf = ({ athleteId, provider, recordId }: WorkoutKey): string => `${athleteId} ${provider} ${recordId}`;

export function createWorkoutLoaders(context: RequestContext): WorkoutLoaders {
  return {
    workoutDetails: new DataLoader<WorkoutKey, WorkoutDetails | null, string>(
      async (keys) => {
        const isShared = await sharedAmong(context, 'TRAINING', keys);
        const details = await readDetails(
          context,
          keys.filter((_, index) => isShared[index]),
        );
        return keys.map((key) => details.get(nameOf(key)) ?? null);
      },
      { cacheKeyFn: nameOf },
    ),
    workoutStreams: new DataLoader<StreamKey, 'NOT_SHARED' | Line, string>((keys) => loadStreams(context, keys), {
      cacheKeyFn: (key) => `${nameOf(key)} ${key.sampleKind}`,
    }),
  };
}

/** Of each workout, whether this viewer may see the signal at the time it began. */
async function sharedAmong(
  context: RequestContext,
  signal: 'TRAINING' | 'HEART_RATE',
  keys: readonly WorkoutKey[],
): Promise<boolean[]> {
  const stretches = keys.map(({ athleteId, startedAt, endedAt }) => ({ athleteId, from: startedAt, to: endedAt }));
  const consents = await consentTo(context, { signal, keys: stretches });
  return consents.map((consent) => {
    return consent !== null && consent !== 'NOT_SHARED' && seenFrom(consent) <= consent.key.from;
  });
}

async function readDetails(
  context: RequestContext,
  keys: readonly WorkoutKey[],
): Promise<ReadonlyMap<string, WorkoutDetails>> {
  if (keys.length === 0) return new Map();
  const rows = await context.together.query<
    (WorkoutKey & Omit<WorkoutDetails, 'splits'> & { splits: StoredSplit[] | null })[]
  >(
    `select w.athlete_id as "athleteId", w.provider, w.record_id as "recordId", w.elevation_gain_m as "elevationGainM",
            w.heart_rate_zones_s as "heartRateZonesS", w.is_manual as "isManual", s.splits
       from unnest($1::uuid[], $2::text[], $3::text[]) as a(athlete_id, provider, record_id)
       join health_data.workout w using (athlete_id, provider, record_id)
       left join health_data.workout_splits s
         on s.athlete_id = w.athlete_id and s.provider = w.provider and s.record_id = w.record_id and s.delete_rank = 0
      where w.delete_rank = 0`,
    namesOf(keys),
  );
  return new Map(rows.map((row) => [nameOf(row), { ...row, splits: (row.splits ?? []).map(splitOf) }]));
}

const namesOf = (keys: readonly WorkoutKey[]): unknown[] => [
  keys.map(({ athleteId }) => athleteId),
  keys.map(({ provider }) => provider),
  keys.map(({ recordId }) => recordId),
];

/** JSON knows no instants. */
type StoredSplit = Omit<Split, 'startedAt'> & { startedAt: string };

const splitOf = (split: StoredSplit): Split => ({ ...split, startedAt: new Date(split.startedAt) });

/** What is sampled during a workout is TRAINING; the heart rate of it needs HEART_RATE as well. */
async function loadStreams(context: RequestContext, keys: readonly StreamKey[]): Promise<('NOT_SHARED' | Line)[]> {
  if (new Set(keys.map(nameOf)).size > MAX_STREAMED_WORKOUTS) {
    throw new AppError(
      'BAD_USER_INPUT',
      `One request may ask for the streams of ${MAX_STREAMED_WORKOUTS} workouts. Ask for fewer at a time.`,
    );
  }
  const isTrainingShared = await sharedAmong(context, 'TRAINING', keys);
  const ofHeart = keys.filter(({ sampleKind }) => sampleKind === 'heart_rate');
  const isHeartShared = ofHeart.length === 0 ? [] : await sharedAmong(context, 'HEART_RATE', ofHeart);
  const asked = keys.filter((key, index) => {
    const position = ofHeart.indexOf(key);
    return isTrainingShared[index] === true && (position === -1 || isHeartShared[position] === true);
  });
  const lines = await readStreams(context, asked);
  return keys.map((key) => {
    const position = asked.indexOf(key);
    return position === -1 ? 'NOT_SHARED' : (lines[position] as Line);
  });
}

interface Block {
  position: number;
  isOwn: boolean;
  startedAt: Date;
  offsetsS: number[];
  values: number[];
}

/**
 * The series recorded with the workout. A provider that records none gives the heart rate of the day, of which the part
 * that lies in the workout counts: the same samples that `Athlete.heartRate` shows, stored once.
 */
async function readStreams(context: RequestContext, asked: readonly StreamKey[]): Promise<Line[]> {
  if (asked.length === 0) return [];
  const blocks = await context.db.query<Block[]>(
    `select a.position - 1 as position, b.record_id = a.record_id as "isOwn", b.started_at as "startedAt",
            health_data.sample_offsets(b.offsets_s, b.in_runs) as "offsetsS", b.sample_values as values
       from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[]) with ordinality
            as a(athlete_id, provider, record_id, sample_kind, started_at, ended_at, position)
       join health_data.sample_block b
         on b.athlete_id = a.athlete_id and b.sample_kind = a.sample_kind
        and b.started_at <= a.ended_at and b.captured_at >= a.started_at
        and b.started_at >= $7 and b.started_at <= $8
        and b.provider = a.provider and (b.record_id = a.record_id or b.sample_kind = 'heart_rate')
      order by a.position, b.source_updated_at, b.record_id desc`,
    [
      ...namesOf(asked),
      asked.map(({ sampleKind }) => sampleKind),
      asked.map(({ startedAt }) => startedAt),
      asked.map(({ endedAt }) => endedAt),
      // The same for all that was asked, so that only those months are opened.
      new Date(Math.min(...asked.map(({ startedAt }) => startedAt.getTime())) - MAX_BLOCK_MS),
      new Date(Math.max(...asked.map(({ endedAt }) => endedAt.getTime()))),
    ],
  );
  const byKey = Map.groupBy(blocks, ({ position }) => position);
  return asked.map((key, position) => lineOf(key, byKey.get(position) ?? []));
}

/** Blocks come oldest first: of two samples of one instant that of the newest source stays, of two as new the first by name. */
function lineOf({ startedAt, endedAt }: WorkoutKey, blocks: readonly Block[]): Line {
  const own = blocks.filter(({ isOwn }) => isOwn);
  const lengthS = (endedAt.getTime() - startedAt.getTime()) / 1000;
  const byOffset = new Map<number, number>();
  for (const block of own.length > 0 ? own : blocks) {
    const shiftS = Math.round((block.startedAt.getTime() - startedAt.getTime()) / 1000);
    for (const [index, offsetS] of block.offsetsS.entries()) {
      const at = offsetS + shiftS;
      if (block.isOwn || (at >= 0 && at <= lengthS)) byOffset.set(at, block.values[index] ?? 0);
    }
  }
  const samples = [...byOffset].sort(([a], [b]) => a - b);
  return { offsetsS: samples.map(([at]) => at), values: samples.map(([, value]) => value) };
}
