import type { LocalDate } from '#platform/signals';
import type { HrvNight, MeasurementFlag, SleepNight, VitalsDay } from '../../measurements/measurement.ts';
import { UNKNOWN_VITALS } from '../../measurements/unknown.ts';
import { sharedDevice } from '../device.ts';
import { type RowSlot, type Version, tombstonesForAbsent } from '../normaliser.ts';
import { type Moment, type Sample, type Upload, dayFlags, dayOf, meanOf, versionOf } from './upload.ts';
import { type StageInterval, readStages } from './stage-intervals.ts';
import { lnOf } from '../units.ts';

type Metric = HrvNight['metric'];

/** A sleep of a phone upload; `rank` is that of its source, lower is believed first. */
export type PhoneSleep = { row: SleepNight; rank: number };

/** The platforms know no naps: as with Oura's own border, more than three hours are a night. */
const NAP_MAX_MIN = 3 * 60;

const MAX_SLEEP_MS = 24 * 3_600_000;

export const isTooLong = (startMs: number, endMs: number): boolean => endMs - startMs > MAX_SLEEP_MS;

export const hrvId = (metric: Metric, sleepOrDay: string): string => `${metric.toLowerCase()}:${sleepOrDay}`;
const vitalsId = (sleepRecordId: string): string => `sleep:${sleepRecordId}`;

/** Every row that carries the id of a sleep. */
export function sleepSlots(recordId: string): RowSlot[] {
  return [
    { recordKind: 'sleep_night', sampleKind: null, recordId },
    { recordKind: 'hrv_night', sampleKind: null, recordId: hrvId('RMSSD', recordId) },
    { recordKind: 'hrv_night', sampleKind: null, recordId: hrvId('SDNN', recordId) },
    { recordKind: 'vitals_day', sampleKind: null, recordId: vitalsId(recordId) },
  ];
}

/** A sleep from the time in bed and the stages in it, which may be none. The day is the local date of waking. */
export function sleepRow({
  recordId,
  version,
  stateRank,
  start,
  end,
  intervals,
  isInBedKnown,
}: {
  recordId: string;
  version: Version;
  stateRank: SleepNight['stateRank'];
  start: Date;
  end: Moment;
  intervals: readonly StageInterval[];
  isInBedKnown: boolean;
}): SleepNight {
  const startMs = start.getTime();
  const endMs = end.at.getTime();
  const { flags, ...reading } = readStages({ intervals, startMs, endMs, isInBedKnown });
  const inBedMin = (endMs - startMs) / 60_000;
  const allFlags: MeasurementFlag[] = ['role_inferred', ...dayFlags(end), ...flags];
  return {
    kind: 'sleep_night',
    ...version,
    recordId,
    stateRank,
    flags: allFlags,
    day: dayOf(end),
    capturedAt: end.at,
    zoneOffsetMin: end.zoneOffsetMin,
    role: (reading.asleepMin ?? inBedMin) > NAP_MAX_MIN ? 'night_candidate' : 'nap',
    bedtimeStart: start,
    bedtimeEnd: end.at,
    inBedMin,
    ...reading,
    averageHeartRateBpm: null,
  };
}

/**
 * Of sleeps that overlap in time one: of the most trusted source, then the one with most sleep. The others are the
 * same night as another device saw it, and are closed, or they would count as naps beside it.
 */
export function addSleeps(upload: Upload, sleeps: readonly PhoneSleep[]): SleepNight[] {
  const ordered = sleeps.toSorted(
    ({ rank: rankA, row: a }, { rank: rankB, row: b }) =>
      rankA - rankB ||
      (b.asleepMin ?? -1) - (a.asleepMin ?? -1) ||
      b.inBedMin - a.inBedMin ||
      (a.recordId < b.recordId ? -1 : 1),
  );
  const chosen: SleepNight[] = [];
  for (const { row } of ordered) {
    const isTaken = chosen.some((one) => row.bedtimeStart < one.bedtimeEnd && one.bedtimeStart < row.bedtimeEnd);
    if (!isTaken) {
      chosen.push(row);
      continue;
    }
    const { provider, sourceUpdatedAt } = row;
    const version = { provider, sourceUpdatedAt };
    upload.into.measurements.push(...tombstonesForAbsent({ slots: sleepSlots(row.recordId), rows: [], version }));
    upload.into.ignored.push({ recordId: row.recordId, reason: 'duplicate' });
  }
  upload.into.measurements.push(...chosen);
  return chosen.filter(({ role }) => role === 'night_candidate');
}

