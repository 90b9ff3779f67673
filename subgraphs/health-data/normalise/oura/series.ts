import type { MeasurementFlag, SampleBlock, SampleKind } from '../../measurements/measurement.ts';
import { isItem } from '../normaliser.ts';
import { type OuraDocument, type Period, capturedAtEnd, commonFields } from './document.ts';
import { PLAUSIBLE, isMissing, isWithin, parseInstant } from '../units.ts';

const SERIES = {
  heart_rate: { range: PLAUSIBLE.heartRateBpm, flag: 'implausible_hr_dropped' },
  hrv_rmssd: { range: PLAUSIBLE.hrvMs, flag: 'implausible_hrv_dropped' },
} as const satisfies Partial<Record<SampleKind, unknown>>;

/**
 * A series is `{ interval (s), items, timestamp }`: item i belongs to timestamp + i * interval, so a null item gives
 * no sample and still uses up its interval. Samples outside the period (one interval of slack before it) are dropped.
 * Null if nothing is left; what was dropped then flags the period instead of the block.
 */
export function readSeries({
  document,
  period,
  field,
  sampleKind,
  periodFlags,
}: {
  document: OuraDocument;
  period: Period;
  field: string;
  sampleKind: keyof typeof SERIES;
  periodFlags: Set<MeasurementFlag>;
}): SampleBlock | null {
  const series = document.item[field];
  if (!isItem(series)) return null;
  const { interval, items } = series;
  if (!isWholeSeconds(interval) || !Array.isArray(items)) return null;

  const startedAt = (parseInstant(series['timestamp']) ?? period.start).at;
  const earliestS = (period.start.at.getTime() - startedAt.getTime()) / 1000 - interval;
  const latestS = (period.end.at.getTime() - startedAt.getTime()) / 1000;
  const { range, flag } = SERIES[sampleKind];
  const flags = new Set<MeasurementFlag>();
  const offsetsS: number[] = [];
  const values: number[] = [];
  for (let index = 0; index < items.length; index += 1) {
    const item: unknown = items[index];
    // Null and 0 both mean "no reading".
    if (isMissing(item) || item === 0) continue;
    const offsetS = index * interval;
    if (offsetS < earliestS || offsetS > latestS) {
      flags.add('series_outside_window');
      continue;
    }
    if (typeof item === 'number' && isWithin(item, range)) {
      offsetsS.push(offsetS);
      values.push(item);
    } else flags.add(flag);
  }
  if (values.length === 0) {
    for (const dropped of flags) periodFlags.add(dropped);
    return null;
  }
  const common = commonFields({ document, day: period.day, flags });
  return { kind: 'sample_block', ...common, ...capturedAtEnd(period), sampleKind, startedAt, offsetsS, values };
}

const isWholeSeconds = (interval: unknown): interval is number =>
  Number.isInteger(interval) && Number(interval) >= 1 && Number(interval) <= 3600;
