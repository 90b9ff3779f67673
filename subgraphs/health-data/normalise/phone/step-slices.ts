import type { LocalDate } from '#platform/signals';

/** Steps counted by one source between two instants, epoch milliseconds; the end may equal the start. */
export type StepSlice = {
  startMs: number;
  endMs: number;
  count: number;
  /** Local day of the start: a slice is never split between days. */
  day: LocalDate;
  /** Who counted. */
  source: string;
  /** Sources of a lower rank are believed first. */
  rank: number;
};

type Span = { startMs: number; endMs: number };

/**
 * What sticks out of a better source's time by less than this is the two devices' clocks and rhythms, not steps
 * that only the lesser one saw.
 */
const MIN_REMAINDER_MS = 5 * 60_000;

/**
 * Steps per local day. Of every stretch of time only one source counts: two devices on one body see the same steps.
 * Lower rank first; among equals the source with more steps. A slice that is covered in part counts for the
 * share of its time that is not.
 */
export function stepsPerDay(slices: readonly StepSlice[]): Map<LocalDate, number> {
  const days = new Map<LocalDate, number>();
  let covered: Span[] = [];
  for (const layer of layersOf(slices)) {
    const walk = uncoveredBy(covered);
    let ownEndMs = -Infinity;
    for (const slice of layer) {
      const counted = countOf(slice, walk({ startMs: Math.max(slice.startMs, ownEndMs), endMs: slice.endMs }));
      days.set(slice.day, (days.get(slice.day) ?? 0) + counted);
      ownEndMs = Math.max(ownEndMs, slice.endMs);
    }
    covered = merged([...covered, ...layer]);
  }
  return days;
}

/** The slices of each source in order of time; sources in order of trust. */
function layersOf(slices: readonly StepSlice[]): StepSlice[][] {
  const total = (layer: readonly StepSlice[]): number => layer.reduce((sum, { count }) => sum + count, 0);
  const rankOf = (layer: readonly StepSlice[]): number => layer[0]?.rank ?? 0;
  const bySource = Map.groupBy(slices, ({ source, rank }) => `${rank} ${source}`);
  return [...bySource]
    .sort(([nameA, a], [nameB, b]) => rankOf(a) - rankOf(b) || total(b) - total(a) || (nameA < nameB ? -1 : 1))
    .map(([, layer]) => layer.toSorted((a, b) => a.startMs - b.startMs || b.endMs - a.endMs || b.count - a.count));
}

function countOf({ startMs, endMs, count }: StepSlice, rest: readonly Span[]): number {
  if (endMs === startMs) return rest.length === 0 ? 0 : count;
  const restMs = rest.map((span) => span.endMs - span.startMs);
  const isUntouched = restMs.length === 1 && restMs[0] === endMs - startMs;
  if (isUntouched) return count;
  const remainderMs = restMs.filter((ms) => ms >= MIN_REMAINDER_MS).reduce((sum, ms) => sum + ms, 0);
  return (count * remainderMs) / (endMs - startMs);
}

/** Answers for spans asked in order of their start; `covered` is sorted and free of overlaps. */
function uncoveredBy(covered: readonly Span[]): (span: Span) => Span[] {
  let first = 0;
  return ({ startMs, endMs }) => {
    // The later part of a slice that another one of its source covers already, or nothing at all.
    if (startMs > endMs) return [];
    while (first < covered.length && (covered[first]?.endMs ?? 0) <= startMs) first += 1;
    const rest: Span[] = [];
    let fromMs = startMs;
    for (let index = first; index < covered.length; index += 1) {
      const span = covered[index];
      if (span === undefined || span.startMs >= endMs) break;
      if (span.startMs > fromMs) rest.push({ startMs: fromMs, endMs: span.startMs });
      fromMs = Math.max(fromMs, span.endMs);
    }
    const isInstantOutside = startMs === endMs && !((covered[first]?.startMs ?? Infinity) <= startMs);
    if (fromMs < endMs || isInstantOutside) rest.push({ startMs: fromMs, endMs });
    return rest;
  };
}

function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const { startMs, endMs } of spans.toSorted((a, b) => a.startMs - b.startMs)) {
    const last = result.at(-1);
    if (last !== undefined && startMs <= last.endMs) last.endMs = Math.max(last.endMs, endMs);
    else result.push({ startMs, endMs });
  }
  return result;
}
