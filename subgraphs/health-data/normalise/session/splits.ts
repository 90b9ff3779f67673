import type { MeasurementFlag, Split, Workout, WorkoutSplits } from '../../measurements/measurement.ts';
import type { RowSlot } from '../normaliser.ts';
import { PLAUSIBLE, numberWithin, plausible } from '../units.ts';

/** A lap every ten seconds for more than an hour; nobody reads more. */
export const MAX_SPLITS = 500;

/** A lap as a vendor gives it, its fields under our names and whatever stands there as their values. */
export type GivenSplit = {
  startedAt: Date | null;
  durationS: unknown;
  distanceM?: unknown;
  averageHeartRateBpm?: unknown;
  elevationGainM?: unknown;
};

/** Clocks of laps and of the session they are in may be rounded apart. */
const SLACK_S = 60;

export const splitsSlot = (recordId: string): RowSlot => ({ recordKind: 'workout_splits', sampleKind: null, recordId });

/** What a document says of the splits: a row, nothing but that there are none any more (a slot to close), or nothing. */
export type SplitsReading = { rows: WorkoutSplits[]; slots: RowSlot[] };

/**
 * The splits of a workout, in order of time. A lap that has no readable start or length, or does not lie in the session,
 * is left out with a flag; so are those beyond `MAX_SPLITS`. `given` is null where the document has no list of them: it
 * then says nothing of the splits that another one brought.
 */
export function readSplits({
  given,
  workout,
  latestS,
}: {
  given: readonly GivenSplit[] | null;
  workout: Workout;
  /** Seconds after the start within which a lap must lie, pauses included. */
  latestS: number;
}): SplitsReading {
  if (given === null) return { rows: [], slots: [] };
  const { provider, recordId, sourceUpdatedAt, stateRank, day, capturedAt, zoneOffsetMin } = workout;
  const flags = new Set<MeasurementFlag>();
  const splits: Split[] = [];
  for (const [position, lap] of given.slice(0, MAX_SPLITS).entries()) {
    const split = readSplit({ lap, index: position + 1, startedAt: workout.startedAt, latestS, flags });
    if (split !== null) splits.push(split);
  }
  const slots = [splitsSlot(recordId)];
  if (splits.length === 0) return { rows: [], slots };
  if (splits.length < given.length) flags.add('splits_partial');
  const origin = { provider, recordId, sourceUpdatedAt, stateRank, day, capturedAt, zoneOffsetMin };
  splits.sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
  return { rows: [{ kind: 'workout_splits', ...origin, flags: [...flags], splits }], slots };
}

function readSplit({
  lap,
  index,
  startedAt,
  latestS,
  flags,
}: {
  lap: GivenSplit;
  index: number;
  startedAt: Date;
  latestS: number;
  flags: Set<MeasurementFlag>;
}): Split | null {
  if (lap.startedAt === null) return null;
  const offsetS = (lap.startedAt.getTime() - startedAt.getTime()) / 1000;
  const durationS = numberWithin(lap.durationS, { min: 1e-3, max: latestS + SLACK_S });
  if (durationS === null || offsetS < -SLACK_S || offsetS + durationS > latestS + SLACK_S) return null;
  const { distanceM, averageHeartRateBpm: bpm, elevationGainM } = lap;
  return {
    index,
    startedAt: lap.startedAt,
    durationS,
    distanceM: plausible({ value: distanceM, range: PLAUSIBLE.distanceM, flags }),
    averageHeartRateBpm:
      bpm === 0
        ? null
        : plausible({ value: bpm, range: PLAUSIBLE.heartRateBpm, flags, flag: 'implausible_hr_dropped' }),
    elevationGainM: plausible({ value: elevationGainM, range: PLAUSIBLE.elevationGainM, flags }),
  };
}

/** Laps of which the vendor gives the starts alone: each lasts until the next, the last one until the end. */
export function splitsBetween(starts: readonly (Date | null)[], end: Date): GivenSplit[] {
  return starts.map((startedAt, index) => {
    const until = index + 1 < starts.length ? (starts[index + 1] ?? null) : end;
    const isKnown = startedAt !== null && until !== null;
    return { startedAt, durationS: isKnown ? (until.getTime() - startedAt.getTime()) / 1000 : null };
  });
}
