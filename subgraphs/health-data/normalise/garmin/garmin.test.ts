import { readFileSync } from 'node:fs';
import { garmin } from './garmin.ts';
import { type Item, isItem, parseBody } from '../normaliser.ts';
import { type PayloadCase, normaliserSuite, seriesOf } from '../normaliser.test-suite.ts';

const FIXTURES = `${process.cwd()}/../shared/fixtures`;
const load = (path: string): Item => parseBody(readFileSync(`${FIXTURES}/${path}.json`)) as Item;
const publicSample = (name: string): Item => load(`public-samples/garmin/${name}`);

const HR_BLOCK = { kind: 'sample_block', sampleKind: 'heart_rate' } as const;
const HRV_BLOCK = { kind: 'sample_block', sampleKind: 'hrv_rmssd' } as const;
/** Garmin names the start of a lap and nothing else. */
const UNKNOWN_LAP = { distanceM: null, averageHeartRateBpm: null, elevationGainM: null };
const SESSION_BLOCK = {
  kind: 'sample_block',
  recordId: '20981230417',
  startedAt: new Date('2026-11-10T16:20:00Z'),
  offsetsS: Array.from({ length: 30 }, (_, i) => i * 5),
} as const;
const utc = (text: string): Date => new Date(text);

const stress = load('garmin/push_stress_and_small_types');
const small = (stress['other'] as { bodies: Record<string, Item> }).bodies;
const account = load('garmin/ping_and_account_notifications');
const pings = (account['ping'] as { bodies: Record<string, Item> }).bodies;
const accountBodies = (account['account'] as { bodies: Record<string, Item> }).bodies;

const WITHOUT_ROWS: PayloadCase[] = [
  ['epochs', publicSample('radar-epochs-walking'), ['not_modelled']],
  ['stress_details', publicSample('radar-stress-details'), ['not_modelled']],
  ['stress_details', stress['stressDetails_body'], ['not_modelled']],
  ['epochs', small['epochs'], ['not_modelled', 'not_modelled']],
  ['pulseox', small['pulseox'], ['not_modelled']],
  ['all_day_respiration', small['allDayRespiration'], ['not_modelled']],
  ['user_metrics', small['userMetrics'], ['not_modelled']],
  ['activity_files', pings['activityFiles'], ['not_modelled']],
  ['activity_files', { fileBase64: 'Dg==' }, ['not_modelled']],
  ...['body_comps', 'blood_pressures', 'health_snapshot', 'mct', 'move_iq_activities'].map((type) => [
    type,
    [{ summaryId: 's' }],
    ['not_modelled'],
  ]),
  ['sleeps', pings['sleeps'], ['no_value']],
  ['hrv', pings['hrv'], ['no_value']],
  ['dailies', pings['dailies'], ['no_value']],
  ['deregistrations', publicSample('ow-deregistration'), ['unknown_data_type']],
  ['deregistrations', accountBodies['deregistrations'], ['unknown_data_type']],
  ['user_permissions_change', publicSample('ow-permission-change'), ['unknown_data_type']],
  ['user_permissions_change', accountBodies['permission_removed'], ['unknown_data_type']],
  ['deregistrations', publicSample('ow-lifecycle-malformed-entries'), ['unknown_data_type', 'unknown_data_type']],
].map(([domain, body, ignored], index) => ({
  name: `body ${index + 1} without rows, ${String(domain)}`,
  domain: domain as string,
  body,
  rows: [],
  closed: [],
  ignored: ignored as NonNullable<PayloadCase['ignored']>,
}));

const deliveries = load('garmin/push_sleeps_tentative_then_final')['deliveries'] as Item[];
const NIGHT = 'sleeps:1794778260';
const FINAL_NIGHT: PayloadCase['rows'] = [
  {
    kind: 'sleep_night',
    recordId: NIGHT,
    day: '2026-11-16',
    stateRank: 1,
    bedtimeEnd: utc('2026-11-16T05:22:00Z'),
    asleepMin: 462,
    awakeMin: 9,
    efficiencyPct: (27_720 / 28_260) * 100,
    wakeCount: 3,
    wasoMin: 9,
    awakeningsOver5Min: 0,
    flags: ['efficiency_derived'],
  },
  { kind: 'vitals_day', recordId: NIGHT, sleepRecordId: NIGHT, spo2Pct: 94.25 },
];

