import type { MeasurementFlag, ObservedMeasurement, SleepNight } from '../../measurements/measurement.ts';
import { UNKNOWN_VITALS } from '../../measurements/unknown.ts';
import { type RowSlot, ItemRefused } from '../normaliser.ts';
import { type Range, PLAUSIBLE, isMissing, lnOf, localDay, minutesOf, requireInstant } from '../units.ts';
import {
  type FieldReader,
  type Moment,
  type Period,
  type WhoopDocument,
  MILLIS_OF_DAY,
  fieldsOf,
  momentOf,
  offsetOf,
  originOf,
  readPeriod,
} from './document.ts';

const sleepVitalsId = (sleepId: string): string => `sleep:${sleepId}`;
const recoveryVitalsId = (sleepId: string): string => `recovery:${sleepId}`;

/** Every row a sleep may give. */
export const sleepSlots = (sleepId: string): RowSlot[] => [
  { recordKind: 'sleep_night', sampleKind: null, recordId: sleepId },
  { recordKind: 'vitals_day', sampleKind: null, recordId: sleepVitalsId(sleepId) },
];

/** Every row a recovery may give. WHOOP's events name a recovery by its sleep, so its rows do too. */
export const recoverySlots = (sleepId: string): RowSlot[] => [
  { recordKind: 'hrv_night', sampleKind: null, recordId: sleepId },
  { recordKind: 'resting_heart_rate', sampleKind: null, recordId: sleepId },
  { recordKind: 'vitals_day', sampleKind: null, recordId: recoveryVitalsId(sleepId) },
];

/** One a minute, all day. */
const WAKE_COUNT: Range = { min: 0, max: 1440 };

/**
 * One sleep or nap: the period and, for a night, the respiratory rate. WHOOP gives neither a hypnogram nor a latency.
 *
 * @throws ItemRefused bad_time, future_dated, window_inverted, window_too_long, unknown_type
 */
export function readSleep(document: WhoopDocument): ObservedMeasurement[] {
  const { score, recordId } = document;
  if (score === null) return [];
  const flags = new Set<MeasurementFlag>();
  const period = readPeriod(document);
  const role = roleOf(document);
  // A nap's breathing is no nightly value.
  const respiratoryRateBrpm =
    role === 'nap' ? null : fieldsOf(score, flags).within('respiratory_rate', PLAUSIBLE.respiratoryRateBrpm);
  const rows: ObservedMeasurement[] = [sleepRow({ document, score, period, role, flags })];
  if (respiratoryRateBrpm !== null) {
    rows.push({
      kind: 'vitals_day',
      ...UNKNOWN_VITALS,
      ...originOf(document, []),
      ...momentOf(period.end),
      recordId: sleepVitalsId(recordId),
      respiratoryRateBrpm,
      sleepRecordId: recordId,
    });
  }
  return rows;
}

function roleOf({ item: { nap } }: WhoopDocument): SleepNight['role'] {
  if (typeof nap !== 'boolean') throw new ItemRefused('unknown_type', 'nap is neither true nor false');
  return nap ? 'nap' : 'night_candidate';
}

function sleepRow({
  document,
  score,
  period,
  role,
  flags,
}: {
  document: WhoopDocument;
  score: NonNullable<WhoopDocument['score']>;
  period: Period;
  role: SleepNight['role'];
  flags: Set<MeasurementFlag>;
}): SleepNight {
  const stages = fieldsOf(score['stage_summary'], flags);
  const totals = totalsOf(stages, period);
  const efficiencyPct = efficiencyOf(fieldsOf(score, flags), totals);
  const wakeCount = stages.within('disturbance_count', WAKE_COUNT);
  return {
    kind: 'sleep_night',
    ...originOf(document, flags),
    ...momentOf(period.end),
    role,
    bedtimeStart: period.start.at,
    bedtimeEnd: period.end.at,
    inBedMin: totals.inBedS / 60,
    asleepMin: minutesOf(totals.asleepS),
    awakeMin: minutesOf(totals.awakeS),
    wasoMin: null,
    latencyMin: null,
    deepMin: minutesOf(totals.deepS),
    lightMin: minutesOf(totals.lightS),
    remMin: minutesOf(totals.remS),
    efficiencyPct,
    wakeCount: wakeCount === null ? null : Math.floor(wakeCount),
    awakeningsOver5Min: null,
    averageHeartRateBpm: null,
    stages: null,
  };
}

