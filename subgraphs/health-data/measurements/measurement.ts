import type { LocalDate, Origin as ValueOrigin } from '#platform/signals';

/** 0: the vendor may still revise it (an unfinished day, an unvalidated night). 1: final. */
export type StateRank = 0 | 1;

/** What was odd about a stored value. The value is kept as the vendor gave it unless the flag says "dropped". */
export type MeasurementFlag =
  | 'implausible_hr_dropped'
  | 'implausible_hrv_dropped'
  | 'implausible_value_dropped'
  | 'asleep_derived_from_stages'
  | 'asleep_exceeds_in_bed'
  | 'efficiency_derived'
  | 'role_inferred'
  | 'day_derived'
  | 'stages_unreadable'
  | 'stages_partial'
  | 'series_outside_window'
  | 'start_time_hidden'
  /** Typed in by the athlete, in whole or in part, where the row has no column that says so. */
  | 'entered_by_hand'
  /** The vendor still learns what is usual for the athlete: keep it out of baselines. */
  | 'calibrating'
  /** The device was off the wrist for a part of the night: its totals are too small. */
  | 'off_wrist'
  /** A lap could not be read, or there were more than are kept: the splits have holes. */
  | 'splits_partial'
  /** A nap more than a day away from the night its vendor files it under. */
  | 'nap_far_from_night'
  /** Sent by a service with an API key, in the name of the provider. */
  | 'ingested';

/** Carried by every measurement. Identity: athlete + provider + kind (+ sampleKind of a block) + recordId. */
type Origin = {
  provider: ValueOrigin;
  /** The vendor's document id; prefixed (`daily_spo2:<id>`) where several vendor documents share one kind. */
  recordId: string;
  /** When the vendor last changed the record; the start of the fetch where the vendor does not say. */
  sourceUpdatedAt: Date;
  stateRank: StateRank;
  flags: MeasurementFlag[];
  /** What measured it, in the vendor's words (`deviceName` of units.ts); absent or null where the body names none. */
  device?: string | null;
};

type Observed = Origin & {
  /** Local date YYYY-MM-DD: of waking for nights. The UTC date of the first sample for blocks without a night. */
  day: LocalDate;
  /** End of the night, of the series or of the finished day, UTC. Null where the vendor gives a date only. */
  capturedAt: Date | null;
  /** Offset of local time from UTC at capture, minutes east. Null where the vendor gives none. */
  zoneOffsetMin: number | null;
};

/** One character per epoch: 1 deep, 2 light, 3 REM, 4 awake. Starts at bedtimeStart. */
export type SleepStages = { epochS: number; phases: string };

/**
 * One row per sleep period. Several periods of one day may be `night_candidate`: THE night of a day is the
 * candidate with the largest `asleepMin` (nulls last), then the longest `inBedMin`, then the smallest `recordId`;
 * the choice is made on read, so that a late or deleted period needs no rewrite of the others.
 * Null means unknown, never zero. Minutes keep full precision.
 */
export type SleepNight = Observed & {
  kind: 'sleep_night';
  role: 'night_candidate' | 'nap';
  bedtimeStart: Date;
  bedtimeEnd: Date;
  capturedAt: Date;
  inBedMin: number;
  asleepMin: number | null;
  awakeMin: number | null;
  /** Awake between the first and the last sleeping epoch. */
  wasoMin: number | null;
  latencyMin: number | null;
  deepMin: number | null;
  lightMin: number | null;
  remMin: number | null;
  efficiencyPct: number | null;
  /** Definitions differ between vendors: never compare across providers. */
  wakeCount: number | null;
  awakeningsOver5Min: number | null;
  averageHeartRateBpm: number | null;
  stages: SleepStages | null;
};

/** RMSSD and SDNN are different quantities; a stream is provider + metric + method and streams never mix. */
export type HrvNight = Observed & {
  kind: 'hrv_night';
  metric: 'RMSSD' | 'SDNN';
  method: 'average_of_night' | 'average_of_4_hours' | 'average_of_samples' | 'ingested';
  ms: number;
  lnMs: number;
  /** recordId of the sleep_night it was measured in: it counts for the day only if that period is the night. */
  sleepRecordId: string | null;
};

