import { readFileSync } from 'node:fs';
import { type Item, isItem, parseBody } from '../normaliser.ts';
import { type PayloadCase, normaliserSuite, seriesOf } from '../normaliser.test-suite.ts';
import { polar } from './polar.ts';

const data = parseBody(readFileSync(`${process.cwd()}/../shared/fixtures/polar/data.json`)) as {
  sleep: Record<string, Item>;
  exercise: Record<string, Item>;
};
const NIGHTS = data.sleep['GET /v3/users/sleep'];
const NIGHT = data.sleep['GET /v3/users/sleep/2026-11-15'] as Item;
const RECHARGE = data.sleep['GET /v3/users/nightly-recharge/2026-11-15'];
const EXERCISE = data.exercise['GET /v3/exercises/2AC312F'] as Item;
const ACTIVITY = data.exercise['GET /v3/users/activities/2026-11-14'];

const DATE = '2026-11-15';
const WOKEN_AT = new Date('2026-11-15T04:47:00Z');
const NIGHT_ROWS: PayloadCase['rows'] = [
  {
    kind: 'sleep_night',
    recordId: DATE,
    day: DATE,
    role: 'night_candidate',
    bedtimeStart: new Date('2026-11-14T21:02:00Z'),
    bedtimeEnd: WOKEN_AT,
    capturedAt: WOKEN_AT,
    zoneOffsetMin: 120,
    inBedMin: 465,
    asleepMin: 435,
    deepMin: 90,
    lightMin: 240,
    remMin: 100,
    awakeMin: 30,
    efficiencyPct: (435 / 465) * 100,
    latencyMin: null,
    averageHeartRateBpm: null,
    wakeCount: 3,
    wasoMin: 22,
    awakeningsOver5Min: 2,
    stages: {
      epochS: 60,
      phases: [
        ['2', 29],
        ['1', 49],
        ['2', 38],
        ['3', 14],
        ['4', 7],
        ['2', 81],
        ['1', 40],
        ['2', 35],
        ['4', 10],
        ['2', 65],
        ['3', 38],
        ['4', 5],
        ['2', 54],
      ]
        .map(([phase, minutes]) => (phase as string).repeat(minutes as number))
        .join(''),
    },
    stateRank: 1,
    flags: ['asleep_derived_from_stages', 'efficiency_derived'],
  },
  {
    kind: 'sample_block',
    recordId: DATE,
    sampleKind: 'heart_rate',
    day: DATE,
    startedAt: new Date('2026-11-14T21:02:00Z'),
    capturedAt: WOKEN_AT,
    offsetsS: Array.from({ length: 48 }, (_, i) => i * 300),
    values: Object.values(NIGHT['heart_rate_samples'] as Item),
    flags: [],
  },
];

