import { type AppleSource, sourceOf } from './source.ts';
import type { HrvNight, SleepNight } from '../../measurements/measurement.ts';
import { type Item, ItemRefused, tombstone, requireRecordId } from '../normaliser.ts';
import { addHrvNights, addVitals, hrvId, hrvRow } from '../phone/night.ts';
import {
  type Moment,
  type RestingReading,
  type Sample,
  type StepCount,
  type Upload,
  addRestingHeartRates,
  addStepsDays,
  blocksOf,
  dayFlags,
  dayOf,
  readingOf,
  requireMoment,
  versionOf,
} from '../phone/upload.ts';
import { PLAUSIBLE, type Range, isMissing, isWithin, localHour, requireWindow } from '../units.ts';

/** One HealthKit quantity sample whose times are readable. */
type Quantity = AppleSource & { item: Item; recordId: string; start: Moment; end: Moment };

type AppleSample = Sample & { recordId: string; rank: number };

/** The samples of an upload by what they measure. */
export type AppleSamples = {
  heartRates: AppleSample[];
  rmssd: AppleSample[];
  sdnn: AppleSample[];
  respiratoryRates: AppleSample[];
  saturations: AppleSample[];
  resting: RestingReading[];
  steps: StepCount[];
};

export const noSamples = (): AppleSamples => ({
  heartRates: [],
  rmssd: [],
  sdnn: [],
  respiratoryRates: [],
  saturations: [],
  resting: [],
  steps: [],
});

/** Before this local hour a sample without a sleep around it is taken as one of the night. */
const SMALL_HOURS_END = 6;

const QUANTITY = 'HKQuantityTypeIdentifier';

type Reader = (quantity: Quantity, upload: Upload, samples: AppleSamples) => void;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['HeartRate', sampleReader({ into: 'heartRates', units: ['count/min', 'bpm'], range: PLAUSIBLE.heartRateBpm })],
  // Apple documents no unit of the type of iOS 27: what is not called milliseconds is not believed to be some.
  ['HeartRateVariabilityRMSSD', sampleReader({ into: 'rmssd', units: ['ms'], range: PLAUSIBLE.hrvMs })],
  ['HeartRateVariabilitySDNN', sampleReader({ into: 'sdnn', units: ['ms'], range: PLAUSIBLE.hrvMs })],
  [
    'RespiratoryRate',
    sampleReader({ into: 'respiratoryRates', units: ['count/min'], range: PLAUSIBLE.respiratoryRateBrpm }),
  ],
  ['OxygenSaturation', sampleReader({ into: 'saturations', units: ['%'], range: PLAUSIBLE.spo2Pct, fraction: true })],
  ['RestingHeartRate', readResting],
  ['StepCount', readSteps],
]);

/** Read by nobody yet: absolute degrees become a deviation only against a baseline of the athlete's own. */
const NOT_MODELLED: ReadonlySet<unknown> = new Set([`${QUANTITY}AppleSleepingWristTemperature`]);

/**
 * Sorts one entry of `data.records` into `samples`.
 *
 * @throws ItemRefused no_record_id, bad_time, future_dated, window_inverted, window_too_long, implausible_value,
 *   unknown_type (a unit)
 */
export function readRecord(item: Item, upload: Upload, samples: AppleSamples): void {
  const { type } = item;
  const reader =
    typeof type === 'string' && type.startsWith(QUANTITY) ? READERS.get(type.slice(QUANTITY.length)) : undefined;
  const recordId = requireRecordId(item['id'], 'id');
  if (reader === undefined) {
    upload.into.ignored.push({ recordId, reason: NOT_MODELLED.has(type) ? 'not_modelled' : 'unknown_data_type' });
    return;
  }
  const offset = item['zoneOffset'];
  const start = requireMoment({ value: item['startDate'], offset, field: 'startDate', upload });
  const end = isMissing(item['endDate'])
    ? start
    : requireMoment({ value: item['endDate'], offset, field: 'endDate', upload });
  // A heartbeat has no length.
  if (start.at.getTime() !== end.at.getTime()) requireWindow({ start: start.at, end: end.at, maxHours: 24 });
  reader({ item, recordId, start, end, ...sourceOf(item['source']) }, upload, samples);
}

function requireUnit({ unit }: Item, units: readonly string[]): void {
  if (!units.some((known) => known === unit)) throw new ItemRefused('unknown_type', `the unit is not ${units[0]}`);
}

function noValue({ recordId }: Quantity, upload: Upload): void {
  upload.into.ignored.push({ recordId, reason: 'no_value' });
}

