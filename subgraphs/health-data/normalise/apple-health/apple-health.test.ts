import { readFileSync } from 'node:fs';
import { appleHealth } from './apple-health.ts';
import { type Item, isItem, parseBody } from '../normaliser.ts';
import { type PayloadCase, normaliserSuite } from '../normaliser.test-suite.ts';

const load = (path: string): Item =>
  parseBody(readFileSync(`${process.cwd()}/../shared/fixtures/${path}.json`)) as Item;

const variants = load('apple_health/upload_variants') as Record<string, { body: unknown }>;
const meanOf = (...values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The first sample of the Watch, as its sleep is named after it. */
const NIGHT = '41362564-3CCA-45FA-B7C1-6F96ADC63DA5';
const HEART_RATES = [63, 62, 67, 64, 65, 58, 75, 66, 69, 65, 58, 71];

const CASES: PayloadCase[] = [
  {
    name: 'upload_day: a whole day of Watch and iPhone',
    domain: 'upload',
    body: load('apple_health/upload_day'),
    rows: [
      {
        kind: 'sleep_night',
        recordId: NIGHT,
        role: 'night_candidate',
        day: '2026-11-15',
        zoneOffsetMin: 540,
        bedtimeStart: new Date('2026-11-14T13:59:00Z'),
        bedtimeEnd: new Date('2026-11-14T21:18:00Z'),
        capturedAt: new Date('2026-11-14T21:18:00Z'),
        inBedMin: 439,
        asleepMin: 405,
        awakeMin: 34,
        wasoMin: 12,
        latencyMin: 15,
        wakeCount: 3,
        awakeningsOver5Min: 0,
        deepMin: 97,
        efficiencyPct: (405 / 439) * 100,
        stateRank: 1,
        sourceUpdatedAt: new Date('2026-11-15T12:00:00Z'),
        flags: ['role_inferred', 'asleep_derived_from_stages', 'efficiency_derived'],
      },
      {
        kind: 'hrv_night',
        recordId: `sdnn:${NIGHT}`,
        metric: 'SDNN',
        method: 'average_of_samples',
        ms: meanOf(43.2, 51.9, 47.7, 39.4),
        day: '2026-11-15',
        sleepRecordId: NIGHT,
      },
      {
        kind: 'resting_heart_rate',
        recordId: '75E99915-3E03-46AB-B583-DD65942782D1',
        bpm: 55,
        method: 'vendor_resting',
        day: '2026-11-15',
      },
      {
        kind: 'sample_block',
        recordId: 'heart_rate:2026-11-14:220012-225512',
        sampleKind: 'heart_rate',
        startedAt: new Date('2026-11-14T22:00:12Z'),
        offsetsS: HEART_RATES.map((_, i) => i * 300),
        values: HEART_RATES,
      },
      {
        kind: 'sample_block',
        recordId: 'hrv_sdnn:2026-11-14:160400-204000',
        sampleKind: 'hrv_sdnn',
        offsetsS: [0, 5220, 10_680, 16_560],
        values: [43.2, 51.9, 47.7, 39.4],
      },
      { kind: 'steps_day', recordId: 'steps:2026-11-15', steps: 2450, day: '2026-11-15', zoneOffsetMin: 540 },
      {
        kind: 'vitals_day',
        recordId: `sleep:${NIGHT}`,
        spo2Pct: 96.7,
        respiratoryRateBrpm: 14.5,
        temperatureDeviationC: null,
        sleepRecordId: NIGHT,
        day: '2026-11-15',
      },
      {
        kind: 'workout',
        recordId: 'C33D3BB5-0517-41FA-8F33-ECA5C44F33ED',
        activity: 'running',
        durationS: 1843.5,
        distanceM: 5210.7,
        energyKcal: 331.4,
        averageHeartRateBpm: 152.2,
        maxHeartRateBpm: 177,
        day: '2026-11-15',
      },
    ],
    closed: ['hrv_night sdnn:2026-11-15'],
    ignored: ['not_modelled'],
  },
  {
    name: 'repeat_and_deletions: samples without their night are tentative, a deleted sample names no row',
    domain: 'upload',
    body: variants['repeat_and_deletions']?.body,
    rows: [
      { kind: 'hrv_night', recordId: 'sdnn:2026-11-15', stateRank: 0, ms: meanOf(43.2, 51.9), sleepRecordId: null },
      { kind: 'hrv_night', recordId: 'sdnn:2026-11-16', stateRank: 0, ms: 44.8, day: '2026-11-16', metric: 'SDNN' },
      { kind: 'sample_block', recordId: 'hrv_sdnn:2026-11-14:160400-173100', values: [43.2, 51.9] },
      { kind: 'sample_block', recordId: 'hrv_sdnn:2026-11-15:180000-180000', values: [44.8] },
    ],
    closed: [],
    ignored: ['no_value'],
  },
  {
    name: 'ios27_rmssd: RMSSD and SDNN of one night stay apart',
    domain: 'upload',
    body: variants['ios27_rmssd']?.body,
    rows: [
      { kind: 'hrv_night', recordId: 'rmssd:2026-11-15', metric: 'RMSSD', ms: meanOf(38.6, 42.1), day: '2026-11-15' },
      { kind: 'hrv_night', recordId: 'sdnn:2026-11-15', metric: 'SDNN', ms: 55.3, day: '2026-11-15' },
      {
        kind: 'sample_block',
        recordId: 'hrv_rmssd:2026-11-14:180000-190000',
        sampleKind: 'hrv_rmssd',
        offsetsS: [0, 3600],
        values: [38.6, 42.1],
      },
      {
        kind: 'sample_block',
        recordId: 'hrv_sdnn:2026-11-14:190000-190000',
        sampleKind: 'hrv_sdnn',
        values: [55.3],
      },
    ],
    closed: [],
  },
  {
    name: 'ow-sdk-steps-inbed-walk: four seconds in bed are no sleep',
    domain: 'upload',
    body: load('public-samples/apple/ow-sdk-steps-inbed-walk'),
    rows: [
      {
        kind: 'steps_day',
        recordId: 'steps:2022-05-28',
        steps: 66,
        zoneOffsetMin: null,
        flags: ['day_derived'],
      },
      {
        kind: 'workout',
        recordId: '801B68D7-F4AA-4A23-BD26-A3BA1BA6B08D',
        activity: 'walking',
        startedAt: new Date('2025-03-25T17:27:00Z'),
        endedAt: new Date('2025-03-25T18:51:24Z'),
        durationS: 1683.27,
        distanceM: 2165.35,
        energyKcal: 131.41 + 48.59,
        elevationGainM: 15.57,
        averageHeartRateBpm: 121.49,
        maxHeartRateBpm: 141,
      },
    ],
    closed: [],
    ignored: ['not_sleep'],
  },
  {
    name: 'ow-sdk-workouts-awkward: values missing, null, empty',
    domain: 'upload',
    body: load('public-samples/apple/ow-sdk-workouts-awkward'),
    rows: [
      {
        kind: 'workout',
        recordId: 'AAAA0000-1111-2222-3333-444455556666',
        activity: 'cycling',
        durationS: 819.51,
        energyKcal: 77.16 + 19.01,
        averageHeartRateBpm: null,
      },
      { kind: 'workout', recordId: 'FFFF1111-2222-3333-4444-555566667777', durationS: 3600, distanceM: 2165.35 },
      { kind: 'workout', recordId: 'AAAA1111-2222-3333-4444-555566667777', activity: 'yoga', durationS: 1800 },
      {
        kind: 'workout',
        recordId: 'BBBB1111-2222-3333-4444-555566667777',
        durationS: 1200,
        distanceM: null,
        energyKcal: null,
        maxHeartRateBpm: null,
      },
    ],
  },
  {
    name: 'a workout with laps: each a split, in our units',
    domain: 'upload',
    body: {
      provider: 'apple',
      syncTimestamp: '2026-11-15T12:00:00Z',
      data: {
        workouts: [
          {
            id: 'AB',
            type: 'running',
            startDate: '2026-11-15T08:00:00Z',
            endDate: '2026-11-15T08:30:00Z',
            zoneOffset: '+09:00',
            values: [],
            laps: [
              {
                startDate: '2026-11-15T08:00:00Z',
                endDate: '2026-11-15T08:10:00Z',
                values: [
                  { type: 'duration', unit: 'min', value: 9.5 },
                  { type: 'distance', unit: 'km', value: 2 },
                  { type: 'averageHeartRate', unit: 'bpm', value: 151.5 },
                  { type: 'elevationAscended', unit: 'm', value: 0 },
                ],
              },
              { startDate: '2026-11-15T08:10:00Z', endDate: '2026-11-15T08:30:00Z' },
            ],
          },
        ],
      },
    },
    rows: [
      { kind: 'workout', recordId: 'AB', durationS: 1800 },
      {
        kind: 'workout_splits',
        recordId: 'AB',
        sourceUpdatedAt: new Date('2026-11-15T12:00:00Z'),
        splits: [
          {
            index: 1,
            startedAt: new Date('2026-11-15T08:00:00Z'),
            durationS: 570,
            distanceM: 2000,
            averageHeartRateBpm: 151.5,
            elevationGainM: 0,
          },
          {
            index: 2,
            startedAt: new Date('2026-11-15T08:10:00Z'),
            durationS: 1200,
            distanceM: null,
            averageHeartRateBpm: null,
            elevationGainM: null,
          },
        ],
        flags: [],
      },
    ],
    closed: [],
  },
  {
    name: 'ow-sdk-same-workout-two-ids: one session',
    domain: 'upload',
    body: load('public-samples/apple/ow-sdk-same-workout-two-ids'),
    rows: [{ kind: 'workout', recordId: 'DDDD0000-1111-2222-3333-444455556666', durationS: 1800 }],
    closed: ['workout', 'workout_splits'].map((kind) => `${kind} EEEE0000-1111-2222-3333-444455556666`),
    ignored: ['duplicate'],
  },
];

normaliserSuite({
  normaliser: appleHealth,
  cases: CASES,
  pageOf: ({ body }, before, after) => {
    const data = isItem(body) && isItem(body['data']) ? body['data'] : {};
    const around = (name: string): unknown[] => [
      ...before,
      ...(Array.isArray(data[name]) ? (data[name] as unknown[]) : []),
      ...after,
    ];
    return {
      ...(body as Item),
      data: { records: around('records'), sleep: around('sleep'), workouts: around('workouts') },
    };
  },
});
