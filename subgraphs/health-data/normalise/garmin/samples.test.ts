import { readFileSync } from 'node:fs';
import { garmin } from './garmin.ts';
import { type Item, isItem, parseBody } from '../normaliser.ts';
import { type PayloadCase, normaliserSuite, seriesOf } from '../normaliser.test-suite.ts';

const FIXTURES = `${process.cwd()}/../shared/fixtures`;
const load = (path: string): Item => parseBody(readFileSync(`${FIXTURES}/${path}.json`)) as Item;
const publicSample = (name: string): Item => load(`public-samples/garmin/${name}`);

/** What connections hands over of a push for several athletes: the part of one. */
function ofUser(body: Item, userId: string): Item {
  const mine = (item: unknown): boolean => isItem(item) && item['userId'] === userId;
  return Object.fromEntries(Object.entries(body).map(([key, items]) => [key, (items as unknown[]).filter(mine)]));
}

const HR_BLOCK = { kind: 'sample_block', sampleKind: 'heart_rate' } as const;
const HRV_BLOCK = { kind: 'sample_block', sampleKind: 'hrv_rmssd' } as const;
/** Garmin names the start of a lap and nothing else. */
const UNKNOWN_LAP = { distanceM: null, averageHeartRateBpm: null, elevationGainM: null };
const utc = (text: string): Date => new Date(text);

const dailySlotsBut = (day: string, ...given: string[]): string[] =>
  ['steps_day', 'resting_heart_rate', 'vitals_day', 'sample_block/heart_rate']
    .filter((kind) => !given.includes(kind))
    .map((kind) => `${kind} dailies:${day}`);

const radarDailies = publicSample('radar-dailies-two-users');
const radarSleeps = publicSample('radar-sleeps-two-users');
const radarActivities = publicSample('radar-activities-shared-id');

const PUBLIC_SLEEPS: PayloadCase[] = [
  {
    name: 'radar-sleeps, sub-1: duration with awake; a map far outside of the night is dropped, the totals stay',
    domain: 'sleeps',
    body: ofUser(radarSleeps, 'sub-1'),
    rows: [
      {
        kind: 'sleep_night',
        recordId: 'sleeps:1452419581',
        day: '2016-01-10',
        role: 'night_candidate',
        stateRank: 1,
        bedtimeStart: utc('2016-01-10T09:53:01Z'),
        bedtimeEnd: utc('2016-01-10T14:07:25Z'),
        capturedAt: utc('2016-01-10T14:07:25Z'),
        zoneOffsetMin: 120,
        deepMin: 11_231 / 60,
        lightMin: 3541 / 60,
        remMin: 0,
        awakeMin: 492 / 60,
        asleepMin: 14_772 / 60,
        inBedMin: 15_264 / 60,
        efficiencyPct: (14_772 / 15_264) * 100,
        latencyMin: null,
        wakeCount: null,
        wasoMin: null,
        stages: null,
        flags: ['stages_unreadable', 'asleep_derived_from_stages', 'efficiency_derived'],
      },
    ],
    closed: ['vitals_day sleeps:1452419581'],
  },
  {
    name: 'radar-sleeps, sub-2: day of waking derived, a map that overlaps itself is dropped, a score is no row',
    domain: 'sleeps',
    body: ofUser(radarSleeps, 'sub-2'),
    rows: [
      {
        kind: 'sleep_night',
        recordId: 'sleeps:1452467493',
        day: '2016-01-11',
        bedtimeStart: utc('2016-01-10T23:11:33Z'),
        bedtimeEnd: utc('2016-01-11T02:29:53Z'),
        deepMin: 9446 / 60,
        lightMin: 0,
        remMin: 2142 / 60,
        awakeMin: 312 / 60,
        asleepMin: 11_588 / 60,
        wakeCount: null,
        stages: null,
        flags: ['day_derived', 'stages_unreadable', 'asleep_derived_from_stages', 'efficiency_derived'],
      },
      {
        kind: 'vitals_day',
        recordId: 'sleeps:1452467493',
        day: '2016-01-11',
        sleepRecordId: 'sleeps:1452467493',
        respiratoryRateBrpm: (15.31 + 14.58 + 12.73) / 3,
        spo2Pct: (95 + 96 + 97 + 93 + 94 + 95 + 96) / 7,
        temperatureDeviationC: null,
      },
    ],
    closed: [],
  },
  {
    name: 'ow-sleep-tentative: stages are unknown, not 0',
    domain: 'sleeps',
    body: publicSample('ow-sleep-tentative-no-stages'),
    rows: [
      {
        kind: 'sleep_night',
        recordId: 'sleeps:1768290000',
        day: '2026-01-13',
        stateRank: 0,
        bedtimeStart: utc('2026-01-13T07:40:00Z'),
        bedtimeEnd: utc('2026-01-13T15:40:00Z'),
        inBedMin: 480,
        deepMin: null,
        lightMin: null,
        remMin: null,
        awakeMin: null,
        efficiencyPct: null,
        wakeCount: null,
        stages: null,
        flags: [],
      },
    ],
  },
  {
    name: 'ow-sleep-with-nap: the nap is a row of its own, months off its night',
    domain: 'sleeps',
    body: publicSample('ow-sleep-with-nap'),
    rows: [
      {
        kind: 'sleep_night',
        recordId: 'sleeps:1705273200',
        day: '2024-01-15',
        role: 'night_candidate',
        stateRank: 1,
        bedtimeStart: utc('2024-01-14T23:00:00Z'),
        bedtimeEnd: utc('2024-01-15T07:00:00Z'),
        deepMin: 120,
        lightMin: 240,
        remMin: 90,
        awakeMin: 30,
        asleepMin: 450,
        inBedMin: 480,
        zoneOffsetMin: null,
      },
      {
        kind: 'sleep_night',
        recordId: 'sleeps:1705273200:nap:1690916700',
        day: '2023-08-01',
        role: 'nap',
        bedtimeStart: utc('2023-08-01T19:05:00Z'),
        bedtimeEnd: utc('2023-08-01T19:15:00Z'),
        inBedMin: 10,
        asleepMin: 10,
        zoneOffsetMin: -300,
        flags: ['day_derived', 'nap_far_from_night'],
      },
    ],
  },
  {
    name: 'ow-sleep-duration: awake is left out of the duration, the levels end the night',
    domain: 'sleeps',
    body: publicSample('ow-sleep-duration-excludes-awake'),
    rows: [
      {
        kind: 'sleep_night',
        recordId: 'sleeps:1705273200',
        day: '2024-01-15',
        bedtimeEnd: utc('2024-01-15T01:30:00Z'),
        inBedMin: 150,
        asleepMin: 120,
        awakeMin: 30,
        efficiencyPct: 80,
        wakeCount: 1,
        wasoMin: 0,
        awakeningsOver5Min: 0,
        stages: { epochS: 60, phases: '2'.repeat(30) + '1'.repeat(60) + '3'.repeat(30) + '4'.repeat(30) },
        flags: ['day_derived', 'efficiency_derived'],
      },
    ],
  },
];

