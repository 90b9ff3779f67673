import { readFileSync } from 'node:fs';
import type { Measurement, ObservedMeasurement } from '../../measurements/measurement.ts';
import { garmin } from './garmin.ts';
import { type Item, isItem, parseBody } from '../normaliser.ts';
import { closedIn, deliveryOf, observedIn, seriesOf, slotOf, stored } from '../normaliser.test-suite.ts';

const load = (path: string): Item =>
  parseBody(readFileSync(`${process.cwd()}/../shared/fixtures/${path}.json`)) as Item;

const normalise = (domain: string, body: unknown, receivedAt = new Date('2026-11-20T12:00:00Z')) =>
  garmin.normalise(deliveryOf({ provider: 'GARMIN', domain, body, receivedAt }));

const first = (file: string, key: string): Item => (load(`garmin/${file}`)[key] as Item[])[0] as Item;
const hrv = first('push_hrv', 'hrv');
const [partialDay, wholeDay] = load('garmin/push_dailies')['dailies'] as [Item, Item];
const details = first('push_activityDetails', 'activityDetails');
const activity = first('push_activities', 'activities');
const [tentative, final] = (load('garmin/push_sleeps_tentative_then_final')['deliveries'] as Item[]).map(
  (delivery) => (delivery['sleeps'] as Item[])[0],
) as [Item, Item];

const rowOf = <Kind extends ObservedMeasurement['kind']>(
  { measurements }: { measurements: Measurement[] },
  kind: Kind,
): Extract<Measurement, { kind: Kind }> | undefined =>
  measurements.find((row): row is Extract<Measurement, { kind: Kind }> => row.kind === kind);

