import { randomUUID } from 'node:crypto';

/** One kind of event that the normaliser is measured with. */
export interface Kind {
  name: string;
  provider: 'OURA' | 'GARMIN';
  /** The resource kind, in the subject and in the row. */
  domain: string;
  /** Tables that hold its rows, and how many samples an event has. */
  tables: readonly string[];
  samples: number;
  /** The body of one athlete's event on one day. */
  body(day: string): object;
}

const HOUR_MS = 3_600_000;
const eveOf = (day: string): string => new Date(Date.parse(day) - 24 * HOUR_MS).toISOString().slice(0, 10);

/** `count` plausible values that are not all the same. */
const values = (count: number, from: number): number[] =>
  Array.from({ length: count }, (_, at) => from + ((at * 7_919) % 23));

const night = (day: string): Record<string, unknown> => ({
  id: randomUUID(),
  day,
  type: 'long_sleep',
  period: 0,
  bedtime_start: `${eveOf(day)}T22:52:30.000+02:00`,
  bedtime_end: `${day}T07:05:30.000+02:00`,
  time_in_bed: 29_580,
  total_sleep_duration: 27_720,
  awake_time: 1_860,
  latency: 1_110,
  efficiency: 94,
  deep_sleep_duration: 5_580,
  light_sleep_duration: 12_660,
  rem_sleep_duration: 9_480,
  average_hrv: 54,
  average_heart_rate: 53.15,
  lowest_heart_rate: 48,
  average_breath: 14.1,
  restless_periods: 237,
  low_battery_alert: false,
  sleep_phase_5_min:
    '4444221111111222223322111111222223333221114222233333222112222433332222222233333333222222222333'.padEnd(98, '2'),
});

/** As the vendor sends them: movement every 30 s, heart rate and HRV every 5 minutes. */
const nightWithSamples = (day: string): object => {
  const series = { interval: 300, timestamp: `${eveOf(day)}T22:52:30.000+02:00` };
  return {
    ...night(day),
    movement_30_sec: '1'.repeat(986),
    sleep_phase_30_sec: '2'.repeat(986),
    heart_rate: { ...series, items: values(98, 48) },
    hrv: { ...series, items: values(98, 40) },
  };
};

const daily = (day: string): Record<string, unknown> => ({
  userId: 'bench',
  summaryId: `bench-${day}`,
  calendarDate: day,
  startTimeInSeconds: Date.parse(day) / 1000,
  startTimeOffsetInSeconds: 0,
  activityType: 'WALKING',
  durationInSeconds: 86_400,
  steps: 8_204,
  distanceInMeters: 6_070.96,
  activeKilocalories: 328,
  restingHeartRateInBeatsPerMinute: 53,
  highStressDurationInSeconds: 1_800,
});

const perMinute = values(1_440, 50);
const dailyWithSamples = (day: string): object => ({
  ...daily(day),
  timeOffsetHeartRateSamples: Object.fromEntries(perMinute.map((bpm, minute) => [minute * 60, bpm])),
});

const heartRatePage = (day: string): object => ({
  data: perMinute.map((bpm, minute) => ({
    bpm,
    source: 'awake',
    timestamp: `${new Date(Date.parse(day) + minute * 60_000).toISOString().slice(0, 19)}+00:00`,
  })),
  next_token: null,
});

const NIGHT_TABLES = ['sleep_night', 'hrv_night', 'resting_heart_rate', 'vitals_day', 'sample_record'];
const DAY_TABLES = ['steps_day', 'resting_heart_rate', 'vitals_day', 'sample_record'];

export const NIGHT: Kind = {
  name: 'night',
  provider: 'OURA',
  domain: 'sleep',
  tables: NIGHT_TABLES,
  samples: 0,
  body: night,
};

export const DAY: Kind = {
  name: 'day (Garmin)',
  provider: 'GARMIN',
  domain: 'dailies',
  tables: DAY_TABLES,
  samples: 0,
  body: (day) => ({ dailies: [daily(day)] }),
};

export const DAY_OF_SAMPLES: Kind = {
  ...DAY,
  name: 'day, 1,440 samples (Garmin)',
  tables: [...DAY_TABLES, 'sample_block'],
  samples: 1_440,
  body: (day) => ({ dailies: [dailyWithSamples(day)] }),
};

export const KINDS: readonly Kind[] = [
  NIGHT,
  {
    ...NIGHT,
    name: 'night, 196 samples',
    tables: [...NIGHT_TABLES, 'sample_block'],
    samples: 196,
    body: nightWithSamples,
  },
  DAY,
  DAY_OF_SAMPLES,
  {
    name: '1,440 samples (Oura, 100 KB)',
    provider: 'OURA',
    domain: 'heartrate',
    tables: ['sample_record', 'sample_block'],
    samples: 1_440,
    body: heartRatePage,
  },
];
