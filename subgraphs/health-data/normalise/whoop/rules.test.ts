import { readFileSync } from 'node:fs';
import { compareVersions } from '../../measurements/store.ts';
import { type Item, parseBody } from '../normaliser.ts';
import { RECEIVED_AT, closedIn, deliveryOf, observedIn, slotOf } from '../normaliser.test-suite.ts';
import { whoop } from './whoop.ts';

const load = (path: string): Item =>
  parseBody(readFileSync(`${process.cwd()}/../shared/fixtures/${path}.json`)) as Item;
const recordsOf = (body: Item): Item[] => body['records'] as Item[];

const normalise = (domain: string, body: unknown, receivedAt = RECEIVED_AT) =>
  whoop.normalise(deliveryOf({ provider: 'WHOOP', domain, body, receivedAt }));

const sleeps = [...recordsOf(load('whoop/sleep_page1')), ...recordsOf(load('whoop/sleep_page2'))];
const recoveries = [...recordsOf(load('whoop/recovery_page1')), ...recordsOf(load('whoop/recovery_page2'))];
const workouts = recordsOf(load('whoop/workout_page'));
const sleep = sleeps[0] as Item;
const recovery = recoveries[0] as Item;
const cycling = workouts[1] as Item;
/** The sleep of both. */
const SLEEP_ID = 'af176ae3-6fc6-4ffd-b4a3-3b583ca8e2ff';

const scoreOf = (item: Item): Item => item['score'] as Item;
const withScore = (item: Item, fields: Item): Item => ({ ...item, score: { ...scoreOf(item), ...fields } });
const withStages = (fields: Item): Item =>
  withScore(sleep, { stage_summary: { ...(scoreOf(sleep)['stage_summary'] as Item), ...fields } });

describe('fourteen nights', () => {
  type ExpectedNight = {
    date: string;
    hrv: { rmssdMs: number; lnRmssd: number; restingHr: number };
    sleep: { durationMin: number; efficiencyPct: number; latencyMin: null; wakeCount: number };
    capturedAt: string;
    vendorRecordId: string;
    respiratoryRate: number;
    spo2Pct: number;
  };
  const expected = load('expected/whoop_14_nights')['rows'] as ExpectedNight[];
  const apart = [
    ...['sleep_page1', 'sleep_page2'].map((page) => normalise('sleep', load(`whoop/${page}`))),
    ...['recovery_page1', 'recovery_page2'].map((page) => normalise('recovery', load(`whoop/${page}`))),
  ];
  const together = normalise('sleep', { records: [...sleeps, ...recoveries] });

  it('all fourteen are expected, one row each, and nothing is refused', () => {
    expect(expected).toHaveLength(14);
    for (const results of [apart, [together]]) {
      const rows = results.flatMap(observedIn);
      expect(rows.filter((row) => row.kind === 'hrv_night')).toHaveLength(14);
      expect(rows.filter((row) => row.kind === 'resting_heart_rate')).toHaveLength(14);
      expect(rows.filter((row) => row.kind === 'sleep_night' && row.role === 'night_candidate')).toHaveLength(14);
      expect(results.flatMap(({ rejected, ignored }) => [...rejected, ...ignored])).toEqual([]);
    }
  });

  it.each(expected)('$date', ({ date, hrv, sleep: night, capturedAt, vendorRecordId, ...vitals }) => {
    const find = (rows: ReturnType<typeof observedIn>, slot: string) => rows.find((row) => slotOf(row) === slot);
    for (const rows of [apart.flatMap(observedIn), observedIn(together)]) {
      expect(find(rows, `sleep_night ${vendorRecordId}`)).toMatchObject({
        day: date,
        role: 'night_candidate',
        capturedAt: new Date(capturedAt),
        zoneOffsetMin: -300,
        asleepMin: expect.closeTo(night.durationMin, 2) as number,
        efficiencyPct: expect.closeTo(night.efficiencyPct, 2) as number,
        latencyMin: null,
        wakeCount: night.wakeCount,
        flags: [],
      });
      expect(find(rows, `hrv_night ${vendorRecordId}`)).toMatchObject({
        day: date,
        ms: hrv.rmssdMs,
        lnMs: expect.closeTo(hrv.lnRmssd, 4) as number,
      });
      expect(find(rows, `resting_heart_rate ${vendorRecordId}`)).toMatchObject({ day: date, bpm: hrv.restingHr });
      expect(find(rows, `vitals_day sleep:${vendorRecordId}`)).toMatchObject({
        day: date,
        respiratoryRateBrpm: vitals.respiratoryRate,
      });
      expect(find(rows, `vitals_day recovery:${vendorRecordId}`)).toMatchObject({ day: date, spo2Pct: vitals.spo2Pct });
    }
    expect(find(observedIn(together), `hrv_night ${vendorRecordId}`)).toMatchObject({
      capturedAt: new Date(capturedAt),
      zoneOffsetMin: -300,
      flags: [],
    });
  });

  it('a nap is kept as a nap, without a nightly value', () => {
    const [nap, ...more] = observedIn(together).filter((row) => row.kind === 'sleep_night' && row.role === 'nap');
    expect(nap?.day).toBe('2026-11-08');
    expect(more).toEqual([]);
    const asNap = normalise('sleep', { ...sleep, nap: true });
    expect(observedIn(asNap).map(slotOf)).toEqual([`sleep_night ${SLEEP_ID}`]);
    expect(closedIn(asNap)).toEqual([`vitals_day sleep:${SLEEP_ID}`]);
  });
});