function sampleReader({
  into,
  units,
  range,
  fraction = false,
}: {
  into: 'heartRates' | 'rmssd' | 'sdnn' | 'respiratoryRates' | 'saturations';
  units: readonly string[];
  range: Range;
  /** HealthKit gives percentages as a fraction of 1. */
  fraction?: boolean;
}): Reader {
  return (quantity, upload, samples) => {
    const { item, recordId, start, rank, device = null } = quantity;
    requireUnit(item, units);
    const given = item['value'];
    const isFraction = fraction && typeof given === 'number' && given <= 1;
    const value = readingOf({ value: isFraction ? given * 100 : given, range, field: 'value' });
    if (value === null) noValue(quantity, upload);
    else samples[into].push({ ...start, value, recordId, rank, device });
  };
}

/** Apple's own figure for a day, corrected while the day goes on; it belongs to the day it begins on. */
function readResting(quantity: Quantity, upload: Upload, samples: AppleSamples): void {
  const { item, recordId, start, end, rank, device = null } = quantity;
  requireUnit(item, ['count/min', 'bpm']);
  const bpm = readingOf({ value: item['value'], range: PLAUSIBLE.restingHeartRateBpm, field: 'value' });
  if (bpm === null) return noValue(quantity, upload);
  samples.resting.push({
    rank,
    row: {
      kind: 'resting_heart_rate',
      ...versionOf(upload),
      device,
      recordId,
      stateRank: 1,
      flags: dayFlags(start),
      day: dayOf(start),
      capturedAt: end.at,
      zoneOffsetMin: start.zoneOffsetMin,
      bpm,
      method: 'vendor_resting',
      sleepRecordId: null,
    },
  });
}

/** A count of 0 is a true zero. */
function readSteps(quantity: Quantity, upload: Upload, samples: AppleSamples): void {
  const { item, start, end, source, rank, device = null } = quantity;
  requireUnit(item, ['count']);
  const count = item['value'];
  if (isMissing(count) || (typeof count === 'number' && count < 0)) return noValue(quantity, upload);
  if (typeof count !== 'number' || !isWithin(count, PLAUSIBLE.stepsPerDay)) {
    throw new ItemRefused('implausible_value', 'value is not a number of steps');
  }
  const slice = { startMs: start.at.getTime(), endMs: end.at.getTime(), count, day: dayOf(start), source, rank };
  samples.steps.push({ slice, start, device });
}

/** Rows of all the samples. Values of a night are means over the sleeps of the same upload. */
export function addSamples(upload: Upload, samples: AppleSamples, nights: readonly SleepNight[]): void {
  // Of one second the last sample counts: the Watch's.
  const heartRates = samples.heartRates.toSorted((a, b) => b.rank - a.rank);
  const rmssd = samples.rmssd.toSorted((a, b) => b.rank - a.rank);
  const sdnn = samples.sdnn.toSorted((a, b) => b.rank - a.rank);
  upload.into.measurements.push(
    ...blocksOf(upload, 'heart_rate', heartRates),
    ...blocksOf(upload, 'hrv_rmssd', rmssd),
    ...blocksOf(upload, 'hrv_sdnn', sdnn),
  );
  addHrv({ upload, metric: 'RMSSD', nights, samples: samples.rmssd });
  addHrv({ upload, metric: 'SDNN', nights, samples: samples.sdnn });
  addVitals({ upload, nights, ...samples });
  addRestingHeartRates(upload, samples.resting);
  addStepsDays(upload, samples.steps);
}

/**
 * Nightly means, and for a day without a night in this upload a tentative one from the small hours, since an app may
 * send samples before the sleep around them is known. The night's own value closes the tentative one for good.
 */
function addHrv({
  upload,
  metric,
  nights,
  samples,
}: {
  upload: Upload;
  metric: HrvNight['metric'];
  nights: readonly SleepNight[];
  samples: readonly AppleSample[];
}): void {
  const { days, outside } = addHrvNights({ upload, metric, nights, samples });
  for (const day of days) {
    const slot = { recordKind: 'hrv_night', sampleKind: null, recordId: hrvId(metric, day) } as const;
    upload.into.measurements.push(tombstone(slot, versionOf(upload)));
  }
  const nightDays = new Set(nights.map(({ day }) => day));
  const isTentative = (sample: AppleSample): boolean => isInSmallHours(sample) && !nightDays.has(dayOf(sample));
  for (const [day, ofDay] of Map.groupBy(outside.filter(isTentative), dayOf)) {
    const last = ofDay.reduce((latest, sample) => (sample.at > latest.at ? sample : latest));
    upload.into.measurements.push({
      ...hrvRow({ upload, metric, samples: ofDay, stateRank: 0 }),
      recordId: hrvId(metric, day),
      flags: [],
      day,
      capturedAt: last.at,
      zoneOffsetMin: last.zoneOffsetMin,
      sleepRecordId: null,
    });
  }
}

const isInSmallHours = ({ at, zoneOffsetMin }: Sample): boolean =>
  zoneOffsetMin !== null && localHour({ at, zoneOffsetMin }) < SMALL_HOURS_END;
