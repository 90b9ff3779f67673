import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import {
  dateOf,
  dayNumber,
  daysFrom,
  isClockTime,
  isTimeZone,
  laterOf,
  lastSlot,
  localDate,
  localTimeInstant,
  nextSlot,
} from './slots.ts';

const at = (iso: string) => new Date(iso);
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'America/Sao_Paulo',
];
const seed = Math.floor(Math.random() * 2 ** 31);
const instants = fc.integer({ min: Date.UTC(2005, 0, 1), max: Date.UTC(2030, 0, 1) }).map((ms) => new Date(ms));

test('days count from 1970 and come back as dates', () => {
  expect(dayNumber('1970-01-01')).toBe(0);
  expect(dayNumber('2024-03-01') - dayNumber('2024-02-28')).toBe(2);
  expect(dateOf(dayNumber('2026-12-31') + 1)).toBe('2027-01-01');
});

test('a stretch of days holds both ends, over the end of a month, and none when it ends before it begins', () => {
  expect(daysFrom('2024-02-28', '2024-03-01')).toEqual(['2024-02-28', '2024-02-29', '2024-03-01']);
  expect(daysFrom('2026-01-05', '2026-01-05')).toEqual(['2026-01-05']);
  expect(daysFrom('2026-01-06', '2026-01-05')).toEqual([]);
});

test('a bound moves a day forward only, and no bound moves nothing', () => {
  const bounds = ['2026-01-04', '2026-01-06', null];
  expect(bounds.map((bound) => laterOf('2026-01-05', bound))).toEqual(['2026-01-05', '2026-01-06', '2026-01-05']);
});

test.each(['2026-02-30', '2026-1-5', '', '20260105', '2026-01-05T00:00Z', 'yesterday'])(
  '"%s" is refused as a day',
  (text) => {
    expect(() => dayNumber(text)).toThrow(RangeError);
  },
);

test('an unknown zone is refused, also the second time', () => {
  expect(() => localDate(at('2026-01-01T00:00Z'), 'Mars/Olympus')).toThrow(RangeError);
  expect(() => localDate(at('2026-01-01T00:00Z'), 'Mars/Olympus')).toThrow(RangeError);
});

test('zones have a name that the runtime knows', () => {
  expect(['Europe/Helsinki', 'UTC', 'Mars/Olympus', ''].map(isTimeZone)).toEqual([true, true, false, false]);
});

test.each([
  ['00:00', true],
  ['23:59', true],
  ['24:00', false],
  ['12:60', false],
  ['7:30', false],
  ['07:30:00', false],
  ['', false],
])('"%s" is a time of the day: %p', (text, isOne) => expect(isClockTime(text)).toBe(isOne));

test.each([
  ['2026-01-01T11:59:59.999Z', 'Pacific/Auckland', '2026-01-02'],
  ['2026-01-01T10:59:59.999Z', 'Pacific/Auckland', '2026-01-01'],
  ['2026-01-01T04:59:59.999Z', 'America/New_York', '2025-12-31'],
  ['2026-01-01T05:00:00.000Z', 'America/New_York', '2026-01-01'],
  // In 2010 the clocks of Newfoundland went back at 00:01, so Saturday returned for an hour.
  ['2010-11-07T02:30:30.000Z', 'America/St_Johns', '2010-11-07'],
  ['2010-11-07T02:31:00.000Z', 'America/St_Johns', '2010-11-06'],
  ['2010-11-07T03:30:00.000Z', 'America/St_Johns', '2010-11-07'],
])('at %s the date in %s is %s', (instant, zone, date) => {
  expect(localDate(at(instant), zone)).toBe(date);
});

test.each([
  ['2026-03-29', '02:30', 'Europe/Berlin', '2026-03-29T01:00:00.000Z', 'a skipped time is the next valid minute'],
  ['2026-03-29', '01:59', 'Europe/Berlin', '2026-03-29T00:59:00.000Z', 'the minute before the gap'],
  ['2026-03-29', '03:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z', 'the minute after the gap'],
  ['2026-10-25', '02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z', 'a repeated time is the first of the two'],
  ['2026-10-25', '03:00', 'Europe/Berlin', '2026-10-25T02:00:00.000Z', 'the minute after the repeated hour'],
  ['2026-10-04', '02:15', 'Australia/Lord_Howe', '2026-10-03T15:30:00.000Z', 'a gap of half an hour'],
  ['2011-12-30', '07:00', 'Pacific/Apia', '2011-12-30T10:00:00.000Z', 'a day that Samoa left out'],
  ['2026-07-01', '06:30', 'Asia/Kathmandu', '2026-07-01T00:45:00.000Z', 'an odd offset'],
])('%s %s in %s is %s: %s', (date, time, zone, instant) => {
  expect(localTimeInstant(date, time, zone).toISOString()).toBe(instant);
});

test.each([
  ['2026-06-01T04:59:59.999Z', '2026-05-31T10:00:00.000Z', '2026-06-01T05:00:00.000Z'],
  ['2026-06-01T05:00:00.000Z', '2026-06-01T05:00:00.000Z', '2026-06-01T10:00:00.000Z'],
  ['2026-06-01T09:59:59.999Z', '2026-06-01T05:00:00.000Z', '2026-06-01T10:00:00.000Z'],
  ['2026-06-01T10:00:00.000Z', '2026-06-01T10:00:00.000Z', '2026-06-02T05:00:00.000Z'],
  ['2026-03-28T12:00:00.000Z', '2026-03-28T11:00:00.000Z', '2026-03-29T05:00:00.000Z'],
  ['2026-10-24T12:00:00.000Z', '2026-10-24T10:00:00.000Z', '2026-10-25T06:00:00.000Z'],
])('in Berlin at %s the last slot was %s and the next is %s', (now, last, next) => {
  expect(lastSlot(at(now), 'Europe/Berlin').toISOString()).toBe(last);
  expect(nextSlot(at(now), 'Europe/Berlin').toISOString()).toBe(next);
});

test(`dates and clock times agree with Temporal in every zone (seed ${seed})`, () => {
  fc.assert(
    fc.property(instants, fc.constantFrom(...ZONES), fc.integer({ min: 0, max: 1439 }), (instant, zone, minute) => {
      const here = Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone);
      expect(localDate(instant, zone)).toBe(here.toPlainDate().toString());
      const time = new Temporal.PlainTime(Math.floor(minute / 60), minute % 60);
      const first = here.toPlainDate().toZonedDateTime({ timeZone: zone, plainTime: time });
      const text = time.toString().slice(0, 5);
      // Temporal moves a skipped time on by the length of the gap; only times that exist can be compared.
      if (first.toPlainTime().equals(time)) {
        expect(localTimeInstant(here.toPlainDate().toString(), text, zone).getTime()).toBe(first.epochMilliseconds);
      }
    }),
    { seed, numRuns: 600 },
  );
});

test(`now lies between two neighbouring slots, whatever was asked before (seed ${seed})`, () => {
  fc.assert(
    fc.property(instants, fc.constantFrom(...ZONES), (now, zone) => {
      const last = lastSlot(now, zone);
      const next = nextSlot(now, zone);
      expect(last.getTime()).toBeLessThanOrEqual(now.getTime());
      expect(next.getTime()).toBeGreaterThan(now.getTime());
      expect(lastSlot(next, zone)).toEqual(next);
      expect(nextSlot(last, zone)).toEqual(next);
    }),
    { seed, numRuns: 300 },
  );
});
