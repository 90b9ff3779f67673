import { dateOf, dayNumber } from '#platform/slots';
import { readSleep, readStreams, streamStats } from './baseline.ts';
import type { SleepNight, Stream } from './history.ts';

const DAY = dayNumber('2026-05-04');
type Part = { id?: string; metric?: Stream['metric']; isPrimary?: boolean; from?: number; to?: number; value?: number };

/** A stream with a value on every night from `from` to `to` nights back; two values take turns, so that it has a spread. */
const stream = ({ id = 'a', metric = 'rhr', isPrimary = false, from = 60, to = 0, value = 50 }: Part): Stream => {
  const values = new Map<string, number>();
  for (let back = from; back >= to; back--) values.set(dateOf(DAY - back), value + (back % 2 === 0 ? 2 : -2));
  return { id, metric, isPrimary, values };
};
const read = (...parts: Part[]) => readStreams({ streams: parts.map(stream), metric: 'rhr', day: DAY });
const stats = (part: Part) => streamStats({ stream: stream(part), metric: 'rhr', day: DAY });

test('the baseline is the sixty nights before tonight, without tonight', () => {
  expect(stats({ from: 60, to: 1 }).n).toBe(60);
  expect(stats({ from: 61, to: 1 }).n).toBe(60);
  expect(stats({ from: 60, to: 0 }).n).toBe(60);
  expect(stats({ from: 60, to: 0 }).mean).toBe(50);
  expect(stats({ from: 0, to: 0 })).toMatchObject({ n: 0, mean: null, sd: null, x: 52, ageDays: 0 });
});

test('HRV is read as its logarithm', () => {
  const values = new Map([1, 2, 3].map((back) => [dateOf(DAY - back), Math.E ** 4]));
  const found = streamStats({
    stream: { id: 'a', metric: 'rmssd', isPrimary: false, values },
    metric: 'rmssd',
    day: DAY,
  });
  expect(found.mean).toBeCloseTo(4, 12);
});

test('below 28 nights the spread leans on seven nights of the prior, from 28 on it does not', () => {
  const squares = (n: number) => Array.from({ length: n }, (_, at) => (at % 2 === 0 ? 2 : -2));
  const around = (values: number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  };
  expect(stats({ from: 27, to: 1 }).sd).toBeCloseTo(Math.sqrt((around(squares(27)) + 7 * 2.5 ** 2) / 33), 12);
  expect(stats({ from: 28, to: 1 }).sd).toBeCloseTo(Math.sqrt(around(squares(28)) / 27), 12);
  expect(stats({ from: 1, to: 1 }).sd).toBeCloseTo(2.5, 12);
});

test.each([
  ['rmssd', [54.9, 55.1], 0.08],
  ['rmssd', [10, 200], 0.4],
  ['rhr', [50, 51], 1.5],
  ['rhr', [40, 60], 6],
] as const)('the spread of %s %p is held at %p', (metric, [one, other], expected) => {
  const values = new Map<string, number>();
  for (let back = 40; back > 0; back--) values.set(dateOf(DAY - back), back % 2 === 0 ? one : other);
  expect(streamStats({ stream: { id: 'a', metric, isPrimary: false, values }, metric, day: DAY }).sd).toBe(expected);
});

test('the week mean needs three of the seven nights ending tonight, its spread five', () => {
  expect(stats({ from: 6, to: 0 }).weekNights).toBe(7);
  expect(stats({ from: 7, to: 0 }).weekNights).toBe(7);
  expect(stats({ from: 1, to: 0 }).m7).toBeNull();
  expect(stats({ from: 2, to: 0 }).m7).toBeCloseTo(50 + 2 / 3, 12);
  expect(stats({ from: 3, to: 0 }).sd7).toBeNull();
  expect(stats({ from: 4, to: 0 }).sd7).toBeCloseTo(Math.sqrt((3 * 1.6 ** 2 + 2 * 2.4 ** 2) / 4), 12);
  const weekSd = Math.sqrt((4 * (12 / 7) ** 2 + 3 * (16 / 7) ** 2) / 6);
  expect(read({}).reading?.cv7).toBeCloseTo((100 * weekSd) / (50 + 2 / 7), 12);
  expect(read({ from: 60, to: 3 }).reading).toMatchObject({ sd7: null, cv7: null });
});

