import { readFileSync } from 'node:fs';
import type { Measurement, SleepNight } from '../../measurements/measurement.ts';
import { type Item, parseBody } from '../normaliser.ts';
import { closedIn, deliveryOf, observedIn } from '../normaliser.test-suite.ts';
import { oura } from './oura.ts';

const load = (path: string): Item =>
  parseBody(readFileSync(`${process.cwd()}/../shared/fixtures/${path}.json`)) as Item;

const singles = load('oura/sleep_single_documents');
/** The document in `singles`. */
const EDITED = 'a0f208c7-e455-48ce-bf2c-f5455a5fc25f';

const normalise = (domain: string, body: unknown, receivedAt = new Date('2026-11-20T12:00:00Z')) =>
  oura.normalise(deliveryOf({ provider: 'OURA', domain, body, receivedAt }));

function theOne<Kind extends Measurement['kind']>(
  rows: Measurement[],
  kind: Kind,
  day: string,
  recordId?: string,
): Extract<Measurement, { kind: Kind }> | undefined {
  const found = rows.filter(
    (row) =>
      row.kind === kind && 'day' in row && row.day === day && (recordId === undefined || row.recordId === recordId),
  );
  return found[0] as Extract<Measurement, { kind: Kind }> | undefined;
}

/** The rule readers follow in SQL. */
function mainNight(rows: Measurement[], day: string): SleepNight | undefined {
  return rows
    .filter((row) => row.kind === 'sleep_night')
    .filter((row) => row.day === day && row.role === 'night_candidate')
    .sort((a, b) => (b.asleepMin ?? -1) - (a.asleepMin ?? -1) || b.inBedMin - a.inBedMin)[0];
}

describe('fourteen nights', () => {
  const pages: [domain: string, file: string][] = [
    ['sleep', 'sleep_page1'],
    ['sleep', 'sleep_page2'],
    ['daily_activity', 'daily_activity'],
    ['daily_readiness', 'daily_readiness'],
    ['daily_sleep', 'daily_sleep'],
  ];
  const results = pages.map(([domain, file]) => normalise(domain, load(`oura/${file}`)));
  const rows = results.flatMap(({ measurements }) => measurements);
  const expected = load('expected/oura_14_nights')['rows'] as ExpectedNight[];
  type ExpectedNight = {
    date: string;
    hrv: { rmssdMs: number; lnRmssd: number; restingHr: number };
    sleep: { durationMin: number; efficiencyPct: number; latencyMin: number; wakeCount: number };
    capturedAt: string;
    vendorRecordId: string;
    steps: number;
    temperatureDeviationC: number;
    respiratoryRate: number;
  };

  it('all fourteen are expected, one row each, and nothing is refused', () => {
    expect(expected).toHaveLength(14);
    expect(rows.filter((row) => row.kind === 'hrv_night')).toHaveLength(14);
    expect(rows.filter((row) => row.kind === 'sleep_night' && row.role === 'nap')).toHaveLength(1);
    expect(results.flatMap(({ rejected }) => rejected)).toEqual([]);
  });

  it.each(expected)('$date', ({ date, hrv, sleep, capturedAt, vendorRecordId, steps, ...vitals }) => {
    const main = mainNight(rows, date);
    expect(main).toMatchObject({
      recordId: vendorRecordId,
      capturedAt: new Date(capturedAt),
      zoneOffsetMin: 120,
      asleepMin: expect.closeTo(sleep.durationMin, 2) as number,
      efficiencyPct: expect.closeTo(sleep.efficiencyPct, 2) as number,
      latencyMin: expect.closeTo(sleep.latencyMin, 2) as number,
      wakeCount: sleep.wakeCount,
      flags: [],
    });
    expect(theOne(rows, 'hrv_night', date, vendorRecordId)).toMatchObject({
      ms: hrv.rmssdMs,
      lnMs: expect.closeTo(hrv.lnRmssd, 4) as number,
      capturedAt: new Date(capturedAt),
    });
    expect(theOne(rows, 'resting_heart_rate', date, vendorRecordId)?.bpm).toBe(hrv.restingHr);
    expect(theOne(rows, 'steps_day', date)?.steps).toBe(steps);
    const readVitals = rows.filter((row) => row.kind === 'vitals_day').filter((row) => row.day === date);
    expect(readVitals.map((row) => row.temperatureDeviationC)).toContain(vitals.temperatureDeviationC);
    expect(readVitals.find((row) => row.sleepRecordId === vendorRecordId)?.respiratoryRateBrpm).toBe(
      vitals.respiratoryRate,
    );
  });

  it('the stages, the wakes and the totals of a night tell the same story', () => {
    for (const row of rows.filter((one) => one.kind === 'sleep_night')) {
      const asleepEpochs = [...(row.stages?.phases ?? '')].filter((phase) => phase !== '4').length;
      expect((asleepEpochs * (row.stages?.epochS ?? 0)) / 60).toBeCloseTo(row.asleepMin ?? -1);
      expect(row.wasoMin).not.toBeNull();
      expect(row.wasoMin ?? Infinity).toBeLessThanOrEqual(row.awakeMin ?? -1);
    }
  });
});

