import type { LocalDate } from '#platform/signals';
import type { MeasurementFlag, SampleBlock } from '../../measurements/measurement.ts';
import { type Normalised, type RawDelivery, isItem } from '../normaliser.ts';
import { PLAUSIBLE, isFuture, isMissing, numberWithin, parseInstant } from '../units.ts';

type Sample = { atMs: number; bpm: number };
type DaySamples = { samples: Sample[]; flags: Set<MeasurementFlag> };

/**
 * Rows of the `heartrate` endpoint as one block per UTC day. They have no document ids, so a block is named after
 * the time it spans, `heartrate:2026-11-03:030000-052500`: two pages, or two fetches that share a part of a day, never
 * replace each other's samples, and fetching the same window again replaces the block by itself.
 * Of several samples of one instant the last in the page counts. The source of a sample is not kept.
 */
export function normaliseHeartRate({
  delivery,
  items,
  into,
}: {
  delivery: RawDelivery;
  items: readonly unknown[];
  into: Normalised;
}): void {
  const { days, unreadableCount, futureCount } = sortIntoDays(items, delivery.receivedAt);
  if (unreadableCount > 0) {
    const detail = `${unreadableCount} of ${items.length} samples have no ISO 8601 instant with an offset`;
    into.rejected.push({ recordId: null, reason: 'bad_time', detail });
  }
  if (futureCount > 0) {
    const detail = `${futureCount} of ${items.length} samples lie more than 5 minutes after the delivery was received`;
    into.rejected.push({ recordId: null, reason: 'future_dated', detail });
  }
  for (const [day, { samples, flags }] of days) {
    into.measurements.push(blockOf({ delivery, day, samples, flags }));
  }
}

function sortIntoDays(
  items: readonly unknown[],
  receivedAt: Date,
): { days: Map<LocalDate, DaySamples>; unreadableCount: number; futureCount: number } {
  const byInstant = new Map<number, number>();
  const droppedDays = new Set<number>();
  let unreadableCount = 0;
  let futureCount = 0;
  for (const item of items) {
    const instant = isItem(item) ? parseInstant(item['timestamp']) : null;
    if (!isItem(item) || instant === null) unreadableCount += 1;
    else if (isFuture(instant.at, receivedAt)) futureCount += 1;
    else {
      const bpm = numberWithin(item['bpm'], PLAUSIBLE.heartRateBpm);
      // Blocks count whole seconds.
      if (bpm !== null) byInstant.set(Math.floor(instant.at.getTime() / 1000) * 1000, bpm);
      // Null and 0 mean "no reading": nothing implausible was said.
      else if (!isMissing(item['bpm']) && item['bpm'] !== 0) droppedDays.add(dayNumber(instant.at.getTime()));
    }
  }
  const samples = [...byInstant].sort(([a], [b]) => a - b).map(([atMs, bpm]): Sample => ({ atMs, bpm }));
  const days = new Map(
    [...Map.groupBy(samples, ({ atMs }) => dayNumber(atMs))].map(([day, ofDay]): [LocalDate, DaySamples] => [
      new Date(day * DAY_MS).toISOString().slice(0, 10),
      { samples: ofDay, flags: new Set(droppedDays.has(day) ? ['implausible_hr_dropped'] : []) },
    ]),
  );
  return { days, unreadableCount, futureCount };
}

function blockOf({
  delivery,
  day,
  samples,
  flags,
}: DaySamples & { delivery: RawDelivery; day: LocalDate }): SampleBlock {
  const startMs = samples[0]?.atMs ?? 0;
  const endMs = samples.at(-1)?.atMs ?? startMs;
  return {
    kind: 'sample_block',
    provider: 'OURA',
    recordId: `heartrate:${day}:${utcTime(startMs)}-${utcTime(endMs)}`,
    sourceUpdatedAt: delivery.sourceUpdatedAt,
    stateRank: 1,
    flags: [...flags],
    day,
    capturedAt: new Date(endMs),
    zoneOffsetMin: null,
    sampleKind: 'heart_rate',
    startedAt: new Date(startMs),
    offsetsS: samples.map(({ atMs }) => (atMs - startMs) / 1000),
    values: samples.map(({ bpm }) => bpm),
  };
}

const DAY_MS = 86_400_000;
/** Of UTC, since 1970: a name for each sample would cost more than reading it. */
const dayNumber = (atMs: number): number => Math.floor(atMs / DAY_MS);
const utcTime = (atMs: number): string => new Date(atMs).toISOString().slice(11, 19).replaceAll(':', '');
