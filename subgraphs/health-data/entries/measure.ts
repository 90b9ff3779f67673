import { localDate, zoneOffsetMin } from '#platform/slots';
import type { Measurement, Tombstone } from '../measurements/measurement.ts';
import { UNKNOWN_SLEEP, UNKNOWN_WORKOUT } from '../measurements/unknown.ts';
import { tombstone } from '../normalise/normaliser.ts';
import type { Change, ManualNightEntry, ManualRestingHeartRateEntry, ManualWorkoutEntry, TableName } from './entry.ts';

/** Raised with every change of the rules below, so that a stored row says which made it. */
export const MANUAL_VERSION = 'manual/1';

/** What a row typed in by hand has for a delivery: there was none. */
export const NO_DELIVERY = '00000000-0000-0000-0000-000000000000';

/** As with phones, which know no naps either: more than three hours are a night. */
const NAP_MAX_MIN = 3 * 60;

const RECORD_KINDS = {
  manualWorkouts: 'workout',
  manualNights: 'sleep_night',
  manualRestingHeartRates: 'resting_heart_rate',
} as const satisfies Partial<Record<TableName, Tombstone['recordKind']>>;

export type ManualTable = keyof typeof RECORD_KINDS;
export const isManual = (table: TableName): table is ManualTable => table in RECORD_KINDS;

/**
 * The canonical row of a manual entry, or the tombstone of a deleted one. Pure. `at`: the time of the change, later
 * with each one, so that the newest wins the order of versions. Days are those of the athlete's zone.
 */
export function measure(change: Change<ManualTable>, at: Date, timeZone: string): Measurement {
  const { id, entry, table } = change;
  const origin = { provider: 'MANUAL', sourceUpdatedAt: at } as const;
  if (entry === null) {
    const slot = { recordKind: RECORD_KINDS[table], sampleKind: null, recordId: id };
    return tombstone(slot, origin);
  }
  const version = {
    ...origin,
    recordId: id,
    stateRank: 1,
  } as const;
  if ('bpm' in entry) return { ...version, ...restingHeartRate(entry) };
  return 'sport' in entry ? { ...version, ...workout(entry, timeZone) } : { ...version, ...night(entry, timeZone) };
}

type Values<Kind extends Measurement['kind']> = Omit<
  Extract<Measurement, { kind: Kind }>,
  'provider' | 'recordId' | 'sourceUpdatedAt' | 'stateRank'
>;

function workout(
  { sport, startedAt, durationMin, distanceM, avgHr }: ManualWorkoutEntry,
  timeZone: string,
): Values<'workout'> {
  const endedAt = new Date(startedAt.getTime() + durationMin * 60_000);
  return {
    kind: 'workout',
    flags: [],
    day: localDate(startedAt, timeZone),
    capturedAt: endedAt,
    zoneOffsetMin: zoneOffsetMin(endedAt, timeZone),
    activity: sport,
    startedAt,
    endedAt,
    durationS: durationMin * 60,
    ...UNKNOWN_WORKOUT,
    distanceM,
    averageHeartRateBpm: avgHr,
    isManual: true,
  };
}

function night({ bedtimeStart, bedtimeEnd, asleepMin }: ManualNightEntry, timeZone: string): Values<'sleep_night'> {
  const inBedMin = (bedtimeEnd.getTime() - bedtimeStart.getTime()) / 60_000;
  return {
    kind: 'sleep_night',
    flags: ['entered_by_hand', 'role_inferred', 'efficiency_derived'],
    day: localDate(bedtimeEnd, timeZone),
    capturedAt: bedtimeEnd,
    zoneOffsetMin: zoneOffsetMin(bedtimeEnd, timeZone),
    role: asleepMin > NAP_MAX_MIN ? 'night_candidate' : 'nap',
    bedtimeStart,
    bedtimeEnd,
    inBedMin,
    ...UNKNOWN_SLEEP,
    asleepMin,
    efficiencyPct: (100 * asleepMin) / inBedMin,
  };
}

const restingHeartRate = ({ id, bpm }: ManualRestingHeartRateEntry): Values<'resting_heart_rate'> => ({
  kind: 'resting_heart_rate',
  flags: ['entered_by_hand'],
  day: id,
  capturedAt: null,
  zoneOffsetMin: null,
  bpm,
  method: 'entered',
  sleepRecordId: null,
});
