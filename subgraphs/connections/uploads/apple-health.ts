import type { Signal } from '#platform/signals';
import { faultInLists, faultInTexts, isObject, textsIn, type Phone, type PhoneReading } from './phone.ts';

const SLEEP = 'HKCategoryTypeIdentifierSleepAnalysis';
const WORKOUT = 'HKWorkoutTypeIdentifier';

const SIGNAL_OF: ReadonlyMap<string, Signal> = new Map([
  ['HKQuantityTypeIdentifierHeartRateVariabilitySDNN', 'HRV'],
  ['HKQuantityTypeIdentifierHeartRateVariabilityRMSSD', 'HRV'],
  ['HKQuantityTypeIdentifierRestingHeartRate', 'RESTING_HEART_RATE'],
  ['HKQuantityTypeIdentifierHeartRate', 'HEART_RATE'],
  [SLEEP, 'SLEEP'],
  [WORKOUT, 'TRAINING'],
  ['HKQuantityTypeIdentifierStepCount', 'STEPS'],
  ['HKQuantityTypeIdentifierRespiratoryRate', 'VITALS'],
  ['HKQuantityTypeIdentifierOxygenSaturation', 'VITALS'],
]);

/** What an app read from HealthKit; docs/reference/uploads.md. */
export const appleHealth: Phone = {
  provider: 'APPLE_HEALTH',
  slug: 'apple-health',
  name: 'Apple Health',
  signalOf: SIGNAL_OF,
  read,
};

/** `{ provider?, sdkVersion?, syncTimestamp?, timeZone?, data: { records?, sleep?, workouts? }, deleted? }`. */
function read(body: Readonly<Record<string, unknown>>): PhoneReading {
  const { data, deleted } = body;
  if (data !== undefined && !isObject(data)) return { ok: false, fault: 'data is not an object.' };
  if (data === undefined && deleted === undefined)
    return { ok: false, fault: 'There is neither data nor a list of what was deleted.' };
  const fault =
    faultInTexts(body, ['provider', 'sdkVersion', 'syncTimestamp', 'timeZone']) ??
    faultInLists(body, ['deleted']) ??
    faultInLists(data ?? {}, ['records', 'sleep', 'workouts'], 'data.');
  if (fault !== null) return { ok: false, fault };
  const types = new Set(textsIn(data?.['records'], 'type'));
  if (isFilled(data?.['sleep'])) types.add(SLEEP);
  if (isFilled(data?.['workouts'])) types.add(WORKOUT);
  return { ok: true, types };
}

const isFilled = (list: unknown): boolean => Array.isArray(list) && list.length > 0;
