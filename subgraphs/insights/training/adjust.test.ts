import { FULL_BASIS } from '#platform/basis';
import { computeView } from '../readiness/formula/view.ts';
import type { ReadinessView } from '../readiness/formula/view.ts';
import { type AdjustContext, type PlannedSession, adjust, expectedLoad } from './adjust.ts';

/** The whole shape comes from the real thing; each case then sets what its rule reads. */
const EMPTY_VIEW = computeView({
  history: { needMin: 480, hrv: [], rhr: [], sleep: new Map() },
  date: '2026-05-04',
  basis: FULL_BASIS,
});
type HrvPart = { state?: 'SUPPRESSED' | 'NORMAL'; nights?: number; source?: 'LAST_NIGHT' };
const view = ({ hrv, ...part }: Partial<ReadinessView> & { hrv?: HrvPart }): ReadinessView => {
  const signals = structuredClone(EMPTY_VIEW.signals);
  if (signals.hrv) Object.assign(signals.hrv, { source: 'LAST_NIGHT', nights: 60, state: 'NORMAL' }, hrv);
  return {
    ...EMPTY_VIEW,
    status: 'OK',
    score: 70,
    band: 'NORMAL',
    confidence: 1,
    confidenceLevel: 'HIGH',
    signals,
    ...part,
  };
};
const normal = view({});
const reduced = view({ score: 50, band: 'REDUCED' });
const low = view({ score: 30, band: 'LOW' });
const high = view({ score: 90, band: 'HIGH' });
const suppressed = view({ hrv: { state: 'SUPPRESSED' } });

const session = (intensity: PlannedSession['intensity'], durationMin = 60, part: Partial<PlannedSession> = {}) => {
  return { intensity, durationMin, locked: false, ...part };
};
const run = (planned: PlannedSession, given: ReadinessView, context: Partial<AdjustContext> = {}) => {
  const { rule, changed, intensity, durationMin } = adjust({
    session: planned,
    view: given,
    context: { lowDays: given.band === 'LOW' ? 1 : 0, ...context },
  });
  return [rule, changed, intensity, durationMin];
};
const allowed = { coachAllowsIncrease: true };

test.each<[string, PlannedSession, ReadinessView, Partial<AdjustContext>, unknown[]]>([
  ['no score', session('HIGH'), view({ score: null, band: null }), {}, ['insufficient_data', false, 'HIGH', 60]],
  [
    'confidence 0.39',
    session('HIGH'),
    view({ band: 'LOW', confidence: 0.39 }),
    {},
    ['insufficient_data', false, 'HIGH', 60],
  ],
  ['confidence 0.4', session('HIGH'), view({ band: 'LOW', confidence: 0.4 }), {}, ['readiness_low', true, 'LOW', 35]],
  [
    'no score beats the illness pattern',
    session('HIGH'),
    EMPTY_VIEW,
    { illnessPattern: true },
    ['insufficient_data', false, 'HIGH', 60],
  ],
  ['a race', session('HIGH', 60, { kind: 'race' }), low, {}, ['locked_session', false, 'HIGH', 60]],
  [
    'a test',
    session('HIGH', 60, { kind: 'test' }),
    low,
    { illnessPattern: true },
    ['locked_session', false, 'HIGH', 60],
  ],
  ['locked by the coach', session('HIGH', 60, { locked: true }), low, {}, ['locked_session', false, 'HIGH', 60]],
  ['the illness pattern', session('LOW'), high, { illnessPattern: true }, ['illness_pattern', true, 'REST', 0]],
  ['low', session('HIGH', 75), low, {}, ['readiness_low', true, 'LOW', 45]],
  ['low, second day', session('HIGH'), low, { lowDays: 2 }, ['readiness_low', true, 'LOW', 35]],
  ['low, third day', session('HIGH'), low, { lowDays: 3 }, ['readiness_low', true, 'REST', 0]],
  ['low, recovery planned', session('RECOVERY'), low, {}, ['readiness_low', true, 'RECOVERY', 35]],
  [
    'low, stale share 0.49',
    session('HIGH'),
    view({ band: 'LOW', staleShare: 0.49 }),
    {},
    ['readiness_low', true, 'LOW', 35],
  ],
  [
    'low, stale share 0.5',
    session('HIGH'),
    view({ band: 'LOW', staleShare: 0.5 }),
    {},
    ['readiness_reduced', true, 'MODERATE', 50],
  ],
  [
    'low but stale, easy planned',
    session('LOW'),
    view({ band: 'LOW', staleShare: 0.5 }),
    {},
    ['as_planned', false, 'LOW', 60],
  ],
  ['suppressed', session('HIGH'), suppressed, {}, ['hrv_suppressed', true, 'LOW', 50]],
  ['reduced, moderate planned', session('MODERATE'), reduced, {}, ['readiness_reduced', true, 'MODERATE', 50]],
  ['reduced, high planned', session('HIGH'), reduced, {}, ['readiness_reduced', true, 'MODERATE', 50]],
  ['reduced, easy planned', session('LOW'), reduced, {}, ['as_planned', false, 'LOW', 60]],
  [
    'overload behind high HRV',
    session('HIGH', 63),
    normal,
    { hrvElevatedOverload: true },
    ['hrv_elevated_overload', true, 'LOW', 63],
  ],
  [
    'the same, not a high session',
    session('MODERATE'),
    normal,
    { hrvElevatedOverload: true },
    ['as_planned', false, 'MODERATE', 60],
  ],
  ['two high days before', session('HIGH'), normal, { highDaysBefore: 2 }, ['two_high_in_row', true, 'LOW', 60]],
  ['one high day before', session('HIGH'), normal, { highDaysBefore: 1 }, ['as_planned', false, 'HIGH', 60]],
  ['high, increases allowed', session('LOW', 60), high, allowed, ['readiness_high', true, 'LOW', 65]],
  ['high, not allowed', session('LOW'), high, {}, ['as_planned', false, 'LOW', 60]],
  ['high, recovery planned', session('RECOVERY'), high, allowed, ['as_planned', false, 'RECOVERY', 60]],
  [
    'high, confidence 0.74',
    session('LOW'),
    view({ band: 'HIGH', confidence: 0.74 }),
    allowed,
    ['as_planned', false, 'LOW', 60],
  ],
  [
    'high, confidence 0.75',
    session('LOW'),
    view({ band: 'HIGH', confidence: 0.75 }),
    allowed,
    ['readiness_high', true, 'LOW', 65],
  ],
  ['high, stale', session('LOW'), view({ band: 'HIGH', stale: true }), allowed, ['as_planned', false, 'LOW', 60]],
  ['high, load spike', session('LOW'), high, { ...allowed, loadSpike: true }, ['as_planned', false, 'LOW', 60]],
  [
    'high, 13 nights of HRV',
    session('LOW'),
    view({ band: 'HIGH', hrv: { nights: 13 } }),
    allowed,
    ['as_planned', false, 'LOW', 60],
  ],
  [
    'high, 14 nights of HRV',
    session('LOW'),
    view({ band: 'HIGH', hrv: { nights: 14 } }),
    allowed,
    ['readiness_high', true, 'LOW', 65],
  ],
  [
    'high after two high days',
    session('HIGH'),
    high,
    { ...allowed, highDaysBefore: 2 },
    ['two_high_in_row', true, 'LOW', 60],
  ],
  ['rest stays rest', session('REST', 0), low, { lowDays: 3 }, ['readiness_low', false, 'REST', 0]],
  ['rest stays rest on a high day', session('REST', 0), high, allowed, ['as_planned', false, 'REST', 0]],
])('%s', (_, planned, given, context, expected) => {
  expect(run(planned, given, context)).toEqual(expected);
});

