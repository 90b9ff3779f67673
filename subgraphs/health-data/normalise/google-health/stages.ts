import type { SleepStages } from '../../measurements/measurement.ts';
import { type Item, isItem } from '../normaliser.ts';
import { parseInstant } from '../units.ts';

/** What the stages of a night say. Minutes and counts are null unless the stages cover the whole period. */
export type StageReading = {
  stages: SleepStages | null;
  asleepMin: number | null;
  deepMin: number | null;
  lightMin: number | null;
  remMin: number | null;
  awakeMin: number | null;
  latencyMin: number | null;
  wasoMin: number | null;
  wakeCount: number | null;
  awakeningsOver5Min: number | null;
  flag: 'stages_unreadable' | 'stages_partial' | null;
};

type Digit = '1' | '2' | '3' | '4';
type Segment = { startMs: number; endMs: number; digit: Digit };

const DIGITS: ReadonlyMap<unknown, Digit> = new Map([
  ['DEEP', '1'],
  ['LIGHT', '2'],
  ['REM', '3'],
  ['AWAKE', '4'],
]);
const AWAKE = '4';

/** Google's stages begin and end on half minutes; a gap up to one epoch is rounding. */
const EPOCH_S = 30;
const EPOCH_MS = EPOCH_S * 1000;
const LONG_AWAKENING_MS = 5 * 60_000;

/** A day of the shortest stages; a longer list is damaged. */
const MAX_SEGMENTS = 2880;

const UNKNOWN: StageReading = {
  stages: null,
  asleepMin: null,
  deepMin: null,
  lightMin: null,
  remMin: null,
  awakeMin: null,
  latencyMin: null,
  wasoMin: null,
  wakeCount: null,
  awakeningsOver5Min: null,
  flag: null,
};

/**
 * Stages as Google lists them: segments that touch and cover the period. A CLASSIC sleep knows ASLEEP, RESTLESS and
 * AWAKE only: those are no stages, and its restlessness is not comparable with waking, so nothing is read from it.
 * Wakes are counted between the first and the last sleep: `stagesSummary` also counts lying awake before and after.
 */
export function readStages({ list, start, end }: { list: unknown; start: Date; end: Date }): StageReading {
  if (!Array.isArray(list) || list.length === 0 || isClassic(list)) return UNKNOWN;
  const segments = readSegments(list);
  if (segments === null || !isInside(segments, start, end)) return { ...UNKNOWN, flag: 'stages_unreadable' };
  if (!isWhole(segments, start, end)) return { ...UNKNOWN, flag: 'stages_partial' };
  return { ...countsOf(segments, start), stages: epochsOf(segments, start, end), flag: null };
}

const isClassic = (list: readonly unknown[]): boolean =>
  list.some((entry) => isItem(entry) && (entry['type'] === 'ASLEEP' || entry['type'] === 'RESTLESS'));

/** In order of time; null if any cannot be read or two overlap. */
function readSegments(list: readonly unknown[]): Segment[] | null {
  if (list.length > MAX_SEGMENTS) return null;
  const segments: Segment[] = [];
  for (const entry of list) {
    const segment = isItem(entry) ? readSegment(entry) : null;
    if (segment === null) return null;
    segments.push(segment);
  }
  segments.sort((a, b) => a.startMs - b.startMs);
  const overlaps = segments.some(({ startMs }, i) => startMs < (segments[i - 1]?.endMs ?? startMs));
  return overlaps ? null : segments;
}

function readSegment(entry: Item): Segment | null {
  const digit = DIGITS.get(entry['type']);
  const startMs = parseInstant(entry['startTime'])?.at.getTime();
  const endMs = parseInstant(entry['endTime'])?.at.getTime();
  if (digit === undefined || startMs === undefined || endMs === undefined || endMs <= startMs) return null;
  return { startMs, endMs, digit };
}

function isInside(segments: readonly Segment[], start: Date, end: Date): boolean {
  const firstMs = segments[0]?.startMs ?? 0;
  const lastMs = segments.at(-1)?.endMs ?? 0;
  return firstMs >= start.getTime() && lastMs <= end.getTime();
}

function isWhole(segments: readonly Segment[], start: Date, end: Date): boolean {
  let coveredMs = start.getTime();
  for (const { startMs, endMs } of segments) {
    if (startMs - coveredMs > EPOCH_MS) return false;
    coveredMs = endMs;
  }
  return end.getTime() - coveredMs <= EPOCH_MS;
}

function countsOf(segments: readonly Segment[], start: Date): Omit<StageReading, 'stages' | 'flag'> {
  const minutesOf = (digit: Digit): number => sumMs(segments.filter((segment) => segment.digit === digit)) / 60_000;
  const [deepMin, lightMin, remMin, awakeMin] = [minutesOf('1'), minutesOf('2'), minutesOf('3'), minutesOf('4')];
  const asleepMin = deepMin + lightMin + remMin;
  const first = segments.findIndex(({ digit }) => digit !== AWAKE);
  const totals = { deepMin, lightMin, remMin, awakeMin, asleepMin };
  // Without any sleep there is no "between": latency and wakes are unknown, not zero.
  if (first === -1) return { ...totals, latencyMin: null, wasoMin: null, wakeCount: null, awakeningsOver5Min: null };
  const last = segments.findLastIndex(({ digit }) => digit !== AWAKE);
  const wakesMs = awakeRunsMs(segments.slice(first, last));
  return {
    ...totals,
    latencyMin: Math.max(0, (segments[first]?.startMs ?? 0) - start.getTime()) / 60_000,
    wasoMin: wakesMs.reduce((sum, wakeMs) => sum + wakeMs, 0) / 60_000,
    wakeCount: wakesMs.length,
    awakeningsOver5Min: wakesMs.filter((wakeMs) => wakeMs > LONG_AWAKENING_MS).length,
  };
}

const sumMs = (segments: readonly Segment[]): number =>
  segments.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);

/** Segments of waking that touch are one wake. */
function awakeRunsMs(segments: readonly Segment[]): number[] {
  const runs: number[] = [];
  segments.forEach((segment, i) => {
    if (segment.digit !== AWAKE) return;
    const lengthMs = segment.endMs - segment.startMs;
    if (segments[i - 1]?.digit === AWAKE) runs.push((runs.pop() ?? 0) + lengthMs);
    else runs.push(lengthMs);
  });
  return runs;
}

/** One character per half minute from the start of the period: the stage at the middle of it. */
function epochsOf(segments: readonly Segment[], start: Date, end: Date): SleepStages {
  const count = Math.ceil((end.getTime() - start.getTime()) / EPOCH_MS);
  let phases = '';
  let index = 0;
  for (let epoch = 0; epoch < count; epoch += 1) {
    const middleMs = start.getTime() + (epoch + 0.5) * EPOCH_MS;
    while (index < segments.length - 1 && middleMs >= (segments[index]?.endMs ?? 0)) index += 1;
    phases += segments[index]?.digit ?? AWAKE;
  }
  return { epochS: EPOCH_S, phases };
}
