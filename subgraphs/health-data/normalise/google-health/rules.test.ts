import { readFileSync } from 'node:fs';
import type { Measurement, SleepNight } from '../../measurements/measurement.ts';
import { googleHealth } from './google-health.ts';
import { type Item, type Normalised, parseBody } from '../normaliser.ts';
import { closedIn, deliveryOf, observedIn } from '../normaliser.test-suite.ts';

const load = (path: string): Item =>
  parseBody(readFileSync(`${process.cwd()}/../shared/fixtures/google_health/${path}.json`)) as Item;

const SLEEP_PAGE = load('datapoints_sleep') as { dataPoints: Item[] };
const SLEEP_POINT = SLEEP_PAGE.dataPoints[0] as Item & { sleep: Item };
const SLEEP_ID = 'a10103248919322c';

const normalise = (domain: string, body: unknown, receivedAt = new Date('2026-11-20T12:00:00Z')): Normalised =>
  googleHealth.normalise(deliveryOf({ provider: 'GOOGLE_HEALTH', domain, body, receivedAt }));

const reasonsOf = ({ rejected }: Normalised): string[] => rejected.map(({ reason }) => reason);

function theOne(result: Normalised): Exclude<Measurement, { kind: 'tombstone' }> {
  const rows = observedIn(result);
  if (rows.length !== 1 || rows[0] === undefined) throw new Error(`${rows.length} rows; ${reasonsOf(result).join()}`);
  return rows[0];
}

const sleepWith = (fields: Item): Item => ({ ...SLEEP_POINT, sleep: { ...SLEEP_POINT.sleep, ...fields } });
const night = (fields: Item): SleepNight => theOne(normalise('sleep', sleepWith(fields))) as SleepNight;

const START = '2026-11-14T22:00:00Z';
const interval = (startTime: string, endTime: string, offset?: string): Item => ({
  startTime,
  endTime,
  ...(offset === undefined ? {} : { startUtcOffset: offset, endUtcOffset: offset }),
});

/** A sleep from 22:00 UTC made of `TYPE minutes` parts, without a summary. */
function nightOf(...parts: [type: string, minutes: number][]): SleepNight {
  let atMs = Date.parse(START);
  const stages = parts.map(([type, minutes]) => {
    const startTime = new Date(atMs).toISOString();
    atMs += minutes * 60_000;
    return { type, startTime, endTime: new Date(atMs).toISOString() };
  });
  return night({ interval: interval(START, new Date(atMs).toISOString(), '0s'), stages, summary: {} });
}

describe('a body', () => {
  it.each([
    ['one data point', SLEEP_POINT],
    ['a page', SLEEP_PAGE],
    ['a kept page', { data: [SLEEP_POINT] }],
    ['a bare list', [SLEEP_POINT]],
  ])('as %s gives the same rows', (_name, body) => {
    expect(normalise('sleep', body).measurements).toEqual(normalise('sleep', SLEEP_PAGE).measurements);
  });

  it.each([{}, { nextPageToken: '' }, { dataPoints: [] }])('%j is an empty page: nothing is refused', (body) => {
    expect(normalise('sleep', body)).toEqual({ measurements: [], rejected: [], ignored: [] });
  });

  it('with a bad point keeps the others, and says which was bad', () => {
    const bad = { ...sleepWith({ interval: {} }), name: 'users/me/dataTypes/sleep/dataPoints/bad1' };
    const result = normalise('sleep', { dataPoints: [bad, SLEEP_POINT] });
    expect(result.rejected).toMatchObject([{ recordId: 'bad1', reason: 'bad_time' }]);
    expect(theOne(result).recordId).toBe(SLEEP_ID);
  });

  it('names merged points as Google does, and ids of any length survive', () => {
    const { name: _name, ...rest } = SLEEP_POINT;
    const dataPointName = 'users/me/dataTypes/sleep/dataPoints/9007199254740993123';
    expect(theOne(normalise('sleep', { ...rest, dataPointName })).recordId).toBe('9007199254740993123');
    expect(reasonsOf(normalise('sleep', rest))).toEqual(['no_record_id']);
  });
});

