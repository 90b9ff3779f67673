import type { LocalDate } from '#platform/signals';
import type { MeasurementFlag, SampleBlock, SampleKind } from '../../measurements/measurement.ts';
import { type Measured, sharedDevice } from '../device.ts';
import { deviceIn, numberOf, zoneOffsetMinOf } from './point.ts';
import { type Item, type Normalised, type RawDelivery, isItem } from '../normaliser.ts';
import { PLAUSIBLE, isFuture, isMissing, isWithin, parseInstant } from '../units.ts';

/** One reading of a series; `at` null where it cannot be read. */
export type Reading = Measured & { at: Date | null; zoneOffsetMin: number | null; value: unknown };

type Timed = Reading & { at: Date };
type Sample = Measured & { atMs: number; zoneOffsetMin: number | null; value: number };
type DaySamples = { samples: Sample[]; flags: Set<MeasurementFlag> };

const KINDS = {
  heart_rate: { range: PLAUSIBLE.heartRateBpm, flag: 'implausible_hr_dropped' },
  hrv_rmssd: { range: PLAUSIBLE.hrvMs, flag: 'implausible_hrv_dropped' },
  hrv_sdnn: { range: PLAUSIBLE.hrvMs, flag: 'implausible_hrv_dropped' },
} as const satisfies Partial<Record<SampleKind, unknown>>;

/** One of the quantities that samples of a data type hold. */
export type SampledQuantity = { sampleKind: keyof typeof KINDS; read: (item: Item) => Reading };

/** `{ <field>: { sampleTime: { physicalTime, utcOffset }, <valueField> } }`. */
export const sampleReader =
  (field: string, valueField: string) =>
  (item: Item): Reading => {
    const sample = isItem(item[field]) ? item[field] : {};
    const time = isItem(sample['sampleTime']) ? sample['sampleTime'] : {};
    return {
      at: parseInstant(time['physicalTime'])?.at ?? null,
      zoneOffsetMin: zoneOffsetMinOf(time['utcOffset']),
      value: sample[valueField],
      ...deviceIn(item),
    };
  };

/**
 * Samples as one block per UTC day, named after the time it spans, `heart-rate:2026-11-15:070000-070010`: two pages that
 * share a part of a day never replace each other's samples, and fetching the same window again replaces the block by
 * itself. Instants are kept to the second; of several in one second the last in the page counts.
 */
export function normaliseSamples({
  delivery,
  name,
  quantities,
  items,
  into,
}: {
  delivery: RawDelivery;
  name: string;
  /** All quantities of a sample have one instant, so what is wrong with it is said once. */
  quantities: readonly SampledQuantity[];
  items: readonly unknown[];
  into: Normalised;
}): void {
  for (const [index, { sampleKind, read }] of quantities.entries()) {
    const readings = items.map((item) => (isItem(item) ? read(item) : { at: null, zoneOffsetMin: null, value: null }));
    const timed = readings.filter((reading): reading is Timed => reading.at !== null);
    const past = timed.filter(({ at }) => !isFuture(at, delivery.receivedAt));
    if (index === 0) refuseUntimed({ count: items.length, timed: timed.length, past: past.length, into });
    for (const [day, { samples, flags }] of sortIntoDays(past, sampleKind)) {
      if (samples.length > 0) into.measurements.push(blockOf({ delivery, name, sampleKind, day, samples, flags }));
    }
  }
}

function refuseUntimed({
  count,
  timed,
  past,
  into,
}: {
  count: number;
  timed: number;
  past: number;
  into: Normalised;
}): void {
  if (timed < count) {
    const detail = `${count - timed} of ${count} samples have no readable instant`;
    into.rejected.push({ recordId: null, reason: 'bad_time', detail });
  }
  if (past < timed) {
    const detail = `${timed - past} of ${count} samples lie more than 5 minutes after receipt`;
    into.rejected.push({ recordId: null, reason: 'future_dated', detail });
  }
}

function sortIntoDays(readings: readonly Timed[], sampleKind: keyof typeof KINDS): Map<LocalDate, DaySamples> {
  const { range, flag } = KINDS[sampleKind];
  const days = new Map<LocalDate, DaySamples>();
  for (const { at, zoneOffsetMin, value, device } of readings.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
    const number = numberOf(value);
    // Nothing, zero and negative markers mean "no reading": nothing implausible was said.
    if (isMissing(value) || (number !== null && number <= 0)) continue;
    const day = at.toISOString().slice(0, 10);
    const entry = days.get(day) ?? { samples: [], flags: new Set() };
    days.set(day, entry);
    if (number === null || !isWithin(number, range)) entry.flags.add(flag);
    else entry.samples.push({ atMs: at.getTime(), zoneOffsetMin, value: number, device: device ?? null });
  }
  return days;
}

function blockOf({
  delivery,
  name,
  sampleKind,
  day,
  samples,
  flags,
}: DaySamples & { delivery: RawDelivery; name: string; sampleKind: SampleKind; day: LocalDate }): SampleBlock {
  const startMs = samples[0]?.atMs ?? 0;
  const endMs = samples.at(-1)?.atMs ?? startMs;
  const bySecond = new Map(samples.map(({ atMs, value }) => [Math.floor((atMs - startMs) / 1000), value]));
  return {
    kind: 'sample_block',
    provider: 'GOOGLE_HEALTH',
    recordId: `${name}:${day}:${utcTime(startMs)}-${utcTime(endMs)}`,
    sourceUpdatedAt: delivery.sourceUpdatedAt,
    ...sharedDevice(samples),
    stateRank: 1,
    flags: [...flags],
    day,
    capturedAt: new Date(endMs),
    zoneOffsetMin: samples.at(-1)?.zoneOffsetMin ?? null,
    sampleKind,
    startedAt: new Date(startMs),
    offsetsS: [...bySecond.keys()],
    values: [...bySecond.values()],
  };
}

const utcTime = (atMs: number): string => new Date(atMs).toISOString().slice(11, 19).replaceAll(':', '');