const CASES: PayloadCase[] = [
  { name: 'a page of nights', domain: 'sleep', body: NIGHTS, rows: NIGHT_ROWS, closed: [] },
  { name: 'the night of a date', domain: 'sleep', body: NIGHT, rows: NIGHT_ROWS, closed: [] },
  {
    name: 'nightly recharge: four hours of rMSSD and breathing; the heart rate of the night is no resting one',
    domain: 'nightly_recharge',
    body: RECHARGE,
    rows: [
      {
        kind: 'hrv_night',
        recordId: DATE,
        day: DATE,
        metric: 'RMSSD',
        method: 'average_of_4_hours',
        ms: 39,
        lnMs: Math.log(39),
        sleepRecordId: null,
        capturedAt: null,
        zoneOffsetMin: null,
        stateRank: 1,
        flags: [],
      },
      {
        kind: 'vitals_day',
        recordId: `nightly_recharge:${DATE}`,
        day: DATE,
        respiratoryRateBrpm: 14,
        temperatureDeviationC: null,
        spo2Pct: null,
      },
    ],
    closed: [],
  },
  {
    name: 'an exercise: local start, its offset beside it; a null sample uses up its second',
    domain: 'exercise',
    body: EXERCISE,
    rows: [
      {
        kind: 'workout',
        recordId: '2AC312F',
        day: '2026-11-14',
        activity: 'RUNNING',
        startedAt: new Date('2026-11-14T15:05:10Z'),
        endedAt: new Date('2026-11-14T15:49:22.500Z'),
        capturedAt: new Date('2026-11-14T15:49:22.500Z'),
        zoneOffsetMin: 120,
        durationS: 2652.5,
        distanceM: 8120.5,
        energyKcal: 530,
        averageHeartRateBpm: 146,
        maxHeartRateBpm: 171,
        heartRateZonesS: [180],
        elevationGainM: null,
        intensity: null,
        isManual: false,
        stateRank: 1,
        flags: [],
      },
      {
        kind: 'sample_block',
        recordId: '2AC312F',
        sampleKind: 'heart_rate',
        day: '2026-11-14',
        startedAt: new Date('2026-11-14T15:05:10Z'),
        capturedAt: new Date('2026-11-14T15:05:14Z'),
        zoneOffsetMin: 120,
        offsetsS: [0, 1, 3, 4],
        values: [98, 101, 108, 112],
        flags: [],
      },
    ],
    closed: seriesOf('2AC312F', ['speed', 'power', 'cadence', 'altitude', 'distance']),
  },
  {
    name: 'an exercise with every series: km/h as m/s, 0 a reading of all but the heart',
    domain: 'exercise',
    body: {
      ...EXERCISE,
      samples: [
        { 'recording-rate': 5, 'sample-type': '0', data: '0,101' },
        { 'recording-rate': 5, 'sample-type': '1', data: '0.0,9,null,10.8' },
        { 'recording-rate': 5, 'sample-type': '4', data: '0,210' },
        { 'recording-rate': 5, 'sample-type': '8', data: '0,84' },
        { 'recording-rate': 5, 'sample-type': '3', data: '-3.5,0' },
        { 'recording-rate': 5, 'sample-type': '10', data: '0,15.5' },
        { 'recording-rate': 5, 'sample-type': '9', data: '21,22' },
      ],
    },
    rows: [
      { kind: 'workout', recordId: '2AC312F', flags: [] },
      { kind: 'sample_block', recordId: '2AC312F', sampleKind: 'heart_rate', offsetsS: [5], values: [101] },
      { kind: 'sample_block', recordId: '2AC312F', sampleKind: 'speed', offsetsS: [0, 5, 15], values: [0, 2.5, 3] },
      { kind: 'sample_block', recordId: '2AC312F', sampleKind: 'power', offsetsS: [0, 5], values: [0, 210] },
      { kind: 'sample_block', recordId: '2AC312F', sampleKind: 'cadence', offsetsS: [0, 5], values: [0, 84] },
      { kind: 'sample_block', recordId: '2AC312F', sampleKind: 'altitude', offsetsS: [0, 5], values: [-3.5, 0] },
      { kind: 'sample_block', recordId: '2AC312F', sampleKind: 'distance', offsetsS: [0, 5], values: [0, 15.5] },
    ],
    closed: [],
  },
  {
    name: 'the activity of a day',
    domain: 'activity',
    body: ACTIVITY,
    rows: [
      {
        kind: 'steps_day',
        recordId: '2026-11-14',
        day: '2026-11-14',
        steps: 11_230,
        distanceM: 8120.1,
        activeEnergyKcal: 910,
        nonWearS: null,
        capturedAt: null,
        zoneOffsetMin: null,
        stateRank: 1,
        flags: [],
      },
    ],
    closed: [],
  },
  {
    name: 'continuous heart rate with the offset of the day beside it',
    domain: 'continuous_heart_rate',
    body: {
      heart_rates: [
        {
          polar_user: 'https://www.polaraccesslink/v3/users/2278512',
          date: DATE,
          zone_offset: '+02:00',
          heart_rate_samples: [
            { heart_rate: 63, sample_time: '00:02:08' },
            { heart_rate: 62, sample_time: '00:07:08' },
            { heart_rate: 0, sample_time: '00:12:08' },
            { heart_rate: 71, sample_time: '23:57:08' },
          ],
        },
      ],
    },
    rows: [
      {
        kind: 'sample_block',
        recordId: `continuous_heart_rate:${DATE}`,
        sampleKind: 'heart_rate',
        day: '2026-11-14',
        startedAt: new Date('2026-11-14T22:02:08Z'),
        capturedAt: new Date('2026-11-15T21:57:08Z'),
        zoneOffsetMin: 120,
        offsetsS: [0, 300, 86_100],
        values: [63, 62, 71],
        flags: [],
      },
    ],
    closed: [],
  },
];

/** Polar's own lists, by the name each answer has for it. */
const listOf = (body: unknown): unknown[] => {
  const lists = isItem(body) ? [body['nights'], body['heart_rates']] : [];
  return (lists.find((list) => Array.isArray(list)) as unknown[] | undefined) ?? [body];
};

normaliserSuite({
  normaliser: polar,
  cases: CASES,
  pageOf: ({ body, domain }, before, after) => {
    const items = [...before, ...listOf(body), ...after];
    return domain === 'sleep' ? { nights: items } : domain === 'nightly_recharge' ? { recharges: items } : items;
  },
});
