import type { SleepStages } from '../../measurements/measurement.ts';
import { isMissing, type ZonedInstant } from '../units.ts';
import { type ClockEntry, readClock } from './clock.ts';

/** What a hypnogram says that the totals of the night do not. */
export type HypnogramReading = {
  stages: SleepStages | null;
  wakeCount: number | null;
  wasoMin: number | null;
  awakeningsOver5Min: number | null;
  flag: 'stages_unreadable' | 'stages_partial' | null;
};

const EPOCH_S = 60;
const LONG_AWAKENING_MIN = 5;

/** Polar: 0 wake, 1 REM, 2 and 3 light, 4 deep, 5 unrecognised. Ours: 1 deep, 2 light, 3 REM, 4 awake. */
const PHASE_OF: Readonly<Record<number, string>> = { 0: '4', 1: '3', 2: '2', 3: '2', 4: '1', 5: '?' };
const AWAKE = '4';

const NOTHING = { stages: null, wakeCount: null, wasoMin: null, awakeningsOver5Min: null };

export const UNREADABLE: HypnogramReading = { ...NOTHING, flag: 'stages_unreadable' };

type Segment = { phase: string; lengthMin: number };

/**
 * Each entry of a hypnogram begins a stage that lasts until the next one, the last until the end of the night.
 * Wakes are the awake stages between the first and the last sleeping one; an unrecognised stage is sleep, as in
 * Polar's total. A night with unrecognised stages, or whose first entry comes later than its start, has no `stages`:
 * they could only be invented.
 */
export function readHypnogram({
  hypnogram,
  start,
  periodMin,
}: {
  hypnogram: unknown;
  start: ZonedInstant;
  periodMin: number;
}): HypnogramReading {
  if (isMissing(hypnogram)) return { ...NOTHING, flag: null };
  const entries = readClock(hypnogram, start);
  const lengthMin = Math.ceil(periodMin);
  const segments = entries === null ? null : segmentsOf(entries, lengthMin);
  if (entries === null || segments === null) return UNREADABLE;

  const isSleep = ({ phase }: Segment): boolean => phase !== AWAKE;
  const inner = segments.slice(segments.findIndex(isSleep), segments.findLastIndex(isSleep) + 1);
  const wakesMin = joined(inner)
    .filter((segment) => !isSleep(segment))
    .map((segment) => segment.lengthMin);
  // A night without one sleeping stage has no "between": its wakes are unknown.
  const counts = segments.some(isSleep)
    ? {
        wakeCount: wakesMin.length,
        wasoMin: wakesMin.reduce((sum, wakeMin) => sum + wakeMin, 0),
        awakeningsOver5Min: wakesMin.filter((wakeMin) => wakeMin > LONG_AWAKENING_MIN).length,
      }
    : {};
  const phases = segments.map((segment) => segment.phase.repeat(segment.lengthMin)).join('');
  const isWhole = entries[0]?.offsetMin === 0 && /^[1-4]+$/.test(phases);
  return isWhole
    ? { ...NOTHING, ...counts, stages: { epochS: EPOCH_S, phases }, flag: null }
    : { ...NOTHING, ...counts, flag: 'stages_partial' };
}

/** Null if an entry lies outside the night or names no stage Polar documents. One at its very end has no length. */
function segmentsOf(entries: readonly ClockEntry[], lengthMin: number): Segment[] | null {
  const segments: Segment[] = [];
  for (const [index, { offsetMin, value }] of entries.entries()) {
    const phase = typeof value === 'number' ? PHASE_OF[value] : undefined;
    if (phase === undefined || offsetMin > lengthMin) return null;
    segments.push({ phase, lengthMin: (entries[index + 1]?.offsetMin ?? lengthMin) - offsetMin });
  }
  return segments.filter((segment) => segment.lengthMin > 0);
}

/** Two neighbours of one stage are one. */
function joined(segments: readonly Segment[]): Segment[] {
  const result: Segment[] = [];
  for (const segment of segments) {
    const last = result.at(-1);
    if (last?.phase === segment.phase) last.lengthMin += segment.lengthMin;
    else result.push({ ...segment });
  }
  return result;
}