describe('a night', () => {
  it.each([
    ['ENHANCED_FINAL', 1],
    ['AUTO_FINAL', 1],
    ['AUTO_MANUAL', 1],
    ['Device', 1],
    [undefined, 1],
    ['AUTO_TENTATIVE', 0],
    ['ENHANCED_TENTATIVE', 0],
    ['MANUAL', 0],
    ['OFF_WRIST', 0],
    ['Off_Wrist', 0],
    ['NEVER_HEARD_OF', 0],
    [7, 0],
  ])('validated as %s has the rank %d', (validation, stateRank) => {
    const night = rowOf(normalise('sleeps', { ...final, validation }), 'sleep_night');
    expect(night?.stateRank).toBe(stateRank);
    expect(night?.flags.includes('off_wrist')).toBe(/^off_wrist$/i.test(String(validation)));
  });

  it('keeps its identity while it grows, and its final version against a late tentative one', () => {
    const early = normalise('sleeps', tentative, new Date('2026-11-16T05:29:00Z')).measurements;
    const done = normalise('sleeps', final, new Date('2026-11-16T05:47:00Z')).measurements;
    const late = normalise('sleeps', tentative, new Date('2026-11-16T09:00:00Z')).measurements;
    const kept = stored([...early, ...done, ...late]);
    expect([...kept.keys()]).toEqual(['sleep_night sleeps:1794778260', 'vitals_day sleeps:1794778260']);
    expect([...kept.values()]).toEqual(done);
  });

  it('that is tentative closes what it lacks with a tombstone that is tentative too', () => {
    const bare = { ...tentative, timeOffsetSleepRespiration: null, timeOffsetSleepSpo2: {} };
    const { measurements } = normalise('sleeps', bare);
    expect(measurements.find((row) => row.kind === 'tombstone')).toMatchObject({
      recordKind: 'vitals_day',
      stateRank: 0,
    });
  });

  it('has a true zero where one stage of several is 0, and unknown stages where all are', () => {
    const map = { sleepLevelsMap: null };
    const withoutRem = rowOf(normalise('sleeps', { ...final, ...map, remSleepInSeconds: 0 }), 'sleep_night');
    expect(withoutRem).toMatchObject({ remMin: 0, asleepMin: (5340 + 11_940) / 60 });
    const zeros = {
      deepSleepDurationInSeconds: 0,
      lightSleepDurationInSeconds: 0,
      remSleepInSeconds: 0,
      awakeDurationInSeconds: 0,
    };
    expect(rowOf(normalise('sleeps', { ...final, ...map, ...zeros }), 'sleep_night')).toMatchObject({
      remMin: null,
      awakeMin: null,
      efficiencyPct: null,
      asleepMin: 462,
    });
  });

  it('has no efficiency while its time awake is unknown', () => {
    const night = rowOf(
      normalise('sleeps', { ...final, awakeDurationInSeconds: null, sleepLevelsMap: null }),
      'sleep_night',
    );
    expect(night).toMatchObject({ efficiencyPct: null, awakeMin: null, asleepMin: 462 });
  });

  it('ends where its levels or its totals end, whichever is later: the duration may leave the time awake out', () => {
    const end = new Date('2026-11-16T05:22:00Z');
    expect(rowOf(normalise('sleeps', { ...final, sleepLevelsMap: null }), 'sleep_night')?.bedtimeEnd).toEqual(end);
    // Its totals end half an hour earlier: a part of the night is not staged yet.
    expect(rowOf(normalise('sleeps', tentative), 'sleep_night')?.bedtimeEnd).toEqual(end);
  });

  const level = (startTimeInSeconds: number) => ({
    startTimeInSeconds,
    endTimeInSeconds: startTimeInSeconds + 240,
  });
  const shortLevel = { startTimeInSeconds: 1794792360, endTimeInSeconds: 1794792420 };
  const awake = [{ startTimeInSeconds: 1794785220, endTimeInSeconds: 1794785460 }];
  it.each([
    ['adds up and overlaps', { awake: [level(1794779300), shortLevel, level(1794799320)] }],
    ['adds up and starts too early', { awake: [level(1794778000), shortLevel, level(1794799320)] }],
    ['overlaps', { deep: [{ startTimeInSeconds: 1794778260, endTimeInSeconds: 1794783600 }], awake }],
    ['starts before the night', { awake: [{ startTimeInSeconds: 1794778200, endTimeInSeconds: 1794778740 }] }],
    ['runs backwards', { awake: [{ startTimeInSeconds: 1794785460, endTimeInSeconds: 1794785220 }] }],
    ['is a day away', { awake: [{ startTimeInSeconds: 1794864660, endTimeInSeconds: 1794865200 }] }],
    ['does not add up', { awake }],
    ['holds what is no level', { awake: [7] }],
    ['holds no list', { awake: 'often' }],
  ])('whose map of levels %s keeps its totals and counts no wakes', (_what, sleepLevelsMap) => {
    const levels = isItem(final['sleepLevelsMap']) ? final['sleepLevelsMap'] : {};
    const night = rowOf(
      normalise('sleeps', { ...final, sleepLevelsMap: { ...levels, ...sleepLevelsMap } }),
      'sleep_night',
    );
    expect(night).toMatchObject({ wakeCount: null, wasoMin: null, awakeningsOver5Min: null, stages: null });
    expect(night).toMatchObject({ asleepMin: 462, flags: ['stages_unreadable', 'efficiency_derived'] });
  });

  it('with an unreadable nap keeps the other nap', () => {
    const naps = [
      { napStartTimeInSeconds: 'noon', napDurationInSeconds: 600 },
      7,
      { napStartTimeInSeconds: 1794826800, napDurationInSeconds: 0 },
      { napStartTimeInSeconds: 1794826800, napDurationInSeconds: 1200, napOffsetInSeconds: 3600 },
    ];
    const { measurements, rejected } = normalise('sleeps', { ...final, naps });
    expect(measurements.filter((row) => row.kind === 'sleep_night')).toMatchObject([
      { role: 'night_candidate', asleepMin: 462 },
      { role: 'nap', asleepMin: 20 },
    ]);
    expect(rejected.map(({ recordId, reason }) => [recordId, reason])).toEqual([
      [final['summaryId'], 'bad_time'],
      [final['summaryId'], 'unreadable_item'],
      [final['summaryId'], 'window_inverted'],
    ]);
  });
});

