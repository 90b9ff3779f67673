import type { SleepNight, VitalsDay, Workout } from './measurement.ts';

/** What a row does not tell, to be spread before what it does. Null means unknown, never zero. */

/** Of a sleep of which only the period is known. */
export const UNKNOWN_SLEEP = {
  asleepMin: null,
  awakeMin: null,
  wasoMin: null,
  latencyMin: null,
  deepMin: null,
  lightMin: null,
  remMin: null,
  efficiencyPct: null,
  wakeCount: null,
  awakeningsOver5Min: null,
  averageHeartRateBpm: null,
  stages: null,
} as const satisfies Partial<SleepNight>;

/** Of a day, or a night, that has a single one of its vitals. */
export const UNKNOWN_VITALS = {
  temperatureDeviationC: null,
  respiratoryRateBrpm: null,
  spo2Pct: null,
  stressHighS: null,
  recoveryHighS: null,
  sleepRecordId: null,
} as const satisfies Partial<VitalsDay>;

/** Of a session of which only the time and the sport are known. */
export const UNKNOWN_WORKOUT = {
  distanceM: null,
  energyKcal: null,
  elevationGainM: null,
  averageHeartRateBpm: null,
  maxHeartRateBpm: null,
  heartRateZonesS: null,
  intensity: null,
} as const satisfies Partial<Workout>;
