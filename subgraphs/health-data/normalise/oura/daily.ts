import type { MeasurementFlag, VitalsDay } from '../../measurements/measurement.ts';
import { UNKNOWN_VITALS } from '../../measurements/unknown.ts';
import { type Item, type RowSlot, ItemRefused, isItem } from '../normaliser.ts';
import { type OuraDocument, type OuraReading, commonFields } from './document.ts';
import {
  PLAUSIBLE,
  isMissing,
  localDay,
  parseInstant,
  requireDay,
  requireInstant,
  requireWindow,
  plausible,
} from '../units.ts';

const DAY_MS = 86_400_000;

/** Long enough for a stage race; more is a wrong clock. */
const MAX_WORKOUT_HOURS = 7 * 24;

const NO_VALUE: OuraReading = { rows: [], ignored: 'no_value' };

export const stepsSlots = (recordId: string): RowSlot[] => [{ recordKind: 'steps_day', sampleKind: null, recordId }];
export const workoutSlots = (recordId: string): RowSlot[] => [{ recordKind: 'workout', sampleKind: null, recordId }];

/** Several documents of a day share the kind vitals_day, and Oura's ids are unique only within a data type. */
export const vitalsSlots =
  (dataType: string) =>
  (recordId: string): RowSlot[] => [
    { recordKind: 'vitals_day', sampleKind: null, recordId: `${dataType}:${recordId}` },
  ];

/**
 * Steps of a day that runs from 4 a.m. to 4 a.m. local time. Fetched before its end the count is tentative.
 *
 * @throws ItemRefused bad_day, future_dated, implausible_value
 */
export function readDailyActivity(document: OuraDocument): OuraReading {
  const { item, version, receivedAt } = document;
  const flags = new Set<MeasurementFlag>();
  const day = requireDay({ value: item['day'], receivedAt });
  if (isMissing(item['steps'])) return NO_VALUE;
  const steps = plausible({ value: item['steps'], range: PLAUSIBLE.stepsPerDay, flags });
  if (steps === null) throw new ItemRefused('implausible_value', 'steps is not a number from 0 to 200000');

  const start = parseInstant(item['timestamp']);
  const endMs = start === null ? null : start.at.getTime() + DAY_MS;
  const isUnfinished = endMs !== null && endMs > version.sourceUpdatedAt.getTime();
  const distanceM = plausible({ value: item['equivalent_walking_distance'], range: PLAUSIBLE.distanceM, flags });
  const activeEnergyKcal = plausible({ value: item['active_calories'], range: PLAUSIBLE.energyKcal, flags });
  const nonWearS = plausible({ value: item['non_wear_time'], range: PLAUSIBLE.secondsOfDay, flags });
  return {
    rows: [
      {
        kind: 'steps_day',
        ...commonFields({ document, day, flags }),
        stateRank: isUnfinished ? 0 : 1,
        capturedAt: endMs === null || isUnfinished ? null : new Date(endMs),
        zoneOffsetMin: start?.zoneOffsetMin ?? null,
        steps: Math.floor(steps),
        distanceM,
        activeEnergyKcal,
        nonWearS,
      },
    ],
  };
}

/** Oura's workouts carry no heart rate: it is joined on read from the sample blocks of the same time. */
export function readWorkout(document: OuraDocument): OuraReading {
  const { item, receivedAt } = document;
  const flags = new Set<MeasurementFlag>();
  const start = requireInstant({ value: item['start_datetime'], field: 'start_datetime', receivedAt });
  const end = requireInstant({ value: item['end_datetime'], field: 'end_datetime', receivedAt });
  const durationS = requireWindow({ start: start.at, end: end.at, maxHours: MAX_WORKOUT_HOURS });
  if (isMissing(item['day'])) flags.add('day_derived');
  const day = isMissing(item['day']) ? localDay(start) : requireDay({ value: item['day'], receivedAt });
  const distanceM = plausible({ value: item['distance'], range: PLAUSIBLE.distanceM, flags });
  const energyKcal = plausible({ value: item['calories'], range: PLAUSIBLE.energyKcal, flags });
  return {
    rows: [
      {
        kind: 'workout',
        ...commonFields({ document, day, flags }),
        capturedAt: end.at,
        zoneOffsetMin: end.zoneOffsetMin,
        activity: activityOf(item),
        startedAt: start.at,
        endedAt: end.at,
        durationS,
        distanceM,
        energyKcal,
        elevationGainM: null,
        averageHeartRateBpm: null,
        maxHeartRateBpm: null,
        heartRateZonesS: null,
        intensity: intensityOf(item),
        isManual: item['source'] === 'manual',
      },
    ],
  };
}

function activityOf({ activity }: Item): string {
  return typeof activity === 'string' && /^[\w .,/()-]{1,64}$/.test(activity) ? activity : 'other';
}

function intensityOf({ intensity }: Item): 'easy' | 'moderate' | 'hard' | null {
  return intensity === 'easy' || intensity === 'moderate' || intensity === 'hard' ? intensity : null;
}

type VitalsColumns = Pick<VitalsDay, 'temperatureDeviationC' | 'spo2Pct' | 'stressHighS' | 'recoveryHighS'>;

/** A vitals document as one row of the columns it gives; no row, not a row of nulls, if it gives none. */
function vitalsReading({
  document,
  dataType,
  read,
}: {
  document: OuraDocument;
  dataType: string;
  read: (item: Item, flags: Set<MeasurementFlag>) => Partial<VitalsColumns>;
}): OuraReading {
  const { item, recordId, receivedAt } = document;
  const flags = new Set<MeasurementFlag>();
  const day = requireDay({ value: item['day'], receivedAt });
  const columns = read(item, flags);
  if (Object.values(columns).every((value) => value === null)) return NO_VALUE;
  return {
    rows: [
      {
        kind: 'vitals_day',
        ...commonFields({ document, day, flags }),
        recordId: `${dataType}:${recordId}`,
        capturedAt: null,
        zoneOffsetMin: null,
        ...UNKNOWN_VITALS,
        ...columns,
      },
    ],
  };
}

/** Only the temperature is measured: score and contributors (`resting_heart_rate`, `hrv_balance`) are scores 1-100. */
export const readDailyReadiness = (document: OuraDocument): OuraReading =>
  vitalsReading({
    document,
    dataType: 'daily_readiness',
    read: (item, flags) => ({
      temperatureDeviationC: plausible({
        value: item['temperature_deviation'],
        range: PLAUSIBLE.temperatureDeviationC,
        flags,
      }),
    }),
  });

export const readDailySpo2 = (document: OuraDocument): OuraReading =>
  vitalsReading({
    document,
    dataType: 'daily_spo2',
    read: ({ spo2_percentage: spo2 }, flags) => ({
      spo2Pct: plausible({ value: isItem(spo2) ? spo2['average'] : null, range: PLAUSIBLE.spo2Pct, flags }),
    }),
  });

export const readDailyStress = (document: OuraDocument): OuraReading =>
  vitalsReading({
    document,
    dataType: 'daily_stress',
    read: (item, flags) => ({
      stressHighS: plausible({ value: item['stress_high'], range: PLAUSIBLE.secondsOfDay, flags }),
      recoveryHighS: plausible({ value: item['recovery_high'], range: PLAUSIBLE.secondsOfDay, flags }),
    }),
  });
