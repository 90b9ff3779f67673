import type { Signal } from '#platform/signals';
import { faultInLists, faultInTexts, isObject, textsIn, type Phone, type PhoneReading } from './phone.ts';

const SIGNAL_OF: ReadonlyMap<string, Signal> = new Map([
  ['HeartRateVariabilityRmssdRecord', 'HRV'],
  ['RestingHeartRateRecord', 'RESTING_HEART_RATE'],
  ['HeartRateRecord', 'HEART_RATE'],
  ['SleepSessionRecord', 'SLEEP'],
  ['ExerciseSessionRecord', 'TRAINING'],
  ['StepsRecord', 'STEPS'],
  ['OxygenSaturationRecord', 'VITALS'],
  ['RespiratoryRateRecord', 'VITALS'],
]);

/** Lists of the public webhook app, https://github.com/mcnaveen/health-connect-webhook, by the record they stand for. */
const LIST_OF_APP: ReadonlyMap<string, string> = new Map([
  ['steps', 'StepsRecord'],
  ['heart_rate', 'HeartRateRecord'],
]);

/** What an app read from Health Connect; docs/reference/uploads.md. */
export const healthConnect: Phone = {
  provider: 'HEALTH_CONNECT',
  slug: 'health-connect',
  name: 'Health Connect',
  signalOf: SIGNAL_OF,
  read,
};

/** `{ provider?, sdkVersion?, syncTimestamp?, timeZone?, data: { records? }, deletedRecordIds? }`, or the app's `{ steps?, heart_rate? }`. */
function read(body: Readonly<Record<string, unknown>>): PhoneReading {
  const { data, deletedRecordIds } = body;
  const ofApp = [...LIST_OF_APP].filter(([list]) => body[list] !== undefined);
  if (data !== undefined && !isObject(data)) return { ok: false, fault: 'data is not an object.' };
  if (data === undefined && deletedRecordIds === undefined && ofApp.length === 0)
    return { ok: false, fault: 'There is neither data nor a list of what was deleted (deletedRecordIds).' };
  const fault =
    faultInTexts(body, ['provider', 'sdkVersion', 'syncTimestamp', 'timeZone']) ??
    faultInLists(body, ['deletedRecordIds', ...LIST_OF_APP.keys()]) ??
    faultInLists(data ?? {}, ['records'], 'data.');
  if (fault !== null) return { ok: false, fault };
  return {
    ok: true,
    types: new Set([...textsIn(data?.['records'], 'recordType'), ...ofApp.map(([, recordType]) => recordType)]),
  };
}
