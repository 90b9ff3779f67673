import { readFileSync } from 'node:fs';
import type { HrvNight, SampleBlock, SleepNight, StepsDay, Workout } from '../../measurements/measurement.ts';
import { compareVersions } from '../../measurements/store.ts';
import { type Item, type Normalised, parseBody } from '../normaliser.ts';
import { closedIn, deliveryOf, observedIn, seriesOf } from '../normaliser.test-suite.ts';
import { polar } from './polar.ts';

const data = parseBody(readFileSync(`${process.cwd()}/../shared/fixtures/polar/data.json`)) as {
  sleep: Record<string, Item>;
  exercise: Record<string, Item>;
};
const NIGHT = data.sleep['GET /v3/users/sleep/2026-11-15'] as Item;
const RECHARGE = data.sleep['GET /v3/users/nightly-recharge/2026-11-15'] as Item;
const EXERCISE = data.exercise['GET /v3/exercises/2AC312F'] as Item;
const ACTIVITY = data.exercise['GET /v3/users/activities/2026-11-14'] as Item;
const DATE = '2026-11-15';

const normalise = (domain: string, body: unknown, receivedAt = new Date('2026-11-20T12:00:00Z')): Normalised =>
  polar.normalise(deliveryOf({ provider: 'POLAR', domain, body, receivedAt }));
const rejectedOf = ({ measurements, rejected }: Normalised): string[] => {
  expect(measurements).toEqual([]);
  return rejected.map(({ reason }) => reason);
};

const sleep = (fields: Item): Normalised => normalise('sleep', { ...NIGHT, ...fields });
const nightOf = (fields: Item): SleepNight => observedIn(sleep(fields))[0] as SleepNight;
const DERIVED = ['asleep_derived_from_stages', 'efficiency_derived'];