const isIn = (night: SleepNight, { at }: Sample): boolean => at >= night.bedtimeStart && at <= night.bedtimeEnd;

const samplesIn = (night: SleepNight, samples: readonly Sample[]): Sample[] =>
  samples.filter((sample) => isIn(night, sample));

const valuesOf = (samples: readonly Sample[]): number[] => samples.map(({ value }) => value);

/** Mean of the samples inside each night, naps excluded. Returns the days that have one and the samples in no night. */
export function addHrvNights<S extends Sample>({
  upload,
  metric,
  nights,
  samples,
}: {
  upload: Upload;
  metric: Metric;
  nights: readonly SleepNight[];
  samples: readonly S[];
}): { days: Set<LocalDate>; outside: S[] } {
  const days = new Set<LocalDate>();
  for (const night of nights) {
    const inside = samplesIn(night, samples);
    if (inside.length === 0) continue;
    const { day, capturedAt, zoneOffsetMin, stateRank } = night;
    days.add(day);
    upload.into.measurements.push({
      ...hrvRow({ upload, metric, samples: inside, stateRank }),
      recordId: hrvId(metric, night.recordId),
      flags: dayFlags({ at: capturedAt, zoneOffsetMin }),
      day,
      capturedAt,
      zoneOffsetMin,
      sleepRecordId: night.recordId,
    });
  }
  return { days, outside: samples.filter((sample) => !nights.some((night) => isIn(night, sample))) };
}

/** What every mean of a metric has in common. */
export function hrvRow({
  upload,
  metric,
  samples,
  stateRank,
}: {
  upload: Upload;
  metric: Metric;
  samples: readonly Sample[];
  stateRank: HrvNight['stateRank'];
}): Version & Pick<HrvNight, 'kind' | 'stateRank' | 'metric' | 'method' | 'ms' | 'lnMs'> {
  const values = valuesOf(samples);
  const ms = meanOf(values);
  const version = { ...versionOf(upload), ...sharedDevice(samples) };
  const stream = { metric, method: 'average_of_samples' } as const;
  return { kind: 'hrv_night', ...version, stateRank, ...stream, ms, lnMs: lnOf(ms) };
}

/** Means of what was breathed and saturated in each night; a night with neither has no row. */
export function addVitals({
  upload,
  nights,
  respiratoryRates,
  saturations,
}: {
  upload: Upload;
  nights: readonly SleepNight[];
  respiratoryRates: readonly Sample[];
  saturations: readonly Sample[];
}): void {
  for (const night of nights) {
    const samples = [samplesIn(night, respiratoryRates), samplesIn(night, saturations)] as const;
    const [breaths, spo2] = [valuesOf(samples[0]), valuesOf(samples[1])];
    if (breaths.length === 0 && spo2.length === 0) continue;
    const { day, capturedAt, zoneOffsetMin, stateRank } = night;
    const row: VitalsDay = {
      kind: 'vitals_day',
      ...versionOf(upload),
      ...sharedDevice(samples.flat()),
      recordId: vitalsId(night.recordId),
      stateRank,
      flags: dayFlags({ at: capturedAt, zoneOffsetMin }),
      day,
      capturedAt,
      zoneOffsetMin,
      ...UNKNOWN_VITALS,
      respiratoryRateBrpm: breaths.length === 0 ? null : meanOf(breaths),
      spo2Pct: spo2.length === 0 ? null : meanOf(spo2),
      sleepRecordId: night.recordId,
    };
    upload.into.measurements.push(row);
  }
}
