import { readFileSync } from 'node:fs';
import { type Item, isItem, parseBody } from '../normaliser.ts';
import { type PayloadCase, normaliserSuite } from '../normaliser.test-suite.ts';
import { oura } from './oura.ts';

const FIXTURES = `${process.cwd()}/../shared/fixtures`;
const load = (path: string): Item => parseBody(readFileSync(`${FIXTURES}/${path}.json`)) as Item;
const publicSample = (name: string): Item => load(`public-samples/oura/${name}`);
const itemsOf = (body: unknown): Item[] => (body as { data: Item[] }).data;

const H = '8f9a5221-639e-4a85-81cb-4065ef23f979';
const SLEEP_SLOTS = [
  'sleep_night',
  'hrv_night',
  'resting_heart_rate',
  'sample_block/heart_rate',
  'sample_block/hrv_rmssd',
];
const sleepSlots = (id: string): string[] => [...SLEEP_SLOTS.map((kind) => `${kind} ${id}`), `vitals_day sleep:${id}`];
const sleepSlotsBut = (id: string, ...given: string[]): string[] =>
  sleepSlots(id).filter((slot) => !given.some((kind) => slot.startsWith(kind)));

const HRV_BLOCK = { sampleKind: 'hrv_rmssd' };
const HR_BLOCK = { sampleKind: 'heart_rate' };
/** The rows a whole night gives. */
const night = (id: string, day: string, fields: Item = {}): PayloadCase['rows'] => [
  { kind: 'sleep_night', recordId: id, day, role: 'night_candidate', ...fields },
  { kind: 'hrv_night', recordId: id, day, sleepRecordId: id, metric: 'RMSSD', method: 'average_of_night' },
  { kind: 'resting_heart_rate', recordId: id, day, sleepRecordId: id, method: 'lowest_of_night' },
  { kind: 'vitals_day', recordId: `sleep:${id}`, day, sleepRecordId: id, temperatureDeviationC: null },
  { kind: 'sample_block', recordId: id, day, ...HR_BLOCK },
  { kind: 'sample_block', recordId: id, day, ...HRV_BLOCK },
];

const spo2AndStress = load('oura/daily_spo2_and_stress');
const singles = load('oura/sleep_single_documents');

