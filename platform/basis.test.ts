import { FULL_BASIS, basisOf, has, signalsOf } from './basis.ts';

test('the three signals of the score have the bits 1, 2 and 4', () => {
  expect(basisOf(['HRV'])).toBe(1);
  expect(basisOf(['RESTING_HEART_RATE'])).toBe(2);
  expect(basisOf(['SLEEP'])).toBe(4);
  expect(basisOf(['SLEEP', 'HRV', 'RESTING_HEART_RATE'])).toBe(FULL_BASIS);
});

test('signals without weight in the score and repeats change nothing', () => {
  expect(basisOf(['TRAINING', 'STEPS', 'HEART_RATE', 'VITALS', 'CHECK_IN'])).toBe(0);
  expect(basisOf(new Set(['HRV', 'TRAINING'] as const))).toBe(1);
  expect(basisOf(['HRV', 'HRV'])).toBe(1);
  expect(has(FULL_BASIS, 'TRAINING')).toBe(false);
});

test('every basis names its signals in one order and comes back from them', () => {
  expect(signalsOf(0)).toEqual([]);
  expect(signalsOf(FULL_BASIS)).toEqual(['HRV', 'RESTING_HEART_RATE', 'SLEEP']);
  for (let basis = 0; basis <= FULL_BASIS; basis++) {
    expect(basisOf(signalsOf(basis).toReversed())).toBe(basis);
    for (const signal of ['HRV', 'RESTING_HEART_RATE', 'SLEEP'] as const) {
      expect(has(basis, signal)).toBe(signalsOf(basis).includes(signal));
    }
  }
});
