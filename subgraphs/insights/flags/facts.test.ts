import type { HrvView, ReadinessView, SleepView, StreamView } from '../readiness/formula/view.ts';
import { FACTS, bitsOf, factsIn, factsOf, type Fact } from './facts.ts';

const stream: StreamView = {
  stream: 'oura:rmssd:night',
  source: 'LAST_NIGHT',
  age: 0,
  nights: 60,
  calibrationNight: null,
  value: 4,
  m7: 4,
  mean: 4,
  sd: 0.1,
  band: [3.95, 4.05],
  z: 0,
  t: 0,
};
const hrv = (more: Partial<HrvView> = {}): HrvView => {
  return { ...stream, cv7: 2.5, state: 'NORMAL', discordant: false, ...more };
};
const rhr = (more: Partial<StreamView> = {}): StreamView => ({ ...stream, value: 50, mean: 50, sd: 2, ...more });
const sleep = (more: Partial<SleepView> = {}): SleepView => {
  return {
    source: 'LAST_NIGHT',
    age: 0,
    asleepMin: 450,
    efficiencyPct: 90,
    needMin: 480,
    debtMin: 60,
    debtNights: 14,
    ...more,
  };
};

function view(more: Partial<ReadinessView> = {}): ReadinessView {
  return {
    algorithm: 'readiness/1',
    date: '2026-11-20',
    status: 'OK',
    state: 'FINAL',
    score: 70,
    band: 'NORMAL',
    drivers: [],
    basis: ['HRV', 'RESTING_HEART_RATE', 'SLEEP'],
    confidence: 0.9,
    confidenceLevel: 'HIGH',
    stale: false,
    staleSignals: [],
    staleShare: 0,
    signals: { hrv: hrv(), rhr: rhr(), sleep: sleep() },
    ...more,
  };
}
const withHrv = (more: Partial<HrvView>) => view({ signals: { hrv: hrv(more), rhr: rhr(), sleep: sleep() } });
const withRhr = (more: Partial<StreamView>) => view({ signals: { hrv: hrv(), rhr: rhr(more), sleep: sleep() } });
const withSleep = (more: Partial<SleepView>) => view({ signals: { hrv: hrv(), rhr: rhr(), sleep: sleep(more) } });
const ill = (zHrv: number, zRhr: number, more: Partial<HrvView> = {}) =>
  view({ signals: { hrv: hrv({ z: zHrv, ...more }), rhr: rhr({ z: zRhr }) } });

test('an ordinary day says nothing', () => {
  expect(factsOf(view())).toEqual([]);
});

test.each<[Fact, ReadinessView, ReadinessView]>([
  ['SCORE_LOW', view({ score: 39, confidence: 0.5 }), view({ score: 40, confidence: 0.5 })],
  ['SCORE_LOW', view({ score: 39, confidence: 0.5 }), view({ score: 39, confidence: 0.49 })],
  ['SCORE_UNDER_60', view({ score: 59 }), view({ score: 60 })],
  ['HRV_SUPPRESSED', withHrv({ t: -0.5001 }), withHrv({ t: -0.5 })],
  ['HRV_ELEVATED', withHrv({ t: 0.5001 }), withHrv({ t: 0.5 })],
  // 4 ln ms at 3.76 % is a spread of 0.1504; at 3.75 % it is 0.15, just 1.5 times that of the baseline.
  ['HRV_UNSTABLE', withHrv({ cv7: 3.76 }), withHrv({ cv7: 3.75 })],
  ['HRV_FLATTENED', withHrv({ cv7: 1.24, t: -0.6 }), withHrv({ cv7: 1.25, t: -0.6 })],
  ['HRV_FLATTENED', withHrv({ cv7: 1.24, t: -0.6 }), withHrv({ cv7: 1.24, t: -0.5 })],
  ['RHR_HIGH', withRhr({ z: 2 }), withRhr({ z: 1.9999 })],
  ['RHR_FAR_OVER_MEAN', withRhr({ value: 57 }), withRhr({ value: 56.9999 })],
  ['ILLNESS_PATTERN', ill(-1.5, 2.5), ill(-1.4999, 2.5)],
  ['ILLNESS_PATTERN', ill(-1.5, 2.5), ill(-1.5, 2.4999)],
  ['ILLNESS_PATTERN', ill(-1.5, 2.5, { source: 'ALTERNATE_STREAM' }), ill(-1.5, 2.5, { source: 'MOVING_AVERAGE' })],
  ['SLEPT_SHORT', withSleep({ asleepMin: 359 }), withSleep({ asleepMin: 360 })],
  ['SLEPT_SHORT', withSleep({ asleepMin: 300 }), withSleep({ asleepMin: 300, source: 'MOVING_AVERAGE' })],
  ['DEBT_HIGH', withSleep({ debtMin: 480 }), withSleep({ debtMin: 479 })],
])('%s holds on this side of its limit and not on the other', (fact, holding, not) => {
  expect(factsOf(holding)).toContain(fact);
  expect(factsOf(not)).not.toContain(fact);
});

test('a day without any night of a shared signal says so; one night is enough', () => {
  const stale = { source: 'MOVING_AVERAGE', age: 2 } as const;
  expect(factsOf(view({ signals: { hrv: hrv(stale), rhr: rhr({ source: null }) } }))).toContain('NO_NIGHT');
  expect(factsOf(view({ signals: { hrv: hrv(stale), rhr: rhr() } }))).not.toContain('NO_NIGHT');
  expect(factsOf(view({ signals: {} }))).toEqual([]);
});

test('a signal that is not in the view, or has no value, makes no fact', () => {
  const empty = { source: null, value: null, m7: null, mean: null, sd: null, z: null, t: null } as const;
  const none = view({
    score: null,
    signals: { hrv: hrv({ ...empty, cv7: null }), sleep: sleep({ asleepMin: null, debtMin: null }) },
  });
  expect(factsOf(none)).toEqual([]);
});

test('bits keep what they were made of, and the place of each fact is fixed', () => {
  for (const fact of FACTS) expect(factsIn(bitsOf([fact]))).toEqual([fact]);
  expect(factsIn(bitsOf([...FACTS]))).toEqual([...FACTS]);
  expect(bitsOf(['SCORE_LOW', 'NO_NIGHT'])).toBe(1 + 2 ** 11);
});
