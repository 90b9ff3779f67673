import { readFileSync } from 'node:fs';
import { compareVersions } from '../../measurements/store.ts';
import type { SampleBlock, Workout, WorkoutSplits } from '../../measurements/measurement.ts';
import { type Item, type Normalised, parseBody } from '../normaliser.ts';
import { closedIn, deliveryOf, observedIn, seriesOf } from '../normaliser.test-suite.ts';
import { strava } from './strava.ts';

const load = (path: string): unknown =>
  parseBody(readFileSync(`${process.cwd()}/../shared/fixtures/strava/${path}.json`));

const DETAIL = load('activity_detail') as Item;
const PAGE = load('activities_page1') as Item[];
const ID = '16301000001';

const normalise = (domain: string, body: unknown, receivedAt = new Date('2026-11-20T12:00:00Z')): Normalised =>
  strava.normalise(deliveryOf({ provider: 'STRAVA', domain, body, receivedAt }));

const workoutOf = (fields: Item): Workout => observedIn(normalise('activity', { ...DETAIL, ...fields }))[0] as Workout;
const reasonOf = (fields: Item): string | undefined => {
  const { measurements, rejected } = normalise('activity', { ...DETAIL, ...fields });
  expect(measurements).toEqual([]);
  return rejected[0]?.reason;
};
const streamsOf = (streams: unknown, activity: Item = DETAIL): Normalised =>
  normalise('streams', { activity, streams });
const heartRate = (time: unknown[], bpm: unknown[]): Item => ({ time: { data: time }, heartrate: { data: bpm } });