const PUBLIC_DAYS: PayloadCase[] = [
  {
    name: 'radar-dailies, sub-1: no resting heart rate from the mean of seven days, 108000 s of stress dropped',
    domain: 'dailies',
    body: ofUser(radarDailies, 'sub-1'),
    rows: [
      {
        kind: 'steps_day',
        recordId: 'dailies:2016-01-11',
        day: '2016-01-11',
        stateRank: 1,
        steps: 4210,
        distanceM: 3146.5,
        activeEnergyKcal: 321,
        capturedAt: utc('2016-01-12T00:00:00Z'),
        zoneOffsetMin: 60,
        flags: ['implausible_value_dropped'],
      },
      {
        ...HR_BLOCK,
        recordId: 'dailies:2016-01-11',
        day: '2016-01-11',
        startedAt: utc('2016-01-11T00:00:00Z'),
        capturedAt: utc('2016-01-11T00:54:15Z'),
        offsetsS: [15, 30, 3180, 3195, 3210, 3225, 3240, 3255],
        values: [75, 75, 76, 65, 65, 73, 74, 74],
      },
    ],
    closed: dailySlotsBut('2016-01-11', 'steps_day', 'sample_block/heart_rate'),
  },
  {
    name: 'radar-dailies, sub-2: the day is derived, the resting heart rate given',
    domain: 'dailies',
    body: ofUser(radarDailies, 'sub-2'),
    rows: [
      { kind: 'steps_day', recordId: 'dailies:2016-01-12', day: '2016-01-12', steps: 3305, flags: ['day_derived'] },
      {
        kind: 'resting_heart_rate',
        recordId: 'dailies:2016-01-12',
        day: '2016-01-12',
        bpm: 64,
        method: 'vendor_resting',
        sleepRecordId: null,
      },
      { kind: 'vitals_day', recordId: 'dailies:2016-01-12', stressHighS: 3000, recoveryHighS: null },
      { ...HR_BLOCK, recordId: 'dailies:2016-01-12', values: [77, 72, 71, 67, 62, 65, 71, 81] },
    ],
    closed: [],
  },
  {
    name: 'ow-daily-partial-day: tentative, its version is the end of what it covers',
    domain: 'dailies',
    body: publicSample('ow-daily-partial-day'),
    rows: [
      {
        kind: 'steps_day',
        recordId: 'dailies:2026-01-13',
        day: '2026-01-13',
        stateRank: 0,
        sourceUpdatedAt: utc('2026-01-13T20:24:00Z'),
        capturedAt: null,
        steps: 7694,
      },
      { kind: 'resting_heart_rate', recordId: 'dailies:2026-01-13', bpm: 43, stateRank: 0 },
    ],
    closed: dailySlotsBut('2026-01-13', 'steps_day', 'resting_heart_rate'),
  },
  {
    name: 'radar-hrv: the average of the night beside its samples, neither made from the other',
    domain: 'hrv',
    body: publicSample('radar-hrv'),
    rows: [
      {
        kind: 'hrv_night',
        recordId: 'hrv:2022-05-31',
        day: '2022-05-31',
        metric: 'RMSSD',
        method: 'average_of_night',
        ms: 44,
        lnMs: Math.log(44),
        zoneOffsetMin: -300,
        sleepRecordId: null,
      },
      {
        ...HRV_BLOCK,
        recordId: 'hrv:2022-05-31',
        day: '2022-05-31',
        startedAt: utc('2022-05-31T05:46:44Z'),
        offsetsS: Array.from({ length: 12 }, (_, i) => (i + 1) * 300),
        values: [32, 24, 31, 35, 39, 47, 32, 24, 31, 35, 39, 47],
      },
    ],
    closed: [],
  },
  {
    name: 'ow-hrv-overnight: samples from 265 s on, window to the morning',
    domain: 'hrv',
    body: publicSample('ow-hrv-overnight'),
    rows: [
      {
        kind: 'hrv_night',
        recordId: 'hrv:2026-01-14',
        day: '2026-01-14',
        ms: 84,
        capturedAt: utc('2026-01-14T07:54:40Z'),
        zoneOffsetMin: 60,
      },
      { ...HRV_BLOCK, recordId: 'hrv:2026-01-14', offsetsS: [265, 565, 865], values: [70, 73, 68] },
    ],
  },
];

