import type {
  HrvNight,
  MeasurementFlag,
  RestingHeartRate,
  SleepNight,
  VitalsDay,
} from '../../measurements/measurement.ts';
import { UNKNOWN_VITALS } from '../../measurements/unknown.ts';
import { type RowSlot, ItemRefused } from '../normaliser.ts';
import { type OuraDocument, type OuraReading, type Period, capturedAtEnd, commonFields } from './document.ts';
import { readPhases } from './phases.ts';
import { readSeries } from './series.ts';
import {
  PLAUSIBLE,
  dayAfter,
  daysBetween,
  isMissing,
  isWithin,
  lnOf,
  localDay,
  localHour,
  minutesOf,
  requireDay,
  requireInstant,
  requireWindow,
  plausible,
} from '../units.ts';

const MAX_SLEEP_HOURS = 24;

/** Oura's own border between a nap and a night. */
const NAP_MAX_S = 3 * 3600;

/** Local hour at which Oura changes the sleep day: what ends later counts for the next day. */
const SLEEP_DAY_CHANGE_HOUR = 18;

export const sleepVitalsId = (recordId: string): string => `sleep:${recordId}`;

/** Every row a `sleep` document may give. */
export function sleepSlots(recordId: string): RowSlot[] {
  return [
    { recordKind: 'sleep_night', sampleKind: null, recordId },
    { recordKind: 'hrv_night', sampleKind: null, recordId },
    { recordKind: 'resting_heart_rate', sampleKind: null, recordId },
    { recordKind: 'sample_block', sampleKind: 'heart_rate', recordId },
    { recordKind: 'sample_block', sampleKind: 'hrv_rmssd', recordId },
    { recordKind: 'vitals_day', sampleKind: null, recordId: sleepVitalsId(recordId) },
  ];
}

/**
 * One `sleep` document: the period, its series and, for a night, HRV, resting heart rate and respiratory rate.
 * `deleted` gives no rows; `rest` (a detection Oura or the athlete rejected) neither, and is reported as ignored.
 *
 * @throws ItemRefused bad_time, bad_day, window_inverted, window_too_long, future_dated, unknown_type
 */
export function readSleep(document: OuraDocument): OuraReading {
  const { item } = document;
  const type = item['type'];
  if (type === 'deleted') return { rows: [] };
  if (type === 'rest') return { rows: [], ignored: 'not_sleep' };

  const flags = new Set<MeasurementFlag>();
  const period = readPeriod(document, flags);
  const totals = readTotals(document, period, flags);
  const role = roleOf({ type, sleptS: totals.asleepS ?? totals.inBedS, flags });
  const samples = [
    readSeries({ document, period, field: 'heart_rate', sampleKind: 'heart_rate', periodFlags: flags }),
    readSeries({ document, period, field: 'hrv', sampleKind: 'hrv_rmssd', periodFlags: flags }),
  ].filter((block) => block !== null);
  const nightly = role === 'night_candidate' ? nightlyRows({ document, period, flags }) : [];
  return { rows: [sleepRow({ document, period, totals, role, flags }), ...nightly, ...samples] };
}

function readPeriod({ item, receivedAt }: OuraDocument, flags: Set<MeasurementFlag>): Period {
  const start = requireInstant({ value: item['bedtime_start'], field: 'bedtime_start', receivedAt });
  const end = requireInstant({ value: item['bedtime_end'], field: 'bedtime_end', receivedAt });
  const lengthS = requireWindow({ start: start.at, end: end.at, maxHours: MAX_SLEEP_HOURS });
  const wakingDay = localDay(end);
  if (isMissing(item['day'])) {
    flags.add('day_derived');
    const isNextDay = item['type'] === 'late_nap' && localHour(end) >= SLEEP_DAY_CHANGE_HOUR;
    return { start, end, lengthS, day: isNextDay ? dayAfter(wakingDay) : wakingDay };
  }
  const day = requireDay({ value: item['day'], receivedAt });
  if (Math.abs(daysBetween(wakingDay, day)) > 1) {
    throw new ItemRefused('bad_day', 'day is more than one day away from the local date of bedtime_end');
  }
  return { start, end, lengthS, day };
}

type Totals = {
  inBedS: number;
  asleepS: number | null;
  awakeS: number | null;
  latencyS: number | null;
  deepS: number | null;
  lightS: number | null;
  remS: number | null;
};

function readTotals({ item }: OuraDocument, period: Period, flags: Set<MeasurementFlag>): Totals {
  const seconds = (field: string): number | null =>
    plausible({ value: item[field], range: PLAUSIBLE.secondsOfDay, flags });
  // A time in bed of 0 contradicts a window that has a length.
  const inBedS = seconds('time_in_bed') || period.lengthS;
  const stages = {
    deepS: seconds('deep_sleep_duration'),
    lightS: seconds('light_sleep_duration'),
    remS: seconds('rem_sleep_duration'),
  };
  const latencyS = plausible({ value: item['latency'], range: { min: 0, max: inBedS }, flags });
  let asleepS = seconds('total_sleep_duration');
  if (asleepS === null && stages.deepS !== null && stages.lightS !== null && stages.remS !== null) {
    const sum = stages.deepS + stages.lightS + stages.remS;
    if (isWithin(sum, PLAUSIBLE.secondsOfDay)) {
      asleepS = sum;
      flags.add('asleep_derived_from_stages');
    }
  }
  if (asleepS !== null && asleepS > inBedS) flags.add('asleep_exceeds_in_bed');
  return { inBedS, asleepS, awakeS: seconds('awake_time'), latencyS, ...stages };
}

