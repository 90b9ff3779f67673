import type { HrvNight, MeasurementFlag, SampleBlock, VitalsDay } from '../../measurements/measurement.ts';
import { UNKNOWN_VITALS } from '../../measurements/unknown.ts';
import { type RowSlot, ItemRefused, isItem } from '../normaliser.ts';
import { type PolarDocument, type PolarReading, measured, requireDate } from './document.ts';
import {
  PLAUSIBLE,
  dayAfter,
  isFuture,
  isMissing,
  isWithin,
  lnOf,
  parseInstant,
  requireInstant,
  plausible,
} from '../units.ts';

const HOUR_MS = 3_600_000;

/** Noon UTC of the next day: then a day is over in every zone. */
const OVER_EVERYWHERE_MS = 12 * HOUR_MS;

const vitalsId = (date: string): string => `nightly_recharge:${date}`;
const continuousId = (date: string): string => `continuous_heart_rate:${date}`;

export const rechargeSlots = (date: string): RowSlot[] => [
  { recordKind: 'hrv_night', sampleKind: null, recordId: date },
  { recordKind: 'vitals_day', sampleKind: null, recordId: vitalsId(date) },
];
export const activitySlots = (date: string): RowSlot[] => [
  { recordKind: 'steps_day', sampleKind: null, recordId: date },
];
export const continuousSlots = (date: string): RowSlot[] => [
  { recordKind: 'sample_block', sampleKind: 'heart_rate', recordId: continuousId(date) },
];

/**
 * Nightly recharge: rMSSD and breathing, both averages of four hours from half an hour after falling asleep.
 * `heart_rate_avg` is an average of those hours and no resting heart rate. `hrv_samples` are by local time, and the
 * answer says nowhere local to what: they are left out, for their instants would be a guess.
 *
 * @throws ItemRefused no_record_id, bad_day, future_dated
 */
export function readRecharge({ item, version, receivedAt }: PolarDocument): PolarReading {
  const day = requireDate({ value: item['date'], receivedAt });
  const flags = new Set<MeasurementFlag>();
  const hrv = { range: PLAUSIBLE.hrvMs, flags, flag: 'implausible_hrv_dropped' } as const;
  const ms = measured({ value: item['heart_rate_variability_avg'], ...hrv });
  const range = PLAUSIBLE.respiratoryRateBrpm;
  const respiratoryRateBrpm = measured({ value: item['breathing_rate_avg'], range, flags });
  // Polar has one recharge per date, that of the night: it counts even where the sleep itself was not shared.
  const night = { day, stateRank: 1, capturedAt: null, zoneOffsetMin: null, sleepRecordId: null } as const;
  const common = { ...version, ...night, flags: [...flags] };
  const rows: (HrvNight | VitalsDay)[] = [];
  if (ms !== null) {
    const stream = { metric: 'RMSSD', method: 'average_of_4_hours' } as const;
    rows.push({ kind: 'hrv_night', ...common, recordId: day, ...stream, ms, lnMs: lnOf(ms) });
  }
  if (respiratoryRateBrpm !== null) {
    rows.push({
      kind: 'vitals_day',
      ...UNKNOWN_VITALS,
      ...common,
      recordId: vitalsId(day),
      respiratoryRateBrpm,
    });
  }
  return { recordId: day, slots: rechargeSlots(day), rows, ...(rows.length === 0 ? { ignored: 'no_value' } : {}) };
}

/**
 * The activity of a local day. Its times carry no zone, so the count is tentative until the day is over everywhere.
 *
 * @throws ItemRefused no_record_id, bad_day, future_dated, implausible_value
 */
export function readActivity({ item, version, receivedAt }: PolarDocument): PolarReading {
  const { start_time: startTime, date } = item;
  const value = isMissing(date) && typeof startTime === 'string' ? startTime.slice(0, 10) : date;
  const day = requireDate({ value, receivedAt });
  const reading = { recordId: day, slots: activitySlots(day) };
  if (isMissing(item['steps'])) return { ...reading, rows: [], ignored: 'no_value' };
  const flags = new Set<MeasurementFlag>();
  const steps = plausible({ value: item['steps'], range: PLAUSIBLE.stepsPerDay, flags });
  if (steps === null) throw new ItemRefused('implausible_value', 'steps is not a number from 0 to 200000');
  const distanceM = plausible({ value: item['distance_from_steps'], range: PLAUSIBLE.distanceM, flags });
  const activeEnergyKcal = plausible({ value: item['active_calories'], range: PLAUSIBLE.energyKcal, flags });
  const isOver = version.sourceUpdatedAt.getTime() >= Date.parse(dayAfter(day)) + OVER_EVERYWHERE_MS;
  return {
    ...reading,
    rows: [
      {
        kind: 'steps_day',
        ...version,
        recordId: day,
        day,
        stateRank: isOver ? 1 : 0,
        capturedAt: null,
        zoneOffsetMin: null,
        steps: Math.floor(steps),
        distanceM,
        activeEnergyKcal,
        nonWearS: null,
        flags: [...flags],
      },
    ],
  };
}

/**
 * Heart rate through a local day, as one block. `sample_time` is local and Polar gives no offset with it, so
 * connections stores the day as `{ date, heart_rate_samples, zone_offset: "+02:00" }`, with the offset of the athlete's
 * sleep of that date. Without it the instants would be a guess: refused.
 *
 * @throws ItemRefused no_record_id, bad_day, bad_time, future_dated
 */
export function readContinuousHeartRate({ item, version, receivedAt }: PolarDocument): PolarReading {
  const date = requireDate({ value: item['date'], receivedAt });
  const offset = typeof item['zone_offset'] === 'string' ? item['zone_offset'] : '';
  const midnight = requireInstant({ value: `${date}T00:00:00${offset}`, field: 'date with zone_offset', receivedAt });
  const flags = new Set<MeasurementFlag>();
  const byInstant = new Map<number, number>();
  for (const sample of Array.isArray(item['heart_rate_samples']) ? (item['heart_rate_samples'] as unknown[]) : []) {
    const { sample_time: time, heart_rate: bpm } = isItem(sample) ? sample : {};
    const isTime = typeof time === 'string' && /^\d{2}:\d{2}(?::\d{2})?$/.test(time);
    const instant = isTime ? parseInstant(`${date}T${time}${offset}`) : null;
    // Null and 0 both mean "no reading".
    if (isMissing(bpm) || bpm === 0) continue;
    if (instant === null || isFuture(instant.at, receivedAt)) flags.add('series_outside_window');
    else if (typeof bpm === 'number' && isWithin(bpm, PLAUSIBLE.heartRateBpm)) byInstant.set(instant.at.getTime(), bpm);
    else flags.add('implausible_hr_dropped');
  }
  const reading = { recordId: date, slots: continuousSlots(date) };
  const samples = [...byInstant].sort(([a], [b]) => a - b);
  const [first] = samples;
  if (first === undefined) return { ...reading, rows: [], ignored: 'no_value' };
  const startedAt = new Date(first[0]);
  const block: SampleBlock = {
    kind: 'sample_block',
    ...version,
    recordId: continuousId(date),
    day: startedAt.toISOString().slice(0, 10),
    stateRank: 1,
    flags: [...flags],
    capturedAt: new Date(samples.at(-1)?.[0] ?? first[0]),
    zoneOffsetMin: midnight.zoneOffsetMin,
    sampleKind: 'heart_rate',
    startedAt,
    offsetsS: samples.map(([atMs]) => (atMs - first[0]) / 1000),
    values: samples.map(([, bpm]) => bpm),
  };
  return { ...reading, rows: [block] };
}