test.each<[number, ReadinessView, boolean, number]>([
  [22, suppressed, false, 22],
  [25, suppressed, true, 20],
  [30, suppressed, true, 25],
  [35, suppressed, true, 30],
  [15, low, false, 15],
  [24, low, false, 24],
  [30, low, true, 20],
  [40, low, true, 25],
  [20, high, false, 20],
  [25, high, true, 30],
  [75, high, true, 85],
  [145, high, true, 160],
  [200, high, true, 215],
  [202, high, true, 215],
])('an easy session of %p minutes: %#', (durationMin, given, changed, expected) => {
  const [, isChanged, , minutes] = run(session('LOW', durationMin), given, allowed);
  expect([isChanged, minutes]).toEqual([changed, expected]);
});

test('a short hard session is eased but neither lengthened nor cut below 20 minutes', () => {
  expect(run(session('HIGH', 15), low)).toEqual(['readiness_low', true, 'LOW', 15]);
  expect(run(session('HIGH', 25), low)).toEqual(['readiness_low', true, 'LOW', 20]);
});

test('load is expected RPE times minutes, before and after', () => {
  const rpe = (['REST', 'RECOVERY', 'LOW', 'MODERATE', 'HIGH'] as const).map((intensity) => {
    return expectedLoad({ intensity, durationMin: 10 });
  });
  expect(rpe).toEqual([0, 20, 30, 50, 70]);
  expect(adjust({ session: session('HIGH', 75), view: low, context: { lowDays: 1 } }).load).toEqual({
    from: 525,
    to: 135,
  });
});

test('a locked session carries what would have been suggested, to be read only', () => {
  const locked = adjust({ session: session('HIGH', 60, { locked: true }), view: low, context: { lowDays: 1 } });
  expect(locked.advice).toEqual({ rule: 'readiness_low', intensity: 'LOW', durationMin: 35 });
  expect(
    adjust({ session: session('HIGH', 60, { kind: 'race' }), view: normal, context: { lowDays: 0 } }).advice,
  ).toBeNull();
  expect(adjust({ session: session('HIGH'), view: low, context: { lowDays: 1 } }).advice).toBeNull();
});

test('the rationale holds parameters of the view and nothing else', () => {
  const given = { ...low, drivers: [{ id: 'rhr' as const, points: -9, index: -0.6, weight: 0.2 }] };
  const found = adjust({ session: session('HIGH', 60, { id: 's1' }), view: given, context: { lowDays: 1 } });
  expect(found.sessionId).toBe('s1');
  expect(found.rationale).toEqual({
    score: 30,
    band: 'LOW',
    basis: given.basis,
    confidence: 1,
    stale: false,
    staleSignals: [],
    hrvState: 'NORMAL',
    drivers: [{ id: 'rhr', points: -9 }],
    lowDays: 1,
  });
});