const PUBLIC_SAMPLES: PayloadCase[] = [
  {
    name: 'hedgertronic-daily-sleep: a score and its contributors are no sleep',
    domain: 'daily_sleep',
    body: publicSample('hedgertronic-daily-sleep'),
    rows: [],
    ignored: ['scores_only'],
  },
  {
    name: 'hedgertronic-daily-readiness: the temperature only, not the scores',
    domain: 'daily_readiness',
    body: publicSample('hedgertronic-daily-readiness-null-contributor'),
    rows: [
      {
        kind: 'vitals_day',
        recordId: `daily_readiness:${H}`,
        day: '2021-10-27',
        temperatureDeviationC: -0.2,
        respiratoryRateBrpm: null,
        spo2Pct: null,
        stressHighS: null,
      },
    ],
  },
  {
    name: 'hedgertronic-daily-activity: steps of the day from 04:00 local',
    domain: 'daily_activity',
    body: publicSample('hedgertronic-daily-activity'),
    rows: [
      {
        kind: 'steps_day',
        recordId: H,
        day: '2021-11-26',
        steps: 18430,
        distanceM: 20122,
        activeEnergyKcal: 1222,
        nonWearS: 27480,
        zoneOffsetMin: -480,
        capturedAt: new Date('2021-11-27T12:00:00Z'),
        stateRank: 1,
      },
    ],
    closed: [],
  },
  {
    name: 'hedgertronic-sleep: implausible values are dropped, a null sample uses up its 300 s',
    domain: 'sleep',
    body: publicSample('hedgertronic-sleep-implausible-values'),
    rows: [
      {
        kind: 'sleep_night',
        recordId: H,
        day: '2022-07-12',
        bedtimeStart: new Date('2022-07-12T08:05:14Z'),
        bedtimeEnd: new Date('2022-07-12T16:25:14Z'),
        capturedAt: new Date('2022-07-12T16:25:14Z'),
        zoneOffsetMin: -420,
        asleepMin: 25_200 / 60,
        deepMin: 4170 / 60,
        lightMin: 18_750 / 60,
        remMin: 2280 / 60,
        awakeMin: 80,
        inBedMin: 500,
        latencyMin: 9,
        efficiencyPct: 84,
        averageHeartRateBpm: null,
        wakeCount: null,
        wasoMin: null,
        awakeningsOver5Min: null,
        stages: null,
        flags: ['asleep_derived_from_stages', 'implausible_hrv_dropped', 'implausible_hr_dropped'],
      },
      { kind: 'hrv_night', recordId: H, ms: 117, lnMs: Math.log(117) },
      { kind: 'resting_heart_rate', recordId: H, bpm: 48 },
      { kind: 'vitals_day', recordId: `sleep:${H}`, respiratoryRateBrpm: 12.625 },
      {
        kind: 'sample_block',
        recordId: H,
        ...HR_BLOCK,
        startedAt: new Date('2022-07-12T08:05:14Z'),
        offsetsS: [300, 600],
        values: [50, 46],
      },
    ],
    closed: [`sample_block/hrv_rmssd ${H}`],
  },
  {
    name: 'hedgertronic-workout: an end before the start is quarantined',
    domain: 'workout',
    body: publicSample('hedgertronic-workout-ends-before-start'),
    rows: [],
    closed: [],
    rejected: ['window_inverted'],
  },
  {
    name: 'ow-workout-running: times, distance, energy, no heart rate',
    domain: 'workout',
    body: publicSample('ow-workout-running'),
    rows: [
      {
        kind: 'workout',
        recordId: 'oura-workout-abc123',
        day: '2024-01-15',
        activity: 'running',
        startedAt: new Date('2024-01-15T08:00:00Z'),
        endedAt: new Date('2024-01-15T09:00:00Z'),
        durationS: 3600,
        distanceM: 5000,
        energyKcal: 350.5,
        averageHeartRateBpm: null,
        intensity: 'moderate',
        isManual: false,
      },
    ],
  },
  {
    name: 'ow-sleep-inverted-window: quarantined',
    domain: 'sleep',
    body: publicSample('ow-sleep-inverted-window'),
    rows: [],
    closed: [],
    rejected: ['window_inverted'],
  },
  {
    name: 'ow-sleep-mixed-types: night, nap, rest and deleted',
    domain: 'sleep',
    body: publicSample('ow-sleep-mixed-types'),
    rows: [
      {
        kind: 'sleep_night',
        recordId: 's1',
        day: '2024-01-15',
        role: 'night_candidate',
        inBedMin: 480,
        asleepMin: null,
        efficiencyPct: null,
      },
      { kind: 'sleep_night', recordId: 's2', day: '2024-01-15', role: 'nap', inBedMin: 30, asleepMin: null },
    ],
    ignored: ['not_sleep'],
    closed: [
      ...sleepSlotsBut('s1', 'sleep_night'),
      ...sleepSlotsBut('s2', 'sleep_night'),
      ...sleepSlots('s3'),
      ...sleepSlots('s4'),
    ],
  },
  {
    name: 'sparky-sleep-long: a phase string of 25 minutes counts no wakes',
    domain: 'sleep',
    body: publicSample('sparky-sleep-long'),
    rows: [
      {
        kind: 'sleep_night',
        recordId: 'period-1',
        day: '2026-07-15',
        bedtimeStart: new Date('2026-07-14T23:00:00Z'),
        bedtimeEnd: new Date('2026-07-15T07:00:00Z'),
        asleepMin: 450,
        deepMin: 100,
        lightMin: 250,
        remMin: 100,
        awakeMin: 30,
        averageHeartRateBpm: 55,
        stages: { epochS: 300, phases: '42113' },
        wakeCount: null,
        wasoMin: null,
        flags: ['stages_partial'],
      },
      { kind: 'hrv_night', recordId: 'period-1', ms: 62 },
      { kind: 'resting_heart_rate', recordId: 'period-1', bpm: 48 },
      { kind: 'vitals_day', recordId: 'sleep:period-1', respiratoryRateBrpm: 14.5 },
    ],
  },
  ...['webhook-create-daily-sleep', 'webhook-update-minimal'].map((name) => ({
    name: `${name}: a notification gives no rows`,
    domain: 'notification',
    body: publicSample(name),
    rows: [],
    ignored: ['unknown_data_type' as const],
  })),
];

const EDGE = {
  longer: '98b3684e-ab21-4ffe-86ab-87ed532733ec',
  shorter: '5a0acc50-55b6-441d-b252-d3a6f9e35a8a',
  lateNap: '005c5caa-78ca-4a50-a34b-0ac6994e6167',
  rest: '64508908-5c7a-410a-b15e-96238b616d68',
  withoutHrv: 'e0dd48d9-5001-45fd-abd1-1c65da4640a6',
  deleted: 'dfda1135-30e3-4112-a764-957604f93fd3',
};
const EDITED = 'a0f208c7-e455-48ce-bf2c-f5455a5fc25f';

