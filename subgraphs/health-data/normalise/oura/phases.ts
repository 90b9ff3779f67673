import type { SleepStages } from '../../measurements/measurement.ts';
import { isMissing } from '../units.ts';

/** What an Oura phase string (1 deep, 2 light, 3 REM, 4 awake) says that the totals of the document do not. */
export type PhaseReading = {
  stages: SleepStages | null;
  wakeCount: number | null;
  wasoMin: number | null;
  awakeningsOver5Min: number | null;
  flag: 'stages_unreadable' | 'stages_partial' | null;
};

const AWAKE = '4';
const LONG_AWAKENING_S = 300;

/** Of the period, how much a phase string must describe before wakes are counted in it: less would undercount. */
const MIN_COVERAGE = 0.9;
/** Beyond this (and the last epoch, which is rounded up) the string is that of another period. */
const MAX_COVERAGE = 1.1;

function readString({
  value,
  epochS,
  periodS,
}: {
  value: unknown;
  epochS: number;
  periodS: number;
}): SleepStages | null {
  if (typeof value !== 'string' || value.length * epochS > periodS * MAX_COVERAGE + epochS) return null;
  return /^[1-4]+$/.test(value) ? { epochS, phases: value } : null;
}

/** Lengths, in epochs, of the awake runs after the first and before the last sleeping epoch. */
function innerAwakeRuns(phases: string): number[] {
  const inner = phases.replace(/^4+/, '');
  let last = inner.length;
  while (last > 0 && inner[last - 1] === AWAKE) last -= 1;
  return (inner.slice(0, last).match(/4+/g) ?? []).map((run) => run.length);
}

/**
 * Counts from the 30-second string, from the 5-minute one if the first is missing or does not describe the whole
 * period, and from none (nulls, not zeros) if neither does. Own derivation: Oura's `restless_periods` is movement.
 */
export function readPhases({
  phases30S,
  phases5Min,
  periodS,
}: {
  phases30S: unknown;
  phases5Min: unknown;
  /** bedtime_start to bedtime_end. */
  periodS: number;
}): PhaseReading {
  const isGiven = !isMissing(phases30S) || !isMissing(phases5Min);
  const readable = [
    readString({ value: phases30S, epochS: 30, periodS }),
    readString({ value: phases5Min, epochS: 300, periodS }),
  ].filter((stages) => stages !== null);
  const whole = readable.find(({ phases, epochS }) => phases.length * epochS >= periodS * MIN_COVERAGE);
  const unknown = { wakeCount: null, wasoMin: null, awakeningsOver5Min: null };
  if (whole === undefined) {
    const stages = readable[0] ?? null;
    if (stages !== null) return { stages, ...unknown, flag: 'stages_partial' };
    return { stages, ...unknown, flag: isGiven ? 'stages_unreadable' : null };
  }
  // A night without one sleeping epoch has no "between": its wakes are unknown.
  if (/^4+$/.test(whole.phases)) return { stages: whole, ...unknown, flag: null };
  const runsS = innerAwakeRuns(whole.phases).map((epochs) => epochs * whole.epochS);
  return {
    stages: whole,
    wakeCount: runsS.length,
    wasoMin: runsS.reduce((sum, runS) => sum + runS, 0) / 60,
    awakeningsOver5Min: runsS.filter((runS) => runS > LONG_AWAKENING_S).length,
    flag: null,
  };
}
