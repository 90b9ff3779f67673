import { readFileSync } from 'node:fs';
import { type Item, isItem, parseBody } from '../normaliser.ts';
import { type PayloadCase, normaliserSuite } from '../normaliser.test-suite.ts';
import { whoop } from './whoop.ts';

const FIXTURES = `${process.cwd()}/../shared/fixtures`;
const load = (path: string): Item => parseBody(readFileSync(`${FIXTURES}/${path}.json`)) as Item;
const publicSample = (name: string): Item => load(`public-samples/whoop/${name}`);
const recordsOf = (body: unknown): Item[] => (body as { records: Item[] }).records;

const at = (text: string): Date => new Date(text);

const SAMPLE_ID = 'ecfc6a15-4661-442f-a9a4-f160dd7afae8';
const SAMPLE_RECOVERY_OF = '123e4567-e89b-12d3-a456-426614174000';

const PUBLIC_SAMPLES: PayloadCase[] = [
  {
    name: 'v2-recovery-scored: of a sleep that has not arrived, kept with created_at',
    domain: 'recovery',
    body: publicSample('v2-recovery-scored'),
    rows: [
      {
        kind: 'hrv_night',
        recordId: SAMPLE_RECOVERY_OF,
        sleepRecordId: SAMPLE_RECOVERY_OF,
        day: '2026-05-25',
        capturedAt: at('2026-05-25T07:14:02Z'),
        zoneOffsetMin: null,
        sourceUpdatedAt: at('2026-05-25T07:14:02Z'),
        stateRank: 0,
        metric: 'RMSSD',
        method: 'average_of_night',
        ms: 68.4,
        lnMs: Math.log(68.4),
        flags: ['day_derived'],
      },
      { kind: 'resting_heart_rate', recordId: SAMPLE_RECOVERY_OF, bpm: 51.2, method: 'vendor_resting' },
      {
        kind: 'vitals_day',
        recordId: `recovery:${SAMPLE_RECOVERY_OF}`,
        sleepRecordId: SAMPLE_RECOVERY_OF,
        spo2Pct: 96.7,
        respiratoryRateBrpm: null,
        temperatureDeviationC: null,
      },
    ],
    closed: [],
  },
  {
    name: 'v2-sleep-collection-scored: the night in its own offset',
    domain: 'sleep',
    body: publicSample('v2-sleep-collection-scored'),
    rows: [
      {
        kind: 'sleep_night',
        recordId: SAMPLE_ID,
        role: 'night_candidate',
        day: '2026-05-25',
        bedtimeStart: at('2026-05-24T23:18:00Z'),
        bedtimeEnd: at('2026-05-25T06:51:00Z'),
        capturedAt: at('2026-05-25T06:51:00Z'),
        zoneOffsetMin: -240,
        sourceUpdatedAt: at('2026-05-25T07:14:01.137Z'),
        inBedMin: 453,
        asleepMin: 430,
        lightMin: 226,
        deepMin: 102,
        remMin: 102,
        awakeMin: 23,
        efficiencyPct: 94.9,
        wakeCount: 6,
        latencyMin: null,
        wasoMin: null,
        awakeningsOver5Min: null,
        averageHeartRateBpm: null,
        stages: null,
        flags: [],
      },
      {
        kind: 'vitals_day',
        recordId: `sleep:${SAMPLE_ID}`,
        sleepRecordId: SAMPLE_ID,
        day: '2026-05-25',
        respiratoryRateBrpm: 15.86,
        spo2Pct: null,
      },
    ],
    closed: [],
  },
  {
    name: 'v2-workout-collection-scored: a page with more to fetch, under the id of the sleep above',
    domain: 'workout',
    body: publicSample('v2-workout-collection-scored'),
    rows: [
      {
        kind: 'workout',
        recordId: SAMPLE_ID,
        day: '2026-05-24',
        activity: 'running',
        startedAt: at('2026-05-24T08:30:00Z'),
        endedAt: at('2026-05-24T09:32:14Z'),
        capturedAt: at('2026-05-24T09:32:14Z'),
        zoneOffsetMin: -240,
        sourceUpdatedAt: at('2026-05-24T10:11:24.502Z'),
        durationS: 3734,
        distanceM: 8123.4,
        averageHeartRateBpm: 152,
        maxHeartRateBpm: 178,
        energyKcal: expect.closeTo(438.04, 2) as number,
        elevationGainM: 64.2,
        heartRateZonesS: [0, 240, 540, 1500, 1380, 60],
        intensity: null,
        isManual: false,
        flags: [],
      },
    ],
    closed: [],
  },
  {
    name: 'v1-sleep-stages-do-not-add-up: the numbers of the vendor, also where they exceed the window',
    domain: 'sleep',
    body: publicSample('v1-sleep-stages-do-not-add-up'),
    rows: [
      {
        kind: 'sleep_night',
        recordId: '93845',
        day: '2022-04-24',
        bedtimeStart: at('2022-04-24T02:25:44.774Z'),
        bedtimeEnd: at('2022-04-24T10:25:44.774Z'),
        zoneOffsetMin: -300,
        inBedMin: expect.closeTo(30_272_735 / 60_000) as number,
        asleepMin: expect.closeTo((14_905_851 + 6_630_370 + 5_879_573) / 60_000) as number,
        lightMin: expect.closeTo(14_905_851 / 60_000) as number,
        deepMin: expect.closeTo(6_630_370 / 60_000) as number,
        remMin: expect.closeTo(5_879_573 / 60_000) as number,
        awakeMin: expect.closeTo(1_403_507 / 60_000) as number,
        efficiencyPct: 91.69533848,
        wakeCount: 12,
      },
      { kind: 'vitals_day', recordId: 'sleep:93845', respiratoryRateBrpm: 16.11328125 },
    ],
    closed: [],
  },
  {
    name: 'webhook-sleep-updated: a notification gives no rows',
    domain: 'notification',
    body: publicSample('webhook-sleep-updated'),
    rows: [],
    ignored: ['unknown_data_type'],
  },
];

