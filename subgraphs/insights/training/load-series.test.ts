import { dateOf, dayNumber } from '#platform/slots';
import { pick, randomOf, seed } from '../../../tests/support/chaos.ts';
import { FATIGUE_SHARE, FITNESS_SHARE, loadSeries, type LoadHistory } from './load-series.ts';
import type { LoadProfile, Session } from './load.ts';

const TODAY = '2026-05-31';
const ago = (days: number): string => dateOf(dayNumber(TODAY) - days);
const nobody: LoadProfile = { sex: null, maxBpm: null, restBpm: null, vt1Bpm: null, vt2Bpm: null };
const known: LoadProfile = { sex: 'MALE', maxBpm: 190, restBpm: 50, vt1Bpm: 140, vt2Bpm: 165 };

/** Rated `rpe` times ten minutes, so that the load is easily seen. */
const rated = (back: number, load: number): Session => {
  return { day: ago(back), activity: 'Run', minutes: load / 5, rpe: 5, efforts: [] };
};
const measured = (back: number, part: Partial<Session> = {}): Session => {
  return { day: ago(back), activity: 'Run', minutes: 60, rpe: null, efforts: [{ minutes: 60, bpm: 150 }], ...part };
};
const days = (from: number, to: number): number[] => Array.from({ length: from - to + 1 }, (_, at) => from - at);

function series(sessions: Session[], part: Partial<LoadHistory> = {}) {
  const history: LoadHistory = {
    profile: nobody,
    sessions,
    wasConnected: () => true,
    first: ago(100),
    today: TODAY,
    ...part,
  };
  const { days: all, weekEnding } = loadSeries(history);
  const on = (back: number) => all.find(({ date }) => date === ago(back))!;
  return { all, on, weekEnding: (back: number) => weekEnding(ago(back)) };
}

describe('rest and the unknown', () => {
  it('a day without a session is a rest of 0 while a source was connected, else unknown', () => {
    const { on } = series([rated(20, 100), rated(1, 100)], { wasConnected: (date) => date >= ago(10) });
    expect(on(10)).toMatchObject({ load: 0, isRest: true });
    expect(on(11)).toMatchObject({ load: null, isRest: false, fitness: null, fatigue: null });
  });

  it('a session whose load is unknown makes its day unknown, whatever else was done on it', () => {
    const sessions = [...days(20, 2).map((back) => rated(back, 100)), rated(1, 100), { ...rated(1, 50), rpe: null }];
    const { on, weekEnding } = series(sessions);
    expect(on(1)).toMatchObject({ load: null, isRest: false, fitness: null });
    expect(on(1).sessions.map(({ load }) => load)).toEqual([100, null]);
    expect(weekEnding(1)).toMatchObject({ weekLoad: null, monotony: null, strain: null, loadChange: null });
  });

  it('two sessions of a day are added up', () => expect(series([rated(3, 100), rated(3, 50)]).on(3).load).toBe(150));

  it('today is not over: no rest, no evening, but the form of last night', () => {
    const { on } = series([rated(3, 100)]);
    expect(on(0)).toMatchObject({ load: null, isRest: false, isOver: false, fitness: null, fatigue: null });
    expect(on(0).form).toBeLessThan(0);
    expect(series([rated(3, 100), rated(0, 80)]).on(0)).toMatchObject({ load: 80, fitness: null });
  });
});

describe('fitness, fatigue and form', () => {
  it('begin at zero with the first load and follow the recurrence', () => {
    const { on } = series([rated(3, 100)]);
    expect(on(4)).toMatchObject({ method: null, load: 0, fitness: null, form: null });
    expect(on(3)).toMatchObject({ startsSeries: true, form: null });
    expect(on(3).fitness).toBeCloseTo(100 * FITNESS_SHARE, 10);
    expect(on(3).fatigue).toBeCloseTo(100 * FATIGUE_SHARE, 10);
    expect(on(2).form).toBeCloseTo(100 * (FITNESS_SHARE - FATIGUE_SHARE), 10);
    expect(on(2).fitness).toBeCloseTo(100 * FITNESS_SHARE * Math.exp(-1 / 42), 10);
    expect(on(2).fatigue).toBeCloseTo(100 * FATIGUE_SHARE * Math.exp(-1 / 7), 10);
  });

  it('warm up for 42 days, the first one included', () => {
    const { on } = series(days(60, 1).map((back) => rated(back, 100)));
    expect(on(60 - 41).warmingUp).toBe(true);
    expect(on(60 - 42).warmingUp).toBe(false);
  });

  it('take the usual load for an unknown day: fitness stays as it was', () => {
    const steady = days(90, 2).map((back) => rated(back, 100));
    const { on } = series([...steady.filter(({ day }) => day !== ago(5))], { wasConnected: (date) => date !== ago(5) });
    const whole = series(steady);
    expect(on(5)).toMatchObject({ load: null, fitness: null, fatigue: null });
    expect(on(4).form).toBeNull();
    expect(on(4).fitness).toBeCloseTo((on(6).fitness ?? 0) + FITNESS_SHARE * (100 - (on(6).fitness ?? 0)), 10);
    expect(Math.abs((on(3).fitness ?? 0) - (whole.on(3).fitness ?? 0))).toBeLessThan(0.5);
  });

  it.each([
    [14, false],
    [15, true],
  ])('after %d unknown days running a new series: %s', (unknown, starts) => {
    const sessions = [...days(90, 40).map((back) => rated(back, 100)), rated(39 - unknown, 100)];
    const { on } = series(sessions, { wasConnected: (date) => date > ago(39 - unknown) });
    expect(on(39 - unknown).startsSeries).toBe(starts);
    expect(on(39 - unknown).warmingUp).toBe(starts || undefined || on(39 - unknown).warmingUp);
    if (starts) expect(on(39 - unknown).fitness).toBeCloseTo(100 * FITNESS_SHARE, 10);
    else expect(on(39 - unknown).fitness).toBeGreaterThan(50);
  });
});

