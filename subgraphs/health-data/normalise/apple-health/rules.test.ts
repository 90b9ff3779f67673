import { readFileSync } from 'node:fs';
import type { Measurement } from '../../measurements/measurement.ts';
import { appleHealth } from './apple-health.ts';
import { type Item, type Normalised, parseBody } from '../normaliser.ts';
import { closedIn, deliveryOf, observedIn } from '../normaliser.test-suite.ts';

const RECEIVED = new Date('2026-11-20T12:00:00Z');
const WATCH = { bundleIdentifier: 'com.apple.health.W', productType: 'Watch7,5' };
const PHONE = { bundleIdentifier: 'com.apple.health.P', productType: 'iPhone16,1' };
const OTHER = { bundleIdentifier: 'com.example.sleep' };

type Parts = { records?: Item[]; sleep?: Item[]; workouts?: Item[] };

function normalise(data: Parts, envelope: Item = {}): Normalised {
  const body = { provider: 'apple', syncTimestamp: '2026-11-16T12:00:00Z', ...envelope, data };
  return appleHealth.normalise(
    deliveryOf({ provider: 'APPLE_HEALTH', domain: 'upload', body, receivedAt: RECEIVED, sourceUpdatedAt: RECEIVED }),
  );
}

const at = (time: string): string => `2026-11-${time}:00Z`;
const zoned = { zoneOffset: '+01:00' };
const stage = (id: string, word: string, from: string, to: string, source: Item = WATCH): Item => ({
  id,
  stage: word,
  startDate: at(from),
  endDate: at(to),
  source,
  ...zoned,
});
const record = (id: string, type: string, value: unknown, unit: string, from: string, to = from): Item => ({
  id,
  type: `HKQuantityTypeIdentifier${type}`,
  value,
  unit,
  startDate: at(from),
  endDate: at(to),
  source: WATCH,
  ...zoned,
});

const sleepsOf = (result: Normalised): Measurement[] => observedIn(result).filter(({ kind }) => kind === 'sleep_night');
const NIGHT = [stage('n1', 'core', '14T22:00', '15T02:00'), stage('n2', 'asleepREM', '15T02:00', '15T06:00')];

