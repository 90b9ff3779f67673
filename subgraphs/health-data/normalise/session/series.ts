import type { MeasurementFlag, SampleBlock, WorkoutSampleKind } from '../../measurements/measurement.ts';
import type { RowSlot, Version } from '../normaliser.ts';
import { PLAUSIBLE, type Range, isFuture, isMissing, isWithin } from '../units.ts';

type Series = { range: Range; flag: MeasurementFlag; isZeroReading: boolean };

const implausible = 'implausible_value_dropped';

/** Standing still is a speed of 0, coasting a power of 0; no heart beats 0 times. */
const SERIES: Readonly<Record<WorkoutSampleKind, Series>> = {
  heart_rate: { range: PLAUSIBLE.heartRateBpm, flag: 'implausible_hr_dropped', isZeroReading: false },
  speed: { range: PLAUSIBLE.speedMps, flag: implausible, isZeroReading: true },
  power: { range: PLAUSIBLE.powerW, flag: implausible, isZeroReading: true },
  cadence: { range: PLAUSIBLE.cadencePerMin, flag: implausible, isZeroReading: true },
  altitude: { range: PLAUSIBLE.altitudeM, flag: implausible, isZeroReading: true },
  distance: { range: PLAUSIBLE.distanceM, flag: implausible, isZeroReading: true },
};

export const WORKOUT_SAMPLE_KINDS = Object.keys(SERIES) as readonly WorkoutSampleKind[];

/** Every series a workout may have, under the id of the workout itself: that is how a reader finds them. */
export const seriesSlots = (recordId: string): RowSlot[] =>
  WORKOUT_SAMPLE_KINDS.map((sampleKind) => ({ recordKind: 'sample_block', sampleKind, recordId }));

/** A sample as the vendor gives it: seconds after the start of the session, and whatever stands there as its value. */
export type GivenSample = { offsetS: unknown; value: unknown };

/** When a session ran, and from when to when its samples may lie, in seconds after its start. */
export type SessionWindow = { startedAt: Date; earliestS: number; latestS: number };

export type SessionSeries = {
  block: SampleBlock | null;
  /** What was left out. It stands on the block; without a block it is for the caller to say where. */
  dropped: ReadonlySet<MeasurementFlag>;
};

/**
 * One series of a session, every sample of it, on whole seconds and in order; of one second the last sample counts.
 * What lies outside the session or in the future, and what cannot be true, is left out with a flag. At most one sample
 * for each second of the window, which bounds it.
 */
export function readSessionSeries({
  sampleKind,
  samples,
  window,
  origin,
  receivedAt,
}: {
  sampleKind: WorkoutSampleKind;
  samples: Iterable<GivenSample>;
  window: SessionWindow;
  origin: Version & { recordId: string; zoneOffsetMin: number | null };
  receivedAt: Date;
}): SessionSeries {
  const { range, flag, isZeroReading } = SERIES[sampleKind];
  const { startedAt, earliestS, latestS } = window;
  const dropped = new Set<MeasurementFlag>();
  const atOf = (offsetS: number): Date => new Date(startedAt.getTime() + offsetS * 1000);
  const bySecond = new Map<number, number>();
  for (const { offsetS, value } of samples) {
    if (isMissing(value) || (value === 0 && !isZeroReading)) continue;
    const isSecond = typeof offsetS === 'number' && Number.isInteger(offsetS);
    if (!isSecond || offsetS < earliestS || offsetS > latestS || isFuture(atOf(offsetS), receivedAt)) {
      dropped.add('series_outside_window');
    } else if (typeof value !== 'number' || !isWithin(value, range)) dropped.add(flag);
    else bySecond.set(offsetS, value);
  }
  const ordered = [...bySecond].sort(([a], [b]) => a - b);
  const [first] = ordered;
  // A sensor that says nothing but 0 was not there.
  if (first === undefined || ordered.every(([, value]) => value === 0)) return { block: null, dropped };
  const lastS = ordered.at(-1)?.[0] ?? first[0];
  // A recording that begins before its session would otherwise end before it starts.
  const originS = Math.min(0, first[0]);
  const block: SampleBlock = {
    kind: 'sample_block',
    ...origin,
    day: atOf(first[0]).toISOString().slice(0, 10),
    stateRank: 1,
    flags: [...dropped],
    capturedAt: atOf(lastS),
    sampleKind,
    startedAt: atOf(originS),
    offsetsS: ordered.map(([offsetS]) => offsetS - originS),
    values: ordered.map(([, value]) => value),
  };
  return { block, dropped };
}