describe('a sleep', () => {
  it.each([
    ['-18000s', '2026-11-14T23:00:00Z', '2026-11-15T04:30:00Z', '2026-11-14', -300],
    ['39600s', '2026-11-14T06:00:00Z', '2026-11-14T13:30:00Z', '2026-11-15', 660],
    ['19800s', '2026-11-14T12:00:00Z', '2026-11-14T18:31:00Z', '2026-11-15', 330],
  ])('at offset %s counts for the local day of waking', (offset, start, end, day, zoneOffsetMin) => {
    const row = night({ interval: interval(start, end, offset), stages: [] });
    expect(row).toMatchObject({ day, zoneOffsetMin });
    expect(row.flags).not.toContain('day_derived');
  });

  it.each([undefined, '99999999s', '3601s', '54000s', '1h'])(
    'with offset %j is flagged: its day is that of UTC',
    (offset) => {
      const row = night({ interval: interval(START, '2026-11-15T06:00:00Z', offset) });
      expect(row).toMatchObject({ day: '2026-11-15', zoneOffsetMin: null });
      expect(row.flags).toContain('day_derived');
    },
  );

  it('still being processed is tentative', () => {
    expect(night({ metadata: { nap: false, processed: false } }).stateRank).toBe(0);
    expect(night({ metadata: { nap: false } }).stateRank).toBe(1);
  });

  it("has Google's own last change as its version", () => {
    expect(night({ updateTime: '2026-11-15T06:02:03.456789Z' }).sourceUpdatedAt).toEqual(
      new Date('2026-11-15T06:02:03.456Z'),
    );
    expect(night({}).sourceUpdatedAt).toEqual(new Date('2026-11-20T12:00:00Z'));
  });

  it.each([
    ['changed in the future', { updateTime: '2027-01-01T00:00:00Z' }, 'future_dated'],
    ['changed at no time', { updateTime: 'soon' }, 'bad_time'],
    ['that ends in the future', { interval: interval(START, '2026-11-20T12:06:00Z') }, 'future_dated'],
    ['that ends before it starts', { interval: interval('2026-11-15T06:00:00Z', START) }, 'window_inverted'],
    ['longer than a day', { interval: interval(START, '2026-11-15T22:00:01Z') }, 'window_too_long'],
  ])('%s is quarantined', (_name, fields, reason) => {
    const result = normalise('sleep', sleepWith(fields));
    expect(reasonsOf(result)).toEqual([reason]);
    expect(result.measurements).toEqual([]);
  });

  it.each([
    [{ nap: true, mainSleep: true }, 'nap', false],
    [{ nap: false }, 'night_candidate', false],
    [{ mainSleep: true }, 'night_candidate', false],
    [{}, 'night_candidate', true],
  ])('with %j is a %s', (metadata, role, isInferred) => {
    const row = night({ metadata });
    expect(row.role).toBe(role);
    expect(row.flags.includes('role_inferred')).toBe(isInferred);
  });

  it('of three hours about which nothing is said is a nap', () => {
    expect(night({ metadata: {}, summary: { minutesAsleep: '180' } }).role).toBe('nap');
    expect(night({ metadata: {}, summary: { minutesAsleep: '181' } }).role).toBe('night_candidate');
  });

  it('keeps a true zero and gives null, not zero, for what is unknown', () => {
    const summary = { minutesAsleep: '0', stagesSummary: [{ type: 'REM', minutes: '0' }] };
    expect(night({ summary, stages: [] })).toMatchObject({
      asleepMin: 0,
      remMin: 0,
      deepMin: null,
      latencyMin: null,
      wakeCount: null,
      efficiencyPct: 0,
    });
  });

  it('drops minutes that cannot be true and says so', () => {
    const row = night({
      summary: { minutesAsleep: '431', minutesToFallAsleep: '451', minutesAwake: '-1' },
      stages: [],
    });
    expect(row).toMatchObject({ asleepMin: 431, latencyMin: null, awakeMin: null });
    expect(row.flags).toContain('implausible_value_dropped');
  });

  it('longer asleep than in bed keeps the number and has no efficiency', () => {
    const row = night({ summary: { minutesAsleep: '460' }, stages: [] });
    expect(row).toMatchObject({ asleepMin: 460, efficiencyPct: null, flags: ['asleep_exceeds_in_bed'] });
  });
});

