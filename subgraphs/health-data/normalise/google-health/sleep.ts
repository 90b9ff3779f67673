import type { MeasurementFlag, SleepNight } from '../../measurements/measurement.ts';
import {
  type GooglePoint,
  type GoogleReading,
  type Period,
  quantity,
  requirePeriod,
  requirePointId,
  versionOf,
} from './point.ts';
import { type StageReading, readStages } from './stages.ts';
import { type Item, type RowSlot, isItem } from '../normaliser.ts';
import { dayOf } from '../units.ts';

const MAX_SLEEP_HOURS = 24;

/** Google's own border: shorter sleeps get no stages, being naps (`REJECTED_NAP`). */
const NAP_MAX_MIN = 180;

export const sleepSlots = (recordId: string): RowSlot[] => [{ recordKind: 'sleep_night', sampleKind: null, recordId }];

/**
 * One `sleep` session. HRV, resting heart rate and vitals of the night are data types of their own, told by date.
 * Until `metadata.processed` the vendor may still change it: tentative.
 *
 * @throws ItemRefused no_record_id, bad_time, future_dated, window_inverted, window_too_long
 */
export function readSleep(point: GooglePoint): GoogleReading {
  const recordId = requirePointId(point);
  const { value } = point;
  const flags = new Set<MeasurementFlag>();
  const period = requirePeriod(point, MAX_SLEEP_HOURS);
  const metadata = isItem(value['metadata']) ? value['metadata'] : {};
  const fromStages = readStages({ list: value['stages'], start: period.start.at, end: period.end.at });
  if (fromStages.flag !== null) flags.add(fromStages.flag);
  const totals = readTotals({ value, period, fromStages, flags });
  const role = roleOf({ metadata, sleptMin: totals.asleepMin ?? totals.inBedMin, flags });
  const day = dayOf(period.end, flags);
  const row: SleepNight = {
    kind: 'sleep_night',
    ...versionOf(point),
    recordId,
    stateRank: metadata['processed'] === false ? 0 : 1,
    day,
    capturedAt: period.end.at,
    zoneOffsetMin: period.end.zoneOffsetMin,
    role,
    bedtimeStart: period.start.at,
    bedtimeEnd: period.end.at,
    ...totals,
    wasoMin: fromStages.wasoMin,
    wakeCount: fromStages.wakeCount,
    awakeningsOver5Min: fromStages.awakeningsOver5Min,
    averageHeartRateBpm: null,
    stages: fromStages.stages,
    flags: [...flags],
  };
  return { recordId, rows: [row] };
}

type Totals = Pick<
  SleepNight,
  'inBedMin' | 'asleepMin' | 'awakeMin' | 'latencyMin' | 'deepMin' | 'lightMin' | 'remMin' | 'efficiencyPct'
>;

/** Google's own minutes where it gives them, else those of the stages. */
function readTotals({
  value,
  period,
  fromStages,
  flags,
}: {
  value: Item;
  period: Period;
  fromStages: StageReading;
  flags: Set<MeasurementFlag>;
}): Totals {
  const summary = isItem(value['summary']) ? value['summary'] : {};
  const stageMinutes = minutesByStage(summary['stagesSummary']);
  const inBedMin = period.lengthS / 60;
  const minutes = (given: unknown, max = 1440): number | null =>
    quantity({ value: given, range: { min: 0, max }, flags });
  let asleepMin = minutes(summary['minutesAsleep']);
  if (asleepMin === null && fromStages.asleepMin !== null) {
    asleepMin = fromStages.asleepMin;
    flags.add('asleep_derived_from_stages');
  }
  if (asleepMin !== null && asleepMin > inBedMin) flags.add('asleep_exceeds_in_bed');
  return {
    inBedMin,
    asleepMin,
    awakeMin: minutes(summary['minutesAwake']) ?? fromStages.awakeMin,
    latencyMin: minutes(summary['minutesToFallAsleep'], inBedMin) ?? fromStages.latencyMin,
    deepMin: minutes(stageMinutes.get('DEEP')) ?? fromStages.deepMin,
    lightMin: minutes(stageMinutes.get('LIGHT')) ?? fromStages.lightMin,
    remMin: minutes(stageMinutes.get('REM')) ?? fromStages.remMin,
    efficiencyPct: efficiencyOf({ asleepMin: fromStages.asleepMin ?? asleepMin, inBedMin, flags }),
  };
}

function minutesByStage(list: unknown): Map<unknown, unknown> {
  const entries = Array.isArray(list) ? (list as unknown[]).filter(isItem) : [];
  return new Map(entries.map((entry) => [entry['type'], entry['minutes']]));
}

/** Google gives none. Taken from the stages where it can: the minutes of the summary are rounded, stage by stage. */
function efficiencyOf({
  asleepMin,
  inBedMin,
  flags,
}: {
  asleepMin: number | null;
  inBedMin: number;
  flags: Set<MeasurementFlag>;
}): number | null {
  if (asleepMin === null || asleepMin > inBedMin) return null;
  flags.add('efficiency_derived');
  return (asleepMin / inBedMin) * 100;
}

function roleOf({
  metadata,
  sleptMin,
  flags,
}: {
  metadata: Item;
  sleptMin: number;
  flags: Set<MeasurementFlag>;
}): SleepNight['role'] {
  if (metadata['nap'] === true) return 'nap';
  if (metadata['nap'] === false || metadata['mainSleep'] === true) return 'night_candidate';
  flags.add('role_inferred');
  return sleptMin > NAP_MAX_MIN ? 'night_candidate' : 'nap';
}