describe('sleep', () => {
  it('a gap of an hour keeps a sleep together, a longer one splits it', () => {
    const later = (from: string) => [NIGHT[0] as Item, stage('n2', 'rem', from, '15T07:00')];
    expect(sleepsOf(normalise({ sleep: later('15T03:00') }))).toMatchObject([{ recordId: 'n1', asleepMin: 480 }]);
    expect(sleepsOf(normalise({ sleep: later('15T03:01') }))).toHaveLength(2);
  });

  it('three hours are a nap, more are a night', () => {
    const roleOf = (to: string) => sleepsOf(normalise({ sleep: [stage('n', 'deep', '15T12:00', to)] }))[0];
    expect(roleOf('15T15:00')).toMatchObject({ role: 'nap' });
    expect(roleOf('15T15:01')).toMatchObject({ role: 'night_candidate' });
  });

  it('of a night seen by two sources the Watch is believed and the other one closed', () => {
    const other = stage('x', 'asleep', '14T21:00', '15T08:00', OTHER);
    const result = normalise({ sleep: [other, ...NIGHT] });
    expect(sleepsOf(result)).toMatchObject([{ recordId: 'n1', asleepMin: 480 }]);
    expect(closedIn(result)).toContain('sleep_night x');
    expect(result.ignored).toEqual([{ recordId: 'x', reason: 'duplicate' }]);
  });

  it('time in bed of the phone lies around the sleep of the Watch', () => {
    const bed = stage('b', 'inBed', '14T21:40', '15T06:20', PHONE);
    expect(sleepsOf(normalise({ sleep: [bed, ...NIGHT] }))).toMatchObject([
      { recordId: 'n1', inBedMin: 520, latencyMin: 20, bedtimeStart: new Date(at('14T21:40')) },
    ]);
  });

  it('a long time in bed alone is a night of unknown sleep, a short one none', () => {
    const bed = (to: string) => normalise({ sleep: [stage('b', 'inBed', '14T22:00', to, PHONE)] });
    expect(sleepsOf(bed('15T06:00'))).toMatchObject([{ inBedMin: 480, asleepMin: null, wakeCount: null }]);
    expect(bed('15T00:59')).toMatchObject({ measurements: [], ignored: [{ recordId: 'b', reason: 'not_sleep' }] });
  });

  it('the day is that of waking at the offset of the night', () => {
    const dayOf = (zoneOffset: string) =>
      sleepsOf(normalise({ sleep: NIGHT.map((item) => ({ ...item, zoneOffset })) }))[0];
    expect(dayOf('-08:00')).toMatchObject({ day: '2026-11-14', zoneOffsetMin: -480 });
    expect(dayOf('+09:00')).toMatchObject({ day: '2026-11-15', zoneOffsetMin: 540 });
  });

  it('without an offset the zone of the phone counts, and a zone nobody knows is none', () => {
    const bare = NIGHT.map((item) => ({ ...item, zoneOffset: null }));
    const inZone = (timeZone: unknown) => sleepsOf(normalise({ sleep: bare }, { timeZone }))[0];
    expect(inZone('America/Los_Angeles')).toMatchObject({ day: '2026-11-14', zoneOffsetMin: -480 });
    expect(inZone('Mars/Olympus')).toMatchObject({
      zoneOffsetMin: null,
      flags: expect.arrayContaining(['day_derived']) as string[],
    });
  });

  it('a night read within an hour of its end may go on and is tentative', () => {
    const readAt = (time: string) => sleepsOf(normalise({ sleep: NIGHT }, { syncTimestamp: at(time) }))[0];
    expect(readAt('15T06:59')).toMatchObject({ stateRank: 0 });
    expect(readAt('15T07:00')).toMatchObject({ stateRank: 1 });
  });

  it('inverted, endless and future samples are refused one by one', () => {
    const result = normalise({
      sleep: [
        stage('a', 'deep', '15T06:00', '15T02:00'),
        stage('b', 'deep', '14T00:00', '15T00:01'),
        stage('c', 'deep', '20T12:00', '20T13:00'),
        stage('d', 'dreaming', '15T02:00', '15T03:00'),
        ...NIGHT,
      ],
    });
    expect(result.rejected.map(({ recordId, reason }) => [recordId, reason])).toEqual([
      ['a', 'window_inverted'],
      ['b', 'window_too_long'],
      ['c', 'future_dated'],
      ['d', 'unknown_type'],
    ]);
    expect(sleepsOf(result)).toHaveLength(1);
  });
});

describe('heart rate variability', () => {
  const RMSSD = 'HeartRateVariabilityRMSSD';
  const hrvOf = (result: Normalised) => observedIn(result).filter(({ kind }) => kind === 'hrv_night');

  it('RMSSD counts in milliseconds only', () => {
    const inUnit = (unit: string) => normalise({ records: [record('h', RMSSD, 40, unit, '15T03:00')] });
    expect(hrvOf(inUnit('ms'))).toHaveLength(1);
    expect(inUnit('s')).toMatchObject({ measurements: [], rejected: [{ recordId: 'h', reason: 'unknown_type' }] });
  });

  it('samples of the day and of a nap are no nightly value', () => {
    const nap = stage('nap', 'asleep', '15T13:00', '15T14:00');
    const result = normalise({ sleep: [nap], records: [record('h', RMSSD, 40, 'ms', '15T13:30')] });
    expect(hrvOf(result)).toEqual([]);
    expect(observedIn(result)).toContainEqual(expect.objectContaining({ sampleKind: 'hrv_rmssd', values: [40] }));
  });

  it('a night with its sleep closes the tentative value of the day, which is not given beside it', () => {
    const records = [record('h', RMSSD, 40, 'ms', '15T03:00'), record('i', RMSSD, 80, 'ms', '14T23:30')];
    const early = record('j', RMSSD, 99, 'ms', '15T00:30');
    const late = NIGHT.map((item) => ({ ...item }));
    const result = normalise({ sleep: late, records: [...records, early] });
    expect(hrvOf(result)).toMatchObject([{ recordId: 'rmssd:n1', ms: 73, stateRank: 1 }]);
    expect(closedIn(result)).toEqual(['hrv_night rmssd:2026-11-15']);
  });

  it('zero and missing are no reading, nonsense is refused', () => {
    const values = [0, null, -1, 501, '40'];
    const result = normalise({ records: values.map((value, i) => record(`h${i}`, RMSSD, value, 'ms', '15T03:00')) });
    expect(result.measurements).toEqual([]);
    expect(result.ignored).toHaveLength(3);
    expect(result.rejected.map(({ reason }) => reason)).toEqual(['implausible_value', 'implausible_value']);
  });
});

