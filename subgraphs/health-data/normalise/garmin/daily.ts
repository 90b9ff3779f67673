import type { LocalDate } from '#platform/signals';
import type { MeasurementFlag, ObservedMeasurement, SampleBlock, StateRank } from '../../measurements/measurement.ts';
import { UNKNOWN_VITALS } from '../../measurements/unknown.ts';
import {
  type GarminReading,
  type GarminSummary,
  type Window,
  dayOf,
  durationOf,
  localDayOf,
  measured,
  readOffsetMap,
  requireEpochSeconds,
  requirePast,
  windowOf,
  zoneOffsetOf,
} from './summary.ts';
import { type RowSlot, type Version, ItemRefused } from '../normaliser.ts';
import { PLAUSIBLE, isFuture, isMissing, lnOf } from '../units.ts';

/** The day on which clocks go back. */
const MAX_DAY_HOURS = 25;
const DAY_S = 86_400;
const MAX_NIGHT_HOURS = 24;

const slot = (recordKind: RowSlot['recordKind'], recordId: string): RowSlot => ({
  recordKind,
  sampleKind: null,
  recordId,
});

/** `day` is the calendar date: a reader expects one count and one resting heart rate per day, wherever it began. */
export function dailySlots(day: string): RowSlot[] {
  const recordId = `dailies:${day}`;
  return [
    slot('steps_day', recordId),
    slot('resting_heart_rate', recordId),
    slot('vitals_day', recordId),
    { recordKind: 'sample_block', sampleKind: 'heart_rate', recordId },
  ];
}

export function hrvSlots(day: string): RowSlot[] {
  const recordId = `hrv:${day}`;
  return [slot('hrv_night', recordId), { recordKind: 'sample_block', sampleKind: 'hrv_rmssd', recordId }];
}

export const skinTempSlots = (day: string): RowSlot[] => [slot('vitals_day', `skinTemp:${day}`)];

/** What the rows of a summary have in common. */
type Common = Version & {
  recordId: string;
  day: LocalDate;
  stateRank: StateRank;
  capturedAt: Date | null;
  zoneOffsetMin: number | null;
};

/**
 * A day as far as it was measured. Garmin sends it many times while it grows, so an unfinished one has the end of what
 * it covers as its version: of two, that with more seconds counts, in whatever order they arrive. A finished one
 * replaces them all.
 *
 * `averageHeartRateInBeatsPerMinute` is the mean of seven days, and no resting heart rate; it is not read.
 */
export function readDaily(summary: GarminSummary): GarminReading {
  const { receivedAt } = summary;
  const flags = new Set<MeasurementFlag>();
  const window = windowFrom(summary, MAX_DAY_HOURS);
  const day = dayOf({ summary, at: window.start, zoneOffsetMin: window.zoneOffsetMin, flags });
  const isFinished = window.lengthS >= DAY_S && !isFuture(window.end, receivedAt);
  const version = isFinished ? summary.version : versionAsOf(window.end, summary.version);
  const stateRank = isFinished ? 1 : 0;
  const common: Common = {
    ...version,
    recordId: `dailies:${day}`,
    day,
    stateRank,
    capturedAt: isFinished ? window.end : null,
    zoneOffsetMin: window.zoneOffsetMin,
  };
  const refused: ItemRefused[] = [];
  const rows = [
    ...vitalsRows({ common, stressHighS: stressOf(summary, flags) }),
    ...restingRows({ common, summary, flags }),
    ...heartRateBlocks({ common, summary, window, flags }),
  ];
  // Last, since this row tells what was dropped from the day.
  rows.unshift(...stepsRows({ common, summary, flags, refused }));
  const reading = { rows, slots: dailySlots(day), version, stateRank, refused } as const;
  return rows.length === 0 && refused.length === 0 ? { ...reading, ignored: 'no_value' } : reading;
}

/** A summary that ends later than it arrived (a day declared whole ten minutes early) is as new as its arrival. */
const versionAsOf = (end: Date, version: Version): Version => ({
  ...version,
  sourceUpdatedAt: end < version.sourceUpdatedAt ? end : version.sourceUpdatedAt,
});

function windowFrom({ item, receivedAt }: GarminSummary, maxHours: number): Window {
  const startS = requireEpochSeconds({ value: item['startTimeInSeconds'], field: 'startTimeInSeconds', receivedAt });
  const lengthS = durationOf(item['durationInSeconds']) ?? 0;
  const zoneOffsetMin = zoneOffsetOf(item['startTimeOffsetInSeconds']);
  return windowOf({ startS, lengthS, zoneOffsetMin, maxHours });
}

function stepsRows({
  common,
  summary: { item },
  flags,
  refused,
}: {
  common: Common;
  summary: GarminSummary;
  flags: Set<MeasurementFlag>;
  refused: ItemRefused[];
}): ObservedMeasurement[] {
  const steps = measured({ value: item['steps'], range: PLAUSIBLE.stepsPerDay, flags: new Set() });
  if (steps === null) {
    if (!isMissing(item['steps'])) {
      refused.push(new ItemRefused('implausible_value', 'steps is not a number from 0 to 200000'));
    }
    return [];
  }
  const distanceM = measured({ value: item['distanceInMeters'], range: PLAUSIBLE.distanceM, flags });
  const activeEnergyKcal = measured({ value: item['activeKilocalories'], range: PLAUSIBLE.energyKcal, flags });
  return [
    {
      kind: 'steps_day',
      ...common,
      flags: [...flags],
      steps: Math.floor(steps),
      distanceM,
      activeEnergyKcal,
      nonWearS: null,
    },
  ];
}