describe('an activity', () => {
  it('a list read later never takes the energy of the detailed form away', () => {
    const summary = observedIn(normalise('activity', PAGE, new Date('2026-11-25T00:00:00Z')))[0] as Workout;
    expect(summary.recordId).toBe(ID);
    expect(compareVersions(summary, workoutOf({}))).toBeLessThan(0);
  });

  it.each([
    ['an object with data', { data: [DETAIL] }],
    ['a list', [DETAIL]],
    ['itself', DETAIL],
  ])('gives the same rows as %s', (_name, body) => {
    expect(normalise('activity', body)).toEqual(normalise('activity', DETAIL));
  });

  it.each([
    ['an offset field', { utc_offset: 20_700, start_date_local: null }, 345, '2026-11-15', []],
    ['the distance of local time from UTC', { utc_offset: null }, -480, '2026-11-15', []],
    ['an offset field that is none', { utc_offset: 1e6 }, -480, '2026-11-15', []],
    ['nothing', { utc_offset: null, start_date_local: null }, null, '2026-11-15', ['day_derived']],
    ['an offset that leads to the next day', { utc_offset: 46_800, start_date_local: null }, 780, '2026-11-16', []],
  ])('takes its day from %s', (_name, fields, zoneOffsetMin, day, flags) => {
    expect(workoutOf(fields)).toMatchObject({ zoneOffsetMin, day, flags });
  });

  it.each([
    [
      'its local start is 00:00:01',
      { start_date: '2026-11-15T08:00:01Z', start_date_local: '2026-11-15T00:00:01Z' },
      true,
    ],
    ['its start is 00:00:01 at its offset', { start_date: '2026-11-15T08:00:01Z', start_date_local: null }, true],
    ['its start is 00:00:01 in UTC only', { start_date: '2026-11-15T00:00:01Z', start_date_local: null }, false],
    ['it starts at midnight', { start_date: '2026-11-15T08:00:00Z', start_date_local: '2026-11-15T00:00:00Z' }, false],
  ])('its start counts as hidden by the athlete, or not, when %s', (_name, fields, isHidden) => {
    expect(workoutOf(fields).flags).toEqual(isHidden ? ['start_time_hidden'] : []);
  });

  it.each([
    ['no moving time', { moving_time: null }, 2695, []],
    ['a moving time of 0', { moving_time: 0 }, 2695, []],
    ['a moving time longer than the elapsed', { moving_time: 2700 }, 2695, ['implausible_value_dropped']],
    ['no elapsed time', { elapsed_time: null }, 2610, []],
  ])('with %s still has a length', (_name, fields, durationS, flags) => {
    expect(workoutOf(fields)).toMatchObject({ durationS, flags });
  });

  it.each([
    ['distance', { distance: 0 }, { distanceM: null }],
    ['energy', { calories: 0 }, { energyKcal: null }],
    ['heart rate', { average_heartrate: 0, max_heartrate: 0 }, { averageHeartRateBpm: null, maxHeartRateBpm: null }],
  ])('a %s of 0 is unknown, not 0 and not odd', (_name, fields, expected) => {
    expect(workoutOf(fields)).toMatchObject({ ...expected, flags: [] });
  });

  it('a flat course has gained 0 m', () => {
    expect(workoutOf({ total_elevation_gain: 0 }).elevationGainM).toBe(0);
    expect(workoutOf({ total_elevation_gain: 0, manual: true }).elevationGainM).toBeNull();
    expect(workoutOf({ total_elevation_gain: 0, distance: 0 }).elevationGainM).toBeNull();
  });

  it('implausible values are dropped with a flag', () => {
    expect(workoutOf({ distance: 2e6, max_heartrate: 300 })).toMatchObject({
      distanceM: null,
      maxHeartRateBpm: null,
      averageHeartRateBpm: 149.3,
      flags: ['implausible_value_dropped', 'implausible_hr_dropped'],
    });
  });

  it('whose heart rate was withdrawn has none and closes its series', () => {
    const { measurements } = normalise('activity', { ...DETAIL, has_heartrate: false });
    expect(measurements[0]).toMatchObject({ averageHeartRateBpm: null, maxHeartRateBpm: null });
    expect(closedIn({ measurements, rejected: [], ignored: [] })).toEqual([`sample_block/heart_rate ${ID}`]);
  });

  it.each([
    ['bad_time', { start_date: '2026-11-15T15:12:00' }],
    ['bad_time', { elapsed_time: '2695' }],
    ['bad_time', { elapsed_time: null, moving_time: null }],
    ['window_inverted', { elapsed_time: 0 }],
    ['window_inverted', { elapsed_time: -60 }],
    ['window_too_long', { elapsed_time: 8 * 86_400 }],
    ['window_too_long', { elapsed_time: 1e308 }],
    ['future_dated', { start_date: '2026-11-20T12:06:00Z' }],
    ['future_dated', { start_date: '2026-11-20T11:50:00Z' }],
    ['no_record_id', { id: null }],
  ])('is quarantined as %s for %j', (reason, fields) => {
    expect(reasonOf(fields)).toBe(reason);
  });
});