describe('stages', () => {
  it('become one character for each half minute from the start of the period', () => {
    const { stages } = night({});
    expect(stages?.epochS).toBe(30);
    expect(stages?.phases).toHaveLength(900);
    expect(stages?.phases).toMatch(/^4{16}2{24}1{76}2{45}3{20}2/);
    expect(stages?.phases).toMatch(/3{89}2{24}4{8}$/);
    expect(stages?.phases.match(/1/g)).toHaveLength(204);
  });

  it('stand in for a missing summary', () => {
    expect(nightOf(['AWAKE', 10], ['LIGHT', 100], ['DEEP', 60], ['AWAKE', 6], ['REM', 50.5])).toMatchObject({
      asleepMin: 210.5,
      lightMin: 100,
      deepMin: 60,
      remMin: 50.5,
      awakeMin: 16,
      latencyMin: 10,
      wasoMin: 6,
      wakeCount: 1,
      awakeningsOver5Min: 1,
      flags: ['asleep_derived_from_stages', 'efficiency_derived'],
    });
  });

  it('without REM in a night that has stages are zero minutes of REM', () => {
    expect(nightOf(['LIGHT', 200]).remMin).toBe(0);
  });

  it('of waking that touch are one wake, and none before the first or after the last sleep counts', () => {
    const row = nightOf(['AWAKE', 9], ['LIGHT', 100], ['AWAKE', 3], ['AWAKE', 2], ['REM', 100], ['AWAKE', 30]);
    expect(row).toMatchObject({ wakeCount: 1, wasoMin: 5, awakeningsOver5Min: 0 });
  });

  it('without any sleep leave latency and wakes unknown', () => {
    expect(nightOf(['AWAKE', 200])).toMatchObject({ asleepMin: 0, latencyMin: null, wakeCount: null, wasoMin: null });
  });

  it('of a classic sleep are not read: restless is neither asleep nor awake', () => {
    const row = nightOf(['ASLEEP', 300], ['RESTLESS', 10], ['AWAKE', 5], ['ASLEEP', 60]);
    expect(row).toMatchObject({ stages: null, wakeCount: null, asleepMin: null, lightMin: null, flags: [] });
  });

  const WAKING = '2026-11-15T05:41:00Z';
  const stage = (type: string, from: string, to: string): Item => ({
    type,
    startTime: `2026-11-14T${from}:00Z`,
    endTime: `2026-11-14T${to}:00Z`,
  });
  it.each([
    [
      'with a hole',
      [stage('LIGHT', '22:11', '22:30'), { ...stage('DEEP', '22:40', '23:30'), endTime: WAKING }],
      'stages_partial',
    ],
    ['of the first hour', [stage('LIGHT', '22:11', '23:11')], 'stages_partial'],
    ['that overlap', [stage('LIGHT', '22:11', '23:00'), stage('DEEP', '22:40', '23:30')], 'stages_unreadable'],
    ['before the period', [stage('LIGHT', '22:00', '23:00')], 'stages_unreadable'],
    ['of an unknown kind', [stage('HOVERING', '22:11', '23:00')], 'stages_unreadable'],
    ['that are no objects', [7], 'stages_unreadable'],
  ])('%s count nothing; the summary stays', (_name, stages, flag) => {
    const row = night({ stages });
    expect(row).toMatchObject({ stages: null, wakeCount: null, wasoMin: null, asleepMin: 431, latencyMin: 8 });
    expect(row.flags).toContain(flag);
  });
});

const DATE = { year: 2026, month: 11, day: 5 };
const dailyHrv = (ms: unknown, date: unknown = DATE): Item => ({
  dailyHeartRateVariability: { date, averageHeartRateVariabilityMilliseconds: ms },
});

