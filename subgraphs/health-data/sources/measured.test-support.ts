import type { Database, Ordered } from '#platform/database';
import type { LocalDate, Provider } from '#platform/signals';
import type {
  HrvNight,
  ObservedMeasurement,
  SampleBlock,
  SleepNight,
  StepsDay,
  Workout,
} from '../measurements/measurement.ts';
import { UNKNOWN_SLEEP, UNKNOWN_WORKOUT } from '../measurements/unknown.ts';
import { recordTouches, storeMeasurements } from '../measurements/store.ts';
import { newId } from '#platform/ids';

/** Measurements as a normaliser would make them, with little to say; `version` orders two of one record. */
export interface Told {
  provider: Provider;
  day: LocalDate;
  recordId?: string;
  version?: number;
  device?: string;
}

const at = (day: LocalDate, hour: number, minute = 0): Date =>
  new Date(Date.parse(`${day}T00:00:00Z`) + (hour * 60 + minute) * 60_000);

function origin({ provider, day, recordId = day, version = 1, device }: Told) {
  return {
    provider,
    recordId,
    day,
    zoneOffsetMin: 0,
    stateRank: 1 as const,
    sourceUpdatedAt: new Date(Date.UTC(2026, 0, 1, 0, version)),
    flags: [],
    ...(device === undefined ? {} : { device }),
  };
}

export const night = (told: Told, more: Partial<SleepNight> = {}): SleepNight => ({
  ...origin(told),
  kind: 'sleep_night',
  role: 'night_candidate',
  bedtimeStart: at(told.day, -1),
  bedtimeEnd: at(told.day, 7),
  capturedAt: at(told.day, 7),
  inBedMin: 480,
  ...UNKNOWN_SLEEP,
  asleepMin: 420,
  ...more,
});

export const hrv = (told: Told, ms: number, metric: HrvNight['metric'] = 'RMSSD'): HrvNight => ({
  ...origin(told),
  kind: 'hrv_night',
  capturedAt: at(told.day, 7),
  metric,
  method: 'average_of_night',
  ms,
  lnMs: Math.log(ms),
  sleepRecordId: null,
});

export const steps = (told: Told, count: number): StepsDay => ({
  ...origin(told),
  kind: 'steps_day',
  capturedAt: null,
  steps: count,
  distanceM: null,
  activeEnergyKcal: null,
  nonWearS: null,
});

/** From 8:00 on, for an hour, unless told. */
export const workout = (told: Told, more: Partial<Workout> = {}): Workout => ({
  ...origin(told),
  kind: 'workout',
  activity: 'run',
  startedAt: at(told.day, 8),
  endedAt: at(told.day, 9),
  capturedAt: at(told.day, 9),
  durationS: 3600,
  ...UNKNOWN_WORKOUT,
  isManual: false,
  ...more,
});

/** Two beats at 8:00. */
export const heartRate = (told: Told): SampleBlock => ({
  ...origin(told),
  kind: 'sample_block',
  sampleKind: 'heart_rate',
  startedAt: at(told.day, 8),
  capturedAt: at(told.day, 8, 1),
  offsetsS: [0, 60],
  values: [60, 61],
});

/** Stores as the normaliser does, inside a transaction that the caller holds. */
export async function storeIn(tx: Ordered, athleteId: string, measurements: readonly ObservedMeasurement[]) {
  const now = new Date('2026-11-20T08:00:00Z');
  const rows = measurements.map((measurement) => {
    return { athleteId, deliveryId: newId(), normaliserVersion: 'test/1', measurement };
  });
  const touches = await storeMeasurements(tx, { rows, now });
  return recordTouches(tx, { touches, now });
}

export const store = (db: Database, athleteId: string, measurements: readonly ObservedMeasurement[]) =>
  db.prepared.transaction((tx) => storeIn(tx, athleteId, measurements));