const EDGE = {
  calibrating: '690a29d4-2fd6-4245-a273-ebc5f87c61f0',
  pending: 'aa6276d3-2bdf-42f7-8e07-e0b637bcaab1',
  unscorable: '5dacc139-1a2e-4a9e-a506-6f5d44e3a244',
};
const edge = load('whoop/edge_cases');
const edgeSleeps = edge['GET /v2/activity/sleep'];
const edgeRecoveries = edge['GET /v2/recovery'];

const EDGE_SLEEP_ROWS: PayloadCase['rows'] = [
  {
    kind: 'sleep_night',
    recordId: EDGE.calibrating,
    day: '2026-11-18',
    capturedAt: at('2026-11-17T22:10:00Z'),
    zoneOffsetMin: 540,
    inBedMin: 486.5,
    asleepMin: 462,
    wakeCount: 7,
  },
  { kind: 'vitals_day', recordId: `sleep:${EDGE.calibrating}`, day: '2026-11-18', respiratoryRateBrpm: 15 },
];
const recoveryRows = (id: string, fields: Item): PayloadCase['rows'] => [
  { kind: 'hrv_night', recordId: id, sleepRecordId: id, ms: 61.004, ...fields },
  { kind: 'resting_heart_rate', recordId: id, sleepRecordId: id, bpm: 53, ...fields },
];
const CLOSED_SLEEP = [`sleep_night ${EDGE.unscorable}`, `vitals_day sleep:${EDGE.unscorable}`];
const CLOSED_RECOVERY = [
  `vitals_day recovery:${EDGE.calibrating}`,
  `hrv_night ${EDGE.unscorable}`,
  `resting_heart_rate ${EDGE.unscorable}`,
  `vitals_day recovery:${EDGE.unscorable}`,
];