describe('score states', () => {
  const without = (item: Item, state: unknown): Item => ({ ...item, score: undefined, score_state: state });

  it.each([
    ['sleep', sleep],
    ['recovery', recovery],
    ['workout', cycling],
  ])('a pending %s gives nothing and closes nothing, for an earlier score still holds', (domain, item) => {
    const id = (item['sleep_id'] ?? item['id']) as string;
    expect(normalise(domain, without(item, 'PENDING_SCORE'))).toEqual({
      measurements: [],
      rejected: [],
      ignored: [{ recordId: id, reason: 'no_value' }],
    });
  });

  it('an unscorable sleep or recovery closes its own earlier rows, as of its own update', () => {
    const updated_at = '2026-11-17T09:00:00Z';
    const results = [
      normalise('sleep', { ...without(sleep, 'UNSCORABLE'), updated_at }),
      normalise('recovery', { ...without(recovery, 'UNSCORABLE'), updated_at }),
    ];
    expect(results.map(closedIn)).toEqual([
      [`sleep_night ${SLEEP_ID}`, `vitals_day sleep:${SLEEP_ID}`],
      [`hrv_night ${SLEEP_ID}`, `resting_heart_rate ${SLEEP_ID}`, `vitals_day recovery:${SLEEP_ID}`],
    ]);
    const scored = normalise('sleep', sleep).measurements[0];
    const closed = results[0]?.measurements[0];
    if (scored === undefined || closed === undefined) throw new Error('a row is missing');
    expect(closed.sourceUpdatedAt).toEqual(new Date(updated_at));
    expect(compareVersions(closed, scored)).toBeGreaterThan(0);
  });

  it.each([undefined, null, 'scored', 'ESTIMATED', 7])('the state %j is kept aside and closes nothing', (state) => {
    for (const [domain, item] of [['sleep', sleep] as const, ['recovery', recovery] as const]) {
      expect(normalise(domain, { ...item, score_state: state })).toMatchObject({
        measurements: [],
        rejected: [{ recordId: SLEEP_ID, reason: 'unknown_type' }],
      });
    }
  });

  it('scored without a score is refused', () => {
    expect(normalise('workout', without(cycling, 'SCORED')).rejected).toMatchObject([{ reason: 'unreadable_item' }]);
  });
});