const SLEEPS: PayloadCase[] = [
  {
    name: 'a tentative night, with a gap in its levels',
    domain: 'sleeps',
    body: deliveries[0],
    rows: [
      {
        kind: 'sleep_night',
        recordId: NIGHT,
        day: '2026-11-16',
        stateRank: 0,
        asleepMin: 432,
        wakeCount: 3,
        stages: null,
        flags: ['stages_partial', 'efficiency_derived'],
      },
      { kind: 'vitals_day', recordId: NIGHT, stateRank: 0 },
    ],
  },
  { name: 'the final night', domain: 'sleeps', body: deliveries[1], rows: FINAL_NIGHT, closed: [] },
  {
    name: 'a callback',
    domain: 'sleeps',
    body: (account['ping'] as Item)['callback_response_sleeps'],
    rows: FINAL_NIGHT,
    closed: [],
  },
  {
    name: 'a single summary',
    domain: 'sleeps',
    body: (deliveries[1] as { sleeps: Item[] }).sleeps[0],
    rows: FINAL_NIGHT,
    closed: [],
  },
  {
    name: 'sleep edge cases: off the wrist, typed in, with a nap',
    domain: 'sleeps',
    body: load('garmin/sleep_edge_cases'),
    rows: [
      {
        kind: 'sleep_night',
        recordId: 'sleeps:1794866700',
        day: '2026-11-17',
        stateRank: 0,
        asleepMin: 160,
        inBedMin: 165,
        wakeCount: 1,
        flags: ['series_outside_window', 'off_wrist', 'efficiency_derived'],
      },
      // 0, 3600 and 7200 s: the rest of the series lies after the end.
      {
        kind: 'vitals_day',
        recordId: 'sleeps:1794866700',
        respiratoryRateBrpm: (14.06 + 14.69 + 14.76) / 3,
        spo2Pct: (95 + 95 + 97) / 3,
      },
      {
        kind: 'sleep_night',
        recordId: 'sleeps:1794953700',
        day: '2026-11-18',
        stateRank: 0,
        asleepMin: 450,
        inBedMin: 450,
        wakeCount: null,
        efficiencyPct: null,
        deepMin: null,
        remMin: null,
        awakeMin: null,
      },
      { kind: 'sleep_night', recordId: 'sleeps:1795038600', day: '2026-11-19', stateRank: 1, asleepMin: 453 },
      { kind: 'vitals_day', recordId: 'sleeps:1795038600' },
      {
        kind: 'sleep_night',
        recordId: 'sleeps:1795038600:nap:1795093800',
        day: '2026-11-19',
        role: 'nap',
        asleepMin: 45,
        zoneOffsetMin: 60,
        flags: ['day_derived'],
      },
    ],
    closed: ['vitals_day sleeps:1794953700'],
  },
];