const workout = (id: string, activity: string, fields: Item): PayloadCase['rows'][number] => ({
  kind: 'workout',
  recordId: id,
  activity,
  zoneOffsetMin: -300,
  flags: [],
  ...fields,
});

const FIXTURE_CASES: PayloadCase[] = [
  {
    name: 'sleep edge cases: scored is stored, pending waits, unscorable closes',
    domain: 'sleep',
    body: edgeSleeps,
    rows: EDGE_SLEEP_ROWS,
    closed: CLOSED_SLEEP,
    ignored: ['no_value', 'no_value'],
  },
  {
    name: 'recovery edge cases: without their sleeps the day is that of created_at',
    domain: 'recovery',
    body: edgeRecoveries,
    rows: recoveryRows(EDGE.calibrating, {
      day: '2026-11-17',
      capturedAt: at('2026-11-17T22:20:00Z'),
      flags: ['day_derived', 'calibrating'],
    }),
    closed: CLOSED_RECOVERY,
    ignored: ['no_value', 'no_value'],
  },
  ...['sleep', 'recovery'].map((domain) => ({
    name: `edge cases of sleep and recovery in one ${domain} body: the recovery takes the times of its sleep`,
    domain,
    body: { records: [...recordsOf(edgeRecoveries), ...recordsOf(edgeSleeps)] },
    rows: [
      ...EDGE_SLEEP_ROWS,
      ...recoveryRows(EDGE.calibrating, {
        day: '2026-11-18',
        capturedAt: at('2026-11-17T22:10:00Z'),
        zoneOffsetMin: 540,
        flags: ['calibrating'],
      }),
    ],
    closed: [...CLOSED_SLEEP, ...CLOSED_RECOVERY],
    ignored: Array<'no_value'>(4).fill('no_value'),
  })),
  {
    name: 'workouts, one of them unscorable: times and sport only',
    domain: 'workout',
    body: load('whoop/workout_page'),
    rows: [
      workout('f0f3e15d-de55-4997-9e75-35cd8b387508', 'yoga', {
        day: '2026-11-13',
        startedAt: at('2026-11-13T12:00:00Z'),
        endedAt: at('2026-11-13T12:20:00Z'),
        durationS: 1200,
        distanceM: null,
        energyKcal: null,
        elevationGainM: null,
        averageHeartRateBpm: null,
        maxHeartRateBpm: null,
        heartRateZonesS: null,
        stateRank: 1,
      }),
      workout('bf6c17e5-0fca-4a0b-94df-958928cf4c41', 'cycling', {
        durationS: 4800,
        distanceM: 32_110.9,
        energyKcal: 3311.75 / 4.184,
        averageHeartRateBpm: 136,
        maxHeartRateBpm: 169,
        heartRateZonesS: [240, 960, 1440, 1200, 720, 240],
      }),
      workout('669f0341-0310-4dec-9ef5-7d5ff509186e', 'weightlifting_msk', {
        distanceM: null,
        elevationGainM: null,
        averageHeartRateBpm: 112,
      }),
      workout('5f1610a2-ad75-4f33-b41c-768f2263be7e', 'running', { distanceM: 7204.31, averageHeartRateBpm: 148 }),
    ],
    closed: [],
  },
  {
    name: 'a page without records',
    domain: 'sleep',
    body: { records: [], next_token: '' },
    rows: [],
  },
];

/** The suite writes some bodies of its own, with `data` around the items: here they stand in WHOOP's envelope. */
function inRecords(body: unknown): unknown {
  return isItem(body) && Array.isArray(body['data']) ? { records: body['data'] } : body;
}

normaliserSuite({
  normaliser: {
    ...whoop,
    normalise: (delivery) => whoop.normalise({ ...delivery, body: inRecords(delivery.body) }),
  },
  cases: [...PUBLIC_SAMPLES, ...FIXTURE_CASES],
  pageOf: ({ body }, before, after) => ({
    records: [...before, ...(recordsOf(body) ?? [body]), ...after],
    next_token: null,
  }),
});
