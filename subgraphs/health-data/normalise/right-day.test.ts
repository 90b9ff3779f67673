import type { SleepNight } from '../measurements/measurement.ts';
import { TELLS_NAPS, VENDOR_SLEEPS, zonesOf, type ToldSleep } from '../../../tests/support/vendor-sleep.ts';
import { deliveryOf, observedIn } from './normaliser.test-suite.ts';
import { normaliserOf } from './registry.ts';

/** A night belongs to the local date of waking, on the clock of the place where the athlete woke. */
const NIGHTS: readonly (ToldSleep & { name: string; hours: number })[] = [
  {
    name: 'a night like any other',
    from: '2026-11-10T22:30[Europe/Helsinki]',
    to: '2026-11-11T06:30[Europe/Helsinki]',
    day: '2026-11-11',
    hours: 8,
  },
  {
    name: 'where it is tomorrow before it is in Greenwich',
    from: '2026-11-10T22:30[Pacific/Auckland]',
    to: '2026-11-11T06:30[Pacific/Auckland]',
    day: '2026-11-11',
    hours: 8,
  },
  {
    name: 'where it is still yesterday when it is today in Greenwich',
    from: '2026-11-10T18:00[Pacific/Honolulu]',
    to: '2026-11-10T23:30[Pacific/Honolulu]',
    day: '2026-11-10',
    hours: 5.5,
  },
  {
    name: 'the clocks go forward',
    from: '2026-03-28T23:00[Europe/Berlin]',
    to: '2026-03-29T07:00[Europe/Berlin]',
    day: '2026-03-29',
    hours: 7,
  },
  {
    name: 'the clocks go back',
    from: '2026-10-24T23:00[Europe/Berlin]',
    to: '2026-10-25T07:00[Europe/Berlin]',
    day: '2026-10-25',
    hours: 9,
  },
  {
    name: 'waking in the hour that comes twice, the second time',
    from: '2026-10-24T22:00[Europe/Berlin]',
    to: '2026-10-25T02:30+01:00[Europe/Berlin]',
    day: '2026-10-25',
    hours: 5.5,
  },
  {
    name: 'the clocks go forward',
    from: '2026-03-07T23:00[America/New_York]',
    to: '2026-03-08T07:00[America/New_York]',
    day: '2026-03-08',
    hours: 7,
  },
  {
    name: 'the clocks go back',
    from: '2026-10-31T23:00[America/New_York]',
    to: '2026-11-01T07:00[America/New_York]',
    day: '2026-11-01',
    hours: 9,
  },
  {
    name: 'the clocks go forward by half an hour',
    from: '2026-10-03T23:00[Australia/Lord_Howe]',
    to: '2026-10-04T07:00[Australia/Lord_Howe]',
    day: '2026-10-04',
    hours: 7.5,
  },
  {
    name: 'the clocks go back by half an hour',
    from: '2026-04-04T23:00[Australia/Lord_Howe]',
    to: '2026-04-05T07:00[Australia/Lord_Howe]',
    day: '2026-04-05',
    hours: 8.5,
  },
  {
    name: 'on a flight to the east, awake on the next day there',
    from: '2026-11-10T15:00[Europe/Helsinki]',
    to: '2026-11-11T05:00[Asia/Tokyo]',
    day: '2026-11-11',
    hours: 7,
  },
  {
    name: 'on a flight to the west, awake on the same day there',
    from: '2026-11-11T01:00[Europe/Helsinki]',
    to: '2026-11-11T01:00[America/New_York]',
    day: '2026-11-11',
    hours: 7,
  },
  {
    name: 'over the date line to the east, awake on the day on which it began',
    from: '2026-11-10T22:00[Pacific/Auckland]',
    to: '2026-11-10T08:00[Pacific/Honolulu]',
    day: '2026-11-10',
    hours: 9,
  },
  {
    name: 'over the date line to the west, a date further than slept',
    from: '2026-11-10T21:00[Pacific/Honolulu]',
    to: '2026-11-12T05:00[Pacific/Auckland]',
    day: '2026-11-12',
    hours: 9,
  },
  {
    name: 'in a country that left a day out',
    from: '2011-12-29T22:00[Pacific/Apia]',
    to: '2011-12-31T06:00[Pacific/Apia]',
    day: '2011-12-31',
    hours: 8,
  },
  {
    name: 'until midnight on the dot, when the new day has begun',
    from: '2026-11-10T17:00[Europe/Helsinki]',
    to: '2026-11-11T00:00[Europe/Helsinki]',
    day: '2026-11-11',
    hours: 7,
  },
  {
    name: 'until the second before midnight',
    from: '2026-11-10T17:00[Europe/Helsinki]',
    to: '2026-11-10T23:59:59[Europe/Helsinki]',
    day: '2026-11-10',
    hours: 7 - 1 / 3600,
  },
  {
    name: 'after midnight alone, as after a night shift',
    from: '2026-11-11T08:00[Europe/Helsinki]',
    to: '2026-11-11T15:00[Europe/Helsinki]',
    day: '2026-11-11',
    hours: 7,
  },
];

