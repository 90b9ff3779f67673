import { localDay, numberWithin, parseInstant, requireDay, requireWindow } from './units.ts';

describe('an instant', () => {
  it.each([
    ['2026-11-16T06:38:00.000+02:00', '2026-11-16T04:38:00.000Z', 120, '2026-11-16'],
    ['2026-11-16T00:30:00-05:00', '2026-11-16T05:30:00.000Z', -300, '2026-11-16'],
    ['2026-11-17T22:10:00Z', '2026-11-17T22:10:00.000Z', 0, '2026-11-17'],
    ['2026-11-17T22:10:00.123456+09:00', '2026-11-17T13:10:00.123Z', 540, '2026-11-17'],
    ['2021-01-01T01:00:00.000000+0545', '2020-12-31T19:15:00.000Z', 345, '2021-01-01'],
    ['2024-02-29T23:30-00:00', '2024-02-29T23:30:00.000Z', 0, '2024-02-29'],
  ])('%s keeps its offset and its local day', (text, utc, zoneOffsetMin, day) => {
    const instant = parseInstant(text);
    expect(instant).toEqual({ at: new Date(utc), zoneOffsetMin });
    expect(instant && localDay(instant)).toBe(day);
  });

  it.each([
    '2026-11-16T06:38:00',
    '2026-02-30T06:38:00Z',
    '2025-02-29T06:38:00Z',
    '2026-11-16T24:00:00Z',
    '2026-11-16T06:60:00Z',
    '2026-11-16T06:38:00+15:00',
    '2026-11-16T06:38:00-12:30',
    '1999-12-31T23:59:59Z',
    '2026-11-16',
    '1794805929',
    1_794_805_929,
    null,
    `2026-11-16T06:38:00.${'0'.repeat(50)}Z`,
  ])('%j is none', (value) => {
    expect(parseInstant(value)).toBeNull();
  });
});

describe('a number within a range', () => {
  it.each([
    [20, 20],
    [250, 250],
    [19.99, null],
    [250.01, null],
    ['60', null],
    [NaN, null],
    [Infinity, null],
    [null, null],
    [true, null],
  ])('of %j is %j', (value, expected) => {
    expect(numberWithin(value, { min: 20, max: 250 })).toBe(expected);
  });
});

it('a day is a calendar date from 2000 to the day after receipt', () => {
  const receivedAt = new Date('2026-11-16T12:00:00Z');
  expect(requireDay({ value: '2026-11-17', receivedAt })).toBe('2026-11-17');
  expect(requireDay({ value: '2000-01-01', receivedAt })).toBe('2000-01-01');
  for (const value of ['2026-11-18', '1999-12-31', '2026-02-30', '2026-11-16T00:00:00Z', 20_261_116, null]) {
    expect(() => requireDay({ value, receivedAt })).toThrow();
  }
});

it('a window runs forward and is not longer than its limit', () => {
  const at = (hour: number) => new Date(Date.UTC(2026, 10, 16, hour));
  expect(requireWindow({ start: at(0), end: at(8), maxHours: 8 })).toBe(28_800);
  expect(() => requireWindow({ start: at(8), end: at(8), maxHours: 8 })).toThrow('after the start');
  expect(() => requireWindow({ start: at(0), end: at(9), maxHours: 8 })).toThrow('longer than 8 h');
});
