import { meanOf } from '#platform/mean';
import type { LocalDate } from '#platform/signals';
import type { MeasurementFlag, SleepNight, StateRank, VitalsDay } from '../../measurements/measurement.ts';
import { UNKNOWN_SLEEP, UNKNOWN_VITALS } from '../../measurements/unknown.ts';
import { type LevelReading, type StageTotals, readLevels } from './levels.ts';
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
import { type Item, type RowSlot, ItemRefused, isItem } from '../normaliser.ts';
import { PLAUSIBLE, daysBetween, isMissing, minutesOf } from '../units.ts';

const MAX_SLEEP_HOURS = 24;
const MAX_NAP_HOURS = 12;

/**
 * Validations after which nothing better is to be expected. Weaker than these are tentative ones, MANUAL (typed in, no
 * measurement) and OFF_WRIST; a word we do not know is weak too, for it must never displace a final night.
 */
const FINAL: ReadonlySet<string> = new Set(['AUTO_FINAL', 'ENHANCED_FINAL', 'AUTO_MANUAL', 'DEVICE']);

/** `key` is the start of the sleep in seconds since 1970: `summaryId` changes whenever the night grows. */
export const sleepRecordId = (key: string): string => `sleeps:${key}`;

export function sleepSlots(key: string): RowSlot[] {
  const recordId = sleepRecordId(key);
  return [
    { recordKind: 'sleep_night', sampleKind: null, recordId },
    { recordKind: 'vitals_day', sampleKind: null, recordId },
  ];
}

/** A night, what was measured in it, and the naps Garmin files under it, each with a record of its own. */
export function readSleep(summary: GarminSummary): GarminReading {
  const { item, version, receivedAt } = summary;
  const flags = new Set<MeasurementFlag>();
  const startS = requireEpochSeconds({ value: item['startTimeInSeconds'], field: 'startTimeInSeconds', receivedAt });
  const totals = readTotals(item, flags);
  const levels = readLevels({ map: item['sleepLevelsMap'], startS, totals });
  const window = readWindow({ item, startS, totals, levels });
  requirePast(window, receivedAt);
  const { zoneOffsetMin } = window;
  const day = dayOf({ summary, at: window.end, zoneOffsetMin, flags });
  const stateRank = rankOf(item['validation']);
  const night: Night = { summary, key: String(startS), day, window, stateRank };
  const { naps, refused } = readNaps(night);
  const vitals = vitalsRow(night, flags);
  const rows = [sleepRow({ night, totals, levels, flags }), ...(vitals === null ? [] : [vitals]), ...naps];
  return { rows, slots: sleepSlots(night.key), version, stateRank, refused };
}

type Night = { summary: GarminSummary; key: string; day: LocalDate; window: Window; stateRank: StateRank };

function rankOf(validation: unknown): StateRank {
  if (isMissing(validation)) return 1;
  return FINAL.has(wordOf(validation)) ? 1 : 0;
}

/** Garmin writes `DEVICE` and `Device`. */
const wordOf = (validation: unknown): string => (typeof validation === 'string' ? validation.toUpperCase() : '');

type Totals = StageTotals & {
  /** Deep, light and REM together; null where no stage was measured. */
  stagedS: number | null;
};

/** A night typed in has 0 for every stage: that is "not measured", while one 0 among measured stages is a true one. */
function readTotals(item: Item, flags: Set<MeasurementFlag>): Totals {
  const seconds = (field: string): number | null =>
    measured({ value: item[field], range: PLAUSIBLE.secondsOfDay, flags });
  const deepS = seconds('deepSleepDurationInSeconds');
  const lightS = seconds('lightSleepDurationInSeconds');
  const remS = seconds('remSleepInSeconds');
  const stagedS = (deepS ?? 0) + (lightS ?? 0) + (remS ?? 0);
  if (stagedS === 0) return { deepS: null, lightS: null, remS: null, awakeS: null, stagedS: null };
  return { deepS, lightS, remS, awakeS: seconds('awakeDurationInSeconds'), stagedS };
}

/**
 * `durationInSeconds` counts the time awake in some summaries and leaves it out in others, so the night is at least as
 * long as all stages together, and as its levels where they can be believed.
 */
function readWindow({
  item,
  startS,
  totals: { stagedS, awakeS },
  levels: { lastEndS },
}: {
  item: Item;
  startS: number;
  totals: Totals;
  levels: LevelReading;
}): Window {
  const lengthS = Math.max(durationOf(item['durationInSeconds']) ?? 0, (stagedS ?? 0) + (awakeS ?? 0), lastEndS ?? 0);
  const zoneOffsetMin = zoneOffsetOf(item['startTimeOffsetInSeconds']);
  return windowOf({ startS, lengthS, zoneOffsetMin, maxHours: MAX_SLEEP_HOURS });
}