describe('a night', () => {
  it.each([
    ['data', { data: [NIGHT] }],
    ['a list', [NIGHT]],
    ['itself', NIGHT],
  ])('gives the same rows in %s', (_name, body) => {
    expect(normalise('sleep', body)).toEqual(normalise('sleep', { nights: [NIGHT] }));
  });

  it('a true zero of one stage stays 0', () => {
    expect(nightOf({ rem_sleep: 0 })).toMatchObject({ remMin: 0, asleepMin: 335 });
  });

  it('of which nothing was recognised has no zeros', () => {
    const zeros = { light_sleep: 0, deep_sleep: 0, rem_sleep: 0, unrecognized_sleep_stage: 0 };
    const unknown = { asleepMin: null, deepMin: null, lightMin: null, remMin: null, efficiencyPct: null };
    expect(nightOf(zeros)).toMatchObject({ ...unknown, inBedMin: 465, awakeMin: 30, flags: [] });
  });

  it('with one stage unknown has no total, and no efficiency made of it', () => {
    expect(nightOf({ deep_sleep: null })).toMatchObject({
      asleepMin: null,
      deepMin: null,
      lightMin: 240,
      efficiencyPct: null,
      flags: [],
    });
  });

  it('slept longer than it lasted keeps its numbers, flagged', () => {
    expect(nightOf({ light_sleep: 18_000 })).toMatchObject({
      asleepMin: 495,
      awakeMin: 30,
      efficiencyPct: null,
      flags: ['asleep_derived_from_stages', 'asleep_exceeds_in_bed'],
    });
  });

  it('wakes before the first and after the last sleep are none, nor are two entries of one wake', () => {
    const hypnogram = { '23:02': 0, '23:20': 2, '01:00': 0, '01:03': 0, '01:06': 4, '06:30': 0 };
    expect(nightOf({ hypnogram })).toMatchObject({ wakeCount: 1, wasoMin: 6, awakeningsOver5Min: 1 });
  });

  it('reads the same whatever the order of its entries', () => {
    const reversed = (field: string): Item => Object.fromEntries(Object.entries(NIGHT[field] as Item).toReversed());
    const fields = { hypnogram: reversed('hypnogram'), heart_rate_samples: reversed('heart_rate_samples') };
    expect(observedIn(sleep(fields))).toEqual(observedIn(sleep({})));
  });

  it('a last minute that was begun is part of the stages', () => {
    const { stages } = nightOf({ sleep_end_time: '2026-11-15T06:47:20+02:00', hypnogram: { '23:02': 2, '06:47': 0 } });
    expect(stages?.phases).toBe(`${'2'.repeat(465)}4`);
  });

  it('five minutes awake are not over five', () => {
    expect(nightOf({ hypnogram: { '23:02': 2, '01:00': 0, '01:05': 2 } })).toMatchObject({ awakeningsOver5Min: 0 });
  });

  it('without one wake has 0, with nothing but wakes null', () => {
    expect(nightOf({ hypnogram: { '23:02': 2 } })).toMatchObject({ wakeCount: 0, wasoMin: 0 });
    expect(nightOf({ hypnogram: { '23:02': 0 } })).toMatchObject({ wakeCount: null, wasoMin: null });
  });

  it.each([
    ['an unrecognised stage', { '23:02': 2, '01:00': 5, '02:00': 0, '02:10': 2 }],
    ['a late first entry', { '23:32': 2, '02:00': 0, '02:10': 2 }],
  ])('with %s has no stage string, and still its wakes', (_name, hypnogram) => {
    const flags = ['asleep_derived_from_stages', 'efficiency_derived', 'stages_partial'];
    expect(nightOf({ hypnogram })).toMatchObject({ stages: null, wakeCount: 1, wasoMin: 10, flags });
  });

  it.each([
    ['a stage Polar does not document', { '23:02': 2, '01:00': 9 }],
    ['a time outside of the night', { '23:02': 2, '12:00': 0 }],
    ['a key that is no time', { '23:02': 2, later: 0 }],
    ['nothing in it', {}],
    ['another shape', [2, 4]],
  ])('with %s has an unreadable hypnogram, and all else', (_name, hypnogram) => {
    const unreadable = { stages: null, wakeCount: null, wasoMin: null, awakeningsOver5Min: null, asleepMin: 435 };
    expect(nightOf({ hypnogram })).toMatchObject({ ...unreadable, flags: [...DERIVED, 'stages_unreadable'] });
  });

  it('that starts within a minute finds its first entry at its start, and an entry at its end has no length', () => {
    const times = { sleep_start_time: '2026-11-14T23:02:40+02:00', sleep_end_time: '2026-11-15T06:47:00+02:00' };
    const { stages, flags } = nightOf({ ...times, hypnogram: { '23:02': 2, '06:47': 0 } });
    expect(stages).toEqual({ epochS: 60, phases: '2'.repeat(465) });
    expect(flags).toEqual(DERIVED);
  });

  it('in which the clock changed has no series: a time of day stands for two instants', () => {
    const result = sleep({ sleep_end_time: '2026-11-15T05:47:00+01:00' });
    expect(observedIn(result)).toMatchObject([
      { wakeCount: null, inBedMin: 465, flags: [...DERIVED, 'stages_unreadable'] },
    ]);
    expect(closedIn(result)).toEqual([`sample_block/heart_rate ${DATE}`]);
  });

  it('samples that are null, 0, implausible or outside of the night are left out', () => {
    const series = { '23:02': 54, '23:07': null, '23:12': 0, '23:17': 300, '12:00': 60, '00:02': 52 };
    const block = observedIn(sleep({ heart_rate_samples: series }))[1] as SampleBlock;
    expect(block).toMatchObject({ offsetsS: [0, 3600], values: [54, 52] });
    expect(block.flags.sort()).toEqual(['implausible_hr_dropped', 'series_outside_window']);
  });

  it.each([[null], [{}], [{ '23:02': 0 }], [{ sometime: 60 }]])('samples %j close the series', (series) => {
    expect(closedIn(sleep({ heart_rate_samples: series }))).toEqual([`sample_block/heart_rate ${DATE}`]);
  });

  it.each([
    ['no_record_id', { date: null }],
    ['bad_day', { date: '2026-02-30' }],
    ['bad_day', { date: '2026-11-17' }],
    ['future_dated', { date: '2026-11-22' }],
    ['bad_time', { sleep_start_time: '2026-11-14T23:02:00' }],
    ['window_inverted', { sleep_end_time: '2026-11-14T23:02:00+02:00' }],
    ['window_too_long', { sleep_start_time: '2026-11-13T23:02:00+02:00' }],
    ['future_dated', { sleep_end_time: '2026-11-20T14:06:00+02:00' }],
  ])('is quarantined as %s for %j', (reason, fields) => {
    expect(rejectedOf(sleep(fields))).toEqual([reason]);
  });
});