test('z and t are distances from the mean in spreads, the normal band half a spread either side', () => {
  const { reading } = read({});
  expect(reading).toMatchObject({ source: 'LAST_NIGHT', ageDays: 0, nights: 60, mean: 50, value: 52 });
  const sd = reading?.sd ?? NaN;
  expect(reading?.z).toBeCloseTo(2 / sd, 12);
  expect(reading?.t).toBeCloseTo(2 / 7 / sd, 12);
  expect(reading?.band).toEqual([50 - sd / 2, 50 + sd / 2]);
});

test.each<[string, Part[], string | null, string | null]>([
  ['the primary with 7 nights is read', [{ from: 7 }], 'LAST_NIGHT', 'a'],
  ['the primary with 6 nights is not', [{ from: 6 }], null, null],
  [
    'the larger n is primary',
    [
      { id: 'a', from: 30 },
      { id: 'b', from: 31 },
    ],
    'LAST_NIGHT',
    'b',
  ],
  ['at equal n the smaller id is', [{ id: 'b' }, { id: 'a' }], 'LAST_NIGHT', 'a'],
  ['the choice of the athlete beats both', [{ id: 'a' }, { id: 'b', from: 8, isPrimary: true }], 'LAST_NIGHT', 'b'],
  [
    '14 nights are enough for an alternate',
    [
      { id: 'a', to: 1 },
      { id: 'b', from: 14 },
    ],
    'ALTERNATE_STREAM',
    'b',
  ],
  [
    '13 are not, so the primary moves on',
    [
      { id: 'a', to: 1 },
      { id: 'b', from: 13 },
    ],
    'MOVING_AVERAGE',
    'a',
  ],
  [
    'a chosen stream of 6 nights lets another stand in',
    [{ id: 'a' }, { id: 'b', from: 6, isPrimary: true }],
    'ALTERNATE_STREAM',
    'a',
  ],
  [
    'of two alternates the larger n',
    [
      { id: 'a', to: 1 },
      { id: 'b', from: 14 },
      { id: 'c', from: 15 },
    ],
    'ALTERNATE_STREAM',
    'c',
  ],
  ['a value of three days ago moves on', [{ to: 3 }], 'MOVING_AVERAGE', 'a'],
  ['a value of four days ago does not', [{ to: 4 }], null, null],
  ['a moving average needs 7 nights', [{ from: 7, to: 1 }], 'MOVING_AVERAGE', 'a'],
  ['6 are not enough', [{ from: 6, to: 1 }], null, null],
  ['SDNN never stands in', [{ id: 'a', metric: 'sdnn' }], null, null],
])('%s', (_, parts, source, id) => {
  const found = read(...parts).reading;
  expect([found?.source ?? null, found?.stream ?? null]).toEqual([source, id]);
  expect(read(...parts.toReversed())).toEqual(read(...parts));
});

test('a moving average needs three nights in the week, and is the week mean', () => {
  const sparse = stream({ from: 60, to: 7 });
  const withWeek = (...backs: number[]) => {
    const values = new Map(sparse.values);
    for (const back of backs) values.set(dateOf(DAY - back), 44 + back);
    return readStreams({ streams: [{ ...sparse, values }], metric: 'rhr', day: DAY }).reading;
  };
  expect(withWeek(3, 6)).toBeNull();
  expect(withWeek(3, 5, 6)).toMatchObject({ source: 'MOVING_AVERAGE', ageDays: 3 });
  expect(withWeek(3, 5, 6)?.value).toBeCloseTo(44 + 14 / 3, 12);
  expect(withWeek(3, 5, 6)?.z).toBe(withWeek(3, 5, 6)?.t);
});