describe('a day', () => {
  const dayOf = (fields: Item, receivedAt?: Date) => normalise('dailies', { ...wholeDay, ...fields }, receivedAt);
  const at = (time: string): Date => new Date(`2026-11-16T${time}Z`);

  it('of two unfinished versions that with more seconds counts, whichever arrives last', () => {
    const longer = dayOf({ durationInSeconds: 36_000, steps: 4000 }, at('10:00:00')).measurements;
    const shorter = dayOf({ durationInSeconds: 25_200, steps: 656 }, at('11:00:00')).measurements;
    for (const order of [
      [...longer, ...shorter],
      [...shorter, ...longer],
    ]) {
      expect(stored(order).get('steps_day dailies:2026-11-16')).toMatchObject({ steps: 4000, stateRank: 0 });
    }
  });

  it('gives its resting heart rate as soon as one unfinished version has it', () => {
    const without = normalise('dailies', partialDay, at('06:10:00')).measurements;
    const withIt = dayOf({ durationInSeconds: 36_000 }, at('09:10:00')).measurements;
    expect(stored([...without, ...withIt]).get('resting_heart_rate dailies:2026-11-16')).toMatchObject({ bpm: 53 });
  });

  it('whole ten minutes before its end is unfinished, as new as its arrival, and replaced by the finished one', () => {
    const early = dayOf({}, at('22:50:00')).measurements;
    expect(early[0]).toMatchObject({ stateRank: 0, capturedAt: null, sourceUpdatedAt: at('22:50:00') });
    const done = dayOf({ steps: 8300 }, at('23:10:00')).measurements;
    expect(done[0]).toMatchObject({ stateRank: 1, capturedAt: at('23:00:00') });
    expect(stored([...done, ...early]).get('steps_day dailies:2026-11-16')).toMatchObject({ steps: 8300 });
  });

  it('never has the mean of seven days as its resting heart rate', () => {
    const result = dayOf({ restingHeartRateInBeatsPerMinute: null, averageHeartRateInBeatsPerMinute: 66 });
    expect(rowOf(result, 'resting_heart_rate')).toBeUndefined();
    expect(closedIn(result)).toEqual(['resting_heart_rate dailies:2026-11-16']);
  });

  it.each([0, -1, null, undefined])('with %p as resting heart rate or high stress has no such value', (value) => {
    const result = dayOf({ restingHeartRateInBeatsPerMinute: value, steps: 0 });
    expect(rowOf(result, 'resting_heart_rate')).toBeUndefined();
    expect(rowOf(result, 'steps_day')).toMatchObject({ steps: 0, flags: [] });
    expect(rowOf(dayOf({ highStressDurationInSeconds: -1 }), 'vitals_day')).toBeUndefined();
    expect(rowOf(dayOf({ highStressDurationInSeconds: 0 }), 'vitals_day')).toMatchObject({ stressHighS: 0 });
  });

  it('with impossible steps keeps its heart rate', () => {
    const result = dayOf({ steps: 1_313_373 });
    expect(rowOf(result, 'steps_day')).toBeUndefined();
    expect(rowOf(result, 'resting_heart_rate')?.bpm).toBe(53);
    expect(result.rejected).toMatchObject([{ recordId: wholeDay['summaryId'], reason: 'implausible_value' }]);
  });

  it('has no sample at a 0 or a marker, and drops with a flag what is impossible or outside', () => {
    const map = { '0': 60, '15': 0, '30': -1, '45': 300, '60': 61, '86401': 62, noon: 63, '1.5': 64 };
    const result = dayOf({ timeOffsetHeartRateSamples: map });
    expect(rowOf(result, 'sample_block')).toMatchObject({ offsetsS: [0, 60], values: [60, 61] });
    expect(rowOf(result, 'steps_day')?.flags).toEqual(['implausible_hr_dropped', 'series_outside_window']);
  });

  it('is not flagged for a 0 or a marker among its samples', () => {
    const result = dayOf({ timeOffsetHeartRateSamples: { '0': 60, '15': 0, '30': -1, '45': null } });
    expect(rowOf(result, 'sample_block')).toMatchObject({ offsetsS: [0], values: [60] });
    expect(rowOf(result, 'steps_day')?.flags).toEqual([]);
  });

  it('is the newest of those in one push, in whatever order they stand there', () => {
    for (const dailies of [
      [partialDay, wholeDay],
      [wholeDay, partialDay],
    ]) {
      const result = normalise('dailies', { dailies });
      expect(rowOf(result, 'steps_day')).toMatchObject({ steps: 8204, stateRank: 1 });
      expect(result.measurements).toHaveLength(4);
    }
  });

  it('without any value is said to have none', () => {
    const { calendarDate, startTimeInSeconds, durationInSeconds } = wholeDay;
    const result = normalise('dailies', { calendarDate, startTimeInSeconds, durationInSeconds });
    expect(result.ignored).toEqual([{ recordId: null, reason: 'no_value' }]);
    expect(closedIn(result)).toHaveLength(4);
  });
});