const PUBLIC_ACTIVITIES: PayloadCase[] = [
  {
    name: 'radar-activities, sub-1: a distance that contradicts the speed is dropped',
    domain: 'activities',
    body: ofUser(radarActivities, 'sub-1'),
    rows: [
      {
        kind: 'workout',
        recordId: '5001968355',
        day: '2016-01-11',
        activity: 'RUNNING',
        startedAt: utc('2016-01-11T00:00:00Z'),
        durationS: 11_580,
        energyKcal: 448,
        distanceM: null,
        averageHeartRateBpm: null,
        flags: ['implausible_value_dropped'],
      },
    ],
  },
  {
    name: 'radar-activities, sub-2: the same id of another athlete',
    domain: 'activities',
    body: ofUser(radarActivities, 'sub-2'),
    rows: [
      {
        kind: 'workout',
        recordId: '5001968355',
        activity: 'CYCLING',
        startedAt: utc('2016-01-11T09:54:54Z'),
        durationS: 1824,
        distanceM: 4322.357,
        energyKcal: 360,
        flags: [],
      },
    ],
  },
  {
    name: 'radar-activity-details: the session of the same id; samples of another year are not attached',
    domain: 'activity_details',
    body: publicSample('radar-activity-details'),
    rows: [
      {
        kind: 'workout',
        recordId: '5001968355',
        day: '2017-12-02',
        activity: 'RUNNING',
        startedAt: utc('2017-12-02T17:02:06Z'),
        durationS: 1789,
        distanceM: 4976.83,
        averageHeartRateBpm: 144,
        maxHeartRateBpm: 159,
        energyKcal: 367,
        elevationGainM: 16,
        zoneOffsetMin: -420,
        flags: ['series_outside_window'],
      },
      {
        kind: 'workout_splits',
        recordId: '5001968355',
        splits: [
          { index: 1, startedAt: utc('2017-12-02T17:02:06Z'), durationS: 789, ...UNKNOWN_LAP },
          { index: 2, startedAt: utc('2017-12-02T17:15:15Z'), durationS: 1000, ...UNKNOWN_LAP },
        ],
      },
    ],
    closed: seriesOf('5001968355'),
  },
];

const ENVELOPE: Readonly<Record<string, string>> = {
  sleeps: 'sleeps',
  dailies: 'dailies',
  hrv: 'hrv',
  activities: 'activities',
  activity_details: 'activityDetails',
};

normaliserSuite({
  normaliser: garmin,
  cases: [...PUBLIC_SLEEPS, ...PUBLIC_DAYS, ...PUBLIC_ACTIVITIES],
  pageOf: ({ domain, body }, before, after) => {
    const key = ENVELOPE[domain] ?? domain;
    const list = isItem(body) ? (body[key] ?? [body]) : body;
    return { [key]: [...before, ...(list as unknown[]), ...after] };
  },
});
