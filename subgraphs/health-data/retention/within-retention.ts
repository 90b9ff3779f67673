import { MAX_BLOCK_MS } from '../measurements/blocks.ts';
import type { Measurement } from '../measurements/measurement.ts';
import type { Normalised } from '../normalise/normaliser.ts';

/** The instant from which samples are kept: the month of `now` and `months` whole ones before it, UTC. */
export const samplesKeptFrom = (now: Date, months: number): Date =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1));

/**
 * Leaves out series that begin before `keptFrom`: their month is dropped or about to be, and a delivery that is replayed or
 * loaded late brings none of it back. Also those longer than a reader looks back.
 */
export function withinRetention(normalised: Normalised, keptFrom: Date): Normalised {
  const { measurements, rejected, ignored } = normalised;
  const kept = measurements.filter((measurement) => !isOver(measurement, keptFrom) && !isTooLong(measurement));
  if (kept.length === measurements.length) return normalised;
  const over = measurements.filter((measurement) => isOver(measurement, keptFrom));
  const tooLong = measurements.filter((measurement) => isTooLong(measurement) && !isOver(measurement, keptFrom));
  const detail = `a series is longer than ${MAX_BLOCK_MS / 86_400_000} days`;
  return {
    measurements: kept,
    rejected: [
      ...rejected,
      ...tooLong.map(({ recordId }) => ({ recordId, reason: 'window_too_long' as const, detail })),
    ],
    ignored: [...ignored, ...over.map(({ recordId }) => ({ recordId, reason: 'past_retention' as const }))],
  };
}

const isOver = (measurement: Measurement, keptFrom: Date): boolean =>
  measurement.kind === 'sample_block' && measurement.startedAt < keptFrom;

const isTooLong = (measurement: Measurement): boolean =>
  measurement.kind === 'sample_block' &&
  measurement.capturedAt.getTime() - measurement.startedAt.getTime() > MAX_BLOCK_MS;