describe('nightly recharge', () => {
  const recharge = (fields: Item): Normalised => normalise('nightly_recharge', { ...RECHARGE, ...fields });

  it.each([null, 0, -1, 900])('an rMSSD of %s gives no row and closes the earlier one', (ms) => {
    const result = recharge({ heart_rate_variability_avg: ms });
    expect(observedIn(result).map(({ kind }) => kind)).toEqual(['vitals_day']);
    expect(closedIn(result)).toEqual([`hrv_night ${DATE}`]);
  });

  it('without any value closes both rows', () => {
    const result = recharge({ heart_rate_variability_avg: null, breathing_rate_avg: 0 });
    expect(observedIn(result)).toEqual([]);
    expect(closedIn(result)).toEqual([`hrv_night ${DATE}`, `vitals_day nightly_recharge:${DATE}`]);
    expect(result.ignored).toEqual([{ recordId: DATE, reason: 'no_value' }]);
  });

  it('an implausible breathing rate is flagged on the HRV', () => {
    const [hrv] = observedIn(recharge({ breathing_rate_avg: 100 })) as [HrvNight];
    expect(hrv).toMatchObject({ ms: 39, flags: ['implausible_value_dropped'] });
  });

  it('comes in a list of its own name', () => {
    expect(normalise('nightly_recharge', { recharges: [RECHARGE] })).toEqual(normalise('nightly_recharge', RECHARGE));
  });
});

