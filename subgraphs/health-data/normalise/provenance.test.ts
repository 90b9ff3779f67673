import type { Provider } from '#platform/signals';
import { deliveryOf, observedIn } from './normaliser.test-suite.ts';
import { normaliserOf } from './registry.ts';

const time = (clock: string): string => `2026-11-18T${clock}:00Z`;
const seconds = (clock: string): number => Date.parse(time(clock)) / 1000;

const watch = {
  name: "Anna's Watch",
  productType: 'Watch6,2',
  deviceModel: 'Watch',
  bundleIdentifier: 'com.apple.health',
};
const band = {
  id: 'r1',
  dataOrigin: { packageName: 'com.example.band' },
  device: { manufacturer: 'Example', model: 'Band 3' },
};

/** A body of each provider whose bodies name a device, and what its rows say. */
const BODIES: { provider: Provider; domain: string; body: unknown; device: string | null }[] = [
  {
    provider: 'STRAVA',
    domain: 'activity',
    body: {
      id: 1,
      sport_type: 'Run',
      start_date: time('08:00'),
      elapsed_time: 3600,
      device_name: 'Garmin Forerunner 965',
    },
    device: 'Garmin Forerunner 965',
  },
  {
    provider: 'GARMIN',
    domain: 'activities',
    body: {
      activities: [
        {
          summaryId: '7',
          activityId: 7,
          activityType: 'RUNNING',
          startTimeInSeconds: seconds('08:00'),
          startTimeOffsetInSeconds: 0,
          durationInSeconds: 3600,
          deviceName: 'fenix7',
        },
      ],
    },
    device: 'fenix7',
  },
  {
    provider: 'POLAR',
    domain: 'exercise',
    body: {
      id: 'e1',
      device: 'Polar Vantage V3',
      start_time: '2026-11-18T08:00:00',
      start_time_utc_offset: 0,
      duration: 'PT1H',
    },
    device: 'Polar Vantage V3',
  },
  {
    provider: 'GOOGLE_HEALTH',
    domain: 'daily-resting-heart-rate',
    body: {
      dataPoints: [
        {
          name: 'users/me/dataTypes/daily-resting-heart-rate/dataPoints/p1',
          dataSource: { device: { displayName: 'Charge 6' } },
          dailyRestingHeartRate: { date: { year: 2026, month: 11, day: 18 }, beatsPerMinute: '52' },
        },
      ],
    },
    device: 'Charge 6',
  },
  {
    provider: 'HEALTH_CONNECT',
    domain: 'upload',
    body: {
      syncTimestamp: time('12:00'),
      data: {
        records: [
          {
            recordType: 'RestingHeartRateRecord',
            time: time('07:00'),
            zoneOffset: '+00:00',
            beatsPerMinute: 50,
            metadata: band,
          },
          {
            recordType: 'StepsRecord',
            startTime: time('07:00'),
            endTime: time('08:00'),
            startZoneOffset: '+00:00',
            endZoneOffset: '+00:00',
            count: 900,
            metadata: { ...band, id: 'r2' },
          },
        ],
      },
    },
    device: 'Example Band 3',
  },
  {
    provider: 'APPLE_HEALTH',
    domain: 'upload',
    body: {
      syncTimestamp: time('12:00'),
      data: {
        records: [
          {
            id: 'a1',
            type: 'HKQuantityTypeIdentifierStepCount',
            unit: 'count',
            value: 66,
            startDate: time('09:00'),
            endDate: time('09:10'),
            zoneOffset: '+00:00',
            source: watch,
          },
          {
            id: 'a2',
            type: 'HKQuantityTypeIdentifierHeartRateVariabilitySDNN',
            unit: 'ms',
            value: 40,
            startDate: time('03:00'),
            endDate: time('03:01'),
            zoneOffset: '+00:00',
            source: watch,
          },
        ],
        sleep: [
          {
            id: 's1',
            stage: 'core',
            startDate: time('00:00'),
            endDate: time('06:00'),
            zoneOffset: '+00:00',
            source: watch,
          },
        ],
        workouts: [
          {
            id: 'w1',
            type: 'running',
            startDate: time('10:00'),
            endDate: time('11:00'),
            zoneOffset: '+00:00',
            source: watch,
          },
        ],
      },
    },
    device: 'Watch6,2',
  },
  // Two devices in one sum: neither measured it.
  {
    provider: 'APPLE_HEALTH',
    domain: 'upload',
    body: {
      syncTimestamp: time('12:00'),
      data: {
        records: [watch, { productType: 'iPhone15,2' }].map((source, n) => ({
          id: `a${n}`,
          type: 'HKQuantityTypeIdentifierStepCount',
          unit: 'count',
          value: 66,
          startDate: time(`0${n + 8}:00`),
          endDate: time(`0${n + 8}:10`),
          zoneOffset: '+00:00',
          source,
        })),
      },
    },
    device: null,
  },
];

describe('the rows of a provider', () => {
  it.each(BODIES)('$provider name the device $device', ({ provider, domain, body, device }) => {
    const result = normaliserOf({ provider, domain })?.normalise(deliveryOf({ provider, domain, body }));
    const rows = result ? observedIn(result) : [];
    expect(rows).not.toEqual([]);
    expect(rows.map((row) => row.device ?? null)).toEqual(rows.map(() => device));
    expect(JSON.stringify(rows)).not.toContain('Anna');
  });
});
