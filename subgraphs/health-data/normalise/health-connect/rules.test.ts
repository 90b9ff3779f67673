import { closedIn, deliveryOf, observedIn } from '../normaliser.test-suite.ts';
import { healthConnect } from './health-connect.ts';
import type { Item, Normalised } from '../normaliser.ts';

const RECEIVED = new Date('2026-11-20T12:00:00Z');

function normalise(records: Item[], envelope: Item = {}): Normalised {
  const body = { provider: 'health_connect', data: { records }, ...envelope };
  return healthConnect.normalise(
    deliveryOf({ provider: 'HEALTH_CONNECT', domain: 'upload', body, receivedAt: RECEIVED, sourceUpdatedAt: RECEIVED }),
  );
}

const at = (time: string): string => `2026-11-${time}:00Z`;
const metadata = (id: string, part: Item = {}): Item => ({
  metadata: { id, lastModifiedTime: at('15T08:00'), dataOrigin: { packageName: 'com.example.one' }, ...part },
});
const window = (from: string, to: string): Item => ({
  startTime: at(from),
  endTime: at(to),
  startZoneOffset: '+02:00',
  endZoneOffset: '+02:00',
});
const sleep = (id: string, from: string, to: string, stages: Item[] = [], part: Item = {}): Item => ({
  recordType: 'SleepSessionRecord',
  ...window(from, to),
  stages,
  ...metadata(id, part),
});
const stage = (number: number, from: string, to: string): Item => ({
  stage: number,
  startTime: at(from),
  endTime: at(to),
});
const rmssd = (id: string, time: string, value: unknown): Item => ({
  recordType: 'HeartRateVariabilityRmssdRecord',
  time: at(time),
  zoneOffset: '+02:00',
  heartRateVariabilityMillis: value,
  ...metadata(id),
});
const ofKind = (result: Normalised, kind: string) => observedIn(result).filter((row) => row.kind === kind);
const NIGHT = sleep('n', '14T21:00', '15T05:00', [stage(4, '14T21:00', '15T05:00')]);

describe('sleep', () => {
  it('without stages is a night of unknown sleep', () => {
    expect(ofKind(normalise([sleep('n', '14T21:00', '15T05:00')]), 'sleep_night')).toMatchObject([
      { inBedMin: 480, asleepMin: null, efficiencyPct: null, wakeCount: null, role: 'night_candidate' },
    ]);
  });

  it('stage 2 is sleep, stage 0 a hole', () => {
    const stages = [
      stage(2, '14T21:00', '15T01:00'),
      stage(0, '15T01:00', '15T02:00'),
      stage(2, '15T02:00', '15T05:00'),
    ];
    expect(ofKind(normalise([sleep('n', '14T21:00', '15T05:00', stages)]), 'sleep_night')).toMatchObject([
      { asleepMin: 420, wakeCount: 0, awakeMin: 0, deepMin: null },
    ]);
  });

  it('two apps wrote is the one with more sleep; the other one is closed', () => {
    const other = sleep('x', '14T21:30', '15T04:30', [stage(5, '14T21:30', '15T04:30')]);
    const result = normalise([other, NIGHT]);
    expect(ofKind(result, 'sleep_night')).toMatchObject([{ recordId: 'n' }]);
    expect(closedIn(result)).toEqual(['sleep_night x', 'hrv_night rmssd:x', 'hrv_night sdnn:x', 'vitals_day sleep:x']);
    expect(result.ignored).toEqual([{ recordId: 'x', reason: 'duplicate' }]);
  });

  it('inverted, longer than a day or in the future is refused', () => {
    const windows: [string, string][] = [
      ['15T05:00', '14T21:00'],
      ['14T05:00', '15T05:01'],
      ['20T08:00', '20T13:00'],
    ];
    const { rejected, measurements } = normalise(windows.map(([from, to], i) => sleep(`s${i}`, from, to)));
    expect(rejected.map(({ recordId, reason }) => [recordId, reason])).toEqual([
      ['s0', 'window_inverted'],
      ['s1', 'window_too_long'],
      ['s2', 'future_dated'],
    ]);
    expect(measurements).toEqual([]);
  });
});

describe('rMSSD', () => {
  it('of a night is the mean inside the session, its ends included', () => {
    const records = [rmssd('a', '14T21:00', 30), rmssd('b', '15T05:00', 50), rmssd('c', '15T05:01', 90)];
    expect(ofKind(normalise([NIGHT, ...records]), 'hrv_night')).toMatchObject([{ ms: 40, sleepRecordId: 'n' }]);
  });

  it('without a session or in a nap makes no nightly value', () => {
    const nap = sleep('nap', '15T12:00', '15T13:00', [stage(4, '15T12:00', '15T13:00')]);
    const result = normalise([nap, rmssd('a', '15T12:30', 30), rmssd('b', '15T03:00', 40)]);
    expect(ofKind(result, 'hrv_night')).toEqual([]);
    expect(ofKind(result, 'sample_block')).toMatchObject([{ sampleKind: 'hrv_rmssd', values: [40, 30] }]);
  });

  it('of zero is no reading', () => {
    const result = normalise([NIGHT, rmssd('a', '15T03:00', 0)]);
    expect(ofKind(result, 'hrv_night')).toEqual([]);
    expect(result.ignored).toEqual([{ recordId: 'a', reason: 'no_value' }]);
  });
});

