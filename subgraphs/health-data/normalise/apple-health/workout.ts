import type { MeasurementFlag, Workout } from '../../measurements/measurement.ts';
import { sourceOf } from './source.ts';
import { type Item, type RowSlot, isItem, tombstone, tombstonesForAbsent, requireRecordId } from '../normaliser.ts';
import { type Upload, dayFlags, dayOf, requireMoment, versionOf } from '../phone/upload.ts';
import { type GivenSplit, type SplitsReading, readSplits, splitsSlot } from '../session/splits.ts';
import { PLAUSIBLE, type Range, isMissing, numberWithin, parseInstant, requireWindow } from '../units.ts';

/** A workout and what makes two of them one: the same source, type, start and end. */
export type AppleWorkout = { row: Workout; splits: SplitsReading; identity: string };

const KCAL_PER_KJ = 0.239006;

/** Factors to seconds, metres and kilocalories; a value in any other unit is left out. */
const UNITS: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  ['s', 1],
  ['min', 60],
  ['m', 1],
  ['km', 1000],
  ['kcal', 1],
  ['kJ', KCAL_PER_KJ],
  ['bpm', 1],
  ['count/min', 1],
]);

export const workoutSlots = (recordId: string): RowSlot[] => [
  { recordKind: 'workout', sampleKind: null, recordId },
  splitsSlot(recordId),
];

/**
 * One entry of `data.workouts`. Without a duration of its own (pauses left out) it lasted from start to end.
 *
 * @throws ItemRefused no_record_id, bad_time, future_dated, window_inverted, window_too_long
 */
export function readWorkout(item: Item, upload: Upload): AppleWorkout {
  const recordId = requireRecordId(item['id'], 'id');
  const offset = item['zoneOffset'];
  const start = requireMoment({ value: item['startDate'], offset, field: 'startDate', upload });
  const end = requireMoment({ value: item['endDate'], offset, field: 'endDate', upload });
  const windowS = requireWindow({ start: start.at, end: end.at, maxHours: 24 });
  const flags = new Set<MeasurementFlag>(dayFlags(start));
  const values = valuesOf(item['values']);
  const read = (name: string, range: Range, flag: MeasurementFlag = 'implausible_value_dropped'): number | null => {
    const value = values.get(name);
    const number = numberWithin(value, range);
    if (number === null && !isMissing(value)) flags.add(flag);
    return number;
  };
  const heartRate = (name: string): number | null => read(name, PLAUSIBLE.heartRateBpm, 'implausible_hr_dropped');
  const activity = activityOf(item['type']);
  // A second of slack: HealthKit rounds neither.
  const durationS = read('duration', { min: 1e-3, max: windowS + 1 }) ?? windowS;
  const { source, device = null } = sourceOf(item['source']);
  const row: Workout = {
    kind: 'workout',
    ...versionOf(upload),
    device,
    recordId,
    stateRank: 1,
    flags: [],
    day: dayOf(start),
    capturedAt: end.at,
    zoneOffsetMin: end.zoneOffsetMin,
    activity,
    startedAt: start.at,
    endedAt: end.at,
    durationS,
    distanceM: read('distance', PLAUSIBLE.distanceM),
    energyKcal: energyOf(
      read('activeEnergyBurned', PLAUSIBLE.energyKcal),
      read('basalEnergyBurned', PLAUSIBLE.energyKcal),
    ),
    elevationGainM: read('elevationAscended', PLAUSIBLE.elevationGainM),
    averageHeartRateBpm: heartRate('averageHeartRate'),
    maxHeartRateBpm: heartRate('maxHeartRate'),
    heartRateZonesS: null,
    intensity: null,
    isManual: false,
  };
  const identity = JSON.stringify([source, activity, start.at, end.at]);
  const workout = { ...row, flags: [...flags] };
  return { row: workout, splits: readSplits({ given: lapsOf(item['laps']), workout, latestS: windowS }), identity };
}

/** Laps as our app writes them, each with the `values` a workout has. Null where it wrote no list. */
function lapsOf(laps: unknown): GivenSplit[] | null {
  if (!Array.isArray(laps)) return null;
  return Array.from(laps as unknown[], (entry) => {
    const lap = isItem(entry) ? entry : {};
    const startedAt = parseInstant(lap['startDate'])?.at ?? null;
    const end = parseInstant(lap['endDate'])?.at;
    const values = valuesOf(lap['values']);
    const elapsedS = startedAt === null || end === undefined ? null : (end.getTime() - startedAt.getTime()) / 1000;
    return {
      startedAt,
      durationS: values.get('duration') ?? elapsedS,
      distanceM: values.get('distance'),
      averageHeartRateBpm: values.get('averageHeartRate'),
      elevationGainM: values.get('elevationAscended'),
    };
  });
}

/** Of workouts that are one under several ids (a restored phone gives new ones) the smallest id stays. */
export function addWorkouts(upload: Upload, workouts: readonly AppleWorkout[]): void {
  for (const same of Map.groupBy(workouts, ({ identity }) => identity).values()) {
    const [chosen, ...others] = same.toSorted((a, b) => (a.row.recordId < b.row.recordId ? -1 : 1));
    if (chosen !== undefined) {
      const { row, splits } = chosen;
      const { provider, sourceUpdatedAt } = row;
      const version = { provider, sourceUpdatedAt };
      upload.into.measurements.push(row, ...splits.rows, ...tombstonesForAbsent({ ...splits, version }));
    }
    for (const { recordId, provider, sourceUpdatedAt } of others.map(({ row }) => row)) {
      const version = { provider, sourceUpdatedAt };
      upload.into.measurements.push(...workoutSlots(recordId).map((slot) => tombstone(slot, version)));
      upload.into.ignored.push({ recordId, reason: 'duplicate' });
    }
  }
}

/** `values` is a list of `{ type, unit, value }`, empty or null. In the base unit; unreadable ones stay as they came. */
function valuesOf(list: unknown): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const entry of Array.isArray(list) ? (list as unknown[]) : []) {
    if (!isItem(entry) || typeof entry['type'] !== 'string') continue;
    const factor = UNITS.get(entry['unit']);
    const { value } = entry;
    if (factor !== undefined) values.set(entry['type'], typeof value === 'number' ? value * factor : value);
  }
  return values;
}

/** All the energy spent, as other providers give it: HealthKit splits off what the body at rest would have used. */
function energyOf(activeKcal: number | null, basalKcal: number | null): number | null {
  if (activeKcal === null || basalKcal === null) return activeKcal;
  return numberWithin(activeKcal + basalKcal, PLAUSIBLE.energyKcal);
}

function activityOf(type: unknown): string {
  return typeof type === 'string' && /^[\w .,/()-]{1,64}$/.test(type) ? type : 'other';
}
