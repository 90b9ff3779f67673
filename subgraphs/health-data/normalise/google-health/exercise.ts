import type { MeasurementFlag, Workout } from '../../measurements/measurement.ts';
import {
  type GooglePoint,
  type GoogleReading,
  durationS,
  inThousands,
  numberOf,
  quantity,
  requirePeriod,
  requirePointId,
  versionOf,
} from './point.ts';
import { type Item, type RowSlot, isItem } from '../normaliser.ts';
import { type GivenSplit, readSplits, splitsSlot } from '../session/splits.ts';
import { PLAUSIBLE, dayOf, isWithin, parseInstant } from '../units.ts';

const MAX_WORKOUT_HOURS = 24;

const ELEVATION_GAIN_M = { min: 0, max: 20_000 };

const ZONES = ['lightTime', 'moderateTime', 'vigorousTime', 'peakTime'] as const;

export const exerciseSlots = (recordId: string): RowSlot[] => [workoutSlot(recordId), splitsSlot(recordId)];

const workoutSlot = (recordId: string): RowSlot => ({ recordKind: 'workout', sampleKind: null, recordId });

/**
 * One `exercise` session. `durationS` is the whole window, pauses included; Google gives no highest heart rate.
 *
 * @throws ItemRefused no_record_id, bad_time, future_dated, window_inverted, window_too_long
 */
export function readExercise(point: GooglePoint): GoogleReading {
  const recordId = requirePointId(point);
  const { item, value } = point;
  const flags = new Set<MeasurementFlag>();
  const { start, end, lengthS } = requirePeriod(point, MAX_WORKOUT_HOURS);
  const metrics = isItem(value['metricsSummary']) ? value['metricsSummary'] : {};
  const row: Workout = {
    kind: 'workout',
    ...versionOf(point),
    recordId,
    stateRank: 1,
    day: dayOf(start, flags),
    capturedAt: end.at,
    zoneOffsetMin: end.zoneOffsetMin,
    activity: activityOf(value),
    startedAt: start.at,
    endedAt: end.at,
    durationS: lengthS,
    distanceM: quantity({ value: inThousands(metrics['distanceMillimeters']), range: PLAUSIBLE.distanceM, flags }),
    energyKcal: quantity({ value: metrics['caloriesKcal'], range: PLAUSIBLE.energyKcal, flags }),
    elevationGainM: quantity({
      value: inThousands(metrics['elevationGainMillimeters']),
      range: ELEVATION_GAIN_M,
      flags,
    }),
    averageHeartRateBpm: heartRateOf(metrics['averageHeartRateBeatsPerMinute'], flags),
    maxHeartRateBpm: null,
    heartRateZonesS: zonesOf(metrics['heartRateZoneDurations'], lengthS, flags),
    intensity: null,
    isManual: isManual(item),
    flags: [],
  };
  const workout = { ...row, flags: [...flags] };
  return { recordId, rows: [workout, ...readSplits({ given: splitsOf(value), workout, latestS: lengthS }).rows] };
}

/** Laps are `splits` in Google's own answers, `splitSummaries` in some; never both. */
function splitsOf({ splits, splitSummaries }: Item): GivenSplit[] {
  const list = [splits, splitSummaries].find((one) => Array.isArray(one) && one.length > 0);
  return Array.from(Array.isArray(list) ? (list as unknown[]) : [], (entry) => {
    const split = isItem(entry) ? entry : {};
    const metrics = isItem(split['metricsSummary']) ? split['metricsSummary'] : {};
    const numbered = (value: unknown): unknown => numberOf(value) ?? value;
    const startedAt = parseInstant(split['startTime'])?.at ?? null;
    const end = parseInstant(split['endTime'])?.at;
    const elapsedS = startedAt === null || end === undefined ? null : (end.getTime() - startedAt.getTime()) / 1000;
    return {
      startedAt,
      durationS: durationS(split['activeDuration']) ?? elapsedS,
      distanceM: inThousands(metrics['distanceMillimeters']),
      averageHeartRateBpm: numbered(metrics['averageHeartRateBeatsPerMinute']),
      elevationGainM: inThousands(metrics['elevationGainMillimeters']),
    };
  });
}

/** `STRENGTH_TRAINING` is `strength_training`. */
function activityOf({ exerciseType }: Item): string {
  const isNamed = typeof exerciseType === 'string' && /^[A-Z][A-Z0-9_]{0,63}$/.test(exerciseType);
  return isNamed && exerciseType !== 'EXERCISE_TYPE_UNSPECIFIED' ? exerciseType.toLowerCase() : 'other';
}

/** 0 is "no heart rate", not an implausible one. */
const heartRateOf = (value: unknown, flags: Set<MeasurementFlag>): number | null =>
  numberOf(value) === 0
    ? null
    : quantity({ value, range: PLAUSIBLE.heartRateBpm, flags, flag: 'implausible_hr_dropped' });

/** Light, moderate, vigorous, peak; Google leaves out a zone without time. Null where it names none at all. */
function zonesOf(durations: unknown, lengthS: number, flags: Set<MeasurementFlag>): number[] | null {
  if (!isItem(durations) || !ZONES.some((zone) => zone in durations)) return null;
  const seconds = ZONES.map((zone) => (zone in durations ? durationS(durations[zone]) : 0));
  const isSane = seconds.every((one) => one !== null && isWithin(one, { min: 0, max: lengthS }));
  if (isSane) return seconds.filter((one) => one !== null);
  flags.add('implausible_value_dropped');
  return null;
}

const isManual = ({ dataSource }: Item): boolean => isItem(dataSource) && dataSource['recordingMethod'] === 'MANUAL';