describe('HRV', () => {
  it.each([0, -1, null])('of %p is no HRV, while its samples stay', (lastNightAvg) => {
    const result = normalise('hrv', { ...hrv, lastNightAvg });
    expect(closedIn(result)).toEqual(['hrv_night hrv:2026-11-16']);
    expect(rowOf(result, 'sample_block')).toMatchObject({ sampleKind: 'hrv_rmssd', flags: [] });
  });

  it('beyond 500 ms is dropped with a flag', () => {
    const result = normalise('hrv', { ...hrv, lastNightAvg: 501 });
    expect(rowOf(result, 'hrv_night')).toBeUndefined();
    expect(rowOf(result, 'sample_block')?.flags).toEqual(['implausible_hrv_dropped']);
  });
});

it('a skin below its usual temperature is a measurement, no marker', () => {
  const { calendarDate, startTimeInSeconds, durationInSeconds } = hrv;
  const item = { calendarDate, startTimeInSeconds, durationInSeconds, avgDeviationCelsius: -0.4 };
  expect(rowOf(normalise('skin_temp', item), 'vitals_day')).toMatchObject({ temperatureDeviationC: -0.4 });
});

describe('a session', () => {
  it('keeps an id beyond 2^53', () => {
    const body = parseBody(
      Buffer.from(
        JSON.stringify({ ...activity, activityId: 0 }).replace('"activityId":0', '"activityId":12345678987654321'),
      ),
    );
    expect(rowOf(normalise('activities', body), 'workout')?.recordId).toBe('12345678987654321');
  });

  it('has the same record as its details, whose summaryId ends in -detail', () => {
    const { activityId: _activityId, ...withoutId } = details;
    for (const item of [details, withoutId]) {
      const row = rowOf(normalise('activity_details', item), 'workout');
      expect(row?.recordId).toBe(rowOf(normalise('activities', activity), 'workout')?.recordId);
    }
  });

  it('that is a leg gives its samples and no second session', () => {
    const summary = { ...(details['summary'] as Item), parentSummaryId: '20990000001' };
    const result = normalise('activity_details', { ...details, summary });
    expect(new Set(observedIn(result).map(({ kind }) => kind))).toEqual(new Set(['sample_block']));
    expect(closedIn(result)).toEqual([
      'workout 20981230417',
      'workout_splits 20981230417',
      ...seriesOf('20981230417', ['power']),
    ]);
    expect(result.ignored).toMatchObject([{ reason: 'part_of_session' }]);
  });

  it('has samples after a long pause, and none of an impossible rate or another day', () => {
    const start = 1794327600;
    const samples = [
      { startTimeInSeconds: start + 7200, heartRate: 120 },
      { startTimeInSeconds: start, heartRate: 100 },
      { startTimeInSeconds: start + 5, heartRate: 0 },
      { startTimeInSeconds: start + 10 },
      { startTimeInSeconds: start + 15, heartRate: 251 },
      { startTimeInSeconds: start - 86_400, heartRate: 99 },
      'text',
    ];
    const block = rowOf(normalise('activity_details', { ...details, samples }), 'sample_block');
    expect(block).toMatchObject({ offsetsS: [0, 7200], values: [100, 120] });
    expect(block?.flags).toEqual(['implausible_hr_dropped', 'series_outside_window']);
  });

  it('has laps that outlast its timer by its pauses', () => {
    const start = 1794327600;
    const laps = [{ startTimeInSeconds: start }, { startTimeInSeconds: start + 5000 }, { startTimeInSeconds: 'x' }];
    const samples = [{ startTimeInSeconds: start + 5600, heartRate: 120 }];
    expect(rowOf(normalise('activity_details', { ...details, laps, samples }), 'workout_splits')).toMatchObject({
      splits: [{ index: 1, durationS: 5000 }],
      flags: ['splits_partial'],
    });
    const readable = { ...details, laps: laps.slice(0, 2), samples };
    expect(rowOf(normalise('activity_details', readable), 'workout_splits')).toMatchObject({
      splits: [{ durationS: 5000 }, { startedAt: new Date((start + 5000) * 1000), durationS: 600 }],
      flags: [],
    });
  });

  it('has a cadence of whatever moves, and no power where no meter was', () => {
    const at = (offsetS: number, fields: Item): Item => ({ startTimeInSeconds: 1794327600 + offsetS, ...fields });
    const none = { stepsPerMinute: 0, swimCadenceInStrokesPerMinute: 0, powerInWatts: 0 };
    const samples = [at(0, { ...none, bikeCadenceInRPM: 0 }), at(1, { ...none, bikeCadenceInRPM: 88 })];
    const result = normalise('activity_details', { ...details, samples, laps: [] });
    expect(observedIn(result)).toMatchObject([
      { kind: 'workout' },
      { sampleKind: 'cadence', offsetsS: [0, 1], values: [0, 88] },
    ]);
    expect(closedIn(result)).toContain('sample_block/power 20981230417');
  });

  it('its summary, arriving after its details, leaves the splits of these alone', () => {
    expect(closedIn(normalise('activities', { activities: [activity] }))).toEqual([]);
  });

  it('is not flagged for a sample of 0', () => {
    const samples = [
      { startTimeInSeconds: 1794327600, heartRate: 100 },
      { startTimeInSeconds: 1794327605, heartRate: 0 },
    ];
    expect(rowOf(normalise('activity_details', { ...details, samples }), 'sample_block')).toMatchObject({
      values: [100],
      flags: [],
    });
  });

  it('edited by hand at Garmin is a version of the same record', () => {
    const edited = normalise('manually_updated_activities', { manuallyUpdatedActivities: [activity] });
    expect(edited).toEqual(normalise('activities', { activities: [activity] }));
  });
});