const NAPS: readonly (ToldSleep & { name: string })[] = [
  {
    name: 'in the afternoon',
    from: '2026-11-11T14:00[Europe/Helsinki]',
    to: '2026-11-11T14:40[Europe/Helsinki]',
    day: '2026-11-11',
  },
  {
    name: 'across midnight, on the day of waking',
    from: '2026-11-10T23:30[Europe/Helsinki]',
    to: '2026-11-11T00:40[Europe/Helsinki]',
    day: '2026-11-11',
  },
  {
    name: 'in the hour that comes twice',
    from: '2026-10-25T02:15+02:00[Europe/Berlin]',
    to: '2026-10-25T02:15+01:00[Europe/Berlin]',
    day: '2026-10-25',
  },
  {
    name: 'in the morning of Auckland, which is the evening before in Greenwich',
    from: '2026-11-11T10:00[Pacific/Auckland]',
    to: '2026-11-11T11:00[Pacific/Auckland]',
    day: '2026-11-11',
  },
];

const RECEIVED_AT = new Date('2026-11-20T12:00:00Z');

/** The sleep that a vendor's body becomes: of a night with a nap filed under it, the nap. */
function sleepOf(vendor: string, told: ToldSleep): SleepNight {
  const body = VENDOR_SLEEPS[vendor]?.({ ...told, ...zonesOf(told) });
  const normaliser = body && normaliserOf(body);
  if (body === undefined || normaliser === undefined) throw new Error(`nobody speaks for ${vendor}`);
  const result = normaliser.normalise(deliveryOf({ ...body, receivedAt: RECEIVED_AT }));
  expect(result.rejected).toEqual([]);
  const sleeps = observedIn(result).filter((row) => row.kind === 'sleep_night');
  const role = told.isNap ? 'nap' : 'night_candidate';
  const [sleep, ...others] = sleeps.filter((row) => row.role === role);
  expect(others).toEqual([]);
  if (sleep === undefined) throw new Error(`${vendor} gives no ${role}`);
  return sleep;
}

describe.each(Object.keys(VENDOR_SLEEPS))('a night of %s', (vendor) => {
  it.each(NIGHTS)('$name ($to) is of $day', ({ day, hours, ...told }) => {
    const { start, end } = zonesOf(told);
    expect(sleepOf(vendor, { day, ...told })).toMatchObject({
      day,
      inBedMin: hours * 60,
      bedtimeStart: new Date(start.epochMilliseconds),
      bedtimeEnd: new Date(end.epochMilliseconds),
      capturedAt: new Date(end.epochMilliseconds),
    });
  });
});

describe.each(TELLS_NAPS)('a nap of %s', (vendor) => {
  it.each(NAPS)('$name ($to) is of $day', ({ day, ...told }) => {
    const { end } = zonesOf(told);
    expect(sleepOf(vendor, { day, ...told, isNap: true })).toMatchObject({
      day,
      role: 'nap',
      bedtimeEnd: new Date(end.epochMilliseconds),
    });
  });
});