const OTHERS: PayloadCase[] = [
  {
    name: 'a day as it grew, twice in one push: the one with more seconds counts',
    domain: 'dailies',
    body: load('garmin/push_dailies'),
    rows: [
      { kind: 'steps_day', recordId: 'dailies:2026-11-16', day: '2026-11-16', stateRank: 1, steps: 8204 },
      { kind: 'resting_heart_rate', recordId: 'dailies:2026-11-16', bpm: 53 },
      { kind: 'vitals_day', recordId: 'dailies:2026-11-16', stressHighS: 1800 },
      {
        ...HR_BLOCK,
        recordId: 'dailies:2026-11-16',
        day: '2026-11-15',
        startedAt: utc('2026-11-15T23:00:00Z'),
        offsetsS: Array.from({ length: 24 }, (_, hour) => hour * 3600 + 15),
      },
    ],
    closed: [],
  },
  {
    name: 'HRV of a night',
    domain: 'hrv',
    body: load('garmin/push_hrv'),
    rows: [
      { kind: 'hrv_night', recordId: 'hrv:2026-11-16', ms: 45, flags: [] },
      { ...HRV_BLOCK, recordId: 'hrv:2026-11-16', offsetsS: Array.from({ length: 94 }, (_, i) => (i + 1) * 300) },
    ],
  },
  {
    name: 'skin temperature of a night',
    domain: 'skin_temp',
    body: small['skinTemp'],
    rows: [{ kind: 'vitals_day', recordId: 'skinTemp:2026-11-16', day: '2026-11-16', temperatureDeviationC: 0.3 }],
  },
  {
    name: 'activities: a leg is a part of its parent, one typed in has no heart rate',
    domain: 'activities',
    body: load('garmin/push_activities'),
    rows: [
      {
        kind: 'workout',
        recordId: '20981230417',
        activity: 'RUNNING',
        durationS: 2715,
        distanceM: 8326.9,
        averageHeartRateBpm: 151,
        maxHeartRateBpm: 174,
        energyKcal: 521,
        elevationGainM: 41,
        isManual: false,
      },
      { kind: 'workout', recordId: '20990000001', activity: 'MULTI_SPORT', durationS: 5400 },
      { kind: 'workout', recordId: '20985555555', isManual: true, averageHeartRateBpm: null, distanceM: null },
    ],
    ignored: ['part_of_session'],
    closed: ['workout 20990000002'],
  },
  {
    name: 'activity details: the session, its laps and each of its series as one block',
    domain: 'activity_details',
    body: load('garmin/push_activityDetails'),
    rows: [
      { kind: 'workout', recordId: '20981230417', activity: 'RUNNING', averageHeartRateBpm: 151, flags: [] },
      {
        kind: 'workout_splits',
        recordId: '20981230417',
        day: '2026-11-10',
        splits: [
          { index: 1, startedAt: utc('2026-11-10T16:20:00Z'), durationS: 1500, ...UNKNOWN_LAP },
          { index: 2, startedAt: utc('2026-11-10T16:45:00Z'), durationS: 1215, ...UNKNOWN_LAP },
        ],
        flags: [],
      },
      {
        ...HR_BLOCK,
        ...SESSION_BLOCK,
        day: '2026-11-10',
        startedAt: utc('2026-11-10T16:20:00Z'),
        values: Array.from({ length: 30 }, (_, i) => 110 + i),
      },
      {
        ...SESSION_BLOCK,
        sampleKind: 'speed',
        values: [
          3.05, 3.03, 2.9, 3.01, 2.89, 3.08, 2.82, 3.1, 2.98, 2.93, 3.14, 3.16, 3.1, 2.91, 3.2, 2.82, 3.2, 2.83, 2.87,
          2.84, 2.88, 3.04, 2.98, 2.92, 3.1, 3.19, 3.04, 2.92, 2.96, 2.93,
        ],
      },
      {
        ...SESSION_BLOCK,
        sampleKind: 'cadence',
        values: [
          163, 165, 166, 160, 162, 161, 167, 170, 164, 166, 164, 166, 168, 161, 167, 165, 163, 167, 165, 172, 160, 170,
          160, 169, 164, 171, 168, 161, 164, 167,
        ],
      },
      {
        ...SESSION_BLOCK,
        sampleKind: 'altitude',
        values: [
          34.16, 34.7, 34.82, 34.06, 34.57, 34.95, 34.13, 34.44, 34.04, 34.5, 34.12, 34.73, 34.68, 34.31, 34.31, 34.4,
          34.79, 34.86, 34.54, 34.12, 34.84, 34.96, 34.4, 34.42, 34, 34.26, 34.84, 34.95, 34.58, 34.89,
        ],
      },
      { ...SESSION_BLOCK, sampleKind: 'distance', values: Array.from({ length: 30 }, (_, i) => (i * 151) / 10) },
    ],
    closed: seriesOf('20981230417', ['power']),
  },
];

const ENVELOPE: Readonly<Record<string, string>> = {
  sleeps: 'sleeps',
  dailies: 'dailies',
  hrv: 'hrv',
  skin_temp: 'skinTemp',
  activities: 'activities',
  activity_details: 'activityDetails',
};

normaliserSuite({
  normaliser: garmin,
  cases: [...WITHOUT_ROWS, ...SLEEPS, ...OTHERS],
  pageOf: ({ domain, body }, before, after) => {
    const key = ENVELOPE[domain] ?? domain;
    const list = isItem(body) ? (body[key] ?? [body]) : body;
    return { [key]: [...before, ...(list as unknown[]), ...after] };
  },
});