const FIXTURE_CASES: PayloadCase[] = [
  {
    name: 'sleep edge cases',
    domain: 'sleep',
    body: load('oura/sleep_edge_cases'),
    rows: [
      ...night(EDGE.longer, '2026-11-17', { asleepMin: 197 }),
      ...night(EDGE.shorter, '2026-11-17', { asleepMin: 192 }),
      { kind: 'sleep_night', recordId: EDGE.lateNap, day: '2026-11-18', role: 'nap' },
      { kind: 'sample_block', recordId: EDGE.lateNap, ...HR_BLOCK },
      { kind: 'sample_block', recordId: EDGE.lateNap, ...HRV_BLOCK },
      ...night(EDGE.withoutHrv, '2026-11-18', { asleepMin: 407, wakeCount: 9 }).filter(
        (row) => row.kind !== 'hrv_night' && row['sampleKind'] !== 'hrv_rmssd',
      ),
    ],
    ignored: ['not_sleep'],
    closed: [
      ...sleepSlotsBut(EDGE.lateNap, 'sleep_night', 'sample_block'),
      ...sleepSlots(EDGE.rest),
      `hrv_night ${EDGE.withoutHrv}`,
      `sample_block/hrv_rmssd ${EDGE.withoutHrv}`,
      ...sleepSlots(EDGE.deleted),
    ],
  },
  {
    name: 'a single document',
    domain: 'sleep',
    body: singles['first_fetch'],
    rows: night(EDITED, '2026-11-16', { asleepMin: 463, efficiencyPct: 94, latencyMin: 16.5, wakeCount: 4 }),
    closed: [],
  },
  {
    name: 'the same document after a bedtime edit',
    domain: 'sleep',
    body: singles['after_bedtime_edit'],
    rows: night(EDITED, '2026-11-16', { efficiencyPct: 90, latencyMin: 36.5, wakeCount: 4 }),
    closed: [],
  },
  {
    name: 'heart rate samples become one block of their UTC day',
    domain: 'heartrate',
    body: load('oura/heartrate'),
    rows: [
      {
        kind: 'sample_block',
        recordId: 'heartrate:2026-11-03:030000-075500',
        day: '2026-11-03',
        startedAt: new Date('2026-11-03T03:00:00Z'),
        capturedAt: new Date('2026-11-03T07:55:00Z'),
        offsetsS: Array.from({ length: 60 }, (_, i) => i * 300),
        values: itemsOf(load('oura/heartrate')).map(({ bpm }) => bpm),
        ...HR_BLOCK,
      },
    ],
  },
  {
    name: 'workouts with and without distance and energy',
    domain: 'workout',
    body: load('oura/workout'),
    rows: [
      {
        kind: 'workout',
        recordId: '0937a823-8be7-4abd-a67e-14e51f111974',
        activity: 'running',
        durationS: 2290,
        distanceM: 6210.4,
        energyKcal: 412.3,
        startedAt: new Date('2026-11-04T15:14:00Z'),
        zoneOffsetMin: 120,
        isManual: false,
      },
      { kind: 'workout', recordId: '6f24439c-b39c-4f9e-8abb-eeceac6d9caf', distanceM: null, energyKcal: 121.5 },
      {
        kind: 'workout',
        recordId: 'efffd1c5-10bf-4900-bb0c-49d4560877dd',
        activity: 'strengthTraining',
        energyKcal: null,
        isManual: true,
      },
    ],
  },
  {
    name: 'SpO2: a null object is no measurement',
    domain: 'daily_spo2',
    body: spo2AndStress['GET /v2/usercollection/daily_spo2'],
    rows: [
      { kind: 'vitals_day', recordId: 'daily_spo2:71a32da3-709a-4dd1-9ea7-a766193d8144', spo2Pct: 97.413 },
      { kind: 'vitals_day', recordId: 'daily_spo2:3c06923c-b49b-448f-a1fd-edfd57c5d179', spo2Pct: 96.981 },
      { kind: 'vitals_day', recordId: 'daily_spo2:0a42a818-f344-4d96-9111-6deb2613daa8', spo2Pct: 97.204 },
    ],
    closed: ['vitals_day daily_spo2:bd0a0160-317f-43b3-89ad-41d1bd08b0df'],
    ignored: ['no_value'],
  },
  {
    name: 'SpO2: an average of 0 is no measurement',
    domain: 'daily_spo2',
    body: { id: 'z', day: '2026-11-03', spo2_percentage: { average: 0 } },
    rows: [],
    closed: ['vitals_day daily_spo2:z'],
    ignored: ['no_value'],
  },
  {
    name: 'stress: seconds, and nulls are no measurement',
    domain: 'daily_stress',
    body: spo2AndStress['GET /v2/usercollection/daily_stress'],
    rows: [
      {
        kind: 'vitals_day',
        recordId: 'daily_stress:e6a22332-cda9-4a07-b8ff-13b503d61ae1',
        stressHighS: 2700,
        recoveryHighS: 9000,
      },
      { kind: 'vitals_day', recordId: 'daily_stress:b3bc0571-0e74-4c47-a257-2d91b44dbcd2', stressHighS: 4500 },
      { kind: 'vitals_day', recordId: 'daily_stress:9548f2d3-7a4a-4c4e-a650-4c3408217f88', stressHighS: 11_700 },
    ],
    ignored: ['no_value'],
  },
];

normaliserSuite({
  normaliser: oura,
  cases: [...PUBLIC_SAMPLES, ...FIXTURE_CASES],
  pageOf: ({ body }, before, after) => ({
    data: [
      ...before,
      ...(isItem(body) && Array.isArray(body['data']) ? (body['data'] as unknown[]) : [body]),
      ...after,
    ],
    next_token: null,
  }),
});
