import type { MeasurementFlag, Workout } from '../../measurements/measurement.ts';
import { type Item, type Version, ItemRefused } from '../normaliser.ts';
import {
  PLAUSIBLE,
  type Range,
  isFuture,
  isMissing,
  dayOf,
  numberWithin,
  parseInstant,
  requireInstant,
  requireWindow,
  plausible,
  type Reading,
} from '../units.ts';

/** Long enough for a stage race; more is a wrong clock. */
const MAX_ACTIVITY_HOURS = 7 * 24;

const OFFSET_S: Range = { min: -12 * 3600, max: 14 * 3600 };

/** Strava's `resource_state` of the lists' short form, which leaves out `calories`. */
const SUMMARY = 2;

/** What Strava puts in place of a start the athlete hides. */
const HIDDEN_LOCAL_TIME = '00:00:01';

/** One activity on its way to rows. */
export type StravaActivity = { item: Item; recordId: string; version: Version; receivedAt: Date };

export type ActivityStart = { at: Date; zoneOffsetMin: number | null; isHidden: boolean };

/**
 * `start_date` is UTC. `start_date_local` ends in Z too and is local time: it is never an instant, only its distance
 * from `start_date` says something.
 *
 * @throws ItemRefused bad_time, future_dated
 */
export function readStart({ item, receivedAt }: { item: Item; receivedAt: Date }): ActivityStart {
  const { at } = requireInstant({ value: item['start_date'], field: 'start_date', receivedAt });
  const local = parseInstant(item['start_date_local']);
  const distanceS = local === null ? null : (local.at.getTime() - at.getTime()) / 1000;
  const zoneOffsetMin = offsetMinOf(item['utc_offset']) ?? offsetMinOf(distanceS);
  const localMs = local?.at.getTime() ?? at.getTime() + (zoneOffsetMin ?? 0) * 60_000;
  const localTime = new Date(localMs).toISOString().slice(11, 19);
  return { at, zoneOffsetMin, isHidden: localTime === HIDDEN_LOCAL_TIME };
}

function offsetMinOf(value: unknown): number | null {
  const seconds = numberWithin(value, OFFSET_S);
  // Adding 0 makes one zero of the two.
  return seconds !== null && seconds % 60 === 0 ? seconds / 60 + 0 : null;
}

/** A field inside its range. Strava writes 0 for "not measured": null, as if it were missing. */
const measured = (reading: Reading): number | null => (reading.value === 0 ? null : plausible(reading));

/**
 * An activity, short or detailed. The window runs over the elapsed time, `durationS` is the moving time.
 * The short form of lists has no energy: rank 0, so that a list read later never takes the energy of the detailed
 * form away. `kilojoules` is the work done on the pedals, not the energy burnt.
 *
 * @throws ItemRefused bad_time, future_dated, window_inverted, window_too_long
 */
export function readActivity({ item, recordId, version, receivedAt }: StravaActivity): Workout {
  const flags = new Set<MeasurementFlag>();
  const start = readStart({ item, receivedAt });
  if (start.isHidden) flags.add('start_time_hidden');
  const { endedAt, durationS } = readDuration({ item, startedAt: start.at, receivedAt, flags });
  const day = dayOf(start, flags);
  const isManual = item['manual'] === true;
  const distanceM = measured({ value: item['distance'], range: PLAUSIBLE.distanceM, flags });
  const energyKcal = measured({ value: item['calories'], range: PLAUSIBLE.energyKcal, flags });
  // A flat course has gained 0 m; a typed-in one, or one that led nowhere, was not measured.
  const elevation = measured({ value: item['total_elevation_gain'], range: PLAUSIBLE.elevationGainM, flags });
  const isFlat = item['total_elevation_gain'] === 0 && !isManual && distanceM !== null;
  const heartRate = (field: string): number | null =>
    item['has_heartrate'] === false
      ? null
      : measured({ value: item[field], range: PLAUSIBLE.heartRateBpm, flags, flag: 'implausible_hr_dropped' });
  const averageHeartRateBpm = heartRate('average_heartrate');
  const maxHeartRateBpm = heartRate('max_heartrate');
  return {
    kind: 'workout',
    ...version,
    recordId,
    day,
    stateRank: item['resource_state'] === SUMMARY ? 0 : 1,
    flags: [...flags],
    capturedAt: endedAt,
    zoneOffsetMin: start.zoneOffsetMin,
    activity: sportOf(item),
    startedAt: start.at,
    endedAt,
    durationS,
    distanceM,
    energyKcal,
    elevationGainM: isFlat ? 0 : elevation,
    averageHeartRateBpm,
    maxHeartRateBpm,
    heartRateZonesS: null,
    intensity: null,
    isManual,
  };
}

function readDuration({
  item,
  startedAt,
  receivedAt,
  flags,
}: {
  item: Item;
  startedAt: Date;
  receivedAt: Date;
  flags: Set<MeasurementFlag>;
}): { endedAt: Date; durationS: number } {
  const given = [item['elapsed_time'], item['moving_time']].find((value) => !isMissing(value));
  if (typeof given !== 'number' || Number.isNaN(given)) {
    throw new ItemRefused('bad_time', 'elapsed_time is no number of seconds');
  }
  // Cut to what a Date can hold; the window is then found too long or inverted.
  const endMs = startedAt.getTime() + Math.min(Math.max(given, -1e9), 1e9) * 1000;
  const endedAt = new Date(endMs);
  const lengthS = requireWindow({ start: startedAt, end: endedAt, maxHours: MAX_ACTIVITY_HOURS });
  if (isFuture(endedAt, receivedAt)) {
    throw new ItemRefused('future_dated', 'the end lies more than 5 minutes after the delivery was received');
  }
  const movingS = measured({ value: item['moving_time'], range: { min: 1, max: lengthS }, flags });
  return { endedAt, durationS: movingS ?? lengthS };
}

/** `sport_type` is the finer word; activities of before 2022 have `type` only. */
function sportOf(item: Item): string {
  const sport = [item['sport_type'], item['type']].find(
    (value) => typeof value === 'string' && /^[\w .,/()-]{1,64}$/.test(value),
  );
  return typeof sport === 'string' ? sport : 'other';
}
