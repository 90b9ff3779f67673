import { readFileSync } from 'node:fs';
import { type Item, parseBody } from '../normaliser.ts';
import { type PayloadCase, normaliserSuite } from '../normaliser.test-suite.ts';
import { strava } from './strava.ts';

const FIXTURES = `${process.cwd()}/../shared/fixtures`;
const load = (path: string): unknown => parseBody(readFileSync(`${FIXTURES}/${path}.json`));

const SAMPLED_ACTIVITY: Item = {
  id: '10500000001',
  start_date: '2024-01-15T08:00:00Z',
  start_date_local: '2024-01-15T09:00:00Z',
  utc_offset: 3600,
  elapsed_time: 60,
};

const PUBLIC_SAMPLES: PayloadCase[] = [
  {
    name: 'stravalib-activity-run-no-hr: local time ends in Z and is no UTC; only type, no sport_type',
    domain: 'activity',
    body: load('public-samples/strava/stravalib-activity-run-no-hr'),
    rows: [
      {
        kind: 'workout',
        recordId: '99895560',
        day: '2013-12-12',
        activity: 'Run',
        startedAt: new Date('2013-12-12T19:36:41Z'),
        endedAt: new Date('2013-12-12T20:29:01Z'),
        capturedAt: new Date('2013-12-12T20:29:01Z'),
        zoneOffsetMin: -480,
        durationS: 2892,
        distanceM: 5781.1,
        energyKcal: 537.9,
        elevationGainM: 13.5,
        averageHeartRateBpm: null,
        maxHeartRateBpm: null,
        heartRateZonesS: null,
        intensity: null,
        isManual: false,
        stateRank: 1,
        flags: [],
      },
    ],
    closed: [],
  },
  {
    name: 'stravalib-activity-manual-hike: typed in, so its 0 m of gain were never measured',
    domain: 'activity',
    body: load('public-samples/strava/stravalib-activity-manual-hike'),
    rows: [
      {
        kind: 'workout',
        recordId: '96089609',
        day: '2013-11-17',
        activity: 'Hike',
        startedAt: new Date('2013-11-17T16:00:00Z'),
        durationS: 38_700,
        distanceM: 22_530.8,
        energyKcal: 2084.438266172827,
        elevationGainM: null,
        isManual: true,
        flags: [],
      },
    ],
  },
  {
    name: 'swagger-activity-ride-64bit-ids: the id survives, kilojoules of work are no energy',
    domain: 'activity',
    body: load('public-samples/strava/swagger-activity-ride-64bit-ids'),
    rows: [
      {
        kind: 'workout',
        recordId: '12345678987654321',
        day: '2018-02-16',
        activity: 'MountainBikeRide',
        startedAt: new Date('2018-02-16T14:52:54Z'),
        endedAt: new Date('2018-02-16T16:06:24Z'),
        durationS: 4207,
        distanceM: 28_099,
        energyKcal: 870.2,
        elevationGainM: 516,
        averageHeartRateBpm: null,
        maxHeartRateBpm: null,
        zoneOffsetMin: -480,
      },
    ],
    closed: ['sample_block/heart_rate 12345678987654321'],
  },
  {
    name: 'ow-streams-three-seconds: heart rate at +0, +1, +2 s of the start of its activity',
    domain: 'streams',
    body: { activity: SAMPLED_ACTIVITY, streams: load('public-samples/strava/ow-streams-three-seconds') },
    rows: [
      {
        kind: 'sample_block',
        recordId: '10500000001',
        sampleKind: 'heart_rate',
        day: '2024-01-15',
        startedAt: new Date('2024-01-15T08:00:00Z'),
        capturedAt: new Date('2024-01-15T08:00:02Z'),
        zoneOffsetMin: 60,
        offsetsS: [0, 1, 2],
        values: [120, 121, 122],
        flags: [],
      },
    ],
    closed: [],
  },
  {
    name: 'webhook-activity-create: a notification is no activity',
    domain: 'notification',
    body: load('public-samples/strava/webhook-activity-create'),
    rows: [],
    ignored: ['unknown_data_type'],
  },
];

const FIXTURE_CASES: PayloadCase[] = [
  {
    name: 'activities_page1: gravel ride, yoga, pool, hidden start',
    domain: 'activity',
    body: load('strava/activities_page1'),
    rows: [
      {
        kind: 'workout',
        recordId: '16301000001',
        day: '2026-11-15',
        activity: 'Run',
        startedAt: new Date('2026-11-15T15:12:00Z'),
        endedAt: new Date('2026-11-15T15:56:55Z'),
        durationS: 2610,
        distanceM: 8046.7,
        energyKcal: null,
        elevationGainM: 62.4,
        averageHeartRateBpm: 149.3,
        maxHeartRateBpm: 176,
        stateRank: 0,
        flags: [],
      },
      {
        kind: 'workout',
        recordId: '16301000002',
        day: '2026-11-14',
        activity: 'GravelRide',
        durationS: 6480,
        distanceM: 42_310.2,
        energyKcal: null,
        elevationGainM: 512,
        averageHeartRateBpm: 134.8,
        maxHeartRateBpm: 168,
      },
      {
        // 18:00 of the 13th where it took place, the 14th in UTC.
        kind: 'workout',
        recordId: '16301000003',
        day: '2026-11-13',
        activity: 'Yoga',
        durationS: 3600,
        distanceM: null,
        elevationGainM: null,
        averageHeartRateBpm: null,
        isManual: true,
        flags: [],
      },
      {
        kind: 'workout',
        recordId: '16301000004',
        day: '2026-11-12',
        activity: 'Swim',
        endedAt: new Date('2026-11-12T15:21:40Z'),
        durationS: 1920,
        distanceM: 1500,
        elevationGainM: 0,
        maxHeartRateBpm: 150,
        isManual: false,
        flags: [],
      },
      {
        kind: 'workout',
        recordId: '16301000005',
        day: '2026-11-11',
        durationS: 1740,
        averageHeartRateBpm: 141.2,
        flags: ['start_time_hidden'],
      },
    ],
    closed: ['sample_block/heart_rate 16301000003', 'sample_block/heart_rate 16301000005'],
  },
  {
    name: 'activity_detail: the detailed form is final and has the energy',
    domain: 'activity',
    body: load('strava/activity_detail'),
    rows: [
      {
        kind: 'workout',
        recordId: '16301000001',
        day: '2026-11-15',
        energyKcal: 611.3,
        durationS: 2610,
        averageHeartRateBpm: 149.3,
        stateRank: 1,
        zoneOffsetMin: -480,
      },
    ],
    closed: [],
  },
  {
    name: 'activity_streams: sixty samples, five seconds apart',
    domain: 'streams',
    body: { activity: load('strava/activity_detail'), streams: load('strava/activity_streams') },
    rows: [
      {
        kind: 'sample_block',
        recordId: '16301000001',
        sampleKind: 'heart_rate',
        day: '2026-11-15',
        startedAt: new Date('2026-11-15T15:12:00Z'),
        capturedAt: new Date('2026-11-15T15:16:55Z'),
        offsetsS: Array.from({ length: 60 }, (_, i) => i * 5),
        values: (load('strava/activity_streams') as { heartrate: { data: number[] } }).heartrate.data,
        flags: [],
      },
    ],
    closed: [],
  },
];

normaliserSuite({
  normaliser: strava,
  cases: [...PUBLIC_SAMPLES, ...FIXTURE_CASES],
  pageOf: ({ body }, before, after) => [...before, ...(Array.isArray(body) ? (body as unknown[]) : [body]), ...after],
});