describe('a value told by date', () => {
  it('needs no data point name', () => {
    expect(theOne(normalise('daily-heart-rate-variability', dailyHrv(40)))).toMatchObject({
      kind: 'hrv_night',
      recordId: '2026-11-05',
      ms: 40,
    });
  });

  it.each([undefined, null, 0, '0', -1])('%j is no measurement, and closes an earlier one', (ms) => {
    const result = normalise('daily-heart-rate-variability', dailyHrv(ms));
    expect(observedIn(result)).toEqual([]);
    expect(closedIn(result)).toEqual(['hrv_night 2026-11-05']);
    expect(result.ignored).toEqual([{ recordId: '2026-11-05', reason: 'no_value' }]);
  });

  it.each([501, 'forty', {}])('%j is quarantined, and closes nothing', (ms) => {
    const result = normalise('daily-heart-rate-variability', dailyHrv(ms));
    expect(result.measurements).toEqual([]);
    expect(reasonsOf(result)).toEqual(['implausible_value']);
  });

  it.each([
    [{ year: 2026, month: 2, day: 30 }, 'bad_day'],
    [{ year: 2026, month: 11 }, 'bad_day'],
    ['2026-11-05', 'bad_day'],
    [{ year: 2026, month: 11, day: 22 }, 'future_dated'],
  ])('of the date %j is quarantined', (date, reason) => {
    expect(reasonsOf(normalise('daily-heart-rate-variability', dailyHrv(40, date)))).toEqual([reason]);
  });

  it('of one device is not closed by another that measured nothing', () => {
    for (const dataPoints of [
      [dailyHrv(40), dailyHrv(null)],
      [dailyHrv(null), dailyHrv(40)],
    ]) {
      const result = normalise('daily-heart-rate-variability', { dataPoints });
      expect(theOne(result)).toMatchObject({ ms: 40 });
      expect(closedIn(result)).toEqual([]);
    }
  });

  it('of temperature needs both the night and the baseline', () => {
    const temperature = (nightly: unknown, baseline: unknown): Normalised =>
      normalise('daily-sleep-temperature-derivations', {
        dailySleepTemperatureDerivations: {
          date: DATE,
          nightlyTemperatureCelsius: nightly,
          baselineTemperatureCelsius: baseline,
        },
      });
    expect(theOne(temperature(33, 34.5))).toMatchObject({ temperatureDeviationC: -1.5 });
    expect(theOne(temperature(33, 33))).toMatchObject({ temperatureDeviationC: 0 });
    for (const half of [temperature(33, 0), temperature(33, undefined), temperature(null, 33)]) {
      expect(observedIn(half)).toEqual([]);
      expect(half.ignored).toEqual([{ recordId: '2026-11-05', reason: 'no_value' }]);
    }
    expect(reasonsOf(temperature(33, 99))).toEqual(['implausible_value']);
    expect(reasonsOf(temperature(40, 20))).toEqual(['implausible_value']);
  });
});

describe('steps rolled up by day', () => {
  const rollup = (countSum: unknown, day: number, endDay = day + 1, time: Item = {}): Item => ({
    civilStartTime: { date: { year: 2026, month: 11, day }, time },
    civilEndTime: { date: { year: 2026, month: 11, day: endDay }, time: {} },
    steps: countSum === undefined ? {} : { countSum },
  });

  it('keep a true zero, and are no measurement without a sum', () => {
    expect(theOne(normalise('steps', { rollupDataPoints: [rollup('0', 5)] }))).toMatchObject({ steps: 0 });
    const without = normalise('steps', { rollupDataPoints: [rollup(undefined, 5)] });
    expect(closedIn(without)).toEqual(['steps_day 2026-11-05']);
  });

  it('are tentative until the day has ended everywhere', () => {
    const rankAt = (time: string): number =>
      theOne(normalise('steps', { rollupDataPoints: [rollup('10', 15)] }, new Date(time))).stateRank;
    expect(rankAt('2026-11-16T11:59:59Z')).toBe(0);
    expect(rankAt('2026-11-16T12:00:00Z')).toBe(1);
  });

  it.each([
    ['two days', rollup('10', 5, 7)],
    ['part of a day', rollup('10', 5, 6, { hours: 4 })],
  ])('over %s are quarantined', (_name, point) => {
    expect(reasonsOf(normalise('steps', { rollupDataPoints: [point] }))).toEqual(['bad_day']);
  });

  it('that cannot be true are quarantined', () => {
    expect(reasonsOf(normalise('steps', { rollupDataPoints: [rollup('200001', 5)] }))).toEqual(['implausible_value']);
  });

  it('are the only roll-up that is read', () => {
    for (const domain of ['heart-rate', 'sleep']) {
      const result = normalise(domain, { rollupDataPoints: [rollup('10', 5)] });
      expect(result).toEqual({ measurements: [], rejected: [], ignored: [{ recordId: null, reason: 'no_value' }] });
    }
  });
});