describe('an exercise', () => {
  const exercise = (fields: Item): Normalised => normalise('exercise', { ...EXERCISE, ...fields });
  const workoutOf = (fields: Item): Workout => observedIn(exercise(fields))[0] as Workout;
  const blockOf = (samples: unknown): SampleBlock => observedIn(exercise({ samples: [samples] }))[1] as SampleBlock;

  it.each([
    ['PT1H', 3600],
    ['PT90M', 5400],
    ['PT0.5S', 0.5],
    ['P1DT1S', 86_401],
  ])('a duration of %s lasts %d s', (duration, durationS) => {
    expect(workoutOf({ duration }).durationS).toBe(durationS);
  });

  it.each([
    ['a western half-hour offset', { start_time_utc_offset: -210 }, '2026-11-14T20:35:10.000Z', -210],
    ['a start that names its zone', { start_time: '2026-11-14T15:05:10Z' }, '2026-11-14T15:05:10.000Z', 0],
  ])('%s', (_name, fields, startedAt, zoneOffsetMin) => {
    const workout = workoutOf(fields);
    expect([workout.startedAt.toISOString(), workout.zoneOffsetMin]).toEqual([startedAt, zoneOffsetMin]);
  });

  it('belongs to the local day of its start', () => {
    expect(workoutOf({ start_time: '2026-11-15T00:30:00' })).toMatchObject({
      day: '2026-11-15',
      startedAt: new Date('2026-11-14T22:30:00Z'),
    });
  });

  it('without sensors has nulls, no zeros', () => {
    const fields = { distance: 0, calories: 0, heart_rate: { average: 0, maximum: 0 }, heart_rate_zones: [] };
    expect(workoutOf(fields)).toMatchObject({
      distanceM: null,
      energyKcal: null,
      averageHeartRateBpm: null,
      maxHeartRateBpm: null,
      heartRateZonesS: null,
      flags: [],
    });
  });

  it.each([
    [
      'in any order',
      [
        { index: 2, 'in-zone': 'PT0S' },
        { index: 1, 'in-zone': 'PT3M' },
      ],
      [180, 0],
    ],
    ['with underscores', [{ index: 1, in_zone: 'PT1S' }], [1]],
    [
      'with a gap',
      [
        { index: 1, 'in-zone': 'PT3M' },
        { index: 3, 'in-zone': 'PT3M' },
      ],
      null,
    ],
    ['unreadable', [{ index: 1, 'in-zone': 'long' }], null],
    ['all empty', [{ index: 1, 'in-zone': 'PT0S' }], null],
  ])('zones %s', (_name, zones, expected) => {
    expect(workoutOf({ heart_rate_zones: zones }).heartRateZonesS).toEqual(expected);
  });

  it('the detailed sport wins over OTHER', () => {
    expect(workoutOf({ sport: 'OTHER', detailed_sport_info: 'WATERSPORTS_WATERSKI' }).activity).toBe(
      'WATERSPORTS_WATERSKI',
    );
    expect(workoutOf({ detailed_sport_info: null }).activity).toBe('RUNNING');
  });

  it('samples lie one recording rate apart, within the exercise', () => {
    const rows = { 'recording-rate': 5, 'sample-type': 0, data: '98,0,,300,112' };
    expect(blockOf(rows)).toMatchObject({ offsetsS: [0, 20], values: [98, 112], flags: ['implausible_hr_dropped'] });
    const long = { recording_rate: 1326, sample_type: '0', data: '98,99,100,101' };
    expect(blockOf(long)).toMatchObject({ offsetsS: [0, 1326, 2652], flags: ['series_outside_window'] });
  });

  it('samples that hold no heart rate close the series; an answer without samples says nothing of it', () => {
    const pressure = [{ 'recording-rate': 1, 'sample-type': '7', data: '990,991' }];
    expect(closedIn(exercise({ samples: pressure }))).toEqual(seriesOf('2AC312F'));
    expect(closedIn(exercise({ samples: undefined }))).toEqual([]);
  });

  it('what no sensor can have measured is left out with a flag', () => {
    const series = (type: string, data: string): Item => ({ 'recording-rate': 5, 'sample-type': type, data });
    expect(observedIn(exercise({ samples: [series('4', '210,9000'), series('10', '1.5,x')] })).slice(1)).toMatchObject([
      { sampleKind: 'power', values: [210], flags: ['implausible_value_dropped'] },
      { sampleKind: 'distance', values: [1.5], flags: ['implausible_value_dropped'] },
    ]);
  });

  it.each([
    ['no_record_id', { id: null }],
    ['bad_time', { start_time_utc_offset: null }],
    ['bad_time', { start_time_utc_offset: 1200 }],
    ['bad_time', { duration: 'PT' }],
    ['bad_time', { duration: 2652 }],
    ['window_inverted', { duration: 'PT0S' }],
    ['window_too_long', { duration: 'P8D' }],
    ['future_dated', { start_time: '2026-11-20T13:50:00' }],
  ])('is quarantined as %s for %j', (reason, fields) => {
    expect(rejectedOf(exercise(fields))).toEqual([reason]);
  });
});

