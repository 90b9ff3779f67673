import { readFileSync } from 'node:fs';
import { googleHealth } from './google-health.ts';
import { type Item, isItem, parseBody } from '../normaliser.ts';
import { type PayloadCase, normaliserSuite } from '../normaliser.test-suite.ts';

const FIXTURES = `${process.cwd()}/../shared/fixtures`;
const load = (path: string): Item => parseBody(readFileSync(`${FIXTURES}/${path}.json`)) as Item;
const publicSample = (name: string): Item => load(`public-samples/google/${name}`);

const other = load('google_health/datapoints_other');
const notifications = load('google_health/account_and_notifications')['notifications'] as Item;
const DAY = '2026-11-15';

const PUBLIC_SAMPLES: PayloadCase[] = [
  {
    name: 'shimmer-fit-heart-rate: integer and float values at nanosecond instants',
    domain: 'com.google.heart_rate.bpm',
    body: publicSample('shimmer-fit-heart-rate'),
    rows: [
      {
        kind: 'sample_block',
        recordId: 'com.google.heart_rate.bpm:2015-01-30:153748-153748',
        sampleKind: 'heart_rate',
        day: '2015-01-30',
        startedAt: new Date('2015-01-30T15:37:48.186Z'),
        offsetsS: [0],
        values: [54],
        zoneOffsetMin: null,
      },
      {
        kind: 'sample_block',
        recordId: 'com.google.heart_rate.bpm:2015-07-10:143432-143432',
        sampleKind: 'heart_rate',
        startedAt: new Date('2015-07-10T14:34:32.914Z'),
        offsetsS: [0],
        values: [58],
      },
    ],
  },
  {
    name: 'shimmer-fit-step-deltas: summed by day, marked where entered by hand, tentative where the day is cut',
    domain: 'com.google.step_count.delta',
    body: publicSample('shimmer-fit-step-deltas'),
    rows: [
      {
        kind: 'steps_day',
        recordId: 'com.google.step_count.delta:2015-02-02',
        day: '2015-02-02',
        steps: 4146,
        flags: ['day_derived'],
        stateRank: 1,
        capturedAt: new Date('2015-02-03T00:00:00Z'),
      },
      {
        kind: 'steps_day',
        recordId: 'com.google.step_count.delta:2015-07-10',
        day: '2015-07-10',
        steps: 201,
        flags: ['day_derived', 'entered_by_hand'],
        stateRank: 0,
        capturedAt: null,
      },
    ],
  },
  {
    name: 'shimmer-fit-activity-segments: walking, aerobics and a run typed in',
    domain: 'com.google.activity.segment',
    body: publicSample('shimmer-fit-activity-segments'),
    rows: [
      {
        kind: 'workout',
        recordId: 'com.google.activity.segment:1420150917000000000',
        activity: 'walking',
        startedAt: new Date('2015-01-01T22:21:57Z'),
        endedAt: new Date('2015-01-01T23:29:49Z'),
        durationS: 4072,
        isManual: false,
        sourceUpdatedAt: new Date(1_423_270_946_348),
      },
      {
        kind: 'workout',
        recordId: 'com.google.activity.segment:1420417649151000000',
        activity: 'aerobics',
        startedAt: new Date('2015-01-05T00:27:29.151Z'),
        endedAt: new Date('2015-01-05T00:30:41.151Z'),
        isManual: false,
      },
      {
        kind: 'workout',
        recordId: 'com.google.activity.segment:1436275800000000000',
        activity: 'running',
        startedAt: new Date('2015-07-07T13:30:00Z'),
        endedAt: new Date('2015-07-07T14:00:00Z'),
        isManual: true,
      },
    ],
    closed: ['1420150917000000000', '1420417649151000000', '1436275800000000000'].map(
      (nanos) => `sleep_night com.google.activity.segment:${nanos}`,
    ),
  },
  {
    name: 'shimmer-fit-segment-sleep: code 72 is a sleep without stages, not a workout',
    domain: 'com.google.activity.segment',
    body: publicSample('shimmer-fit-segment-sleep'),
    rows: [
      {
        kind: 'sleep_night',
        recordId: 'com.google.activity.segment:1436275800000000000',
        day: '2015-07-07',
        role: 'nap',
        bedtimeStart: new Date('2015-07-07T13:30:00Z'),
        bedtimeEnd: new Date('2015-07-07T14:00:00Z'),
        inBedMin: 30,
        asleepMin: null,
        deepMin: null,
        stages: null,
        flags: ['day_derived', 'role_inferred', 'entered_by_hand'],
      },
    ],
    closed: ['workout com.google.activity.segment:1436275800000000000'],
  },
  {
    name: 'shimmer-fit-empty: no point, no rows, nothing refused',
    domain: 'com.google.step_count.delta',
    body: publicSample('shimmer-fit-empty'),
    rows: [],
    closed: [],
  },
  {
    name: 'webhook-verification: a handshake gives no rows',
    domain: 'notification',
    body: publicSample('webhook-verification'),
    rows: [],
    ignored: ['unknown_data_type'],
  },
];