describe('days', () => {
  it('steps of a day that goes on are tentative and have no end', () => {
    const steps = (syncTimestamp: string) =>
      normalise({ records: [record('s', 'StepCount', 10.9, 'count', '15T10:00', '15T10:10')] }, { syncTimestamp })
        .measurements;
    expect(steps(at('15T22:59'))).toMatchObject([{ steps: 10, stateRank: 0, capturedAt: null }]);
    expect(steps(at('15T23:00'))).toMatchObject([{ steps: 10, stateRank: 1, capturedAt: new Date(at('15T23:00')) }]);
  });

  it('of two resting heart rates of a day the later one stays', () => {
    const resting = (id: string, to: string) => record(id, 'RestingHeartRate', 55, 'count/min', '15T00:00', to);
    const result = normalise({ records: [resting('b', '15T20:00'), resting('a', '15T10:00')] });
    expect(observedIn(result)).toMatchObject([{ recordId: 'b' }]);
    expect(closedIn(result)).toEqual(['resting_heart_rate a']);
  });

  it('an oxygen saturation may be a fraction or a percentage', () => {
    const spo2 = (value: number) =>
      observedIn(normalise({ sleep: NIGHT, records: [record('o', 'OxygenSaturation', value, '%', '15T03:00')] })).find(
        ({ kind }) => kind === 'vitals_day',
      );
    expect(spo2(0.95)).toMatchObject({ spo2Pct: 95 });
    expect(spo2(95)).toMatchObject({ spo2Pct: 95 });
  });
});

describe('heart rate', () => {
  const beat = (id: string, seconds: string, value: number, source: Item) => {
    const startDate = `2026-11-15T10:00:${seconds}Z`;
    return { ...record(id, 'HeartRate', value, 'count/min', '15T10:00'), startDate, endDate: startDate, source };
  };

  it('lies on whole seconds, and of one second the Watch counts', () => {
    const records = [beat('a', '00.900', 60, WATCH), beat('b', '00.100', 90, PHONE), beat('c', '07.5', 61, PHONE)];
    expect(normalise({ records }).measurements).toMatchObject([{ offsetsS: [0, 7], values: [60, 61] }]);
  });
});

describe('workouts', () => {
  const workout = (values: unknown, part: Item = {}): Item => ({
    id: 'w',
    type: 'running',
    startDate: at('15T10:00'),
    endDate: at('15T11:00'),
    values,
    source: WATCH,
    ...part,
  });
  const read = (values: unknown) => normalise({ workouts: [workout(values)] }).measurements[0];

  it('give other units in ours and nothing in a unit nobody knows', () => {
    const values = [
      { type: 'activeEnergyBurned', unit: 'kJ', value: 1000 },
      { type: 'distance', unit: 'km', value: 5 },
      { type: 'duration', unit: 'min', value: 30 },
      { type: 'averageHeartRate', unit: 'Hz', value: 2 },
    ];
    expect(read(values)).toMatchObject({ energyKcal: 239.006, distanceM: 5000, durationS: 1800 });
    expect(read(values)).toMatchObject({ averageHeartRateBpm: null, flags: ['day_derived'] });
  });

  it('cannot last longer than from start to end, nor beat 300 times a minute', () => {
    const values = [
      { type: 'duration', unit: 's', value: 3700 },
      { type: 'maxHeartRate', unit: 'bpm', value: 300 },
    ];
    expect(read(values)).toMatchObject({
      durationS: 3600,
      maxHeartRateBpm: null,
      flags: ['day_derived', 'implausible_value_dropped', 'implausible_hr_dropped'],
    });
  });

  it('of two sources at one time are two', () => {
    const workouts = [workout([]), workout([], { id: 'v', source: PHONE })];
    expect(normalise({ workouts }).measurements).toHaveLength(2);
  });
});