describe('which of two long sleeps is the night', () => {
  it('is the one with more sleep, and its HRV is that of the same document', () => {
    const rows = normalise('sleep', load('oura/sleep_edge_cases')).measurements;
    const main = mainNight(rows, '2026-11-17');
    expect(main?.recordId).toBe('98b3684e-ab21-4ffe-86ab-87ed532733ec');
    expect(theOne(rows, 'hrv_night', '2026-11-17', main?.recordId)?.ms).toBe(47);
  });
});

describe('deletions', () => {
  const deletion = (dataType: string) => ({ deleted: { data_type: dataType, object_id: 'doc-1' } });

  it('of a sleep document close every row it could have given', () => {
    const { measurements } = normalise('sleep', deletion('sleep'));
    expect(closedIn({ measurements, rejected: [], ignored: [] })).toEqual([
      'sleep_night doc-1',
      'hrv_night doc-1',
      'resting_heart_rate doc-1',
      'sample_block/heart_rate doc-1',
      'sample_block/hrv_rmssd doc-1',
      'vitals_day sleep:doc-1',
    ]);
    expect(measurements.every((row) => row.kind === 'tombstone')).toBe(true);
  });

  it.each([
    ['daily_activity', ['steps_day doc-1']],
    ['workout', ['workout doc-1']],
    ['daily_readiness', ['vitals_day daily_readiness:doc-1']],
    ['daily_spo2', ['vitals_day daily_spo2:doc-1']],
    ['daily_stress', ['vitals_day daily_stress:doc-1']],
  ])('of %s close its row', (dataType, slots) => {
    expect(closedIn(normalise(dataType, deletion(dataType)))).toEqual(slots);
  });

  it('of what gives no rows are ignored, and without an id refused', () => {
    expect(normalise('x', deletion('daily_sleep')).ignored).toEqual([{ recordId: 'doc-1', reason: 'scores_only' }]);
    expect(normalise('x', deletion('__proto__')).ignored).toEqual([{ recordId: 'doc-1', reason: 'unknown_data_type' }]);
    expect(normalise('sleep', { deleted: { data_type: 'sleep' } }).rejected).toMatchObject([
      { reason: 'no_record_id' },
    ]);
  });
});

describe('versions', () => {
  it('every row carries the version of the delivery, page or single', () => {
    const sourceUpdatedAt = new Date('2026-11-16T05:12:40Z');
    const read = (body: unknown) =>
      oura.normalise(deliveryOf({ provider: 'OURA', domain: 'sleep', body, sourceUpdatedAt })).measurements;
    const single = read(singles['first_fetch']);
    expect(read({ data: [singles['first_fetch']], next_token: 'more' })).toEqual(single);
    expect(single.every((row) => row.sourceUpdatedAt === sourceUpdatedAt)).toBe(true);
  });

  it('a night whose HRV was withdrawn closes its HRV row', () => {
    const body = { ...(singles['first_fetch'] as Item), average_hrv: null };
    expect(closedIn(normalise('sleep', body))).toEqual([`hrv_night ${EDITED}`]);
  });

  it('steps fetched before the day has ended are tentative', () => {
    const body = { id: 'a', day: '2026-11-16', steps: 3100, timestamp: '2026-11-16T04:00:00+02:00' };
    const steps = (at: string) =>
      theOne(normalise('daily_activity', body, new Date(at)).measurements, 'steps_day', '2026-11-16');
    expect(steps('2026-11-16T20:00:00Z')).toMatchObject({ stateRank: 0, capturedAt: null });
    expect(steps('2026-11-17T02:00:00Z')).toMatchObject({ stateRank: 1, capturedAt: new Date('2026-11-17T02:00:00Z') });
  });
});