describe('splits', () => {
  const lap = (start: string, fields: Item = {}): Item => ({
    start_date: start,
    elapsed_time: 600,
    moving_time: 590,
    distance: 2000,
    average_heartrate: 150.5,
    total_elevation_gain: 12,
    ...fields,
  });
  const LAPS = [lap('2026-11-15T15:12:00Z'), lap('2026-11-15T15:22:00Z')];
  const kilometre = (elapsed_time: unknown, fields: Item = {}): Item => ({ elapsed_time, distance: 1000, ...fields });
  const splitsOf = (fields: Item): WorkoutSplits | undefined =>
    observedIn(normalise('activity', { ...DETAIL, laps: [], splits_metric: [], ...fields })).find(
      (row) => row.kind === 'workout_splits',
    );

  it('are the laps of whoever pressed the button, in order of time', () => {
    expect(splitsOf({ laps: LAPS.toReversed(), splits_metric: [kilometre(300)] })).toMatchObject({
      recordId: ID,
      splits: [
        {
          index: 2,
          startedAt: new Date('2026-11-15T15:12:00Z'),
          durationS: 590,
          distanceM: 2000,
          averageHeartRateBpm: 150.5,
          elevationGainM: 12,
        },
        { index: 1, startedAt: new Date('2026-11-15T15:22:00Z') },
      ],
      flags: [],
    });
  });

  it('are else the kilometres, each from where those before it ended', () => {
    const kilometres = [kilometre(327, { moving_time: 320, elevation_difference: -4 }), kilometre(333), kilometre(340)];
    expect(splitsOf({ laps: [LAPS[0]], splits_metric: kilometres })?.splits).toEqual([
      expect.objectContaining({ startedAt: new Date('2026-11-15T15:12:00Z'), durationS: 320, elevationGainM: null }),
      expect.objectContaining({ startedAt: new Date('2026-11-15T15:17:27Z'), durationS: 333 }),
      expect.objectContaining({ startedAt: new Date('2026-11-15T15:23:00Z'), durationS: 340 }),
    ]);
  });

  it('behind a kilometre without a time are unknown', () => {
    expect(splitsOf({ splits_metric: [kilometre(327), kilometre(null), kilometre(340)] })).toMatchObject({
      splits: [{ index: 1, durationS: 327 }],
      flags: ['splits_partial'],
    });
  });

  it('outside of the activity, or more than 500, are left out with a flag', () => {
    const laps = [LAPS[0], lap('2026-11-15T15:50:00Z'), lap('2026-11-14T15:12:00Z'), 'lap'];
    expect(splitsOf({ laps })).toMatchObject({ splits: [{ index: 1 }], flags: ['splits_partial'] });
    const many = Array.from({ length: 501 }, () => LAPS[0]);
    expect(splitsOf({ laps: many })?.splits).toHaveLength(500);
    expect(splitsOf({ laps: many })?.flags).toEqual(['splits_partial']);
  });

  it('that are gone close the earlier ones; a list says nothing of them', () => {
    expect(closedIn(normalise('activity', { ...DETAIL, laps: [], splits_metric: [] }))).toEqual([
      `workout_splits ${ID}`,
    ]);
    expect(closedIn(normalise('activity', PAGE.slice(0, 1)))).toEqual([]);
  });
});