describe('versions', () => {
  it('are as old as the reading on the phone, or the delivery where that cannot be', () => {
    const versionOf = (syncTimestamp: unknown) => normalise({ sleep: NIGHT }, { syncTimestamp }).measurements[0];
    expect(versionOf(at('16T12:00'))).toMatchObject({ sourceUpdatedAt: new Date(at('16T12:00')) });
    for (const wrong of [at('20T13:00'), null, 'yesterday']) {
      expect(versionOf(wrong)).toMatchObject({ sourceUpdatedAt: RECEIVED });
    }
  });

  it('the same night sent again is the same row with the same hash', () => {
    const path = `${process.cwd()}/../shared/fixtures/apple_health/upload_day.json`;
    const body = parseBody(readFileSync(path)) as { data: Parts };
    const [night] = sleepsOf(normalise(body.data));
    const reordered = { ...body.data, sleep: body.data.sleep?.toReversed() ?? [] };
    expect(sleepsOf(normalise(reordered))).toEqual([night]);
  });
});

describe('deletions', () => {
  const slotsOf = (envelope: Item) => closedIn(normalise({}, envelope));
  const SLEEP_SLOTS = ['sleep_night d', 'hrv_night rmssd:d', 'hrv_night sdnn:d', 'vitals_day sleep:d'];

  it('close what is named after the object', () => {
    const type = 'HKCategoryTypeIdentifierSleepAnalysis';
    expect(slotsOf({ deleted: [{ id: 'd', type }] })).toEqual(SLEEP_SLOTS);
    expect(slotsOf({ deleted: { object_id: 'd', data_type: type } })).toEqual(SLEEP_SLOTS);
    expect(slotsOf({ deleted: [{ id: 'd', type: 'HKWorkoutTypeIdentifier' }] })).toEqual([
      'workout d',
      'workout_splits d',
    ]);
    expect(slotsOf({ deleted: [{ id: 'd' }] })).toEqual([
      ...SLEEP_SLOTS,
      'workout d',
      'workout_splits d',
      'resting_heart_rate d',
    ]);
  });

  it('win over the same object in the same upload, the rest of the night is named anew', () => {
    const deleted = [{ id: 'n1', type: 'HKCategoryTypeIdentifierSleepAnalysis' }];
    const result = normalise({ sleep: NIGHT }, { deleted });
    expect(closedIn(result)).toContain('sleep_night n1');
    expect(sleepsOf(result)).toMatchObject([{ recordId: 'n2' }]);
  });

  it('of types nobody knows are ignored, without an id refused', () => {
    const result = normalise({}, { deleted: [{ id: 'd', type: '__proto__' }, { type: 'workout' }] });
    expect(result.ignored).toEqual([{ recordId: 'd', reason: 'unknown_data_type' }]);
    expect(result.rejected).toMatchObject([{ reason: 'no_record_id' }]);
  });
});

it('ids beyond 2^53 survive', () => {
  const text = JSON.stringify({
    data: { workouts: [{ id: 'ID', startDate: at('15T10:00'), endDate: at('15T11:00') }] },
  });
  const body = parseBody(Buffer.from(text.replace('"ID"', '9007199254740993')));
  const { measurements } = appleHealth.normalise(deliveryOf({ provider: 'APPLE_HEALTH', domain: 'upload', body }));
  expect(measurements).toMatchObject([{ recordId: '9007199254740993' }]);
});

it('what belongs to a day before 2000 is refused', () => {
  const early = { ...record('e', 'HeartRate', 60, 'count/min', '15T10:00'), zoneOffset: '-08:00' };
  const records = [{ ...early, startDate: '2000-01-01T07:00:00Z', endDate: '2000-01-01T07:00:00Z' }];
  expect(normalise({ records })).toMatchObject({ measurements: [], rejected: [{ reason: 'bad_time' }] });
});

it('what is said about a refused item holds none of its values', () => {
  const secret = 31_337;
  const { rejected } = normalise({
    records: [
      record('a', 'HeartRate', secret, 'count/min', '15T10:00'),
      record('b', 'StepCount', secret * 100, 'count', '15T10:00'),
      { ...record('c', 'HeartRate', secret, 'count/min', '15T10:00'), startDate: `${secret}` },
      record('d', 'HeartRateVariabilityRMSSD', secret, `${secret}`, '15T10:00'),
    ],
    sleep: [stage('e', `${secret}`, '15T02:00', '15T03:00')],
  });
  expect(rejected).toHaveLength(5);
  for (const { detail } of rejected) expect(detail).not.toContain('31337');
});