describe('dates that cannot be', () => {
  const sleep = singles['first_fetch'] as Item;
  const END = '2026-11-16T04:38:00Z';
  const at = (minutesAfterEnd: number) => new Date(Date.parse(END) + minutesAfterEnd * 60_000);

  it('a night may end up to five minutes after its receipt, no later', () => {
    expect(normalise('sleep', sleep, at(-5)).rejected).toEqual([]);
    expect(normalise('sleep', sleep, at(-5.1))).toMatchObject({
      measurements: [],
      rejected: [{ recordId: EDITED, reason: 'future_dated' }],
    });
  });

  it('a day may be one ahead of the UTC date of receipt, no more', () => {
    const activity = { id: 'a', day: '2026-11-18', steps: 10 };
    expect(normalise('daily_activity', activity, new Date('2026-11-17T00:00:00Z')).rejected).toEqual([]);
    expect(normalise('daily_activity', activity, new Date('2026-11-16T23:59:59Z'))).toMatchObject({
      measurements: [],
      rejected: [{ reason: 'future_dated' }],
    });
  });

  it('a sleep filed days away from its waking is refused', () => {
    expect(normalise('sleep', { ...sleep, day: '2026-11-13' }).rejected).toMatchObject([{ reason: 'bad_day' }]);
  });

  it('without a day a night belongs to the local date of waking and a late nap to the next', () => {
    const nightItem = { ...sleep, day: null, bedtime_end: '2026-11-16T00:38:00+02:00' };
    expect(normalise('sleep', nightItem).measurements[0]).toMatchObject({
      day: '2026-11-16',
      flags: ['day_derived', 'stages_unreadable'],
    });
    const nap = {
      id: 'n',
      type: 'late_nap',
      bedtime_start: '2026-11-16T18:00:00+02:00',
      bedtime_end: '2026-11-16T18:30:00+02:00',
    };
    expect(normalise('sleep', nap).measurements[0]).toMatchObject({ day: '2026-11-17', role: 'nap' });
  });
});

describe('types of sleep', () => {
  const bare = { id: 's', bedtime_start: '2026-11-15T22:00:00Z', bedtime_end: '2026-11-16T06:00:00Z' };

  it('without a type more than three hours are a night', () => {
    expect(normalise('sleep', bare).measurements[0]).toMatchObject({
      role: 'night_candidate',
      flags: ['day_derived', 'role_inferred'],
    });
    expect(normalise('sleep', { ...bare, total_sleep_duration: 10_800 }).measurements[0]).toMatchObject({
      role: 'nap',
    });
  });

  it('a type Oura never documented is kept aside and closes nothing', () => {
    expect(normalise('sleep', { ...bare, type: 'dream' })).toEqual({
      measurements: [],
      rejected: [{ recordId: 's', reason: 'unknown_type', detail: expect.any(String) as string }],
      ignored: [],
    });
  });
});

describe('heart rate samples', () => {
  const sample = (timestamp: string, bpm: unknown) => ({ timestamp, bpm, source: 'awake' });
  const blocks = (items: unknown[], receivedAt?: Date) =>
    observedIn(normalise('heartrate', { data: items }, receivedAt));

  it('of two UTC days are two blocks, in order whatever the order of the page', () => {
    const items = [
      sample('2026-11-04T00:00:00Z', 52),
      sample('2026-11-03T23:59:59.500Z', 51),
      sample('2026-11-03T23:50:00Z', 50),
    ];
    expect(blocks(items)).toMatchObject([
      { recordId: 'heartrate:2026-11-03:235000-235959', day: '2026-11-03', offsetsS: [0, 599], values: [50, 51] },
      { recordId: 'heartrate:2026-11-04:000000-000000', day: '2026-11-04', offsetsS: [0], values: [52] },
    ]);
    expect(blocks(items.toReversed())).toEqual(blocks(items));
  });

  it('of one instant are one, and outside 20 to 250 bpm none', () => {
    const at = (minute: number) => `2026-11-03T03:0${minute}:00Z`;
    const values = [sample(at(0), 60), sample(at(0), 61), sample(at(1), 19.9), sample(at(2), 250), sample(at(3), 251)];
    expect(blocks(values)).toMatchObject([
      { offsetsS: [0, 120], values: [61, 250], flags: ['implausible_hr_dropped'] },
    ]);
  });

  it('null and 0 are no reading and no reason for a flag', () => {
    const values = [
      sample('2026-11-03T03:00:00Z', 60),
      sample('2026-11-03T03:05:00Z', null),
      sample('2026-11-03T03:10:00Z', 0),
    ];
    expect(blocks(values)).toMatchObject([{ values: [60], flags: [] }]);
  });

  it('that are unreadable or in the future are counted once per reason, the others stay', () => {
    const items = [
      sample('2026-11-03T03:00:00', 60),
      7,
      sample('2026-11-03T04:00:00Z', 60),
      sample('2026-11-03T05:00:00Z', 61),
    ];
    const result = normalise('heartrate', { data: items }, new Date('2026-11-03T04:10:00Z'));
    expect(result.rejected.map(({ reason, detail }) => [reason, detail.slice(0, 6)])).toEqual([
      ['bad_time', '2 of 4'],
      ['future_dated', '1 of 4'],
    ]);
    expect(result.measurements).toMatchObject([{ values: [60] }]);
  });
});