function restingRows({
  common,
  summary: { item },
  flags,
}: {
  common: Common;
  summary: GarminSummary;
  flags: Set<MeasurementFlag>;
}): ObservedMeasurement[] {
  const value = item['restingHeartRateInBeatsPerMinute'];
  const bpm = measured({ value, range: PLAUSIBLE.restingHeartRateBpm, flags, flag: 'implausible_hr_dropped' });
  if (bpm === null) return [];
  return [{ kind: 'resting_heart_rate', ...common, flags: [], bpm, method: 'vendor_resting', sleepRecordId: null }];
}

const stressOf = ({ item }: GarminSummary, flags: Set<MeasurementFlag>): number | null =>
  measured({ value: item['highStressDurationInSeconds'], range: PLAUSIBLE.secondsOfDay, flags });

/** Time at rest is another thing than Oura's time of high recovery, so that column stays empty. */
const vitalsRows = ({ common, stressHighS }: { common: Common; stressHighS: number | null }): ObservedMeasurement[] =>
  stressHighS === null ? [] : [{ kind: 'vitals_day', ...UNKNOWN_VITALS, ...common, flags: [], stressHighS }];

function heartRateBlocks({
  common,
  summary: { item, receivedAt },
  window,
  flags,
}: {
  common: Common;
  summary: GarminSummary;
  window: Window;
  flags: Set<MeasurementFlag>;
}): SampleBlock[] {
  const { offsetsS, values } = readOffsetMap({
    map: item['timeOffsetHeartRateSamples'],
    lengthS: window.lengthS,
    range: PLAUSIBLE.heartRateBpm,
    flag: 'implausible_hr_dropped',
    flags,
  });
  // What lies in the future stands at the end.
  while (offsetsS.length > 0 && isFuture(instantAt(window, offsetsS.at(-1) ?? 0), receivedAt)) offsetsS.pop();
  values.length = offsetsS.length;
  const [firstS, lastS] = [offsetsS[0], offsetsS.at(-1)];
  if (firstS === undefined || lastS === undefined) return [];
  return [
    {
      kind: 'sample_block',
      ...common,
      flags: [],
      day: localDayOf(instantAt(window, firstS), null),
      capturedAt: instantAt(window, lastS),
      sampleKind: 'heart_rate',
      startedAt: window.start,
      offsetsS,
      values,
    },
  ];
}

const instantAt = ({ start }: Window, offsetS: number): Date => new Date(start.getTime() + offsetS * 1000);

/**
 * rMSSD of a night: Garmin's average, and the five-minute values beside it. Neither is ever computed from the other.
 * It names its calendar date and no sleep, so it counts for that day.
 */
export function readHrv(summary: GarminSummary): GarminReading {
  const { item, version, receivedAt } = summary;
  const flags = new Set<MeasurementFlag>();
  const window = windowFrom(summary, MAX_NIGHT_HOURS);
  requirePast(window, receivedAt);
  const { end: capturedAt, zoneOffsetMin, lengthS } = window;
  const day = dayOf({ summary, at: capturedAt, zoneOffsetMin, flags });
  const common = { ...version, recordId: `hrv:${day}`, day, stateRank: 1, capturedAt, zoneOffsetMin } as const;
  const range = PLAUSIBLE.hrvMs;
  const flag = 'implausible_hrv_dropped';
  const series = readOffsetMap({ map: item['hrvValues'], lengthS, range, flag, flags });
  const ms = measured({ value: item['lastNightAvg'], range, flags, flag });
  const rows: ObservedMeasurement[] = [];
  if (ms !== null) {
    const stream = { metric: 'RMSSD', method: 'average_of_night' } as const;
    rows.push({ kind: 'hrv_night', ...common, flags: [...flags], ...stream, ms, lnMs: lnOf(ms), sleepRecordId: null });
  }
  if (series.values.length > 0) {
    rows.push({
      kind: 'sample_block',
      ...common,
      flags: [...flags],
      sampleKind: 'hrv_rmssd',
      startedAt: window.start,
      ...series,
    });
  }
  const reading = { rows, slots: hrvSlots(day), version, stateRank: 1 } as const;
  return rows.length === 0 ? { ...reading, ignored: 'no_value' } : reading;
}

/** How far the skin of a night was from what is usual, in degrees Celsius. */
export function readSkinTemp(summary: GarminSummary): GarminReading {
  const { item, version, receivedAt } = summary;
  const flags = new Set<MeasurementFlag>();
  const window = windowFrom(summary, MAX_NIGHT_HOURS);
  requirePast(window, receivedAt);
  const { end: capturedAt, zoneOffsetMin } = window;
  const day = dayOf({ summary, at: capturedAt, zoneOffsetMin, flags });
  // Below zero is a measurement here, so Garmin's negative markers have no place.
  const range = PLAUSIBLE.temperatureDeviationC;
  const temperatureDeviationC = measured({ value: item['avgDeviationCelsius'], range, flags });
  const reading = { slots: skinTempSlots(day), version, stateRank: 1 } as const;
  if (temperatureDeviationC === null) return { ...reading, rows: [], ignored: 'no_value' };
  const common = { ...version, recordId: `skinTemp:${day}`, day, stateRank: 1, capturedAt, zoneOffsetMin } as const;
  return {
    ...reading,
    rows: [{ kind: 'vitals_day', ...UNKNOWN_VITALS, ...common, flags: [...flags], temperatureDeviationC }],
  };
}