test('an alternate is measured against its own baseline only', () => {
  const { reading } = read({ id: 'a', to: 1, value: 50 }, { id: 'b', from: 30, value: 80 });
  expect(reading).toMatchObject({ stream: 'b', nights: 30, mean: 80, value: 82 });
});

test.each<[string, Part[], number, number | null]>([
  ['nothing at all', [], 0, null],
  ['a first night', [{ from: 0 }], 0, 1],
  ['six nights and tonight', [{ from: 6 }], 6, 7],
  ['seven nights', [{ from: 7 }], 7, null],
  ['three nights, none tonight', [{ from: 3, to: 1 }], 3, 3],
  [
    'a silent old device beside a new one',
    [
      { id: 'old', to: 9 },
      { id: 'new', from: 2 },
    ],
    2,
    3,
  ],
  ['a silent old device alone', [{ to: 9 }], 52, null],
])('%s: %# counts its nights', (_, parts, nights, calibrationNight) => {
  expect(read(...parts)).toMatchObject({ nights, calibrationNight });
});

test.each<[string, Part[], boolean]>([
  ['last night is in', [{}], false],
  ['last night is in and a second watch is late', [{ id: 'a' }, { id: 'b', from: 30, to: 1 }], false],
  ['a moving average', [{ to: 2 }], true],
  [
    'an alternate while the primary is late',
    [
      { id: 'a', to: 3 },
      { id: 'b', from: 20 },
    ],
    true,
  ],
  [
    'an alternate while the primary is silent',
    [
      { id: 'a', to: 4 },
      { id: 'b', from: 20 },
    ],
    false,
  ],
  ['calibrating and late', [{ from: 3, to: 1 }], true],
  ['calibrating and in', [{ from: 3 }], false],
  ['silent for four days', [{ to: 4 }], false],
])('%s: a value is expected or not', (_, parts, isExpected) => {
  expect(read(...parts).isExpected).toBe(isExpected);
});

const night = (asleepMin: number, part: Partial<SleepNight> = {}): SleepNight => {
  return { asleepMin, inBedMin: 500, latencyMin: 10, wasoMin: 20, awakenings: 1, napMin: 0, ...part };
};
const sleep = (...nights: [number, SleepNight][]) => {
  const map = new Map(nights.map(([back, each]) => [dateOf(DAY - back), each]));
  return readSleep({ needMin: 480, nights: map, day: DAY });
};

test('last night is used as it is', () => {
  expect(sleep([0, night(400)]).reading).toMatchObject({ source: 'LAST_NIGHT', ageDays: 0, asleepMin: 400 });
});

test('without last night the mean of d-6 to d-1 stands in, if three are there and one is fresh', () => {
  const three = sleep([3, night(420)], [5, night(450)], [6, night(480)]);
  expect(three.reading).toMatchObject({ source: 'MOVING_AVERAGE', ageDays: 3, asleepMin: 450, efficiencyPct: 90 });
  expect(sleep([3, night(420)], [5, night(450)]).reading).toBeNull();
  expect(sleep([3, night(420)], [5, night(450)], [7, night(480)]).reading).toBeNull();
  expect(sleep([4, night(420)], [5, night(450)], [6, night(480)]).reading).toBeNull();
  expect(sleep([1, night(420)], [5, night(450)], [6, night(480)], [7, night(900)]).reading?.asleepMin).toBe(450);
});

test('a quality field needs three values of its own', () => {
  const unknown = { latencyMin: null, inBedMin: null };
  const { reading } = sleep([1, night(450, unknown)], [2, night(450)], [3, night(450)]);
  expect(reading).toMatchObject({ latencyMin: null, efficiencyPct: null, wasoMin: 20, awakenings: 1 });
});

test('sleep is expected while the last night is missing and one of the last three is there', () => {
  expect(sleep([0, night(400)]).isExpected).toBe(false);
  expect(sleep([3, night(400)]).isExpected).toBe(true);
  expect(sleep([4, night(400)]).isExpected).toBe(false);
  expect(sleep([0, night(20)], [1, night(400)])).toMatchObject({ hasTonight: false, isExpected: true });
});