describe('the day and the times of a recovery', () => {
  const hrv = (body: unknown) => observedIn(normalise('recovery', body)).find((row) => row.kind === 'hrv_night');
  const tokyo = {
    sleep: { ...sleep, timezone_offset: '+09:00', start: '2026-11-15T15:00:00Z', end: '2026-11-15T22:10:00Z' },
    recovery: { ...recovery, created_at: '2026-11-15T22:20:00Z' },
  };

  it('are those of its sleep in the same body, before or behind it, scored or not', () => {
    const pending = { ...tokyo.sleep, score_state: 'PENDING_SCORE', score: undefined };
    for (const records of [
      [tokyo.sleep, tokyo.recovery],
      [tokyo.recovery, tokyo.sleep],
      [tokyo.recovery, pending],
    ]) {
      expect(hrv({ records })).toMatchObject({
        day: '2026-11-16',
        capturedAt: new Date('2026-11-15T22:10:00Z'),
        zoneOffsetMin: 540,
        flags: [],
      });
    }
  });

  it('are derived from created_at without a sleep, with an offset if the body has one', () => {
    const derived = { capturedAt: new Date('2026-11-15T22:20:00Z'), sleepRecordId: SLEEP_ID, flags: ['day_derived'] };
    expect(hrv(tokyo.recovery)).toMatchObject({ day: '2026-11-15', zoneOffsetMin: null, ...derived });
    expect(hrv({ ...tokyo.recovery, timezone_offset: '+09:00' })).toMatchObject({
      day: '2026-11-16',
      zoneOffsetMin: 540,
      ...derived,
    });
    expect(hrv({ ...tokyo.recovery, created_at: null })).toMatchObject({ day: '2026-11-16' });
  });

  it('are derived where the sleep beside it is another one or cannot be read', () => {
    for (const other of [{ id: 'another' }, { end: '2026-11-14T22:10:00Z' }, { timezone_offset: null }]) {
      expect(hrv({ records: [tokyo.recovery, { ...tokyo.sleep, ...other }] })).toMatchObject({
        day: '2026-11-15',
        flags: ['day_derived'],
      });
    }
  });

  it('a recovery without a sleep id is refused, and each refused one is named by its sleep', () => {
    expect(normalise('recovery', { ...recovery, sleep_id: null }).rejected).toMatchObject([{ reason: 'no_record_id' }]);
    const bad = recoveries.slice(0, 2).map((item): Item => ({ ...item, created_at: 'yesterday' }));
    expect(normalise('recovery', { records: bad }).rejected).toMatchObject(
      bad.map((item) => ({ recordId: item['sleep_id'], reason: 'bad_time' })),
    );
  });
});

describe('the day of a sleep', () => {
  const dayOf = (offset: unknown) => observedIn(normalise('sleep', { ...sleep, timezone_offset: offset }))[0]?.day;

  it('is the local date of waking in its own offset', () => {
    expect(['-05:00', '+14:00', '-1100', '-12:00', 'Z'].map(dayOf)).toEqual([
      '2026-11-16',
      '2026-11-17',
      '2026-11-16',
      '2026-11-15',
      '2026-11-16',
    ]);
  });

  it.each([null, undefined, '', '+15:00', ':30Z', 'America/New_York', -5])(
    'with the offset %j is refused',
    (offset) => {
      expect(normalise('sleep', { ...sleep, timezone_offset: offset })).toMatchObject({
        measurements: [],
        rejected: [{ recordId: SLEEP_ID, reason: 'bad_time' }],
      });
    },
  );
});

describe('versions', () => {
  it('are those of WHOOP, of the fetch where it gives none, and the same for page and single document', () => {
    const sourceUpdatedAt = new Date('2026-11-19T05:12:40Z');
    const read = (body: unknown) =>
      whoop.normalise(deliveryOf({ provider: 'WHOOP', domain: 'sleep', body, sourceUpdatedAt })).measurements;
    const single = read(sleep);
    expect(single.map((row) => row.sourceUpdatedAt)).toEqual(
      Array(2).fill(new Date('2026-11-16T11:21:07.515Z')) as Date[],
    );
    expect(read({ records: [sleep], next_token: 'more' })).toEqual(single);
    expect(read({ ...sleep, updated_at: null })[0]?.sourceUpdatedAt).toBe(sourceUpdatedAt);
  });

  it('from the future or without a date are refused, or they would keep out all that follow', () => {
    const receivedAt = new Date('2026-11-16T12:00:00Z');
    const updated = (updated_at: string) => normalise('sleep', { ...sleep, updated_at }, receivedAt).rejected;
    expect(updated('2026-11-16T12:05:00Z')).toEqual([]);
    expect(updated('2026-11-16T12:05:01Z')).toMatchObject([{ reason: 'future_dated' }]);
    expect(updated('soon')).toMatchObject([{ reason: 'bad_time' }]);
  });

  it('a recovery whose values were withdrawn closes their rows', () => {
    const result = normalise('recovery', withScore(recovery, { hrv_rmssd_milli: null, spo2_percentage: undefined }));
    expect(observedIn(result).map(slotOf)).toEqual([`resting_heart_rate ${SLEEP_ID}`]);
    expect(closedIn(result)).toEqual([`hrv_night ${SLEEP_ID}`, `vitals_day recovery:${SLEEP_ID}`]);
  });
});

