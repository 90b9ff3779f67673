import type { MeasurementFlag, SleepStages } from '../../measurements/measurement.ts';
import { isItem } from '../normaliser.ts';

/** Seconds in each stage as the totals of a summary have them; null where it names none. */
export type StageTotals = { deepS: number | null; lightS: number | null; remS: number | null; awakeS: number | null };

/** What `sleepLevelsMap` says that the totals do not. Everything is null where it cannot be believed. */
export type LevelReading = {
  stages: SleepStages | null;
  /** Seconds from the start of the sleep to the end of its last level. */
  lastEndS: number | null;
  wakeCount: number | null;
  wasoMin: number | null;
  awakeningsOver5Min: number | null;
  flag: MeasurementFlag | null;
};

type Stage = 'deep' | 'light' | 'rem' | 'awake';
/** Seconds after the start of the sleep. */
type Level = { stage: Stage; fromS: number; toS: number };

const PHASE = { deep: '1', light: '2', rem: '3', awake: '4' } as const satisfies Record<Stage, string>;
const STAGES = Object.keys(PHASE) as Stage[];

/** Garmin's levels change on whole minutes. */
const EPOCH_S = 60;
const MAX_SLEEP_S = 86_400;
const LONG_AWAKENING_S = 300;

/** Per stage, how far the levels may be off the total: one epoch of rounding. */
const TOTAL_TOLERANCE_S = 60;

const UNKNOWN = { stages: null, lastEndS: null, wakeCount: null, wasoMin: null, awakeningsOver5Min: null };

/**
 * Levels are believed as a whole or not at all: they must lie after the start, not overlap, and add up to the totals.
 * Real summaries break each of these (a map of another night, two stages at one time), while their totals are right.
 */
export function readLevels({
  map,
  startS,
  totals,
}: {
  map: unknown;
  startS: number;
  totals: StageTotals;
}): LevelReading {
  if (!isItem(map) || Object.keys(map).length === 0) return { ...UNKNOWN, flag: null };
  const levels = orderedLevels(map, startS);
  if (levels === null || !isOfTotals(levels, totals)) return { ...UNKNOWN, flag: 'stages_unreadable' };
  const stages = stagesOf(levels);
  return {
    stages,
    lastEndS: levels.at(-1)?.toS ?? null,
    ...awakenings(levels),
    flag: stages === null ? 'stages_partial' : null,
  };
}

/** Null if anything in the map is no level, lies outside of a day from the start or overlaps. */
function orderedLevels(map: Readonly<Record<string, unknown>>, startS: number): Level[] | null {
  const levels: Level[] = [];
  for (const stage of STAGES) {
    const entries = map[stage] ?? [];
    if (!Array.isArray(entries)) return null;
    for (const entry of entries as unknown[]) {
      const { startTimeInSeconds: from, endTimeInSeconds: to } = isItem(entry) ? entry : {};
      if (typeof from !== 'number' || typeof to !== 'number') return null;
      const level = { stage, fromS: from - startS, toS: to - startS };
      if (!(level.fromS < level.toS && level.toS <= MAX_SLEEP_S)) return null;
      levels.push(level);
    }
  }
  levels.sort((a, b) => a.fromS - b.fromS);
  // The first one must not overlap what lies before the sleep.
  const isOverlapping = levels.some((level, i) => level.fromS < (levels[i - 1]?.toS ?? 0));
  return isOverlapping || levels.length === 0 ? null : levels;
}

function isOfTotals(levels: readonly Level[], { deepS, lightS, remS, awakeS }: StageTotals): boolean {
  const totals: Record<Stage, number | null> = { deep: deepS, light: lightS, rem: remS, awake: awakeS };
  return STAGES.every((stage) => {
    const sumS = levels.reduce((sum, level) => (level.stage === stage ? sum + level.toS - level.fromS : sum), 0);
    return Math.abs(sumS - (totals[stage] ?? 0)) <= TOTAL_TOLERANCE_S;
  });
}

/** Null if some minute between the start and the last level has none: there is no sign for "unknown". */
function stagesOf(levels: readonly Level[]): SleepStages | null {
  const lastEndS = levels.at(-1)?.toS ?? 0;
  let phases = '';
  let index = 0;
  for (let middleS = EPOCH_S / 2; middleS < lastEndS; middleS += EPOCH_S) {
    while ((levels[index]?.toS ?? Infinity) <= middleS) index += 1;
    const level = levels[index];
    if (level === undefined || level.fromS > middleS) return null;
    phases += PHASE[level.stage];
  }
  return phases === '' ? null : { epochS: EPOCH_S, phases };
}

/** `wakeCount` is Garmin's number of awake levels; the other two look only between the first sleep and the last. */
function awakenings(levels: readonly Level[]): Pick<LevelReading, 'wakeCount' | 'wasoMin' | 'awakeningsOver5Min'> {
  const asleep = levels.filter(({ stage }) => stage !== 'awake');
  const awake = levels.filter(({ stage }) => stage === 'awake');
  const first = asleep[0];
  const last = asleep.at(-1);
  if (first === undefined || last === undefined) {
    return { wakeCount: awake.length, wasoMin: null, awakeningsOver5Min: null };
  }
  const innerS = awake
    .filter(({ fromS }) => fromS > first.fromS && fromS < last.fromS)
    .map(({ fromS, toS }) => toS - fromS);
  return {
    wakeCount: awake.length,
    wasoMin: innerS.reduce((sum, lengthS) => sum + lengthS, 0) / 60,
    awakeningsOver5Min: innerS.filter((lengthS) => lengthS > LONG_AWAKENING_S).length,
  };
}