type Totals = Record<'asleepS' | 'awakeS' | 'deepS' | 'lightS' | 'remS', number | null> & { inBedS: number };

/** WHOOP's own totals, even where they do not add up to the window or to each other. Asleep is the sum of its stages. */
function totalsOf({ flags, within }: FieldReader, { lengthS }: Period): Totals {
  const seconds = (field: string): number | null => {
    const milli = within(`total_${field}_time_milli`, MILLIS_OF_DAY);
    return milli === null ? null : milli / 1000;
  };
  // A time in bed of 0 contradicts a window that has a length.
  const inBedS = seconds('in_bed') || lengthS;
  const awakeS = seconds('awake');
  const deepS = seconds('slow_wave_sleep');
  const lightS = seconds('light_sleep');
  const remS = seconds('rem_sleep');
  let asleepS = deepS === null || lightS === null || remS === null ? null : deepS + lightS + remS;
  if (asleepS !== null && asleepS > PLAUSIBLE.secondsOfDay.max) {
    flags.add('implausible_value_dropped');
    asleepS = null;
  }
  if (asleepS !== null && asleepS > inBedS) flags.add('asleep_exceeds_in_bed');
  return { inBedS, asleepS, awakeS, deepS, lightS, remS };
}

function efficiencyOf({ flags, within }: FieldReader, { asleepS, inBedS }: Totals): number | null {
  const given = within('sleep_efficiency_percentage', PLAUSIBLE.efficiencyPct);
  if (given !== null || asleepS === null || asleepS > inBedS) return given;
  flags.add('efficiency_derived');
  return (asleepS / inBedS) * 100;
}

/**
 * One recovery: HRV, resting heart rate and SpO2 of the sleep it names. Its `recovery_score` is a score, and its skin
 * temperature an absolute one, which is no deviation from the athlete's own.
 *
 * @throws ItemRefused bad_time, future_dated
 */
export function readRecovery(document: WhoopDocument): ObservedMeasurement[] {
  const { score, recordId: sleepRecordId } = document;
  if (score === null) return [];
  const flags = new Set<MeasurementFlag>();
  const { within } = fieldsOf(score, flags);
  const moment = momentOfRecovery(document, flags);
  if (score['user_calibrating'] === true) flags.add('calibrating');
  const ms = within('hrv_rmssd_milli', PLAUSIBLE.hrvMs, 'implausible_hrv_dropped');
  const bpm = within('resting_heart_rate', PLAUSIBLE.restingHeartRateBpm, 'implausible_hr_dropped');
  const spo2Pct = within('spo2_percentage', PLAUSIBLE.spo2Pct);

  // A guessed day gives way to the one of the sleep, whenever the two come together: both are the same version.
  const stateRank = flags.has('day_derived') ? 0 : 1;
  const common = { ...originOf(document, flags), stateRank, ...moment, sleepRecordId } as const;
  const rows: ObservedMeasurement[] = [];
  // "milli" are milliseconds of rMSSD, not thousandths of it.
  if (ms !== null) {
    rows.push({ kind: 'hrv_night', ...common, metric: 'RMSSD', method: 'average_of_night', ms, lnMs: lnOf(ms) });
  }
  if (bpm !== null) rows.push({ kind: 'resting_heart_rate', ...common, bpm, method: 'vendor_resting' });
  if (spo2Pct !== null) {
    rows.push({ kind: 'vitals_day', ...UNKNOWN_VITALS, ...common, recordId: recoveryVitalsId(sleepRecordId), spo2Pct });
  }
  return rows;
}

/**
 * A recovery has no times of its own: they are those of its sleep where the body holds it. Else `created_at` stands
 * in, minutes after waking as a rule and days after it if the strap was synchronised late; its day is that of UTC
 * unless the body has an offset, hence the flag. `sleepRecordId` says whose day is the right one.
 */
function momentOfRecovery({ item, recordId, receivedAt, sleeps }: WhoopDocument, flags: Set<MeasurementFlag>): Moment {
  const sleep = sleeps.get(recordId);
  if (sleep !== undefined) return momentOf(sleep.end);
  flags.add('day_derived');
  const value = isMissing(item['created_at']) ? item['updated_at'] : item['created_at'];
  const { at } = requireInstant({ value, field: 'created_at', receivedAt });
  const zoneOffsetMin = offsetOf(item);
  return { day: localDay({ at, zoneOffsetMin: zoneOffsetMin ?? 0 }), capturedAt: at, zoneOffsetMin };
}