describe('deletions', () => {
  const deletion = (dataType: string) => ({ deleted: { data_type: dataType, object_id: 'u-1' } });

  it.each([
    [
      'sleep',
      ['sleep_night u-1', 'vitals_day sleep:u-1', 'hrv_night u-1', 'resting_heart_rate u-1', 'vitals_day recovery:u-1'],
    ],
    ['recovery', ['hrv_night u-1', 'resting_heart_rate u-1', 'vitals_day recovery:u-1']],
    ['workout', ['workout u-1']],
  ])('of a %s close every row it could have given', (dataType, slots) => {
    const result = normalise(dataType, deletion(dataType));
    expect(closedIn(result)).toEqual(slots);
    expect(observedIn(result)).toEqual([]);
    expect(result.measurements.every((row) => row.sourceUpdatedAt === RECEIVED_AT)).toBe(true);
  });

  it('of what gives no rows are ignored, and without an id refused', () => {
    expect(normalise('x', deletion('cycle')).ignored).toEqual([{ recordId: 'u-1', reason: 'not_modelled' }]);
    expect(normalise('x', deletion('__proto__')).ignored).toEqual([{ recordId: 'u-1', reason: 'unknown_data_type' }]);
    expect(normalise('sleep', { deleted: { data_type: 'sleep' } }).rejected).toMatchObject([
      { reason: 'no_record_id' },
    ]);
  });
});

describe('windows', () => {
  it.each([
    ['sleep', sleep],
    ['workout', cycling],
  ])('of a %s that are inverted, longer than a day or in the future are quarantined', (domain, item) => {
    const refusal = (start: string, end: string) =>
      normalise(domain, { ...item, start, end }).rejected.map(({ reason }) => reason);
    expect(refusal('2026-11-16T06:00:00Z', '2026-11-16T05:00:00Z')).toEqual(['window_inverted']);
    expect(refusal('2026-11-16T06:00:00Z', '2026-11-16T06:00:00Z')).toEqual(['window_inverted']);
    expect(refusal('2026-11-15T06:00:00Z', '2026-11-16T06:00:00Z')).toEqual([]);
    expect(refusal('2026-11-15T06:00:00Z', '2026-11-16T06:00:00.001Z')).toEqual(['window_too_long']);
    expect(refusal('2026-11-20T11:00:00Z', '2026-11-20T12:05:01Z')).toEqual(['future_dated']);
    expect(refusal('2026-11-16T06:00:00', '2026-11-16T07:00:00Z')).toEqual(['bad_time']);
  });

  it('a sleep of which WHOOP does not say whether it is a nap is refused', () => {
    expect(normalise('sleep', { ...sleep, nap: null }).rejected).toMatchObject([{ reason: 'unknown_type' }]);
  });
});

