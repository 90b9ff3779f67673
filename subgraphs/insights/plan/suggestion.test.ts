import fc from 'fast-check';
import { FULL_BASIS } from '#platform/basis';
import type { OpenFlag } from '../flags/flags.ts';
import { computeView, type ReadinessView } from '../readiness/formula/view.ts';
import { sentenceOf } from './sentences.ts';
import type { SessionContent } from './session.ts';
import {
  highDaysBefore,
  loadSaysOf,
  openState,
  stateByPlan,
  suggest,
  suggestionId,
  suggestionKeyOf,
} from './suggestion.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
const DATE = '2026-11-20';
const EMPTY = computeView({
  history: { needMin: 480, hrv: [], rhr: [], sleep: new Map() },
  date: DATE,
  basis: FULL_BASIS,
});
const view = (part: Partial<ReadinessView>): ReadinessView => ({ ...EMPTY, status: 'OK', confidence: 0.9, ...part });
const low = view({ score: 30, band: 'LOW' });
const session: SessionContent = {
  date: DATE,
  startTime: '17:00',
  title: 'Intervals',
  sport: null,
  intensity: 'HIGH',
  minutes: 75,
  kind: 'NORMAL',
  isLocked: false,
  allowsIncrease: false,
  notes: null,
};
const facts = { view: low, weekScores: [], since: null, highDays: 0, loadSays: 0 };

test(`an id says what the suggestion was made of, and nothing else is an id (SEED=${seed})`, () => {
  const anyKey = fc.record({
    sessionId: fc.uuid(),
    baseVersion: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    basis: fc.integer({ min: 1, max: 7 }),
    revision: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    highDays: fc.integer({ min: 0, max: 2 }),
    loadSays: fc.integer({ min: 0, max: 3 }),
  });
  fc.assert(
    fc.property(anyKey, (key) => expect(suggestionKeyOf(suggestionId(key))).toEqual(key)),
    { seed },
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      const key = suggestionKeyOf(text);
      expect(key === null || suggestionId(key) === text).toBe(true);
    }),
    { seed },
  );
});

test('the worked example: 75 minutes hard on a low day become 45 easy ones, load 525 to 135', () => {
  expect(suggest(session, facts)).toMatchObject({
    rule: 'readiness_low',
    isAdviceOnly: false,
    from: { intensity: 'HIGH', minutes: 75, load: 525 },
    to: { intensity: 'LOW', minutes: 45, load: 135 },
  });
});

test('where the plan may stay as it is there is no suggestion', () => {
  expect(suggest(session, { ...facts, view: view({ score: 70, band: 'NORMAL' }) })).toBeNull();
  expect(suggest(session, { ...facts, view: EMPTY })).toBeNull();
  expect(suggest({ ...session, intensity: 'REST', minutes: 0 }, facts)).toBeNull();
});

test('a locked session, a race and a test get advice, and none where there is none to give', () => {
  for (const part of [{ isLocked: true }, { kind: 'RACE' as const }, { kind: 'TEST' as const }]) {
    expect(suggest({ ...session, ...part }, facts)).toMatchObject({ isAdviceOnly: true, to: { minutes: 45 } });
    expect(suggest({ ...session, ...part }, { ...facts, view: view({ score: 70, band: 'NORMAL' }) })).toBeNull();
  }
});

test.each<[number[], string | null, string]>([
  [[30, 30, 70], null, 'REST'],
  [[30, 40, 30], null, 'LOW'],
  [[], null, 'LOW'],
  [[30, 30, 30], '2026-11-18', 'REST'],
  [[30, 30, 30], '2026-11-19', 'LOW'],
  [[30, 30, 30], '2026-11-20', 'LOW'],
])('after days of %j, seen since %s, a low day suggests %s', (weekScores, since, intensity) => {
  expect(suggest(session, { ...facts, weekScores, since })?.to.intensity).toBe(intensity);
});

test('only what was measured last night makes the pattern of illness', () => {
  const signals = structuredClone(EMPTY.signals);
  Object.assign(signals.hrv ?? {}, { source: 'LAST_NIGHT', z: -1.5 });
  Object.assign(signals.rhr ?? {}, { source: 'LAST_NIGHT', z: 2.5 });
  const ill = view({ score: 70, band: 'NORMAL', signals });
  expect(suggest(session, { ...facts, view: ill })).toMatchObject({ rule: 'illness_pattern', to: { minutes: 0 } });
  for (const [name, part] of [
    ['hrv', { z: -1.49 }],
    ['rhr', { z: 2.49 }],
    ['rhr', { source: 'MOVING_AVERAGE' }],
    ['hrv', { source: null }],
  ] as const) {
    const other = structuredClone(ill);
    Object.assign(other.signals[name] ?? {}, part);
    expect(suggest(session, { ...facts, view: other })?.rule).not.toBe('illness_pattern');
  }
  const { rhr: _, ...withoutRhr } = signals;
  expect(suggest(session, { ...facts, view: { ...ill, signals: withoutRhr } })?.rule).not.toBe('illness_pattern');
});