describe('a series of a sleep document', () => {
  it('without whole seconds between its samples is not read', () => {
    const heart_rate = { interval: 299.5, items: [50, 51], timestamp: '2026-11-15T23:00:00+02:00' };
    const result = normalise('sleep', { ...(singles['first_fetch'] as Item), heart_rate });
    expect(closedIn(result)).toEqual([`sample_block/heart_rate ${EDITED}`]);
  });

  const withHeartRate = (timestamp: string, items: unknown[]) =>
    normalise('sleep', { ...(singles['first_fetch'] as Item), heart_rate: { interval: 300, items, timestamp } });

  it.each(['2026-11-15T21:20:00+02:00', '2026-11-16T06:38:01+02:00'])(
    'that starts at %s is not of this night',
    (timestamp) => {
      const result = withHeartRate(timestamp, [50, 51, 52]);
      expect(closedIn(result)).toEqual([`sample_block/heart_rate ${EDITED}`]);
      expect(result.measurements[0]?.flags).toEqual(['series_outside_window']);
    },
  );

  it('has no sample at a null or a 0, and no flag for them', () => {
    const { measurements } = withHeartRate('2026-11-15T22:25:00+02:00', [0, 51, null, 52]);
    expect(measurements.filter((row) => row.kind === 'sample_block' && row.sampleKind === 'heart_rate')).toMatchObject([
      { offsetsS: [300, 900], values: [51, 52], flags: [] },
    ]);
  });
});

describe('efficiency', () => {
  const efficiency = (fields: Item) =>
    normalise('sleep', { ...(singles['first_fetch'] as Item), ...fields }).measurements[0];

  it('is sleep by time in bed where Oura gives none or nonsense', () => {
    for (const given of [null, 0, 101, '94']) {
      const row = efficiency({ efficiency: given, total_sleep_duration: 14_790 });
      expect(row).toMatchObject({
        efficiencyPct: 50,
        flags: expect.arrayContaining(['efficiency_derived']) as string[],
      });
    }
  });

  it('is unknown where more sleep than time in bed is claimed', () => {
    const row = efficiency({ efficiency: null, total_sleep_duration: 30_000 });
    expect(row).toMatchObject({ efficiencyPct: null, asleepMin: 500, flags: ['asleep_exceeds_in_bed'] });
  });
});

it('steps are whole', () => {
  const body = { id: 'a', day: '2026-11-16', steps: 2981.575 };
  expect(normalise('daily_activity', body).measurements).toMatchObject([{ steps: 2981 }]);
});

it('what is said about a refused item holds none of its values', () => {
  const secret = 31_337;
  const bad = (item: Item): Item => ({
    id: 'doc',
    steps: secret,
    bpm: secret,
    average_hrv: secret,
    label: `run ${secret}`,
    ...item,
  });
  const refused = [
    normalise('daily_activity', bad({ day: '2026-11-16', steps: 1_313_373 })),
    normalise('daily_activity', bad({ day: `${secret}` })),
    normalise('sleep', bad({ bedtime_start: `${secret}` })),
    normalise(
      'sleep',
      bad({ type: `${secret}`, bedtime_start: '2026-11-15T22:00:00Z', bedtime_end: '2026-11-16T06:00:00Z' }),
    ),
    normalise('workout', bad({ start_datetime: '2026-11-15T22:00:00Z', end_datetime: '2026-11-15T21:00:00Z' })),
    normalise('heartrate', { data: [bad({ timestamp: `${secret}` })] }),
  ].flatMap(({ rejected }) => rejected);
  expect(refused).toHaveLength(6);
  for (const { detail } of refused) expect(detail).not.toMatch(/31337|1313373/);
});
