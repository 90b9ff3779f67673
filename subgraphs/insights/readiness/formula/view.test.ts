import fc from 'fast-check';
import { FULL_BASIS, has, signalsOf } from '#platform/basis';
import { dateOf, dayNumber } from '#platform/slots';
import type { AthleteHistory, SleepNight, Stream } from './history.ts';
import { type ReadinessView, computeView, restrict } from './view.ts';

const DAY = dayNumber('2026-05-04');
const DATE = dateOf(DAY);
const BASES = Array.from({ length: FULL_BASIS + 1 }, (_, basis) => basis);
const seed = Math.floor(Math.random() * 2 ** 31);

const byDate = <Value>(newestFirst: (Value | null)[]): Map<string, Value> => {
  return new Map(newestFirst.flatMap((value, back) => (value === null ? [] : [[dateOf(DAY - back), value]])));
};

/** Mostly plausible nights, some gaps, some values that section 1 refuses. Newest first; may start days ago. */
const series = (plausible: fc.Arbitrary<number>) => {
  const value = fc.oneof(
    { weight: 8, arbitrary: plausible },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom(0, -1, 1000, NaN) },
  );
  return fc
    .tuple(fc.integer({ min: 0, max: 5 }), fc.array(value, { maxLength: 65, size: 'max' }))
    .map(([silent, values]) => byDate([...Array.from({ length: silent }, () => null), ...values]));
};
const streams = (metrics: Stream['metric'][], plausible: fc.Arbitrary<number>) => {
  const stream = fc.record({
    id: fc.constantFrom('garmin', 'oura', 'polar', 'whoop'),
    metric: fc.constantFrom(...metrics),
    isPrimary: fc.boolean(),
    values: series(plausible),
  });
  return fc.uniqueArray(stream, { maxLength: 3, selector: ({ id }) => id });
};
const minutes = (min: number, max: number) => fc.option(fc.integer({ min, max }), { freq: 8 });
const night: fc.Arbitrary<SleepNight | null> = fc.option(
  fc.record({
    asleepMin: fc.integer({ min: 40, max: 720 }),
    inBedMin: minutes(300, 800),
    latencyMin: minutes(-1, 70),
    wasoMin: minutes(0, 90),
    awakenings: minutes(0, 7),
    napMin: fc.constantFrom(0, 0, 0, 25, 90),
  }),
  { freq: 6 },
);
const histories: fc.Arbitrary<AthleteHistory> = fc.record({
  needMin: fc.integer({ min: 350, max: 610 }),
  hrv: streams(['rmssd', 'rmssd', 'sdnn'], fc.double({ min: 20, max: 120, noNaN: true })),
  rhr: streams(['rhr'], fc.double({ min: 38, max: 75, noNaN: true })),
  sleep: fc.array(night, { maxLength: 20, size: 'max' }).map(byDate),
});
const view = (history: AthleteHistory, basis: number): ReadinessView => computeView({ history, date: DATE, basis });

test(`70 and the points are the score, from 0 to 100, in every basis (seed ${seed})`, () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(histories, (history) => {
      for (const basis of BASES) {
        const { status, score, drivers, confidence } = view(history, basis);
        seen.add(status);
        expect(confidence >= 0 && confidence <= 1).toBe(true);
        expect(score === null).toBe(status !== 'OK');
        if (score === null) expect(drivers).toEqual([]);
        else {
          expect(70 + drivers.reduce((sum, { points }) => sum + points, 0)).toBe(score);
          expect(Number.isInteger(score) && score >= 0 && score <= 100).toBe(true);
        }
      }
    }),
    { seed, numRuns: 250 },
  );
  // Histories that never score would make the property above say nothing.
  expect([...seen].toSorted()).toEqual(['CALIBRATING', 'INSUFFICIENT', 'OK']);
});

test(`whatever a withheld signal holds, the view is the same to the byte (seed ${seed})`, () => {
  fc.assert(
    fc.property(histories, histories, (one, other) => {
      for (const basis of BASES) {
        const mixed: AthleteHistory = {
          hrv: has(basis, 'HRV') ? one.hrv : other.hrv,
          rhr: has(basis, 'RESTING_HEART_RATE') ? one.rhr : other.rhr,
          sleep: has(basis, 'SLEEP') ? one.sleep : other.sleep,
          needMin: has(basis, 'SLEEP') ? one.needMin : other.needMin,
        };
        expect(JSON.stringify(view(mixed, basis))).toBe(JSON.stringify(view(one, basis)));
      }
    }),
    { seed, numRuns: 150 },
  );
});

