import { firstNight, historyOf, inputOf, nightsKnownTo, type Night } from './load-history.ts';

const night = (part: Partial<Night>): Night => ({
  day: '2026-05-01',
  signal: 'HRV',
  streamId: 'oura:rmssd:night',
  metric: 'rmssd',
  value: 60,
  isPrimary: false,
  inBedMin: null,
  latencyMin: null,
  wasoMin: null,
  awakenings: null,
  napMin: null,
  isAfterSlot: false,
  ...part,
});
const SLEEP = { signal: 'SLEEP', metric: null, streamId: 'oura:sleep', value: 450, inBedMin: 500, napMin: 20 } as const;
const RHR = { signal: 'RESTING_HEART_RATE', metric: 'rhr', streamId: 'oura:rhr:night', value: 48 } as const;

test('nights become streams by their id, each beside its kind, and sleep by date', () => {
  const history = historyOf({
    nights: [
      night({}),
      night({ day: '2026-05-02', value: 61 }),
      night({ streamId: 'apple_health:sdnn:night', metric: 'sdnn', isPrimary: true }),
      night(RHR),
      night(SLEEP),
    ],
    needMin: 500,
  });
  expect(history).toEqual({
    needMin: 500,
    hrv: [
      {
        id: 'oura:rmssd:night',
        metric: 'rmssd',
        isPrimary: false,
        values: new Map([
          ['2026-05-01', 60],
          ['2026-05-02', 61],
        ]),
      },
      { id: 'apple_health:sdnn:night', metric: 'sdnn', isPrimary: true, values: new Map([['2026-05-01', 60]]) },
    ],
    rhr: [{ id: 'oura:rhr:night', metric: 'rhr', isPrimary: false, values: new Map([['2026-05-01', 48]]) }],
    sleep: new Map([
      ['2026-05-01', { asleepMin: 450, inBedMin: 500, latencyMin: null, wasoMin: null, awakenings: null, napMin: 20 }],
    ]),
  });
});

test('the first night of a basis is looked for in its own signals only', () => {
  const nights = [
    night({ day: '2026-05-03' }),
    night({ ...SLEEP, day: '2026-05-01' }),
    night({ ...RHR, day: '2026-05-02' }),
  ];
  expect([1, 2, 3, 4, 7].map((basis) => firstNight(nights, basis))).toEqual([
    '2026-05-03',
    '2026-05-02',
    '2026-05-02',
    '2026-05-01',
    '2026-05-01',
  ]);
  expect(firstNight([], 7)).toBeNull();
});

test('a view without SLEEP knows nothing that came after its slot, one with SLEEP all of it', () => {
  const [early, late] = [night({}), night({ day: '2026-05-02', isAfterSlot: true })];
  for (const basis of [1, 2, 3]) expect(nightsKnownTo([early, late], basis)).toEqual([early]);
  for (const basis of [4, 5, 6, 7]) expect(nightsKnownTo([early, late], basis)).toEqual([early, late]);
});

test('the input of a score has the hash of its content: value, need and choice of stream count, the time of storing does not', () => {
  const hash = (nights: Night[], needMin = 480) => inputOf({ nights, needMin }).hash.toString('hex');
  const plain = hash([night({})]);
  expect(hash([night({ isAfterSlot: true })])).toBe(plain);
  expect(
    new Set([plain, hash([night({ value: 61 })]), hash([night({ isPrimary: true })]), hash([night({})], 500)]).size,
  ).toBe(4);
});

test('the series of an input run from their first night to their last, with a hole for each day without one', () => {
  const nights = [
    night({}),
    night({ day: '2026-05-04', value: 62.5 }),
    night({ ...SLEEP, day: '2026-04-30', isPrimary: true }),
    night({ ...SLEEP, day: '2026-05-01' }),
  ];
  expect(JSON.parse(inputOf({ nights, needMin: 480 }).series)).toEqual({
    needMin: 480,
    series: {
      'HRV oura:rmssd:night': { from: '2026-05-01', nights: [60, null, null, 62.5] },
      'SLEEP oura:sleep primary': { from: '2026-04-30', nights: [[450, 500, null, null, null, 20]] },
      'SLEEP oura:sleep': { from: '2026-05-01', nights: [[450, 500, null, null, null, 20]] },
    },
  });
});
