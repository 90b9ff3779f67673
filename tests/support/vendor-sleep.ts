import { Temporal } from 'temporal-polyfill';
import type { LocalDate, Provider } from '#platform/signals';

/** A sleep as a person tells of it: local clocks with their zones, `2026-03-28T23:00[Europe/Berlin]`. */
export interface ToldSleep {
  from: string;
  to: string;
  isNap?: boolean;
  /** The date the vendor files it under, where the vendor has such a field. */
  day: LocalDate;
}

export interface VendorBody {
  provider: Provider;
  domain: string;
  body: unknown;
}

type Zoned = Temporal.ZonedDateTime;

const isoOf = (at: Zoned): string => at.toString({ timeZoneName: 'never', smallestUnit: 'second' });
const utcOf = (at: Zoned): string => at.toInstant().toString({ smallestUnit: 'second' });
const secondsOf = (at: Zoned): number => at.epochMilliseconds / 1000;
const offsetSecondsOf = (at: Zoned): number => at.offsetNanoseconds / 1e9;

/** The same sleep in the words of each vendor that tells of sleep. */
export const VENDOR_SLEEPS: Readonly<Record<string, (sleep: ToldSleep & { start: Zoned; end: Zoned }) => VendorBody>> =
  {
    'Oura with its day': ({ start, end, isNap, day }) => ({
      provider: 'OURA',
      domain: 'sleep',
      body: {
        id: `sleep-${secondsOf(start)}`,
        day,
        type: isNap ? 'sleep' : 'long_sleep',
        bedtime_start: isoOf(start),
        bedtime_end: isoOf(end),
        total_sleep_duration: secondsOf(end) - secondsOf(start) - 600,
      },
    }),
    'Oura without a day': (sleep) => {
      const told = VENDOR_SLEEPS['Oura with its day']?.(sleep) as VendorBody & { body: object };
      return { ...told, body: { ...told.body, day: null } };
    },
    WHOOP: ({ start, end, isNap }) => ({
      provider: 'WHOOP',
      domain: 'sleep',
      body: {
        id: `sleep-${secondsOf(start)}`,
        updated_at: utcOf(end),
        start: utcOf(start),
        end: utcOf(end),
        timezone_offset: end.offset,
        nap: isNap ?? false,
        score_state: 'SCORED',
        score: {
          stage_summary: {
            total_light_sleep_time_milli: 3_600_000,
            total_rem_sleep_time_milli: 0,
            total_slow_wave_sleep_time_milli: 0,
          },
        },
      },
    }),
    Garmin: ({ start, end, isNap, day }) => {
      const nap = {
        napStartTimeInSeconds: secondsOf(start),
        napOffsetInSeconds: offsetSecondsOf(end),
        napDurationInSeconds: secondsOf(end) - secondsOf(start),
      };
      // Garmin files a nap under the night before it.
      const nightStartS = isNap ? secondsOf(start) - 16 * 3600 : secondsOf(start);
      return {
        provider: 'GARMIN',
        domain: 'sleeps',
        body: {
          sleeps: [
            {
              summaryId: 'x',
              ...(isNap ? { naps: [nap] } : { calendarDate: day }),
              startTimeInSeconds: nightStartS,
              startTimeOffsetInSeconds: offsetSecondsOf(start),
              durationInSeconds: isNap ? 8 * 3600 : secondsOf(end) - secondsOf(start),
              validation: 'ENHANCED_FINAL',
            },
          ],
        },
      };
    },
    Polar: ({ start, end, day }) => ({
      provider: 'POLAR',
      domain: 'sleep',
      body: {
        date: day,
        sleep_start_time: isoOf(start),
        sleep_end_time: isoOf(end),
        light_sleep: 3600,
        deep_sleep: 0,
        rem_sleep: 0,
      },
    }),
    Google: ({ start, end, isNap }) => ({
      provider: 'GOOGLE_HEALTH',
      domain: 'sleep',
      body: {
        name: `users/me/dataTypes/sleep/dataPoints/${secondsOf(start)}`,
        sleep: {
          interval: {
            startTime: utcOf(start),
            startUtcOffset: `${offsetSecondsOf(start)}s`,
            endTime: utcOf(end),
            endUtcOffset: `${offsetSecondsOf(end)}s`,
          },
          metadata: { nap: isNap ?? false },
        },
      },
    }),
    'Apple Health': ({ start, end }) => {
      const middle = start.add({ seconds: Math.floor((secondsOf(end) - secondsOf(start)) / 2) });
      const sample = (id: string, from: Zoned, to: Zoned) => {
        return { id, stage: 'light', startDate: utcOf(from), endDate: utcOf(to), zoneOffset: to.offset };
      };
      const sleep = [sample(`a-${secondsOf(start)}`, start, middle), sample(`b-${secondsOf(start)}`, middle, end)];
      return {
        provider: 'APPLE_HEALTH',
        domain: 'upload',
        body: { timeZone: end.timeZoneId, data: { records: [], workouts: [], sleep } },
      };
    },
    'Health Connect': ({ start, end }) => {
      const record = {
        recordType: 'SleepSessionRecord',
        startTime: utcOf(start),
        endTime: utcOf(end),
        startZoneOffset: start.offset,
        endZoneOffset: end.offset,
        metadata: { id: `s-${secondsOf(start)}` },
      };
      return { provider: 'HEALTH_CONNECT', domain: 'upload', body: { data: { records: [record] } } };
    },
    'Health Connect without offsets': (sleep) => {
      const { start, end } = sleep;
      const record = {
        recordType: 'SleepSessionRecord',
        startTime: utcOf(start),
        endTime: utcOf(end),
        metadata: { id: `s-${secondsOf(start)}` },
      };
      return {
        provider: 'HEALTH_CONNECT',
        domain: 'upload',
        body: { timeZone: end.timeZoneId, data: { records: [record] } },
      };
    },
    'a service': ({ start, end, day }) => ({
      provider: 'GARMIN',
      domain: 'ingest_sleep',
      body: { items: [{ date: day, startAt: isoOf(start), endAt: isoOf(end), durationMin: 60 }] },
    }),
  };

/** Vendors and services that tell of naps, or whose sleeps are parted by their length. */
export const TELLS_NAPS = Object.keys(VENDOR_SLEEPS).filter((vendor) => vendor !== 'Polar' && vendor !== 'a service');

export function zonesOf({ from, to }: Pick<ToldSleep, 'from' | 'to'>): { start: Zoned; end: Zoned } {
  return { start: Temporal.ZonedDateTime.from(from), end: Temporal.ZonedDateTime.from(to) };
}
