import type { MeasurementFlag, ObservedMeasurement } from '../../measurements/measurement.ts';
import { type Item, type RowSlot, isItem } from '../normaliser.ts';
import { PLAUSIBLE, isMissing, localDay, numberWithin } from '../units.ts';
import { type WhoopDocument, MILLIS_OF_DAY, fieldsOf, momentOf, originOf, readPeriod } from './document.ts';

const KJ_PER_KCAL = 4.184;

/** Zone zero is below half of the athlete's maximum. */
const ZONES = ['zero', 'one', 'two', 'three', 'four', 'five'] as const;

export const workoutSlots = (recordId: string): RowSlot[] => [{ recordKind: 'workout', sampleKind: null, recordId }];

/**
 * One workout. Unscored it still took place: times and sport, no numbers. Strain is a score and no intensity.
 *
 * @throws ItemRefused bad_time, future_dated, window_inverted, window_too_long
 */
export function readWorkout(document: WhoopDocument): ObservedMeasurement[] {
  const { item, score } = document;
  const flags = new Set<MeasurementFlag>();
  const { start, end, lengthS } = readPeriod(document);
  const { within } = fieldsOf(score, flags);
  const energyKj = within('kilojoule', { min: 0, max: PLAUSIBLE.energyKcal.max * KJ_PER_KCAL });
  const measured = {
    distanceM: within('distance_meter', PLAUSIBLE.distanceM),
    energyKcal: energyKj === null ? null : energyKj / KJ_PER_KCAL,
    elevationGainM: within('altitude_gain_meter', PLAUSIBLE.elevationGainM),
    averageHeartRateBpm: within('average_heart_rate', PLAUSIBLE.heartRateBpm, 'implausible_hr_dropped'),
    maxHeartRateBpm: within('max_heart_rate', PLAUSIBLE.heartRateBpm, 'implausible_hr_dropped'),
    heartRateZonesS: zonesOf(score?.['zone_durations'], flags),
  };
  return [
    {
      kind: 'workout',
      ...originOf(document, flags),
      ...momentOf(end),
      day: localDay(start),
      activity: activityOf(item),
      startedAt: start.at,
      endedAt: end.at,
      durationS: lengthS,
      ...measured,
      intensity: null,
      isManual: false,
    },
  ];
}

function activityOf({ sport_name: sport }: Item): string {
  return typeof sport === 'string' && /^[\w .,/()&'-]{1,64}$/.test(sport) ? sport : 'other';
}

/** All six or none: a load from some of the zones would be too small and look whole. */
function zonesOf(value: unknown, flags: Set<MeasurementFlag>): number[] | null {
  if (isMissing(value)) return null;
  const durations = isItem(value) ? ZONES.map((zone) => value[`zone_${zone}_milli`]) : [];
  const zonesMilli = durations.map((milli) => numberWithin(milli, MILLIS_OF_DAY)).filter((milli) => milli !== null);
  if (zonesMilli.length === ZONES.length) return zonesMilli.map((milli) => milli / 1000);
  flags.add('implausible_value_dropped');
  return null;
}