describe('versions and deletions', () => {
  it('a record is as old as its last change, a mean as the upload', () => {
    const result = normalise([NIGHT, rmssd('a', '15T03:00', 40)], { syncTimestamp: at('16T09:00') });
    expect(ofKind(result, 'sleep_night')).toMatchObject([{ sourceUpdatedAt: new Date(at('15T08:00')) }]);
    expect(ofKind(result, 'hrv_night')).toMatchObject([{ sourceUpdatedAt: new Date(at('16T09:00')) }]);
  });

  it('a change in the future is refused', () => {
    const late = sleep('n', '14T21:00', '15T05:00', [], { lastModifiedTime: at('20T13:00') });
    expect(normalise([late])).toMatchObject({
      measurements: [],
      rejected: [{ recordId: 'n', reason: 'future_dated' }],
    });
  });

  it('of an id close every row of that name, and its record in the same upload gives none', () => {
    const result = normalise([NIGHT], { deletedRecordIds: ['n'] });
    expect(observedIn(result)).toEqual([]);
    expect(closedIn(result)).toEqual([
      'sleep_night n',
      'hrv_night rmssd:n',
      'hrv_night sdnn:n',
      'vitals_day sleep:n',
      'workout n',
      'workout_splits n',
      'resting_heart_rate n',
      'sample_block/heart_rate n',
    ]);
  });

  it('in the form connections writes close what the type could be', () => {
    const deletion = (data_type: string) => normalise([], { deleted: { data_type, object_id: 'd' } });
    expect(closedIn(deletion('ExerciseSessionRecord'))).toEqual(['workout d', 'workout_splits d']);
    expect(closedIn(deletion('HeartRateRecord'))).toEqual(['sample_block/heart_rate d']);
    expect(deletion('StepsRecord')).toMatchObject({ measurements: [], ignored: [{ reason: 'no_value' }] });
    expect(deletion('BodyFatRecord')).toMatchObject({ measurements: [], ignored: [{ reason: 'unknown_data_type' }] });
  });
});

describe('other records', () => {
  const exercise = (exerciseType: unknown, part: Item = {}): Item => ({
    recordType: 'ExerciseSessionRecord',
    ...window('15T10:00', '15T11:00'),
    exerciseType,
    ...metadata('w', part),
  });

  it('laps are the splits of an exercise, where it has none its segments', () => {
    const lap = (from: string, to: string, part: Item = {}): Item => ({
      startTime: at(from),
      endTime: at(to),
      ...part,
    });
    const laps = [
      lap('15T10:00', '15T10:20', { length: { inMeters: 4000 } }),
      lap('15T10:20', '15T11:00', { length: 8000 }),
    ];
    const segments = [lap('15T10:05', '15T10:10', { segmentType: 44, repetitions: 12 })];
    const splitsOf = (part: Item) => ofKind(normalise([{ ...exercise(56), ...part }]), 'workout_splits');
    expect(splitsOf({ laps, segments })).toMatchObject([
      {
        recordId: 'w',
        sourceUpdatedAt: new Date(at('15T08:00')),
        splits: [
          {
            index: 1,
            startedAt: new Date(at('15T10:00')),
            durationS: 1200,
            distanceM: 4000,
            averageHeartRateBpm: null,
          },
          { index: 2, startedAt: new Date(at('15T10:20')), durationS: 2400, distanceM: 8000, elevationGainM: null },
        ],
      },
    ]);
    expect(splitsOf({ laps: [], segments })).toMatchObject([
      { splits: [{ index: 1, durationS: 300, distanceM: null }] },
    ]);
    expect(splitsOf({})).toEqual([]);
  });

  it('laps that are gone are closed; a record without a list of them says nothing of them', () => {
    expect(closedIn(normalise([{ ...exercise(56), laps: [] }]))).toEqual(['workout_splits w']);
    expect(closedIn(normalise([exercise(56)]))).toEqual([]);
  });

  it('an exercise type nobody knows keeps its number, and the athlete may have entered it', () => {
    expect(normalise([exercise(79)]).measurements).toMatchObject([{ activity: 'walking', isManual: false }]);
    expect(normalise([exercise(999, { recordingMethod: 3 })]).measurements).toMatchObject([
      { activity: 'exercise_type_999', isManual: true },
    ]);
  });

  it('steps two apps counted at one time count once', () => {
    const steps = (id: string, count: number, packageName: string): Item => ({
      recordType: 'StepsRecord',
      ...window('15T10:00', '15T11:00'),
      count,
      ...metadata(id, { dataOrigin: { packageName } }),
    });
    expect(normalise([steps('a', 700, 'one'), steps('b', 900, 'two')]).measurements).toMatchObject([{ steps: 900 }]);
  });

  it('heart rate samples outside 20 to 250 bpm and in the future are dropped and said so', () => {
    const samples = [
      { time: at('15T10:00'), beatsPerMinute: 60 },
      { time: at('15T10:01'), beatsPerMinute: 251 },
      { time: at('15T10:02'), beatsPerMinute: 0 },
      { time: at('20T13:00'), beatsPerMinute: 60 },
    ];
    const record = { recordType: 'HeartRateRecord', samples, ...metadata('h') };
    expect(normalise([record]).measurements).toMatchObject([{ values: [60], flags: ['implausible_hr_dropped'] }]);
  });

  it('of a type nobody reads are ignored by name', () => {
    expect(normalise([{ recordType: 'WeightRecord', ...metadata('kg') }])).toMatchObject({
      measurements: [],
      ignored: [{ recordId: 'kg', reason: 'unknown_data_type' }],
    });
  });
});