describe('the method of a series', () => {
  const profile = known;

  it('is the one with most days among the last 28', () => {
    const sessions = days(40, 1).map((back) => measured(back, back % 2 === 0 ? { rpe: 5, efforts: [] } : {}));
    const more = [...sessions, { ...measured(41), rpe: 4 }];
    expect(series(more, { profile }).on(41).method).toBe('SESSION_RPE');
    const heart = series(
      [...days(60, 30).map((back) => measured(back)), ...days(29, 1).map((back) => rated(back, 100))],
      { profile },
    );
    // On day 28 of ratings none of the 28 has a heart rate; they are more from the fifteenth on.
    expect(heart.on(16).method).toBe('BANISTER');
    expect(heart.on(15).method).toBe('SESSION_RPE');
    expect(heart.on(15)).toMatchObject({ startsSeries: true, warmingUp: true, form: null });
    expect(heart.on(15).fitness).toBeCloseTo(100 * FITNESS_SHARE, 10);
  });

  it('with as many days stays what it was, and of a first day is the first of the table', () => {
    const both = days(20, 1).map((back) => measured(back, { rpe: 5 }));
    expect(series(both, { profile }).on(1).method).toBe('SESSION_RPE');
    const later = [measured(21), ...both];
    expect(new Set(series(later, { profile }).all.flatMap(({ method }) => method ?? []))).toEqual(
      new Set(['BANISTER']),
    );
  });

  it('goes on through weeks without any session', () => {
    const { on } = series([rated(80, 100), rated(1, 50)]);
    expect(on(30)).toMatchObject({ method: 'SESSION_RPE', load: 0 });
    expect(on(1).startsSeries).toBe(false);
  });

  it('is one of a whole week: days before the change count by the new method, or are unknown', () => {
    const both = days(60, 30).map((back) => measured(back, { rpe: 5 }));
    const ratings = days(29, 1).map((back) => rated(back, 100));
    const { on, weekEnding } = series([measured(61), ...both, ...ratings], { profile });
    expect([on(30).method, on(29).method]).toEqual(['BANISTER', 'SESSION_RPE']);
    expect(weekEnding(29)).toMatchObject({ weekLoad: 6 * 300 + 100, loadChange: 1900 / 2100, ewmaRatio: null });
    const unrated = series([...days(60, 30).map((back) => measured(back)), ...ratings], { profile });
    expect(unrated.on(15).startsSeries).toBe(true);
    expect(unrated.weekEnding(15)).toMatchObject({ weekLoad: 700, loadChange: null });
  });
});

describe('a week', () => {
  it('is told of days that are over and have a method', () => {
    const { weekEnding } = series(days(40, 0).map((back) => rated(back, 100 + back)));
    expect(weekEnding(0)).toBeNull();
    expect(weekEnding(60)).toBeNull();
    expect(weekEnding(200)).toBeNull();
    expect(weekEnding(1)?.weekLoad).toBe(100 * 7 + 1 + 2 + 3 + 4 + 5 + 6 + 7);
    expect(weekEnding(1)?.loadChange).toBeCloseTo(728 / ((21 * 100 + (8 + 28) * 10.5) / 3), 10);
    expect(weekEnding(1)?.ewmaRatio).toBeLessThan(1);
  });

  it('knows the ratio from the 28th day of the series on', () => {
    const { weekEnding } = series(days(40, 1).map((back) => rated(back, 100)));
    expect(weekEnding(14)?.ewmaRatio).toBeNull();
    expect(weekEnding(13)?.ewmaRatio).toBeCloseTo(1, 10);
  });
});

it(`what is said of a day does not depend on later days, nor on the order of sessions (seed ${seed})`, () => {
  const random = randomOf(seed);
  for (let run = 0; run < 60; run++) {
    const sessions = days(99, 0).flatMap((back) => {
      if (random() < 0.35) return [];
      const isRated = random() < 0.5;
      return [
        measured(back, { rpe: isRated ? pick([2, 4, 6], random) : null, ...(random() < 0.4 && { efforts: [] }) }),
      ];
    });
    const unknown = new Set(
      days(99, 0)
        .filter(() => random() < 0.1)
        .map(ago),
    );
    const wasConnected = (date: string): boolean => !unknown.has(date);
    const profile = pick([known, nobody, { ...known, restBpm: null }], random);
    const whole = series(sessions, { profile, wasConnected });
    const cut = 1 + Math.floor(random() * 60);
    const before = series(sessions.filter(({ day }) => day <= ago(cut)).toReversed(), {
      profile,
      wasConnected,
      today: ago(cut),
    });
    expect(before.all.slice(0, -1)).toEqual(whole.all.slice(0, before.all.length - 1));
    for (const day of whole.all) {
      if (day.load !== null && day.sessions.length === 0) expect(day).toMatchObject({ load: 0, isRest: true });
      if (day.fitness !== null) expect(day.load).not.toBeNull();
      for (const value of [day.load, day.fitness, day.fatigue])
        if (value !== null) expect(value).toBeGreaterThanOrEqual(0);
    }
  }
});