test('high days count back from yesterday without a gap, two at most', () => {
  const on = (...dates: string[]) =>
    highDaysBefore(
      DATE,
      dates.map((date) => ({ date, intensity: 'HIGH' })),
    );
  expect(on()).toBe(0);
  expect(on('2026-11-18')).toBe(0);
  expect(on('2026-11-19')).toBe(1);
  expect(on('2026-11-19', '2026-11-18')).toBe(2);
  expect(on('2026-11-19', '2026-11-18', '2026-11-17')).toBe(2);
  expect(highDaysBefore(DATE, [{ date: '2026-11-19', intensity: 'MODERATE' }])).toBe(0);
  const normal = view({ score: 70, band: 'NORMAL' });
  expect(suggest(session, { ...facts, view: normal, highDays: 2 })?.rule).toBe('two_high_in_row');
});

test('a spike of load holds back what a high day would grow; high HRV behind one makes a hard session easy', () => {
  const high = view({ score: 90, band: 'HIGH', confidence: 0.9 });
  const open = (...codes: OpenFlag['code'][]): OpenFlag[] =>
    codes.map((code) => ({ code, openedOn: DATE, lastOn: DATE }));
  const onHigh = (flags: OpenFlag[], part: Partial<typeof session> = {}) =>
    suggest({ ...session, allowsIncrease: true, ...part }, { ...facts, view: high, loadSays: loadSaysOf(flags, DATE) });
  expect(onHigh([])).toMatchObject({ rule: 'readiness_high', to: { minutes: 85 } });
  expect(onHigh(open('LOAD_SPIKE'))).toBeNull();
  expect(onHigh(open('MONOTONY_HIGH'))?.rule).toBe('readiness_high');
  expect(onHigh(open('LOAD_SPIKE').map((flag) => ({ ...flag, lastOn: '2026-11-19' })))?.rule).toBe('readiness_high');
  const overload = open('LOAD_SPIKE', 'HRV_ELEVATED_OVERLOAD');
  expect(onHigh(overload)).toMatchObject({ rule: 'hrv_elevated_overload', to: { intensity: 'LOW', minutes: 75 } });
  expect(onHigh(overload, { intensity: 'MODERATE' })).toBeNull();
});

test('a suggestion is open until the session begins, not at that instant', () => {
  const start = new Date('2026-11-20T15:00:00Z');
  expect(openState(start, new Date(start.getTime() - 1))).toBe('PENDING');
  expect(openState(start, start)).toBe('EXPIRED');
});

test('what became of a coach’s suggestion is read off the plan', () => {
  const suggested = suggest(session, facts);
  if (!suggested) throw new Error('a low day suggests something');
  expect(stateByPlan(suggested, { intensity: 'LOW', minutes: 45 })).toBe('ACCEPTED');
  expect(stateByPlan(suggested, { intensity: 'HIGH', minutes: 75 })).toBe('REVERTED');
  expect(stateByPlan(suggested, { intensity: 'LOW', minutes: 40 })).toBeNull();
});

test('a sentence says what holds, and neither a diagnosis nor an order', () => {
  const said = [
    { ...facts },
    { ...facts, weekScores: [30, 30] },
    { ...facts, view: view({ score: 50, band: 'REDUCED', stale: true }) },
    { ...facts, view: view({ score: 70, band: 'NORMAL' }), highDays: 2 },
    { ...facts, view: view({ score: 70, band: 'NORMAL' }), loadSays: 3 },
  ].map((each) => sentenceOf(suggest(session, each) ?? (undefined as never)));
  expect(said).toEqual([
    'Readiness is low at 30. An easier and shorter session is suggested.',
    'Readiness is low at 30, the third day running. A day of rest is suggested.',
    'Readiness is reduced at 50. A moderate, somewhat shorter session is suggested. Part of it is estimated from the last days.',
    'The two days before were planned hard. An easy session is suggested.',
    'HRV has been above its usual range for three days, after much more training than before. An easy session is suggested.',
  ]);
  for (const sentence of said) expect(sentence).not.toMatch(/\b(ill|sick|injur|must|should|overtrain)/i);
  expect(sentenceOf(suggest({ ...session, isLocked: true }, facts) ?? (undefined as never))).toMatch(
    /read this as advice/,
  );
});