export type RestingHeartRate = Observed & {
  kind: 'resting_heart_rate';
  bpm: number;
  method: 'lowest_of_night' | 'vendor_resting' | 'ingested' | 'entered';
  sleepRecordId: string | null;
};

/** What is sampled during a workout: bpm, m/s, W, per minute, m above the sea, m from the start. */
export type WorkoutSampleKind = 'heart_rate' | 'speed' | 'power' | 'cadence' | 'altitude' | 'distance';

export type SampleKind = WorkoutSampleKind | 'hrv_rmssd' | 'hrv_sdnn';

/**
 * A series as two arrays of one length: sample i lies `offsetsS[i]` seconds after `startedAt` (ascending, no
 * repeats) and has `values[i]`, in the unit of its kind (HRV in ms). A series that a vendor recorded with a workout has
 * the `recordId` of that workout. Blocks of different records may overlap in time: a reader keeps one
 * sample per instant, that of the newest `sourceUpdatedAt`.
 */
export type SampleBlock = Observed & {
  kind: 'sample_block';
  sampleKind: SampleKind;
  startedAt: Date;
  capturedAt: Date;
  offsetsS: number[];
  values: number[];
};

export type StepsDay = Observed & {
  kind: 'steps_day';
  steps: number;
  distanceM: number | null;
  activeEnergyKcal: number | null;
  nonWearS: number | null;
};

/** A lap, a kilometre or an interval of a workout. Null means unknown, never zero. */
export type Split = {
  /** Place in the vendor's own list, from 1: a lap that could not be read leaves a gap. */
  index: number;
  startedAt: Date;
  durationS: number;
  distanceM: number | null;
  averageHeartRateBpm: number | null;
  elevationGainM: number | null;
};

export type Workout = Observed & {
  kind: 'workout';
  /** The vendor's own word for the sport. */
  activity: string;
  startedAt: Date;
  endedAt: Date;
  capturedAt: Date;
  durationS: number;
  distanceM: number | null;
  energyKcal: number | null;
  elevationGainM: number | null;
  averageHeartRateBpm: number | null;
  maxHeartRateBpm: number | null;
  /** Seconds in the vendor's heart rate zones, lowest first. */
  heartRateZonesS: number[] | null;
  intensity: 'easy' | 'moderate' | 'hard' | null;
  isManual: boolean;
};

/**
 * The splits of the workout of the same record, a record of their own: not every document that tells a workout tells its
 * splits, and one that does not must not take them away.
 */
export type WorkoutSplits = Observed & {
  kind: 'workout_splits';
  capturedAt: Date;
  /** In order of time, 1 to 500. */
  splits: Split[];
};

/** What one vendor document says about a day; a day has several such rows and a reader merges their columns. */
export type VitalsDay = Observed & {
  kind: 'vitals_day';
  temperatureDeviationC: number | null;
  /** Breaths per minute. */
  respiratoryRateBrpm: number | null;
  spo2Pct: number | null;
  stressHighS: number | null;
  recoveryHighS: number | null;
  /** Set when measured in one sleep period: it counts for the day only if that period is the night. */
  sleepRecordId: string | null;
};

export type RecordKind =
  | SleepNight['kind']
  | HrvNight['kind']
  | RestingHeartRate['kind']
  | SampleBlock['kind']
  | StepsDay['kind']
  | Workout['kind']
  | WorkoutSplits['kind']
  | VitalsDay['kind'];

/**
 * "This record holds no such row, as of sourceUpdatedAt". Written for a deletion, and for each kind of row that a
 * newer version of a document no longer gives (a night whose HRV was withdrawn), so that an older version arriving
 * late brings nothing back.
 */
export type Tombstone = Origin & {
  kind: 'tombstone';
  recordKind: RecordKind;
  /** Set exactly when recordKind is sample_block. */
  sampleKind: SampleKind | null;
};

export type ObservedMeasurement =
  | SleepNight
  | HrvNight
  | RestingHeartRate
  | SampleBlock
  | StepsDay
  | Workout
  | WorkoutSplits
  | VitalsDay;

export type Measurement = ObservedMeasurement | Tombstone;
