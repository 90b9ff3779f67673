import type { MeasurementFlag, SleepNight, SleepStages } from '../../measurements/measurement.ts';
import { UNKNOWN_SLEEP } from '../../measurements/unknown.ts';

/** `asleep` is sleep whose stage is not known. */
export type Stage = 'deep' | 'light' | 'rem' | 'asleep' | 'awake';

/** A stretch of one stage, epoch milliseconds, the end after the start. */
export type StageInterval = { stage: Stage; startMs: number; endMs: number };

/** What the stages of a period say; minutes. Null means unknown, never zero. */
export type StageReading = Pick<
  SleepNight,
  | 'asleepMin'
  | 'awakeMin'
  | 'wasoMin'
  | 'latencyMin'
  | 'deepMin'
  | 'lightMin'
  | 'remMin'
  | 'efficiencyPct'
  | 'wakeCount'
  | 'awakeningsOver5Min'
  | 'stages'
> & { flags: MeasurementFlag[] };

/** Of the phone platforms' stages none is shorter. */
const EPOCH_S = 30;
const EPOCH_MS = EPOCH_S * 1000;
const MINUTE_MS = 60_000;
const LONG_AWAKENING_MS = 5 * MINUTE_MS;

const PHASE = { deep: '1', light: '2', rem: '3', awake: '4' } as const;

/** Heart rate is no matter of stages. */
const { averageHeartRateBpm: _, ...UNKNOWN } = UNKNOWN_SLEEP;

/**
 * Sleep of the period `startMs` to `endMs` (the time in bed) from its stages, in any order, possibly overlapping.
 *
 * Wakes are the awake stretches after the first and before the last sleep, adjoining ones counted once; the first and
 * the last block awake are none. Holes between two stages are neither sleep nor wake. Latency is the time from the
 * start to the first sleep; it is unknown where a period begins with sleep and nobody recorded going to bed.
 */
export function readStages({
  intervals,
  startMs,
  endMs,
  isInBedKnown,
}: {
  intervals: readonly StageInterval[];
  startMs: number;
  endMs: number;
  /** Whether `startMs` is when the athlete went to bed, rather than just the first stage. */
  isInBedKnown: boolean;
}): StageReading {
  const sorted = withoutOverlaps(intervals, { startMs, endMs });
  const [first] = sorted;
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return { ...UNKNOWN, flags: [] };

  const lengthOf = (stage: Stage): number => lengthMs(sorted.filter((interval) => interval.stage === stage));
  const asleepMs = lengthMs(sorted.filter(isSleep));
  const holesMs = last.endMs - first.startMs - lengthMs(sorted);
  const isStaged = sorted.some(({ stage }) => isSleep({ stage }) && stage !== 'asleep');
  const minutesOfStage = (stage: Stage): number | null => (isStaged ? lengthOf(stage) / MINUTE_MS : null);
  const { stages, flags } = stagesOf({ sorted, startMs, endMs, isStaged });
  return {
    ...UNKNOWN,
    asleepMin: asleepMs / MINUTE_MS,
    awakeMin: (endMs - startMs - asleepMs - holesMs) / MINUTE_MS,
    deepMin: minutesOfStage('deep'),
    lightMin: minutesOfStage('light'),
    remMin: minutesOfStage('rem'),
    efficiencyPct: (asleepMs / (endMs - startMs)) * 100,
    ...wakesOf({ sorted, startMs, isInBedKnown }),
    stages,
    flags: ['asleep_derived_from_stages', 'efficiency_derived', ...flags],
  };
}

const isSleep = ({ stage }: Pick<StageInterval, 'stage'>): boolean => stage !== 'awake';

const lengthMs = (intervals: readonly StageInterval[]): number =>
  intervals.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);

/** In order and inside the window. Of two that overlap the one that began first keeps the common part. */
function withoutOverlaps(
  intervals: readonly StageInterval[],
  window: { startMs: number; endMs: number },
): StageInterval[] {
  const kept: StageInterval[] = [];
  let coveredMs = window.startMs;
  for (const { stage, startMs, endMs } of intervals.toSorted((a, b) => a.startMs - b.startMs || a.endMs - b.endMs)) {
    const fromMs = Math.max(startMs, coveredMs);
    const toMs = Math.min(endMs, window.endMs);
    if (toMs <= fromMs) continue;
    kept.push({ stage, startMs: fromMs, endMs: toMs });
    coveredMs = toMs;
  }
  return kept;
}

function wakesOf({
  sorted,
  startMs,
  isInBedKnown,
}: {
  sorted: readonly StageInterval[];
  startMs: number;
  isInBedKnown: boolean;
}): Pick<StageReading, 'latencyMin' | 'wasoMin' | 'wakeCount' | 'awakeningsOver5Min'> {
  const firstSleep = sorted.findIndex(isSleep);
  // A period without sleep has no "between": its wakes are unknown.
  if (firstSleep === -1) return { latencyMin: null, wasoMin: null, wakeCount: null, awakeningsOver5Min: null };
  const inner = sorted.slice(firstSleep, sorted.findLastIndex(isSleep) + 1);
  const runsMs: number[] = [];
  let previous: StageInterval | undefined;
  for (const interval of inner) {
    if (interval.stage === 'awake') {
      const isSameRun = previous?.stage === 'awake' && previous.endMs === interval.startMs;
      const lengthOfRun = (isSameRun ? (runsMs.pop() ?? 0) : 0) + interval.endMs - interval.startMs;
      runsMs.push(lengthOfRun);
    }
    previous = interval;
  }
  const isLatencyKnown = isInBedKnown || firstSleep > 0;
  return {
    latencyMin: isLatencyKnown ? ((sorted[firstSleep]?.startMs ?? startMs) - startMs) / MINUTE_MS : null,
    wasoMin: runsMs.reduce((sum, runMs) => sum + runMs, 0) / MINUTE_MS,
    wakeCount: runsMs.length,
    awakeningsOver5Min: runsMs.filter((runMs) => runMs > LONG_AWAKENING_MS).length,
  };
}

/** One phase per epoch, that of its middle. None where a part between the first and the last stage is unknown. */
function stagesOf({
  sorted,
  startMs,
  endMs,
  isStaged,
}: {
  sorted: readonly StageInterval[];
  startMs: number;
  endMs: number;
  isStaged: boolean;
}): { stages: SleepStages | null; flags: MeasurementFlag[] } {
  if (!isStaged) return { stages: null, flags: [] };
  const partial = { stages: null, flags: ['stages_partial' as const] };
  let phases = '';
  let index = 0;
  for (let middleMs = startMs + EPOCH_MS / 2; middleMs < endMs; middleMs += EPOCH_MS) {
    while (index < sorted.length && (sorted[index]?.endMs ?? 0) <= middleMs) index += 1;
    const interval = sorted[index];
    const isCovered = interval !== undefined && interval.startMs <= middleMs;
    if (!isCovered && index > 0 && interval !== undefined) return partial;
    if (isCovered && interval.stage === 'asleep') return partial;
    phases += isCovered && interval.stage !== 'asleep' ? PHASE[interval.stage] : PHASE.awake;
  }
  return phases === '' ? { stages: null, flags: [] } : { stages: { epochS: EPOCH_S, phases }, flags: [] };
}
