import type { HeartRateSample } from '../athletes/heart-rate.ts';

/** One row of Oura's `heartrate`. */
export interface HeartRateRow {
  timestamp: string;
  timestamp_unix: number;
  bpm: number;
  source: 'awake' | 'workout' | 'sleep';
}

export function heartRateRow({ atMs, bpm, while: source }: HeartRateSample): HeartRateRow {
  return { timestamp: new Date(atMs).toISOString(), timestamp_unix: atMs, bpm, source };
}