describe('the activity of a day', () => {
  const stepsOf = (fields: Item, receivedAt?: Date): StepsDay =>
    observedIn(normalise('activity', { ...ACTIVITY, ...fields }, receivedAt))[0] as StepsDay;

  it('is tentative until the day is over in the last zone', () => {
    expect(stepsOf({}, new Date('2026-11-15T11:59:59Z')).stateRank).toBe(0);
    const final = stepsOf({ steps: 12_000 }, new Date('2026-11-15T12:00:00Z'));
    expect(final).toMatchObject({ stateRank: 1, steps: 12_000 });
    expect(compareVersions(final, stepsOf({}, new Date('2026-11-15T11:59:59Z')))).toBeGreaterThan(0);
  });

  it('0 steps are 0', () => {
    expect(stepsOf({ steps: 0, active_calories: 0 })).toMatchObject({ steps: 0, activeEnergyKcal: 0, flags: [] });
  });

  it('days in a list are rows of their own', () => {
    const body = [ACTIVITY, { ...ACTIVITY, start_time: '2026-11-13T00:00:00' }];
    expect(observedIn(normalise('activity', body)).map(({ recordId }) => recordId)).toEqual([
      '2026-11-14',
      '2026-11-13',
    ]);
  });

  it('without steps gives no row and closes the earlier one', () => {
    const result = normalise('activity', { ...ACTIVITY, steps: null });
    expect(closedIn(result)).toEqual(['steps_day 2026-11-14']);
    expect(result.ignored).toEqual([{ recordId: '2026-11-14', reason: 'no_value' }]);
  });

  it.each([
    ['no_record_id', { start_time: null }],
    ['bad_day', { start_time: 'yesterday' }],
    ['implausible_value', { steps: 300_000 }],
    ['implausible_value', { steps: '11230' }],
  ])('is quarantined as %s for %j', (reason, fields) => {
    expect(rejectedOf(normalise('activity', { ...ACTIVITY, ...fields }))).toEqual([reason]);
  });
});

describe('continuous heart rate', () => {
  const day = (fields: Item): Normalised =>
    normalise('continuous_heart_rate', {
      date: DATE,
      zone_offset: '-08:00',
      heart_rate_samples: [{ heart_rate: 60, sample_time: '20:00:00' }],
      ...fields,
    });

  it('is placed by the offset beside it', () => {
    expect(observedIn(day({}))).toMatchObject([{ startedAt: new Date('2026-11-16T04:00:00Z'), day: '2026-11-16' }]);
  });

  it('without an offset would be a guess', () => {
    expect(rejectedOf(day({ zone_offset: undefined }))).toEqual(['bad_time']);
  });

  it('samples after the delivery are left out', () => {
    const times = ['04:00:00', '04:06:00'];
    const samples = times.map((time) => ({ heart_rate: 60, sample_time: time }));
    const result = day({ date: '2026-11-20', heart_rate_samples: samples });
    expect(observedIn(result)).toMatchObject([{ offsetsS: [0], flags: ['series_outside_window'] }]);
  });

  it('times that are none are left out, even objects that cannot be text', () => {
    const times = [{ toString: 1 }, '25:00:00', '12:00:00.5', null];
    const samples = times.map((time) => ({ heart_rate: 60, sample_time: time }));
    const result = day({ heart_rate_samples: [...samples, { heart_rate: 61, sample_time: '12:00' }] });
    expect(observedIn(result)).toMatchObject([{ values: [61], flags: ['series_outside_window'] }]);
  });

  it('without readings closes the day', () => {
    expect(closedIn(day({ heart_rate_samples: [] }))).toEqual([
      `sample_block/heart_rate continuous_heart_rate:${DATE}`,
    ]);
  });
});

it.each([
  ['sleep', DATE, [`sleep_night ${DATE}`, `sample_block/heart_rate ${DATE}`]],
  ['nightly_recharge', DATE, [`hrv_night ${DATE}`, `vitals_day nightly_recharge:${DATE}`]],
  ['exercise', '2AC312F', ['workout 2AC312F', ...seriesOf('2AC312F')]],
  ['activity', DATE, [`steps_day ${DATE}`]],
  ['continuous_heart_rate', DATE, [`sample_block/heart_rate continuous_heart_rate:${DATE}`]],
])('a deletion of %s %s closes every row it could have given', (dataType, objectId, slots) => {
  const body = { deleted: { data_type: dataType, object_id: objectId } };
  expect(closedIn(normalise(dataType, body))).toEqual(slots);
});

it('a deletion of an unknown data type is ignored', () => {
  const { ignored } = normalise('sleep', { deleted: { data_type: 'route', object_id: 'x' } });
  expect(ignored).toEqual([{ recordId: 'x', reason: 'unknown_data_type' }]);
});
