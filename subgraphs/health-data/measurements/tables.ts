import type { NormalizedDomain } from '#platform/streams';
import type { Signal } from '#platform/signals';
import type { Measurement, ObservedMeasurement, RecordKind, SampleKind } from './measurement.ts';

/** One column of a canonical table: its name, its type on the way in, and where its value stands in a measurement. */
export interface Column {
  name: string;
  /** PostgreSQL element type of the array parameter. */
  type: 'text' | 'int' | 'smallint' | 'double precision' | 'timestamptz' | 'boolean' | 'date';
  /** Arrays travel as their text form, since `unnest` flattens arrays of arrays, and so does JSON; this is what they are cast to. */
  cast?: 'double precision[]' | 'jsonb';
  value: (measurement: ObservedMeasurement) => unknown;
}

export interface Table {
  name: string;
  /** Key columns beside athlete, provider and record. */
  extraKey: readonly string[];
  columns: readonly Column[];
  /** The arrays of a series stand in a table of their own, in partitions by month: see blocks.ts. */
  blocks?: 'sample_block';
  signal: Signal;
  domain: NormalizedDomain;
}

/** A column whose value is the measurement's field of the same name in camel case. */
function column(name: string, type: Column['type'], path?: string): Column {
  const field = path ?? name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
  return { name, type, value: (measurement) => (measurement as unknown as Record<string, unknown>)[field] ?? null };
}

function arrayColumn(name: string, cast: Exclude<Column['cast'], 'jsonb' | undefined>, field: string): Column {
  return {
    name,
    type: 'text',
    cast,
    value: (measurement) => {
      const list = (measurement as unknown as Record<string, number[] | null>)[field];
      return list ? `{${list.join(',')}}` : null;
    },
  };
}

/** Whom a change of a measurement concerns. What was sampled during a workout is training; its heart rate is heart rate. */
export function concernOf(measurement: Measurement): Pick<Table, 'signal' | 'domain'> {
  const isOfWorkout = 'sampleKind' in measurement && TRAINING_SAMPLES.has(measurement.sampleKind);
  return TABLES[isOfWorkout ? 'workout' : recordKindOf(measurement)];
}

const TRAINING_SAMPLES: ReadonlySet<SampleKind | null> = new Set([
  'speed',
  'power',
  'cadence',
  'altitude',
  'distance',
] satisfies SampleKind[]);

/** Where each kind of measurement is stored, and whom a change of it concerns. */
export const TABLES: Readonly<Record<RecordKind, Table>> = {
  sleep_night: {
    name: 'sleep_night',
    extraKey: [],
    signal: 'SLEEP',
    domain: 'sleep',
    columns: [
      column('role', 'text'),
      column('bedtime_start', 'timestamptz'),
      column('bedtime_end', 'timestamptz'),
      column('in_bed_min', 'double precision'),
      column('asleep_min', 'double precision'),
      column('awake_min', 'double precision'),
      column('waso_min', 'double precision'),
      column('latency_min', 'double precision'),
      column('deep_min', 'double precision'),
      column('light_min', 'double precision'),
      column('rem_min', 'double precision'),
      column('efficiency_pct', 'double precision'),
      column('wake_count', 'int'),
      column('awakenings_over5_min', 'int', 'awakeningsOver5Min'),
      column('average_heart_rate_bpm', 'double precision'),
      {
        name: 'stage_epoch_s',
        type: 'int',
        value: (night) => (night.kind === 'sleep_night' ? (night.stages?.epochS ?? null) : null),
      },
      {
        name: 'stage_phases',
        type: 'text',
        value: (night) => (night.kind === 'sleep_night' ? (night.stages?.phases ?? null) : null),
      },
    ],
  },
  hrv_night: {
    name: 'hrv_night',
    extraKey: [],
    signal: 'HRV',
    domain: 'hrv',
    columns: [
      column('metric', 'text'),
      column('method', 'text'),
      column('ms', 'double precision'),
      column('ln_ms', 'double precision'),
      column('sleep_record_id', 'text'),
    ],
  },
  resting_heart_rate: {
    name: 'resting_heart_rate',
    extraKey: [],
    signal: 'RESTING_HEART_RATE',
    domain: 'resting_heart_rate',
    columns: [column('bpm', 'double precision'), column('method', 'text'), column('sleep_record_id', 'text')],
  },
  sample_block: {
    name: 'sample_record',
    extraKey: ['sample_kind'],
    blocks: 'sample_block',
    signal: 'HEART_RATE',
    domain: 'heart_rate',
    columns: [column('started_at', 'timestamptz')],
  },
  steps_day: {
    name: 'steps_day',
    extraKey: [],
    signal: 'STEPS',
    domain: 'steps',
    columns: [
      column('steps', 'int'),
      column('distance_m', 'double precision'),
      column('active_energy_kcal', 'double precision'),
      column('non_wear_s', 'int'),
    ],
  },
  workout: {
    name: 'workout',
    extraKey: [],
    signal: 'TRAINING',
    domain: 'fitness_session',
    columns: [
      column('activity', 'text'),
      column('started_at', 'timestamptz'),
      column('ended_at', 'timestamptz'),
      column('duration_s', 'double precision'),
      column('distance_m', 'double precision'),
      column('energy_kcal', 'double precision'),
      column('elevation_gain_m', 'double precision'),
      column('average_heart_rate_bpm', 'double precision'),
      column('max_heart_rate_bpm', 'double precision'),
      arrayColumn('heart_rate_zones_s', 'double precision[]', 'heartRateZonesS'),
      column('intensity', 'text'),
      column('is_manual', 'boolean'),
    ],
  },
  workout_splits: {
    name: 'workout_splits',
    extraKey: [],
    signal: 'TRAINING',
    domain: 'fitness_session',
    columns: [
      {
        name: 'splits',
        type: 'text',
        cast: 'jsonb',
        // Written and read as one, never looked into by SQL.
        value: (row) => (row.kind === 'workout_splits' ? JSON.stringify(row.splits) : null),
      },
    ],
  },
  vitals_day: {
    name: 'vitals_day',
    extraKey: [],
    signal: 'VITALS',
    domain: 'vitals',
    columns: [
      column('temperature_deviation_c', 'double precision'),
      column('respiratory_rate_brpm', 'double precision'),
      column('spo2_pct', 'double precision'),
      column('stress_high_s', 'double precision'),
      column('recovery_high_s', 'double precision'),
      column('sleep_record_id', 'text'),
    ],
  },
};

/** Every table that holds what was measured. */
export const MEASURED_TABLES: readonly string[] = Object.values(TABLES).flatMap(({ name, blocks }) =>
  blocks === undefined ? [name] : [name, blocks],
);

/** The kind of row a measurement fills or empties. */
export const recordKindOf = (measurement: Measurement): RecordKind =>
  measurement.kind === 'tombstone' ? measurement.recordKind : measurement.kind;
