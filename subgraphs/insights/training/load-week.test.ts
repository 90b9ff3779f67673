import { randomOf, seed } from '../../../tests/support/chaos.ts';
import { ewmaRatio, spreadOf, weekFacts } from './load-week.ts';

const repeat = (load: number | null, times: number): (number | null)[] => Array.from({ length: times }, () => load);
const week = [100, 0, 80, 60, 0, 120, 40];

describe('monotony and strain', () => {
  it('have a rest day in them as zero', () => {
    const { weekLoad, monotony, strain } = weekFacts(week);
    // Mean 57.14, population SD 43.33.
    expect(weekLoad).toBe(400);
    expect(monotony).toBeCloseTo(1.3188, 3);
    expect(strain).toBeCloseTo(400 * 1.3188, 0);
  });

  it('are null when all days are equal, also when their sum is not exact', () => {
    for (const load of [0, 50, 0.1, 33.3]) expect(spreadOf(Array.from({ length: 7 }, () => load)).monotony).toBeNull();
    expect(spreadOf([50, 50, 50, 50, 50, 50, 50.01]).monotony).toBeGreaterThan(1000);
    expect(spreadOf([])).toEqual({ sum: 0, monotony: null, strain: null });
  });

  it.each([0, 3, 6])('and the load of the week are null when day %d is unknown', (unknown) => {
    const facts = weekFacts([...repeat(50, 21), ...week.map((load, day) => (day === unknown ? null : load))]);
    expect(facts).toEqual({ weekLoad: null, monotony: null, strain: null, loadChange: null, meanWeekLoad: null });
  });

  it('need seven days', () => expect(weekFacts(week.slice(1)).monotony).toBeNull());
});

describe('load change', () => {
  it('compares the week with the mean of the three before, and is not part of it itself', () => {
    expect(weekFacts([...repeat(50, 21), ...repeat(75, 7)]).loadChange).toBe(1.5);
    expect(weekFacts([...repeat(1000, 7), ...repeat(50, 21), ...repeat(75, 7)]).loadChange).toBe(1.5);
  });

  it('is null with an unknown day in any of the four weeks, with fewer, and after three weeks of rest', () => {
    expect(weekFacts([null, ...repeat(50, 20), ...week]).loadChange).toBeNull();
    expect(weekFacts([...repeat(50, 20), null, ...week]).loadChange).toBeNull();
    expect(weekFacts([...repeat(50, 20), ...week]).loadChange).toBeNull();
    expect(weekFacts([...repeat(0, 21), ...week]).loadChange).toBeNull();
    expect(weekFacts([null, ...repeat(50, 20), ...week]).monotony).not.toBeNull();
  });
});

describe('the ratio of weighted means', () => {
  it('is not told before day 28, and is 1 when all days are alike', () => {
    expect(ewmaRatio(repeat(50, 27))).toBeNull();
    expect(ewmaRatio(repeat(50, 28))).toBeCloseTo(1, 12);
  });

  it('is what the recurrence gives by hand', () => {
    // One step from level 100 to a day of 200: (100 + 0.25 * 100) / (100 + 2/29 * 100).
    expect(ewmaRatio([...repeat(100, 27), 200])).toBeCloseTo(125 / (100 + 200 / 29), 12);
  });

  it('is moved by no unknown day, and not told of one', () => {
    const level = repeat(100, 30);
    expect(ewmaRatio([...level, null, 100])).toBeCloseTo(1, 12);
    expect(ewmaRatio([...level, 100, null])).toBeNull();
    expect(ewmaRatio(repeat(0, 40))).toBeNull();
  });
});

it(`monotony knows no unit and no order, strain only the unit (seed ${seed})`, () => {
  const random = randomOf(seed);
  for (let run = 0; run < 500; run++) {
    const loads = Array.from({ length: 7 }, () => Math.round(random() * 900));
    const { monotony, strain } = spreadOf(loads);
    if (monotony === null || strain === null) continue;
    const doubled = spreadOf(loads.map((load) => 2 * load));
    expect(doubled.monotony).toBeCloseTo(monotony, 9);
    expect((doubled.strain ?? 0) / strain).toBeCloseTo(2, 9);
    expect(spreadOf(loads.toReversed()).monotony).toBeCloseTo(monotony, 9);
  }
});
