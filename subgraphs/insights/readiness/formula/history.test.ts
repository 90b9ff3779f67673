import { type SleepNight, validNeedMin, validNight, validValue } from './history.ts';

const DATE = '2026-05-04';

test.each([
  ['rmssd', 4.999, null],
  ['rmssd', 5, 5],
  ['rmssd', 250, 250],
  ['rmssd', 250.001, null],
  ['rmssd', NaN, null],
  ['rhr', 24.999, null],
  ['rhr', 25, 25],
  ['rhr', 120, 120],
  ['rhr', 120.001, null],
  ['rhr', Infinity, null],
] as const)('%s of %p is read as %p', (metric, value, expected) => {
  const stream = { id: 'a', metric, isPrimary: false, values: new Map([[DATE, value]]) };
  expect(validValue(stream, metric, DATE)).toBe(expected);
});

test('a night without a value is missing, not zero', () => {
  expect(validValue({ id: 'a', metric: 'rhr', isPrimary: false, values: new Map() }, 'rhr', DATE)).toBeNull();
  expect(validNight(new Map(), DATE)).toBeNull();
});

const night = (part: Partial<SleepNight>): SleepNight => {
  return { asleepMin: 450, inBedMin: 500, latencyMin: 10, wasoMin: 20, awakenings: 1, napMin: 0, ...part };
};
const read = (part: Partial<SleepNight>) => validNight(new Map([[DATE, night(part)]]), DATE);

test.each([
  [59.9, false],
  [60, true],
  [960, true],
  [960.1, false],
  [NaN, false],
])('a night of %p minutes is accepted: %p', (asleepMin, isAccepted) => {
  expect(read({ asleepMin, inBedMin: null }) !== null).toBe(isAccepted);
});

test.each([
  [449.9, null],
  [450, 100],
  [500, 90],
  [null, null],
  [NaN, null],
])('450 minutes asleep of %p in bed is an efficiency of %p', (inBedMin, efficiencyPct) => {
  expect(read({ inBedMin })?.efficiencyPct).toBe(efficiencyPct);
});

test('parts of a night that cannot be are missing, the rest of it stays', () => {
  const known = { asleepMin: 450, efficiencyPct: 90, latencyMin: null, wasoMin: null, awakenings: null, napMin: 0 };
  expect(read({ latencyMin: -1, wasoMin: NaN, awakenings: Infinity, napMin: -30 })).toEqual(known);
  expect(read({ latencyMin: 0, wasoMin: 0, awakenings: 0 })).toMatchObject({
    latencyMin: 0,
    wasoMin: 0,
    awakenings: 0,
  });
});

test.each([
  [359, 480],
  [360, 360],
  [600, 600],
  [601, 480],
  [NaN, 480],
])('a need of %p minutes is taken as %p', (needMin, expected) => {
  expect(validNeedMin(needMin)).toBe(expected);
});