test(`what is outside the basis is absent, not null, and named nowhere (seed ${seed})`, () => {
  const keys = { HRV: 'hrv', RESTING_HEART_RATE: 'rhr', SLEEP: 'sleep' } as const;
  fc.assert(
    fc.property(histories, (history) => {
      for (const basis of BASES) {
        const found = view(history, basis);
        const shared = signalsOf(basis);
        expect(Object.keys(found.signals)).toEqual(shared.map((signal) => keys[signal]));
        expect(found.basis).toEqual(shared);
        expect(found.staleSignals.every((signal) => shared.includes(signal))).toBe(true);
        const drivers = found.drivers.map(({ id }) => id.split('_')[0]);
        expect(drivers.every((key) => key !== undefined && key in found.signals)).toBe(true);
      }
    }),
    { seed, numRuns: 60 },
  );
});

test('restricting leaves nothing of the withheld signals, the need for sleep included', () => {
  const history: AthleteHistory = { needMin: 500, hrv: [], rhr: [], sleep: new Map() };
  expect(restrict(history, 0)).toEqual({ basis: 0 });
  expect(restrict(history, 3)).toEqual({ basis: 3, hrv: [], rhr: [] });
  expect(restrict(history, 4)).toEqual({ basis: 4, sleep: { needMin: 500, nights: new Map() } });
});

test(`the order in which streams come does not matter (seed ${seed})`, () => {
  fc.assert(
    fc.property(histories, (history) => {
      const turned = { ...history, hrv: history.hrv.toReversed(), rhr: history.rhr.toReversed() };
      expect(JSON.stringify(view(turned, FULL_BASIS))).toBe(JSON.stringify(view(history, FULL_BASIS)));
    }),
    { seed, numRuns: 150 },
  );
});

test(`nights after the day and streams of SDNN change nothing (seed ${seed})`, () => {
  fc.assert(
    fc.property(histories, (history) => {
      const sdnn: Stream = { id: 'apple', metric: 'sdnn', isPrimary: true, values: byDate([60, 61, 62]) };
      const later = history.rhr.map((stream) => {
        return { ...stream, values: new Map(stream.values).set(dateOf(DAY + 1), 99) };
      });
      const richer = { ...history, hrv: [sdnn, ...history.hrv], rhr: later };
      expect(view(richer, FULL_BASIS)).toEqual(view(history, FULL_BASIS));
    }),
    { seed, numRuns: 60 },
  );
});

test(`a view survives being stored as JSON, with four decimals at most (seed ${seed})`, () => {
  fc.assert(
    fc.property(histories, (history) => {
      const found = view(history, FULL_BASIS);
      const text = JSON.stringify(found);
      expect(JSON.parse(text)).toEqual(found);
      expect(text).not.toMatch(/\.\d{5}|e-/);
      expect(`${found.confidence} ${found.staleShare}`).not.toMatch(/\.\d{3}/);
    }),
    { seed, numRuns: 150 },
  );
});

const steady = (value: number, length = 61) => byDate(Array.from({ length }, (_, back) => value + (back % 5) - 2));
const regular = (length = 15) => byDate<SleepNight>(Array.from({ length }, () => SLEPT));
const SLEPT: SleepNight = { asleepMin: 470, inBedMin: 520, latencyMin: 12, wasoMin: 20, awakenings: 1, napMin: 0 };
const without = <Value>(values: Map<string, Value>, ...backs: number[]) => {
  const left = new Map(values);
  for (const back of backs) left.delete(dateOf(DAY - back));
  return left;
};
const hrvOf = (values: Map<string, number>, id = 'a'): Stream => ({ id, metric: 'rmssd', isPrimary: false, values });
const rhrOf = (values: Map<string, number>): Stream => ({ id: 'a', metric: 'rhr', isPrimary: false, values });
const whole = (part: Partial<AthleteHistory> = {}): AthleteHistory => {
  return { needMin: 480, hrv: [hrvOf(steady(60))], rhr: [rhrOf(steady(48))], sleep: regular(), ...part };
};
const EMPTY: AthleteHistory = { needMin: 480, hrv: [], rhr: [], sleep: new Map() };