describe('samples', () => {
  const sample = (physicalTime: string, beatsPerMinute: unknown): Item => ({
    heartRate: { sampleTime: { physicalTime, utcOffset: '-18000s' }, beatsPerMinute },
  });

  it('are sorted, kept by UTC day and counted in whole seconds, the last of a second winning', () => {
    const result = normalise('heart-rate', [
      sample('2026-11-15T00:00:01Z', '62'),
      sample('2026-11-14T23:59:58.200Z', 60),
      sample('2026-11-14T23:59:59.300Z', 61),
      sample('2026-11-14T23:59:59.900Z', 65),
    ]);
    expect(observedIn(result)).toMatchObject([
      { recordId: 'heart-rate:2026-11-14:235958-235959', offsetsS: [0, 1], values: [60, 65], zoneOffsetMin: -300 },
      { recordId: 'heart-rate:2026-11-15:000001-000001', offsetsS: [0], values: [62] },
    ]);
  });

  it('of zero are no reading, those that cannot be true are dropped and flagged', () => {
    const zeros = normalise('heart-rate', [sample('2026-11-15T00:00:01Z', '62'), sample('2026-11-15T00:00:02Z', '0')]);
    expect(theOne(zeros)).toMatchObject({ values: [62], flags: [] });
    const wild = normalise('heart-rate', [sample('2026-11-15T00:00:01Z', '62'), sample('2026-11-15T00:00:02Z', '400')]);
    expect(theOne(wild)).toMatchObject({ values: [62], flags: ['implausible_hr_dropped'] });
  });

  it('of the future or of no time are quarantined, the others stay', () => {
    const result = normalise('heart-rate', [
      sample('2026-11-15T00:00:01Z', '62'),
      sample('2026-11-20T12:06:00Z', '62'),
      sample('noon', '62'),
    ]);
    expect(theOne(result)).toMatchObject({ values: [62] });
    expect(reasonsOf(result)).toEqual(['bad_time', 'future_dated']);
  });
});

describe('an exercise', () => {
  const EXERCISE = (load('datapoints_other')['exercise'] as { dataPoints: (Item & { exercise: Item })[] })
    .dataPoints[0] as Item & { exercise: Item };
  const exercise = (fields: Item, dataSource: Item = {}) =>
    theOne(normalise('exercise', { ...EXERCISE, dataSource, exercise: { ...EXERCISE.exercise, ...fields } }));

  it('typed in is manual', () => {
    expect(exercise({}, { recordingMethod: 'MANUAL' })).toMatchObject({ isManual: true });
  });

  it('has its zones from light to peak, a missing one being zero', () => {
    const heartRateZoneDurations = { peakTime: '60s', lightTime: '600.5s' };
    expect(exercise({ metricsSummary: { heartRateZoneDurations } })).toMatchObject({
      heartRateZonesS: [600.5, 0, 0, 60],
    });
    expect(exercise({ metricsSummary: { heartRateZoneDurations: { peakTime: '1901s' } } })).toMatchObject({
      heartRateZonesS: null,
      flags: ['implausible_value_dropped'],
    });
  });

  it('without metrics has none, not zeros', () => {
    expect(exercise({ metricsSummary: {} })).toMatchObject({
      distanceM: null,
      energyKcal: null,
      averageHeartRateBpm: null,
      flags: [],
    });
    expect(exercise({ metricsSummary: { averageHeartRateBeatsPerMinute: '0' } })).toMatchObject({
      averageHeartRateBpm: null,
      flags: [],
    });
  });

  it('of an unknown sport is other, and one longer than a day is quarantined', () => {
    expect(exercise({ exerciseType: '<script>' })).toMatchObject({ activity: 'other' });
    expect(exercise({ exerciseType: 'STRENGTH_TRAINING' })).toMatchObject({ activity: 'strength_training' });
    const long = { ...EXERCISE, exercise: { interval: interval(START, '2026-11-16T00:00:00Z') } };
    expect(reasonsOf(normalise('exercise', long))).toEqual(['window_too_long']);
  });
});

describe('a deletion', () => {
  const closed = (data_type: string, object_id: unknown): string[] =>
    closedIn(normalise(data_type, { deleted: { data_type, object_id } }));

  it.each([
    ['sleep', SLEEP_ID, [`sleep_night ${SLEEP_ID}`]],
    ['sleep', `users/me/dataTypes/sleep/dataPoints/${SLEEP_ID}`, [`sleep_night ${SLEEP_ID}`]],
    ['exercise', 'e1', ['workout e1', 'workout_splits e1']],
    ['steps', '2026-11-15', ['steps_day 2026-11-15']],
    ['daily-heart-rate-variability', '2026-11-15', ['hrv_night 2026-11-15']],
    ['daily-resting-heart-rate', '2026-11-15', ['resting_heart_rate 2026-11-15']],
    ['daily-oxygen-saturation', '2026-11-15', ['vitals_day daily-oxygen-saturation:2026-11-15']],
    [
      'com.google.activity.segment',
      'com.google.activity.segment:1',
      ['workout com.google.activity.segment:1', 'sleep_night com.google.activity.segment:1'],
    ],
    ['never_heard_of', 'x', []],
  ])('of %s %s closes what it could have given', (dataType, objectId, slots) => {
    expect(closed(dataType, objectId)).toEqual(slots);
  });

  it('of a value told by date must name the date', () => {
    const body = { deleted: { data_type: 'daily-resting-heart-rate', object_id: 'c30d9857ea18da6b' } };
    expect(normalise('daily-resting-heart-rate', body)).toMatchObject({
      measurements: [],
      rejected: [{ recordId: 'c30d9857ea18da6b', reason: 'bad_day' }],
    });
  });
});

