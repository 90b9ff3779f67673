import { lookOf, type Readiness, reasons, sleepLookOf } from './look.ts';

const MORNING = new Date('2026-11-21T08:00:00Z');

function readiness(parts: Partial<Readiness> = {}): Readiness {
  return {
    date: '2026-11-21',
    status: 'OK',
    state: 'FINAL',
    revision: 1,
    algorithm: 'readiness/1',
    computedAt: null,
    score: 47,
    band: 'REDUCED',
    drivers: [],
    confidence: 0.8,
    confidenceLevel: 'HIGH',
    basis: ['HRV', 'RESTING_HEART_RATE', 'SLEEP'],
    stale: false,
    staleSignals: [],
    signals: { hrv: null, restingHeartRate: null, sleep: null },
    ...parts,
  };
}

const noScore = { score: null, band: null } as const;
const look = (parts: Partial<Readiness>, now = MORNING, timeZone = 'UTC') =>
  lookOf({ readiness: readiness(parts), freshness: [], timeZone, now });

test('a score from last night is a value, one from the last days is estimated', () => {
  expect(look({})).toEqual({ kind: 'value', score: 47, band: 'REDUCED' });
  expect(look({ stale: true })).toEqual({ kind: 'estimated', score: 47, band: 'REDUCED' });
});

test('a withheld readiness is not shared, whatever else an answer might carry', () => {
  expect(look({ status: 'NOT_SHARED' })).toEqual({ kind: 'not-shared' });
  expect(look({ basis: [] })).toEqual({ kind: 'not-shared' });
});

test('less than half of the weight shared is said as such, and not as missing data', () => {
  expect(look({ ...noScore, status: 'INSUFFICIENT', basis: ['SLEEP'] })).toEqual({
    kind: 'too-little-shared',
    basis: ['SLEEP'],
  });
  expect(look({ ...noScore, status: 'INSUFFICIENT', basis: ['RESTING_HEART_RATE', 'SLEEP'] }).kind).toBe('no-data');
  expect(look({ ...noScore, status: 'INSUFFICIENT', basis: ['HRV'] }).kind).toBe('no-data');
});

test('calibrating names the night of the signal that has come furthest', () => {
  const freshness = [
    { signal: 'HRV', state: 'CALIBRATING', ageDays: 0, nights: 4 },
    { signal: 'RESTING_HEART_RATE', state: 'CALIBRATING', ageDays: 0, nights: 3 },
    { signal: 'SLEEP', state: 'LAST_NIGHT', ageDays: 0, nights: 9 },
  ] as const;
  const calibrating = readiness({ ...noScore, status: 'CALIBRATING' });
  expect(lookOf({ readiness: calibrating, freshness, timeZone: 'UTC', now: MORNING })).toEqual({
    kind: 'calibrating',
    night: 4,
  });
});

test('before seven in the athlete’s own zone a pending day is expected, afterwards it has no data', () => {
  const pending = { ...noScore, status: 'INSUFFICIENT', state: 'PENDING' } as const;
  expect(look(pending, new Date('2026-11-21T06:59:00Z')).kind).toBe('expected');
  expect(look(pending, new Date('2026-11-21T07:00:00Z')).kind).toBe('no-data');
  expect(look(pending, new Date('2026-11-21T07:00:00Z'), 'America/Bogota').kind).toBe('expected');
});

test('the reasons are the two largest movers, and none that moved nothing', () => {
  const driver = (id: string, points: number) => ({ id, signal: 'HRV' as const, points, index: 0, weight: 0.2 });
  const drivers = [driver('hrv_day', -3), driver('hrv_trend', 0), driver('rhr', 4), driver('sleep_debt', -10)];
  expect(reasons(readiness({ drivers })).map(({ id }) => id)).toEqual(['sleep_debt', 'rhr']);
});

test('sleep outside the basis is not shared, inside it without a night it has no data', () => {
  expect(sleepLookOf(readiness({ basis: ['HRV'] })).kind).toBe('not-shared');
  expect(sleepLookOf(readiness()).kind).toBe('no-data');
});
