import type { MeasurementFlag, SampleBlock, SleepNight } from '../../measurements/measurement.ts';
import { type Item, type RowSlot, ItemRefused } from '../normaliser.ts';
import { minuteOf, readClock } from './clock.ts';
import { type PolarDocument, type PolarReading, requireDate } from './document.ts';
import { UNREADABLE, readHypnogram } from './hypnogram.ts';
import {
  PLAUSIBLE,
  type ZonedInstant,
  daysBetween,
  isMissing,
  isWithin,
  localDay,
  minutesOf,
  requireInstant,
  requireWindow,
  plausible,
} from '../units.ts';

const MAX_SLEEP_HOURS = 24;

export const sleepSlots = (recordId: string): RowSlot[] => [
  { recordKind: 'sleep_night', sampleKind: null, recordId },
  { recordKind: 'sample_block', sampleKind: 'heart_rate', recordId },
];

/**
 * The night of a date: its stages in seconds and its series by local time. Polar gives no naps, no latency, and no
 * heart rate of the night but the samples. Its total is light + deep + REM + unrecognised sleep.
 *
 * @throws ItemRefused no_record_id, bad_day, bad_time, future_dated, window_inverted, window_too_long
 */
export function readSleep({ item, version, receivedAt }: PolarDocument): PolarReading {
  const day = requireDate({ value: item['date'], receivedAt });
  const start = requireInstant({ value: item['sleep_start_time'], field: 'sleep_start_time', receivedAt });
  const end = requireInstant({ value: item['sleep_end_time'], field: 'sleep_end_time', receivedAt });
  const lengthS = requireWindow({ start: start.at, end: end.at, maxHours: MAX_SLEEP_HOURS });
  if (Math.abs(daysBetween(localDay(end), day)) > 1) {
    throw new ItemRefused('bad_day', 'date is more than one day away from the local date of sleep_end_time');
  }
  const flags = new Set<MeasurementFlag>();
  const totals = readTotals({ item, lengthS, flags });
  // In the night a clock changes a time of day may stand for two instants: its series cannot be placed.
  const isClockSteady = start.zoneOffsetMin === end.zoneOffsetMin;
  // From the minute of the start, where the first entry stands.
  const periodMin = (end.at.getTime() - minuteOf(start).getTime()) / 60_000;
  const { flag, ...hypnogram } =
    isClockSteady || isMissing(item['hypnogram'])
      ? readHypnogram({ hypnogram: item['hypnogram'], start, periodMin })
      : UNREADABLE;
  if (flag !== null) flags.add(flag);
  const common = { ...version, recordId: day, day, stateRank: 1, capturedAt: end.at, zoneOffsetMin: end.zoneOffsetMin };
  const series = isClockSteady ? readHeartRate({ series: item['heart_rate_samples'], start, end, flags }) : null;
  const night: SleepNight = {
    kind: 'sleep_night',
    ...common,
    stateRank: 1,
    role: 'night_candidate',
    bedtimeStart: start.at,
    bedtimeEnd: end.at,
    inBedMin: lengthS / 60,
    ...totals,
    latencyMin: null,
    ...hypnogram,
    averageHeartRateBpm: null,
    flags: [...flags],
  };
  const block: SampleBlock | null = series && { kind: 'sample_block', ...common, stateRank: 1, ...series };
  return { recordId: day, slots: sleepSlots(day), rows: block === null ? [night] : [night, block] };
}

type Totals = Pick<SleepNight, 'asleepMin' | 'awakeMin' | 'deepMin' | 'lightMin' | 'remMin' | 'efficiencyPct'>;

function readTotals({ item, lengthS, flags }: { item: Item; lengthS: number; flags: Set<MeasurementFlag> }): Totals {
  const seconds = (field: string): number | null =>
    plausible({ value: item[field], range: PLAUSIBLE.secondsOfDay, flags });
  const awakeMin = minutesOf(seconds('total_interruption_duration'));
  const [lightS, deepS, remS] = [seconds('light_sleep'), seconds('deep_sleep'), seconds('rem_sleep')];
  const unknown = { asleepMin: null, awakeMin, deepMin: null, lightMin: null, remMin: null, efficiencyPct: null };
  const unrecognisedS = seconds('unrecognized_sleep_stage') ?? 0;
  const sumS = lightS === null || deepS === null || remS === null ? null : lightS + deepS + remS + unrecognisedS;
  // Nobody's night is without one second of sleep: nothing was recognised.
  if (sumS === 0) return unknown;
  const stages = { deepMin: minutesOf(deepS), lightMin: minutesOf(lightS), remMin: minutesOf(remS) };
  if (sumS === null || !isWithin(sumS, PLAUSIBLE.secondsOfDay)) return { ...unknown, ...stages };
  flags.add('asleep_derived_from_stages');
  if (sumS > lengthS) {
    flags.add('asleep_exceeds_in_bed');
    return { ...unknown, ...stages, asleepMin: sumS / 60 };
  }
  flags.add('efficiency_derived');
  return { ...stages, awakeMin, asleepMin: sumS / 60, efficiencyPct: (sumS / lengthS) * 100 };
}

/** Null if no sample is left; what was dropped then flags the night instead of the block. */
function readHeartRate({
  series,
  start,
  end,
  flags: nightFlags,
}: {
  series: unknown;
  start: ZonedInstant;
  end: ZonedInstant;
  flags: Set<MeasurementFlag>;
}): Pick<SampleBlock, 'sampleKind' | 'startedAt' | 'offsetsS' | 'values' | 'flags'> | null {
  const startedAt = minuteOf(start);
  const lengthS = (end.at.getTime() - startedAt.getTime()) / 1000;
  const flags = new Set<MeasurementFlag>();
  const offsetsS: number[] = [];
  const values: number[] = [];
  for (const { offsetMin, value } of readClock(series, start) ?? []) {
    // Null and 0 both mean "no reading".
    if (isMissing(value) || value === 0) continue;
    if (offsetMin * 60 > lengthS) flags.add('series_outside_window');
    else if (typeof value === 'number' && isWithin(value, PLAUSIBLE.heartRateBpm)) {
      offsetsS.push(offsetMin * 60);
      values.push(value);
    } else flags.add('implausible_hr_dropped');
  }
  if (values.length > 0) return { sampleKind: 'heart_rate', startedAt, offsetsS, values, flags: [...flags] };
  for (const flag of flags) nightFlags.add(flag);
  return null;
}