describe('times that cannot be', () => {
  const received = new Date('2026-11-16T05:22:00Z');
  const earlier = (minutes: number) => new Date(received.getTime() - minutes * 60_000);

  it('a night may end up to five minutes after its receipt, no later', () => {
    expect(normalise('sleeps', final, earlier(5)).rejected).toEqual([]);
    expect(normalise('sleeps', final, earlier(5.1))).toMatchObject({
      measurements: [],
      rejected: [{ recordId: final['summaryId'], reason: 'future_dated' }],
    });
  });

  it.each([
    ['sleeps', final, { durationInSeconds: 86_401 }, 'window_too_long'],
    ['sleeps', { startTimeInSeconds: 1794778260 }, { durationInSeconds: 0 }, 'window_inverted'],
    ['sleeps', { startTimeInSeconds: 1794778260 }, { durationInSeconds: -600 }, 'window_inverted'],
    ['sleeps', final, { calendarDate: '2026-11-13' }, 'bad_day'],
    ['sleeps', final, { calendarDate: '2026-02-30' }, 'bad_day'],
    ['sleeps', final, { startTimeInSeconds: 1794778260000 }, 'bad_time'],
    ['sleeps', final, { startTimeInSeconds: '1794778260' }, 'bad_time'],
    ['dailies', wholeDay, { durationInSeconds: 90_001 }, 'window_too_long'],
    ['dailies', wholeDay, { startTimeInSeconds: 1795400000 }, 'future_dated'],
    ['hrv', hrv, { durationInSeconds: 0 }, 'window_inverted'],
    ['activities', activity, { durationInSeconds: 0 }, 'window_inverted'],
    ['activities', activity, { durationInSeconds: 604_801 }, 'window_too_long'],
    ['activities', activity, { activityId: null, summaryId: 'a b' }, 'no_record_id'],
    ['activity_details', details, { summary: null }, 'unreadable_item'],
  ])('%s %#: refused, with no row and nothing closed', (domain, item, fields, reason) => {
    expect(normalise(domain, { ...item, ...fields })).toMatchObject({ measurements: [], rejected: [{ reason }] });
  });
});