describe('streams', () => {
  it('null and 0 are no reading, an implausible one is dropped with a flag', () => {
    const [block] = observedIn(streamsOf(heartRate([0, 1, 2, 3, 4], [120, null, 0, 300, 124]))) as [SampleBlock];
    expect(block).toMatchObject({ offsetsS: [0, 4], values: [120, 124], flags: ['implausible_hr_dropped'] });
  });

  it('samples are in order, one per second, the last said counts', () => {
    const [block] = observedIn(streamsOf(heartRate([5, 0, 5, -1, 0.5], [120, 110, 121, 111, 112]))) as [SampleBlock];
    expect(block).toMatchObject({ offsetsS: [0, 5], values: [110, 121], flags: ['series_outside_window'] });
  });

  it('samples after the end, or after the delivery, are left out', () => {
    const late = { ...DETAIL, start_date: '2026-11-20T11:55:00Z', elapsed_time: null };
    for (const [activity, offsetS] of [
      [DETAIL, 2696],
      [late, 601],
    ] as const) {
      const [block] = observedIn(streamsOf(heartRate([0, offsetS - 1, offsetS], [110, 120, 121]), activity));
      expect(block).toMatchObject({ offsetsS: [0, offsetS - 1], flags: ['series_outside_window'] });
    }
  });

  it('the list form of an answer reads like the object form', () => {
    const list = Object.entries(heartRate([0, 1], [120, 121])).map(([type, stream]) => ({ type, ...(stream as Item) }));
    expect(observedIn(streamsOf(list))).toMatchObject([{ offsetsS: [0, 1], values: [120, 121] }]);
  });

  it.each([
    ['without heart rate', { time: { data: [0, 1] } }, DETAIL],
    ['with no reading', heartRate([0, 1], [0, null]), DETAIL],
    [
      'of a hidden start',
      heartRate([0, 1], [120, 121]),
      { ...DETAIL, start_date: '2026-11-15T08:00:01Z', start_date_local: '2026-11-15T00:00:01Z' },
    ],
  ])('%s give no row and close the earlier ones', (_name, streams, activity) => {
    const result = streamsOf(streams, activity);
    expect(observedIn(result)).toEqual([]);
    expect(closedIn(result)).toEqual(seriesOf(ID));
    expect(result.ignored).toEqual([{ recordId: ID, reason: 'no_value' }]);
  });

  it('keep standing still as a speed of 0, and drop what cannot be true of each kind', () => {
    const streams = {
      time: { data: [0, 1, 2, 3] },
      velocity_smooth: { data: [0, 2.5, 300, 2.6] },
      watts: { data: [0, 240, null, 5000] },
      altitude: { data: [-2, 0, 1.5, 20_000] },
      cadence: { data: [0, 0, 0, 0] },
    };
    const result = streamsOf(streams);
    expect(observedIn(result)).toMatchObject([
      { sampleKind: 'speed', offsetsS: [0, 1, 3], values: [0, 2.5, 2.6], flags: ['implausible_value_dropped'] },
      { sampleKind: 'power', offsetsS: [0, 1], values: [0, 240], flags: ['implausible_value_dropped'] },
      { sampleKind: 'altitude', offsetsS: [0, 1, 2], values: [-2, 0, 1.5], flags: ['implausible_value_dropped'] },
    ]);
    // A sensor that says nothing but 0 was not there.
    expect(closedIn(result)).toEqual(seriesOf(ID, ['heart_rate', 'cadence', 'distance']));
  });

  it('that differ in length, or lie beside no activity, are quarantined and close nothing', () => {
    const results = [
      streamsOf(heartRate([0, 1], [120])),
      streamsOf({ heartrate: { data: [120] } }),
      normalise('streams', heartRate([0], [120])),
    ];
    for (const { measurements, rejected } of results) {
      expect(measurements).toEqual([]);
      expect(rejected.map(({ reason }) => reason)).toEqual(['unreadable_item']);
    }
  });
});

describe('a deletion', () => {
  const deleted = (dataType: string): Normalised =>
    normalise(dataType, { deleted: { data_type: dataType, object_id: ID } });

  it('of an activity closes it, its splits and its series', () => {
    expect(closedIn(deleted('activity'))).toEqual([`workout ${ID}`, `workout_splits ${ID}`, ...seriesOf(ID)]);
  });

  it('wins over the detailed form that was fetched before, and over a list read after', () => {
    const tombstone = deleted('activity').measurements[0]!;
    const later = new Date('2026-11-25T00:00:00Z');
    expect(compareVersions(tombstone, workoutOf({}))).toBeGreaterThan(0);
    expect(compareVersions(tombstone, observedIn(normalise('activity', PAGE, later))[0]!)).toBeGreaterThan(0);
    // Made private and public again: the detail fetched then brings it back.
    expect(compareVersions(tombstone, observedIn(normalise('activity', DETAIL, later))[0]!)).toBeLessThan(0);
  });

  it('of an id beyond 2^53 keeps its digits', () => {
    const body = parseBody(Buffer.from('{"deleted":{"data_type":"activity","object_id":12345678987654321}}'));
    expect(closedIn(normalise('activity', body))[0]).toBe('workout 12345678987654321');
  });

  it('of an unknown data type is ignored, of no id refused', () => {
    expect(deleted('route')).toEqual({
      measurements: [],
      rejected: [],
      ignored: [{ recordId: ID, reason: 'unknown_data_type' }],
    });
    const { rejected } = normalise('activity', { deleted: { data_type: 'activity' } });
    expect(rejected.map(({ reason }) => reason)).toEqual(['no_record_id']);
  });
});