function sleepRow({
  night: { summary, key, day, window, stateRank },
  totals,
  levels,
  flags,
}: {
  night: Night;
  totals: Totals;
  levels: LevelReading;
  flags: Set<MeasurementFlag>;
}): SleepNight {
  const { item, version } = summary;
  const { stagedS, awakeS } = totals;
  const durationS = durationOf(item['durationInSeconds']);
  const { flag, lastEndS: _lastEndS, ...counts } = levels;
  if (flag !== null) flags.add(flag);
  if (stagedS !== null && stagedS !== durationS) flags.add('asleep_derived_from_stages');
  if (wordOf(item['validation']) === 'OFF_WRIST') flags.add('off_wrist');
  const efficiencyPct = stagedS === null || awakeS === null ? null : (stagedS / (stagedS + awakeS)) * 100;
  if (efficiencyPct !== null) flags.add('efficiency_derived');
  return {
    kind: 'sleep_night',
    ...version,
    recordId: sleepRecordId(key),
    day,
    stateRank,
    flags: [...flags],
    capturedAt: window.end,
    zoneOffsetMin: window.zoneOffsetMin,
    role: 'night_candidate',
    bedtimeStart: window.start,
    bedtimeEnd: window.end,
    inBedMin: window.lengthS / 60,
    asleepMin: minutesOf(stagedS ?? durationS),
    awakeMin: minutesOf(awakeS),
    latencyMin: null,
    deepMin: minutesOf(totals.deepS),
    lightMin: minutesOf(totals.lightS),
    remMin: minutesOf(totals.remS),
    efficiencyPct,
    averageHeartRateBpm: null,
    ...counts,
  };
}

/** Garmin gives breathing and oxygen of the night as series only: their means stand for the night. */
function vitalsRow({ summary, key, day, window, stateRank }: Night, flags: Set<MeasurementFlag>): VitalsDay | null {
  const mean = (field: string, range: { min: number; max: number }): number | null => {
    const map = summary.item[field];
    const flag = 'implausible_value_dropped';
    return meanOf(readOffsetMap({ map, lengthS: window.lengthS, range, flag, flags }).values);
  };
  const respiratoryRateBrpm = mean('timeOffsetSleepRespiration', PLAUSIBLE.respiratoryRateBrpm);
  const spo2Pct = mean('timeOffsetSleepSpo2', PLAUSIBLE.spo2Pct);
  if (respiratoryRateBrpm === null && spo2Pct === null) return null;
  return {
    kind: 'vitals_day',
    ...summary.version,
    recordId: sleepRecordId(key),
    day,
    stateRank,
    flags: [],
    capturedAt: window.end,
    zoneOffsetMin: window.zoneOffsetMin,
    ...UNKNOWN_VITALS,
    respiratoryRateBrpm,
    spo2Pct,
    sleepRecordId: sleepRecordId(key),
  };
}

/** `totalNapDurationInSeconds` is no part of the night's totals, and neither are these. */
function readNaps(night: Night): { naps: SleepNight[]; refused: ItemRefused[] } {
  const given = night.summary.item['naps'];
  const naps: SleepNight[] = [];
  const refused: ItemRefused[] = [];
  for (const nap of Array.isArray(given) ? (given as unknown[]) : []) {
    try {
      naps.push(napRow(nap, night));
    } catch (error) {
      if (!(error instanceof ItemRefused)) throw error;
      refused.push(error);
    }
  }
  return { naps, refused };
}

/** Naps have no id: the start tells them apart within their night. */
function napRow(nap: unknown, { summary: { version, receivedAt }, key, day: nightDay, window }: Night): SleepNight {
  if (!isItem(nap)) throw new ItemRefused('unreadable_item', 'an entry of naps is not an object');
  const field = 'napStartTimeInSeconds';
  const startS = requireEpochSeconds({ value: nap[field], field, receivedAt });
  const zoneOffsetMin = zoneOffsetOf(nap['napOffsetInSeconds']) ?? window.zoneOffsetMin;
  const lengthS = durationOf(nap['napDurationInSeconds']) ?? 0;
  const { start, end } = windowOf({ startS, lengthS, zoneOffsetMin, maxHours: MAX_NAP_HOURS });
  requirePast({ startS, start, end, lengthS, zoneOffsetMin }, receivedAt);
  const day = localDayOf(end, zoneOffsetMin);
  return {
    kind: 'sleep_night',
    ...version,
    recordId: `${sleepRecordId(key)}:nap:${startS}`,
    day,
    stateRank: rankOf(nap['napValidation']),
    flags: Math.abs(daysBetween(day, nightDay)) > 1 ? ['day_derived', 'nap_far_from_night'] : ['day_derived'],
    capturedAt: end,
    zoneOffsetMin,
    role: 'nap',
    bedtimeStart: start,
    bedtimeEnd: end,
    inBedMin: lengthS / 60,
    ...UNKNOWN_SLEEP,
    asleepMin: lengthS / 60,
  };
}