describe('versions', () => {
  it('a push and a callback give one row; another token changes nothing, another value does', () => {
    const rows = [
      { ...hrv, userId: 'somebody', userAccessToken: 'a' },
      { ...hrv, userId: undefined },
      { ...hrv, lastNightAvg: 46 },
    ].map((item) => normalise('hrv', [item]).measurements);
    expect(rows[0]).toEqual(rows[1]);
    expect(rows[0]).not.toEqual(rows[2]);
  });

  it('several kinds in one push are each read as what they are', () => {
    const body = { sleeps: [final], hrv: [hrv], epochs: [{ summaryId: 'e' }], somethingNew: [{ summaryId: 'n' }] };
    const both = normalise('sleeps', body);
    expect(both.measurements).toEqual([
      ...normalise('sleeps', final).measurements,
      ...normalise('hrv', hrv).measurements,
    ]);
    expect(both.ignored).toEqual([{ recordId: 'e', reason: 'not_modelled' }]);
  });
});

describe('deletions', () => {
  const deletion = (dataType: string, objectId: string) =>
    normalise('any', { deleted: { data_type: dataType, object_id: objectId } });

  it.each([
    ['sleeps', '1794778260', ['sleep_night sleeps:1794778260', 'vitals_day sleeps:1794778260']],
    ['sleeps', 'x4f2c1a9-6afa2494-6c48', ['sleep_night sleeps:1794778260', 'vitals_day sleeps:1794778260']],
    ['sleeps', '1795038600:nap:1795093800', ['sleep_night sleeps:1795038600:nap:1795093800']],
    ['hrv', '2026-11-16', ['hrv_night hrv:2026-11-16', 'sample_block/hrv_rmssd hrv:2026-11-16']],
    [
      'dailies',
      '2026-11-16',
      ['steps_day', 'resting_heart_rate', 'vitals_day', 'sample_block/heart_rate'].map(
        (kind) => `${kind} dailies:2026-11-16`,
      ),
    ],
    ['skinTemp', '2026-11-16', ['vitals_day skinTemp:2026-11-16']],
    ['activities', '20981230417', ['workout 20981230417']],
    [
      'activity_details',
      '20981230417',
      ['workout 20981230417', 'workout_splits 20981230417', ...seriesOf('20981230417')],
    ],
  ])('of %s %s close every row it could have given', (dataType, objectId, slots) => {
    const result = deletion(dataType, objectId);
    expect(closedIn(result)).toEqual(slots);
    expect(result.measurements.every(({ stateRank }) => stateRank === 1)).toBe(true);
  });

  it('close what the document gave', () => {
    const given = (domain: string, item: Item) => normalise(domain, item).measurements.map(slotOf).sort();
    expect(closedIn(deletion('sleeps', String(final['summaryId']))).sort()).toEqual(given('sleeps', final));
    expect(closedIn(deletion('dailies', '2026-11-16')).sort()).toEqual(given('dailies', wholeDay));
    expect(closedIn(deletion('hrv', '2026-11-16')).sort()).toEqual(given('hrv', hrv));
    expect(closedIn(deletion('activityDetails', '20981230417')).sort()).toEqual(given('activity_details', details));
  });

  it('of what gives no rows are ignored; of no object of the kind refused', () => {
    expect(deletion('epochs', 'e').ignored).toEqual([{ recordId: 'e', reason: 'not_modelled' }]);
    expect(deletion('__proto__', 'e').ignored).toEqual([{ recordId: 'e', reason: 'unknown_data_type' }]);
    for (const [dataType, objectId] of [
      ['sleeps', 'somewhere'],
      ['dailies', '2026-02-30'],
      ['activities', ''],
    ] as const) {
      expect(deletion(dataType, objectId)).toMatchObject({ measurements: [], rejected: [{ reason: 'no_record_id' }] });
    }
  });
});

it('what is said about a refused item holds none of its values', () => {
  const secret = 31_337;
  const bad = [
    ['dailies', { ...wholeDay, steps: 1_313_373 }],
    ['dailies', { ...wholeDay, calendarDate: `${secret}` }],
    ['sleeps', { ...final, startTimeInSeconds: secret }],
    ['sleeps', { ...final, durationInSeconds: 3_133_700 }],
    ['hrv', { ...hrv, startTimeInSeconds: `${secret}` }],
    ['activities', { ...activity, durationInSeconds: 3_133_700 }],
  ] as const;
  const refused = bad.flatMap(([domain, item]) => normalise(domain, item).rejected);
  expect(refused).toHaveLength(6);
  for (const { detail } of refused) expect(detail).not.toMatch(/31337|1313373|3133700/);
});