test.each<[string, AthleteHistory, number, string, string]>([
  ['nothing was ever measured', EMPTY, 7, 'INSUFFICIENT', 'PENDING'],
  ['nothing is shared', whole(), 0, 'INSUFFICIENT', 'PENDING'],
  ['everything came', whole(), 7, 'OK', 'FINAL'],
  ['sleep is late', whole({ sleep: without(regular(), 0) }), 7, 'OK', 'PROVISIONAL'],
  ['sleep is late but withheld', whole({ sleep: without(regular(), 0) }), 3, 'OK', 'FINAL'],
  ['HRV has been silent for four days', whole({ hrv: [hrvOf(without(steady(60), 0, 1, 2, 3))] }), 7, 'OK', 'FINAL'],
  ['the third night of a new athlete', whole({ hrv: [hrvOf(steady(60, 3))], rhr: [] }), 7, 'CALIBRATING', 'FINAL'],
  [
    'the third night has not come, sleep neither',
    { ...EMPTY, hrv: [hrvOf(without(steady(60, 3), 0))] },
    7,
    'CALIBRATING',
    'PENDING',
  ],
  ['a young HRV is late, the rest is in', whole({ hrv: [hrvOf(without(steady(60, 4), 0))] }), 7, 'OK', 'PROVISIONAL'],
  ['sleep alone is shared', whole(), 4, 'INSUFFICIENT', 'FINAL'],
  ['resting heart rate alone is shared, and young', whole({ rhr: [rhrOf(steady(48, 3))] }), 2, 'INSUFFICIENT', 'FINAL'],
  ['everything was silent for a week', shifted(whole(), 7), 7, 'INSUFFICIENT', 'PENDING'],
])('%s', (_, history, basis, status, state) => {
  expect(view(history, basis)).toMatchObject({ status, state });
});

function shifted(history: AthleteHistory, days: number): AthleteHistory {
  const later = <Value>(values: ReadonlyMap<string, Value>) => {
    return new Map([...values].map(([date, value]) => [dateOf(dayNumber(date) - days), value]));
  };
  const moved = (stream: Stream) => ({ ...stream, values: later(stream.values) });
  return { ...history, hrv: history.hrv.map(moved), rhr: history.rhr.map(moved), sleep: later(history.sleep) };
}

test('a shared signal without a value is there, with nulls and its night of seven', () => {
  const young = view(whole({ hrv: [hrvOf(steady(60, 3))] }), FULL_BASIS);
  expect(young.signals.hrv).toEqual({
    stream: null,
    source: null,
    age: null,
    nights: 2,
    calibrationNight: 3,
    value: null,
    m7: null,
    mean: null,
    sd: null,
    band: null,
    z: null,
    t: null,
    cv7: null,
    state: null,
    discordant: false,
  });
});

test('an index of nothing is 0 and never -0, which would come back from storage as another number', () => {
  const usual = byDate(Array.from({ length: 61 }, () => 48));
  const { drivers } = view(whole({ rhr: [rhrOf(usual)] }), FULL_BASIS);
  expect(drivers.find(({ id }) => id === 'rhr')?.index).toBe(0);
});

test('sleep alone shows its numbers and no score', () => {
  expect(view(whole(), 4)).toMatchObject({
    score: null,
    band: null,
    drivers: [],
    confidence: 0.3,
    signals: { sleep: { source: 'LAST_NIGHT', asleepMin: 470, efficiencyPct: 90.38, debtMin: 140, debtNights: 14 } },
  });
});

test('the cost of a view is printed', () => {
  const history = whole({ hrv: [hrvOf(steady(60)), hrvOf(steady(80), 'b')] });
  const rounds = 1000;
  for (let round = 0; round < rounds; round++) view(history, round % 8);
  const startedAt = performance.now();
  for (let round = 0; round < rounds; round++) view(history, FULL_BASIS);
  const perView = ((performance.now() - startedAt) * 1000) / rounds;
  process.stdout.write(`computeView: ${perView.toFixed(1)} µs a view (two HRV streams, one resting rate, sleep)\n`);
  expect(view(history, FULL_BASIS).score).not.toBeNull();
});
