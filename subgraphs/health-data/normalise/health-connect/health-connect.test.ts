import { readFileSync } from 'node:fs';
import { healthConnect } from './health-connect.ts';
import { type Item, isItem, parseBody } from '../normaliser.ts';
import { type PayloadCase, normaliserSuite } from '../normaliser.test-suite.ts';

const load = (path: string): Item =>
  parseBody(readFileSync(`${process.cwd()}/../shared/fixtures/${path}.json`)) as Item;

const NIGHT = '85ec8329-0f30-4109-ad9c-f1cf32756fbb';
const MODIFIED = new Date('2026-11-15T06:00:00Z');

const CASES: PayloadCase[] = [
  {
    name: 'upload_day: a whole day of records',
    domain: 'upload',
    body: load('health_connect/upload_day'),
    rows: [
      {
        kind: 'sleep_night',
        recordId: NIGHT,
        role: 'night_candidate',
        day: '2026-11-15',
        zoneOffsetMin: 120,
        bedtimeStart: new Date('2026-11-14T20:50:00Z'),
        bedtimeEnd: new Date('2026-11-15T04:45:00Z'),
        capturedAt: new Date('2026-11-15T04:45:00Z'),
        inBedMin: 475,
        asleepMin: 440,
        awakeMin: 35,
        wasoMin: 20,
        latencyMin: 10,
        wakeCount: 3,
        awakeningsOver5Min: 3,
        deepMin: 90,
        lightMin: 270,
        remMin: 80,
        efficiencyPct: (440 / 475) * 100,
        sourceUpdatedAt: MODIFIED,
      },
      {
        kind: 'hrv_night',
        recordId: `rmssd:${NIGHT}`,
        metric: 'RMSSD',
        method: 'average_of_samples',
        ms: 38.5,
        lnMs: Math.log(38.5),
        day: '2026-11-15',
        sleepRecordId: NIGHT,
      },
      {
        kind: 'resting_heart_rate',
        recordId: '52636414-d05f-42e3-b975-834c17b47dae',
        bpm: 59,
        day: '2026-11-15',
        sourceUpdatedAt: MODIFIED,
      },
      {
        kind: 'sample_block',
        recordId: '89ffa183-6d5b-4551-9561-366e36dd5a47',
        sampleKind: 'heart_rate',
        offsetsS: [0, 60, 120],
        values: [62, 61, 60],
      },
      {
        kind: 'sample_block',
        recordId: 'hrv_rmssd:2026-11-14:225000-225000',
        sampleKind: 'hrv_rmssd',
        values: [36.8],
      },
      { kind: 'sample_block', recordId: 'hrv_rmssd:2026-11-15:005000-005000', values: [40.2] },
      { kind: 'steps_day', recordId: 'steps:2026-11-15', steps: 812, stateRank: 1 },
      {
        kind: 'workout',
        recordId: 'ed83698b-23b1-4d78-b4fa-4a79acf35e0f',
        activity: 'running',
        durationS: 2400,
        isManual: false,
      },
      { kind: 'vitals_day', recordId: `sleep:${NIGHT}`, spo2Pct: 96, respiratoryRateBrpm: 14.1, sleepRecordId: NIGHT },
    ],
    closed: [],
  },
  {
    name: 'an exercise with laps: each a split, the unreadable one left out',
    domain: 'upload',
    body: {
      provider: 'health_connect',
      data: {
        records: [
          {
            recordType: 'ExerciseSessionRecord',
            startTime: '2026-11-15T10:00:00Z',
            endTime: '2026-11-15T11:00:00Z',
            startZoneOffset: '+02:00',
            endZoneOffset: '+02:00',
            exerciseType: 56,
            laps: [
              { startTime: '2026-11-15T10:00:00Z', endTime: '2026-11-15T10:20:00Z', length: { inMeters: 4000 } },
              { startTime: '2026-11-15T10:20:00Z', endTime: '2026-11-15T10:19:00Z' },
              { startTime: '2026-11-15T10:20:00Z', endTime: '2026-11-15T11:00:00Z', length: 8000 },
            ],
            segments: [],
            metadata: { id: 'run-1', lastModifiedTime: '2026-11-15T12:00:00Z' },
          },
        ],
      },
    },
    rows: [
      { kind: 'workout', recordId: 'run-1', activity: 'running', flags: [] },
      {
        kind: 'workout_splits',
        recordId: 'run-1',
        day: '2026-11-15',
        sourceUpdatedAt: new Date('2026-11-15T12:00:00Z'),
        splits: [
          {
            index: 1,
            startedAt: new Date('2026-11-15T10:00:00Z'),
            durationS: 1200,
            distanceM: 4000,
            averageHeartRateBpm: null,
            elevationGainM: null,
          },
          {
            index: 3,
            startedAt: new Date('2026-11-15T10:20:00Z'),
            durationS: 2400,
            distanceM: 8000,
            averageHeartRateBpm: null,
            elevationGainM: null,
          },
        ],
        flags: ['splits_partial'],
      },
    ],
    closed: [],
  },
  {
    name: 'mcnaveen-steps-hr: the webhook app knows no ids and no zone',
    domain: 'upload',
    body: load('public-samples/healthconnect/mcnaveen-steps-hr'),
    rows: [
      { kind: 'steps_day', recordId: 'steps:2026-05-08', steps: 8421, day: '2026-05-08', flags: ['day_derived'] },
      {
        kind: 'sample_block',
        recordId: 'heart_rate:2026-05-09:081500-081500',
        startedAt: new Date('2026-05-09T08:15:00Z'),
        values: [72],
      },
    ],
    closed: [],
  },
];

normaliserSuite({
  normaliser: healthConnect,
  cases: CASES,
  pageOf: ({ body }, before, after) => {
    const records = isItem(body) && isItem(body['data']) ? body['data']['records'] : [];
    return { ...(body as Item), data: { records: [...before, ...(records as unknown[]), ...after] } };
  },
});