function roleOf({
  type,
  sleptS,
  flags,
}: {
  type: unknown;
  sleptS: number;
  flags: Set<MeasurementFlag>;
}): SleepNight['role'] {
  if (type === 'long_sleep') return 'night_candidate';
  if (type === 'sleep' || type === 'late_nap') return 'nap';
  if (!isMissing(type)) throw new ItemRefused('unknown_type', 'type is none of the sleep types Oura documents');
  flags.add('role_inferred');
  return sleptS > NAP_MAX_S ? 'night_candidate' : 'nap';
}

function sleepRow({
  document,
  period,
  totals,
  role,
  flags,
}: {
  document: OuraDocument;
  period: Period;
  totals: Totals;
  role: SleepNight['role'];
  flags: Set<MeasurementFlag>;
}): SleepNight {
  const { item } = document;
  const { stages, wakeCount, wasoMin, awakeningsOver5Min, flag } = readPhases({
    phases30S: item['sleep_phase_30_sec'],
    phases5Min: item['sleep_phase_5_min'],
    periodS: period.lengthS,
  });
  if (flag !== null) flags.add(flag);
  const averageHeartRateBpm = plausible({
    value: item['average_heart_rate'],
    range: PLAUSIBLE.heartRateBpm,
    flags,
    flag: 'implausible_hr_dropped',
  });
  const efficiencyPct = efficiencyOf({ value: item['efficiency'], totals, flags });
  return {
    kind: 'sleep_night',
    ...commonFields({ document, day: period.day, flags }),
    role,
    bedtimeStart: period.start.at,
    bedtimeEnd: period.end.at,
    ...capturedAtEnd(period),
    inBedMin: totals.inBedS / 60,
    asleepMin: minutesOf(totals.asleepS),
    awakeMin: minutesOf(totals.awakeS),
    wasoMin,
    latencyMin: minutesOf(totals.latencyS),
    deepMin: minutesOf(totals.deepS),
    lightMin: minutesOf(totals.lightS),
    remMin: minutesOf(totals.remS),
    efficiencyPct,
    wakeCount,
    awakeningsOver5Min,
    averageHeartRateBpm,
    stages,
  };
}

function efficiencyOf({
  value,
  totals: { asleepS, inBedS },
  flags,
}: {
  value: unknown;
  totals: Totals;
  flags: Set<MeasurementFlag>;
}): number | null {
  const given = plausible({ value, range: PLAUSIBLE.efficiencyPct, flags });
  if (given !== null || asleepS === null) return given;
  const derived = (asleepS / inBedS) * 100;
  if (derived > 100) return null;
  flags.add('efficiency_derived');
  return derived;
}

/** A nap's HRV and heart rate are no nightly values: they stay in its series. What is dropped flags the period. */
function nightlyRows({
  document,
  period,
  flags,
}: {
  document: OuraDocument;
  period: Period;
  flags: Set<MeasurementFlag>;
}): (HrvNight | RestingHeartRate | VitalsDay)[] {
  const { item, recordId } = document;
  const rows: (HrvNight | RestingHeartRate | VitalsDay)[] = [];
  const common = { ...commonFields({ document, day: period.day, flags: [] }), ...capturedAtEnd(period) };
  const hrv = { range: PLAUSIBLE.hrvMs, flag: 'implausible_hrv_dropped' } as const;
  const ms = plausible({ value: item['average_hrv'], flags, ...hrv });
  if (ms !== null) {
    const stream = { metric: 'RMSSD', method: 'average_of_night' } as const;
    rows.push({ kind: 'hrv_night', ...common, ...stream, ms, lnMs: lnOf(ms), sleepRecordId: recordId });
  }
  // Oura has no resting heart rate in bpm (that contributor is a score): the lowest of the night stands in, named so.
  const heartRate = { range: PLAUSIBLE.restingHeartRateBpm, flag: 'implausible_hr_dropped' } as const;
  const bpm = plausible({ value: item['lowest_heart_rate'], flags, ...heartRate });
  if (bpm !== null) {
    rows.push({ kind: 'resting_heart_rate', ...common, bpm, method: 'lowest_of_night', sleepRecordId: recordId });
  }
  const range = PLAUSIBLE.respiratoryRateBrpm;
  const respiratoryRateBrpm = plausible({ value: item['average_breath'], range, flags });
  if (respiratoryRateBrpm !== null) {
    rows.push({
      kind: 'vitals_day',
      ...common,
      recordId: sleepVitalsId(recordId),
      ...UNKNOWN_VITALS,
      respiratoryRateBrpm,
      sleepRecordId: recordId,
    });
  }
  return rows;
}