const FIXTURE_CASES: PayloadCase[] = [
  {
    name: 'sleep: minutes of the summary, wakes of the stages',
    domain: 'sleep',
    body: load('google_health/datapoints_sleep'),
    rows: [
      {
        kind: 'sleep_night',
        recordId: 'a10103248919322c',
        day: DAY,
        role: 'night_candidate',
        bedtimeStart: new Date('2026-11-14T22:11:00Z'),
        bedtimeEnd: new Date('2026-11-15T05:41:00Z'),
        capturedAt: new Date('2026-11-15T05:41:00Z'),
        zoneOffsetMin: 60,
        stateRank: 1,
        inBedMin: 450,
        asleepMin: 431,
        efficiencyPct: (430.5 / 450) * 100,
        latencyMin: 8,
        wakeCount: 4,
        wasoMin: 7.5,
        awakeningsOver5Min: 0,
        awakeMin: 20,
        deepMin: 102,
        lightMin: 194,
        remMin: 135,
        flags: ['efficiency_derived'],
      },
    ],
    closed: [],
  },
  {
    name: 'daily-heart-rate-variability: RMSSD of the night, not that of deep sleep',
    domain: 'daily-heart-rate-variability',
    body: other['daily-heart-rate-variability'],
    rows: [
      {
        kind: 'hrv_night',
        recordId: DAY,
        day: DAY,
        metric: 'RMSSD',
        method: 'average_of_night',
        ms: 41.7,
        lnMs: Math.log(41.7),
        sleepRecordId: null,
      },
    ],
    closed: [],
  },
  {
    name: 'daily-resting-heart-rate: a number written as text',
    domain: 'daily-resting-heart-rate',
    body: other['daily-resting-heart-rate'],
    rows: [{ kind: 'resting_heart_rate', recordId: DAY, day: DAY, bpm: 58, method: 'vendor_resting' }],
  },
  {
    name: 'heart-rate: one block',
    domain: 'heart-rate',
    body: other['heart-rate'],
    rows: [
      {
        kind: 'sample_block',
        recordId: 'heart-rate:2026-11-15:070000-070010',
        sampleKind: 'heart_rate',
        day: DAY,
        startedAt: new Date('2026-11-15T07:00:00Z'),
        capturedAt: new Date('2026-11-15T07:00:10Z'),
        zoneOffsetMin: 60,
        offsetsS: [0, 5, 10],
        values: [71, 72, 73],
      },
    ],
  },
  {
    name: 'heart-rate-variability: RMSSD and SDNN of one sample are two series',
    domain: 'heart-rate-variability',
    body: other['heart-rate-variability'],
    rows: [
      {
        kind: 'sample_block',
        recordId: 'heart-rate-variability:2026-11-14:231100-231100',
        sampleKind: 'hrv_rmssd',
        values: [43.9],
      },
      {
        kind: 'sample_block',
        recordId: 'heart-rate-variability:2026-11-14:231100-231100',
        sampleKind: 'hrv_sdnn',
        values: [61.2],
      },
    ],
  },
  {
    name: 'steps: the intervals of a page are no day',
    domain: 'steps',
    body: other['steps'],
    rows: [],
    closed: [],
    ignored: ['no_value'],
  },
  {
    name: 'steps: the daily roll-up is',
    domain: 'steps',
    body: other['steps:dailyRollUp'],
    rows: [{ kind: 'steps_day', recordId: DAY, day: DAY, steps: 9120, stateRank: 1, zoneOffsetMin: null }],
  },
  {
    name: 'exercise: its splits, numbers written as text',
    domain: 'exercise',
    body: {
      name: 'users/me/dataTypes/exercise/dataPoints/e2',
      exercise: {
        interval: {
          startTime: '2026-11-15T17:00:00Z',
          startUtcOffset: '3600s',
          endTime: '2026-11-15T17:31:40Z',
          endUtcOffset: '3600s',
        },
        exerciseType: 'RUNNING',
        splits: [
          {
            startTime: '2026-11-15T17:00:00Z',
            endTime: '2026-11-15T17:06:00Z',
            activeDuration: '355.5s',
            splitType: 'DISTANCE',
            metricsSummary: {
              distanceMillimeters: 1_000_000,
              averageHeartRateBeatsPerMinute: '141',
              elevationGainMillimeters: 4500,
            },
          },
          { startTime: '2026-11-15T17:06:00Z', endTime: '2026-11-15T17:12:00Z', splitType: 'DISTANCE' },
        ],
      },
    },
    rows: [
      { kind: 'workout', recordId: 'e2', activity: 'running' },
      {
        kind: 'workout_splits',
        recordId: 'e2',
        splits: [
          {
            index: 1,
            startedAt: new Date('2026-11-15T17:00:00Z'),
            durationS: 355.5,
            distanceM: 1000,
            averageHeartRateBpm: 141,
            elevationGainM: 4.5,
          },
          {
            index: 2,
            startedAt: new Date('2026-11-15T17:06:00Z'),
            durationS: 360,
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
    name: 'exercise: the whole window, millimetres as metres',
    domain: 'exercise',
    body: other['exercise'],
    rows: [
      {
        kind: 'workout',
        recordId: 'a6f2f29118a8939f',
        day: DAY,
        activity: 'running',
        startedAt: new Date('2026-11-15T17:00:00Z'),
        zoneOffsetMin: 60,
        durationS: 1900,
        distanceM: 5120.4,
        energyKcal: 322,
        elevationGainM: 31,
        averageHeartRateBpm: 149,
        maxHeartRateBpm: null,
        heartRateZonesS: null,
        isManual: false,
        flags: [],
      },
    ],
  },
  {
    name: 'daily-respiratory-rate',
    domain: 'daily-respiratory-rate',
    body: other['daily-respiratory-rate'],
    rows: [{ kind: 'vitals_day', recordId: `daily-respiratory-rate:${DAY}`, respiratoryRateBrpm: 14.2, spo2Pct: null }],
  },
  {
    name: 'daily-oxygen-saturation: the average, not its bounds',
    domain: 'daily-oxygen-saturation',
    body: other['daily-oxygen-saturation'],
    rows: [
      { kind: 'vitals_day', recordId: `daily-oxygen-saturation:${DAY}`, spo2Pct: 96.1, respiratoryRateBrpm: null },
    ],
  },
  {
    name: 'daily-sleep-temperature-derivations: the night less the baseline',
    domain: 'daily-sleep-temperature-derivations',
    body: other['daily-sleep-temperature-derivations'],
    rows: [
      {
        kind: 'vitals_day',
        recordId: `daily-sleep-temperature-derivations:${DAY}`,
        temperatureDeviationC: 33.9 - 33.4,
        spo2Pct: null,
      },
    ],
  },
  ...Object.entries(notifications).map(([name, body]) => ({
    name: `${name}: a notification gives no rows`,
    domain: 'notification',
    body,
    rows: [],
    ignored: Array.from({ length: Array.isArray(body) ? body.length : 1 }, () => 'unknown_data_type' as const),
  })),
];

const LISTS = ['dataPoints', 'rollupDataPoints', 'point'];

normaliserSuite({
  normaliser: googleHealth,
  cases: [...PUBLIC_SAMPLES, ...FIXTURE_CASES],
  pageOf: ({ body }, before, after) => {
    const list = isItem(body) ? LISTS.find((name) => Array.isArray(body[name])) : undefined;
    if (!isItem(body) || list === undefined) {
      const isFit = isItem(body) && 'dataSourceId' in body;
      return isFit ? { ...body, point: [...before, ...after] } : { data: [...before, body, ...after] };
    }
    return { ...body, [list]: [...before, ...(body[list] as unknown[]), ...after] };
  },
});
