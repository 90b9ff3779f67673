import type { LocalDate } from '#platform/signals';
import type {
  HrvNight,
  Measurement,
  RestingHeartRate,
  SleepNight,
} from '../../../subgraphs/health-data/measurements/measurement.ts';
import { recordKindOf } from '../../../subgraphs/health-data/measurements/tables.ts';
import type { Pair, SideName } from './pair.ts';

/** What a night is made of. `value`: where between low and high; `level`: what is usual for this athlete. */
export interface NightParts {
  pair: Pair;
  day: LocalDate;
  version: number;
  value: number;
  level: number;
  /** How the last week differs from the weeks before. */
  trend: number;
  random: () => number;
  side: SideName;
  isSleepShared: boolean;
}
export type NightRow = (parts: NightParts) => Measurement[];

const MINUTE_MS = 60_000;
const at = (day: LocalDate, hour: number): Date => new Date(Date.parse(`${day}T00:00:00Z`) + hour * 60 * MINUTE_MS);

/** Versions rise by the minute; a rewriting of the same values lies between two of them. */
export const origin = (pair: Pair, parts: { day: LocalDate; recordId: string; version: number }) => ({
  provider: pair.provider,
  recordId: parts.recordId,
  day: parts.day,
  zoneOffsetMin: 120,
  stateRank: 1 as const,
  sourceUpdatedAt: new Date(Date.UTC(2026, 10, 1) + parts.version * MINUTE_MS),
  flags: [],
  device: 'A ring',
});

/** When a night ended tells of SLEEP, so that it may differ where that is withheld. */
function wokeAt({ day, side, isSleepShared, value }: NightParts): Date {
  const shifted = isSleepShared || side === 'one' ? 0 : 0.3 + value / 3;
  return at(day, 3 + shifted);
}

const sleepIdOf = ({ pair, day }: NightParts): string | null => (pair.isOneDocument ? `s-${day}` : null);

export function hrvRow(parts: NightParts): Measurement[] {
  const { pair, day, version, value, level, trend } = parts;
  const ms = Math.round((40 + 30 * level) * trend * (0.85 + 0.3 * value) * 10) / 10;
  const night: HrvNight = {
    ...origin(pair, { day, version, recordId: `h-${day}` }),
    kind: 'hrv_night',
    capturedAt: wokeAt(parts),
    metric: 'RMSSD',
    method: 'average_of_night',
    ms,
    lnMs: Math.log(ms),
    sleepRecordId: sleepIdOf(parts),
  };
  // A second device that is still new, and a quantity of another kind: streams that never meet the first.
  if (value < 0.7) return [night];
  const second = { ...night, provider: 'WHOOP' as const, sleepRecordId: null, ms: ms + 9, lnMs: Math.log(ms + 9) };
  return [night, second, { ...second, provider: 'APPLE_HEALTH', metric: 'SDNN', method: 'average_of_samples' }];
}

export function restingRow(parts: NightParts): Measurement[] {
  const { pair, day, version, value, level, trend } = parts;
  const night: RestingHeartRate = {
    ...origin(pair, { day, version, recordId: `r-${day}` }),
    kind: 'resting_heart_rate',
    capturedAt: wokeAt(parts),
    bpm: Math.round((44 + 14 * level + 4 * value + (1 - trend) * 22) * 10) / 10,
    method: 'lowest_of_night',
    sleepRecordId: sleepIdOf(parts),
  };
  return [night];
}

export function sleepRows(parts: NightParts): Measurement[] {
  const { pair, day, version, value, level, trend, random } = parts;
  const asleepMin = Math.round((330 + 120 * level + 90 * value) * Math.min(trend, 1));
  const [deep, hasNap, hasSecond] = [random(), random() < 0.2, random() < 0.15];
  const night: SleepNight = {
    ...origin(pair, { day, version, recordId: `s-${day}` }),
    kind: 'sleep_night',
    role: 'night_candidate',
    bedtimeStart: at(day, -5 + value),
    bedtimeEnd: at(day, 3 + value),
    capturedAt: at(day, 3 + value),
    inBedMin: asleepMin + 20 + Math.round(40 * deep),
    asleepMin,
    awakeMin: 20,
    wasoMin: Math.round(10 + 20 * deep),
    latencyMin: Math.round(5 + 30 * value),
    deepMin: 60 + Math.round(30 * deep),
    lightMin: asleepMin - 180,
    remMin: 90,
    efficiencyPct: 88,
    wakeCount: Math.round(4 * deep),
    awakeningsOver5Min: Math.round(2 * deep),
    averageHeartRateBpm: 50,
    stages: null,
  };
  const nap = { ...night, recordId: `n-${day}`, bedtimeStart: at(day, 3.1), bedtimeEnd: at(day, 3.6), inBedMin: 30 };
  const second = { ...night, provider: 'WHOOP' as const, asleepMin: asleepMin + 11 };
  return [night, ...(hasNap ? [{ ...nap, asleepMin: 25 }] : []), ...(hasSecond ? [second] : [])];
}

export const vitalsRow = (parts: NightParts): Measurement[] => {
  const { pair, day, version, value } = parts;
  return [
    {
      ...origin(pair, { day, version, recordId: `v-${day}` }),
      kind: 'vitals_day',
      capturedAt: wokeAt(parts),
      temperatureDeviationC: Math.round(value * 10) / 10 - 0.5,
      respiratoryRateBrpm: 14 + Math.round(value * 20) / 10,
      spo2Pct: 95 + Math.round(value * 4),
      stressHighS: null,
      recoveryHighS: null,
      sleepRecordId: sleepIdOf(parts),
    },
  ];
};

export const tombstone = (row: Measurement, version: number): Measurement => ({
  kind: 'tombstone',
  recordKind: recordKindOf(row),
  sampleKind: 'sampleKind' in row ? row.sampleKind : null,
  provider: row.provider,
  recordId: row.recordId,
  sourceUpdatedAt: new Date(Date.UTC(2026, 10, 1) + version * MINUTE_MS),
  stateRank: 1,
  flags: [],
});