describe('a dataset of Google Fit', () => {
  const nanos = (time: string): string => `${Date.parse(time)}000000`;
  const point = (dataTypeName: string, from: string, to: string, intVal: unknown, rest: Item = {}): Item => ({
    startTimeNanos: nanos(from),
    endTimeNanos: nanos(to),
    dataTypeName,
    value: [{ intVal }],
    ...rest,
  });
  const dataset = (from: string, to: string, ...points: Item[]): Normalised =>
    normalise('com.google.any', {
      dataSourceId: 'x',
      minStartTimeNs: nanos(from),
      maxEndTimeNs: nanos(to),
      point: points,
    });
  const steps = (from: string, to: string, count: unknown) => point('com.google.step_count.delta', from, to, count);

  it('that begins inside a day gives a row that replaces no fuller one', () => {
    const delta = steps('2026-11-03T10:00:00Z', '2026-11-03T10:05:00Z', 50);
    const inside = theOne(dataset('2026-11-03T09:00:00Z', '2026-11-05T00:00:00Z', delta));
    expect(inside).toMatchObject({ recordId: 'com.google.step_count.delta:2026-11-03:10:00:00', stateRank: 0 });
    const whole = theOne(dataset('2026-11-03T00:00:00Z', '2026-11-04T00:00:00Z', delta));
    expect(whole).toMatchObject({ recordId: 'com.google.step_count.delta:2026-11-03', stateRank: 1 });
  });

  it('counts a delta of zero, and quarantines one below', () => {
    const from = '2026-11-03T10:00:00Z';
    const to = '2026-11-03T10:05:00Z';
    expect(theOne(dataset(from, to, steps(from, to, 0)))).toMatchObject({ steps: 0, flags: ['day_derived'] });
    expect(reasonsOf(dataset(from, to, steps(from, to, -1)))).toEqual(['implausible_value']);
    expect(reasonsOf(dataset(from, to, steps(from, to, 150_000), steps(from, to, 150_000)))).toEqual([
      'implausible_value',
    ]);
  });

  const segment = (code: unknown, rest: Item = {}) =>
    dataset(
      '2026-11-03T00:00:00Z',
      '2026-11-04T00:00:00Z',
      point('com.google.activity.segment', '2026-11-03T10:00:00Z', '2026-11-03T10:05:00Z', code, rest),
    );

  it.each([0, 3, 4, 5, 110])('activity %i is no workout, and closes what it was before', (code) => {
    const result = segment(code);
    expect(observedIn(result)).toEqual([]);
    expect(closedIn(result)).toHaveLength(2);
    expect(result.ignored.map(({ reason }) => reason)).toEqual(['no_value']);
  });

  it('gives a workout of any other code', () => {
    expect(theOne(segment(100))).toMatchObject({ kind: 'workout', activity: 'activity_100' });
    expect(reasonsOf(segment('running'))).toEqual(['unknown_type']);
  });

  it.each([
    [{ startTimeNanos: '1e18' }, 'bad_time'],
    [{ startTimeNanos: nanos('2026-11-03T10:06:00Z') }, 'window_inverted'],
    [{ endTimeNanos: nanos('2026-11-05T10:06:00Z') }, 'window_too_long'],
    [{ endTimeNanos: nanos('2027-11-05T10:06:00Z') }, 'future_dated'],
    [{ modifiedTimeMillis: '1893456000000' }, 'future_dated'],
    [{ modifiedTimeMillis: '7' }, 'bad_time'],
  ])('quarantines a segment with %j', (rest, reason) => {
    expect(reasonsOf(segment(8, rest))).toEqual([reason]);
  });
});