describe('values', () => {
  const night = (item: Item) => normalise('sleep', item).measurements[0];

  it('no REM sleep is 0 minutes, an unknown stage leaves the sum unknown', () => {
    expect(night(withStages({ total_rem_sleep_time_milli: 0 }))).toMatchObject({ remMin: 0, asleepMin: 284 });
    expect(night(withStages({ total_rem_sleep_time_milli: null }))).toMatchObject({ remMin: null, asleepMin: null });
    expect(night(withStages({ total_rem_sleep_time_milli: -1 }))).toMatchObject({
      remMin: null,
      flags: ['implausible_value_dropped'],
    });
  });

  it('efficiency is sleep by time in bed where WHOOP gives none', () => {
    const item = withStages({ total_in_bed_time_milli: 2 * 25_350_000 });
    const score = { ...scoreOf(item), sleep_efficiency_percentage: undefined };
    expect(night({ ...item, score })).toMatchObject({ efficiencyPct: 50, flags: ['efficiency_derived'] });
    const tooMuch = { ...scoreOf(withStages({ total_in_bed_time_milli: 60_000 })), sleep_efficiency_percentage: null };
    expect(night({ ...item, score: tooMuch })).toMatchObject({ efficiencyPct: null, flags: ['asleep_exceeds_in_bed'] });
  });

  it('time in bed is the window where WHOOP gives none', () => {
    expect(night(withStages({ total_in_bed_time_milli: null }))).toMatchObject({ inBedMin: 454 });
    expect(night(withStages({ total_in_bed_time_milli: 0 }))).toMatchObject({ inBedMin: 454 });
  });

  it('stages that together exceed a day are no sum', () => {
    const item = withStages({ total_rem_sleep_time_milli: 86_400_000 });
    expect(night(item)).toMatchObject({ asleepMin: null, remMin: 1440, flags: ['implausible_value_dropped'] });
  });

  it.each([0, -1, 501, '66', Number.NaN])('an HRV of %p gives no row and flags the others', (hrv) => {
    const result = normalise('recovery', { records: [sleep, withScore(recovery, { hrv_rmssd_milli: hrv })] });
    const rows = observedIn(result).filter((row) => row.kind !== 'sleep_night' && row.recordId !== `sleep:${SLEEP_ID}`);
    expect(rows.map(({ kind, flags }) => [kind, flags])).toEqual([
      ['resting_heart_rate', ['implausible_hrv_dropped']],
      ['vitals_day', ['implausible_hrv_dropped']],
    ]);
  });

  it('a resting heart rate or SpO2 of 0 gives no row', () => {
    const result = normalise('recovery', withScore(recovery, { resting_heart_rate: 0, spo2_percentage: 0 }));
    expect(observedIn(result).map(slotOf)).toEqual([`hrv_night ${SLEEP_ID}`]);
  });

  it('while WHOOP calibrates every row says so', () => {
    const rows = observedIn(normalise('recovery', withScore(recovery, { user_calibrating: true })));
    expect(rows).toHaveLength(3);
    expect(rows.every(({ flags }) => flags.includes('calibrating'))).toBe(true);
  });

  it('heart rate zones are six or none', () => {
    const zones = scoreOf(cycling)['zone_durations'] as Item;
    const read = (value: unknown) => normalise('workout', withScore(cycling, { zone_durations: value })).measurements;
    for (const value of [{ ...zones, zone_five_milli: undefined }, { ...zones, zone_one_milli: -1 }, {}, 'none']) {
      expect(read(value)).toMatchObject([{ heartRateZonesS: null, flags: ['implausible_value_dropped'] }]);
    }
    expect(read(null)).toMatchObject([{ heartRateZonesS: null, flags: [] }]);
  });

  it('a heart rate of 0 is no heart rate, a distance of 0 is one', () => {
    const item = withScore(cycling, { average_heart_rate: 0, max_heart_rate: 251, distance_meter: 0 });
    expect(normalise('workout', item).measurements).toMatchObject([
      { averageHeartRateBpm: null, maxHeartRateBpm: null, distanceM: 0, flags: ['implausible_hr_dropped'] },
    ]);
  });

  it('a workout belongs to the local day of its start, whatever its sport is called', () => {
    const item = { ...cycling, start: '2026-11-11T04:30:00Z', end: '2026-11-11T05:30:00Z', sport_name: '\n' };
    expect(normalise('workout', item).measurements).toMatchObject([{ day: '2026-11-10', activity: 'other' }]);
  });
});

it('ids beyond 2^53 survive', () => {
  const bytes = Buffer.from(JSON.stringify({ ...sleep, id: 0 }).replace('"id":0', '"id":12345678987654321'));
  expect(normalise('sleep', parseBody(bytes)).measurements[0]?.recordId).toBe('12345678987654321');
});

it('cycles have no table, and what a user weighs is nothing we know', () => {
  const cycles = load('whoop/cycle_page');
  const { ignored, ...rest } = normalise('cycle', cycles);
  expect(rest).toEqual({ measurements: [], rejected: [] });
  expect(ignored).toEqual(
    recordsOf(cycles).map(({ id }) => ({ recordId: String(id as number), reason: 'not_modelled' })),
  );
  expect(normalise('body_measurement', { weight_kilogram: 82.5 }).ignored).toMatchObject([
    { reason: 'unknown_data_type' },
  ]);
});

it('what is said about a refused item holds none of its values', () => {
  const secret = '31337';
  const refused = [
    normalise('sleep', { ...sleep, end: secret }),
    normalise('sleep', { ...sleep, nap: secret }),
    normalise('sleep', { ...sleep, timezone_offset: secret }),
    normalise('recovery', { ...recovery, created_at: secret }),
    normalise('workout', { ...cycling, score_state: secret }),
    normalise('workout', { ...cycling, score: secret }),
    normalise('workout', { ...cycling, updated_at: secret }),
  ].flatMap(({ rejected }) => rejected);
  expect(refused).toHaveLength(7);
  for (const { detail } of refused) expect(detail).not.toContain(secret);
});
