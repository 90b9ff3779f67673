import { dateOf, dayNumber } from '#platform/slots';
import { pick, randomOf, seed } from '../../../tests/support/chaos.ts';
import type { LoadHistory } from './load-series.ts';
import type { Session } from './load.ts';
import { FACT_DAYS, RECENT_DAYS, recentLoad, type RecentLoad } from './recent-load.ts';

const TODAY = '2026-11-20';
const ago = (days: number): string => dateOf(dayNumber(TODAY) - days);
const WHOLE_DAYS = 400;

/** A session of so many AU, by effort. */
const rated = (back: number, load: number): Session => {
  return { day: ago(back), activity: 'Run', minutes: load / 5, rpe: 5, efforts: [] };
};
const history = (sessions: Session[], part: Partial<LoadHistory> = {}): LoadHistory => ({
  profile: { sex: null, maxBpm: 190, restBpm: null, vt1Bpm: null, vt2Bpm: null },
  sessions,
  wasConnected: () => true,
  first: ago(WHOLE_DAYS),
  today: TODAY,
  ...part,
});
const told = (sessions: Session[], since: string | null = null, part: Partial<LoadHistory> = {}): RecentLoad => {
  const load = recentLoad(history(sessions, part), since);
  if (load === null) throw new Error('the method is open');
  return load;
};
const days = (from: number, to: number): number[] => Array.from({ length: from - to + 1 }, (_, at) => from - at);
/** Three weeks of 100 a day, and a week of these. */
const month = (week: readonly number[]): Session[] => [
  ...days(28, 8).map((back) => rated(back, 100)),
  ...week.map((load, at) => rated(7 - at, load)),
];
const factsToday = (sessions: Session[], since: string | null = null) => told(sessions, since).facts.get(TODAY) ?? [];

describe('what the load says of today', () => {
  it('is a spike when the week is over one and a half times the three before it', () => {
    // 700 a week; 1050 is one and a half times that.
    expect(told(month([150, 150, 150, 150, 150, 150, 150])).loadChange).toBe(1.5);
    expect(factsToday(month([300, 50, 300, 50, 300, 50, 0]))).toEqual([]);
    expect(factsToday(month([300, 50, 300, 50, 300, 50, 1]))).toEqual(['LOAD_SPIKE']);
  });

  it('is monotony when it is over two in a week above the mean of the month', () => {
    expect(factsToday(month([100, 120, 100, 120, 100, 120, 100]))).toEqual(['MONOTONY_HIGH']);
    // As much alike, in a week below it.
    expect(factsToday(month([80, 100, 80, 100, 80, 100, 80]))).toEqual([]);
    // Above it, with days that differ.
    expect(factsToday(month([300, 50, 250, 50, 100, 50, 50]))).toEqual([]);
  });

  it('is nothing where a day is unknown, and nothing of days that are all equal', () => {
    const unknown = { ...rated(3, 100), rpe: null };
    expect(factsToday([...month([200, 190, 200, 190, 200, 190, 200]), unknown])).toEqual([]);
    expect(factsToday(month([110, 110, 110, 110, 110, 110, 110]))).toEqual([]);
  });

  it('does not know of a session of today: the week ends yesterday', () => {
    const week = month([100, 100, 90, 100, 100, 90, 100]);
    expect(told([...week, rated(0, 900)])).toEqual(told(week));
  });
});

describe('a grant that began lately', () => {
  const spike = month([200, 190, 200, 190, 200, 190, 200]);

  it('tells nothing before all seven days are open, and counts only open days', () => {
    const seven = told(spike, ago(7));
    expect(seven).toMatchObject({ weekLoad: 1370, daysKnown: 7, toldFrom: TODAY });
    expect([...seven.facts.keys()]).toEqual([TODAY]);
    expect(told(spike, ago(6))).toMatchObject({ weekLoad: null, loadChange: null, daysKnown: 6, toldFrom: ago(-1) });
    expect(told(spike, ago(6)).facts.size).toBe(0);
    expect(told(spike, TODAY)).toMatchObject({ weekLoad: null, daysKnown: 0 });
    expect(told(spike).facts.size).toBeGreaterThan(1);
  });
});

describe('a history that is read in part', () => {
  it('leaves the method open where effort and heart rate draw level all the time', () => {
    const both = days(300, 1).map((back) => ({ ...rated(back, 100), efforts: [{ minutes: 20, bpm: 150 }] }));
    const first = ago(RECENT_DAYS - 1);
    expect(recentLoad(history(both, { first }), null)).toBeNull();
    // One session without a heart rate, and it is decided; but not when it is younger than what is told.
    const without = (back: number) => both.map((each) => (each.day === ago(back) ? { ...each, efforts: [] } : each));
    expect(recentLoad(history(without(FACT_DAYS + 20), { first }), null)?.method).toBe('SESSION_RPE');
    expect(recentLoad(history(without(FACT_DAYS - 1), { first }), null)).toBeNull();
  });

  it(`says the same as the whole of it, or that it cannot know (CHAOS_SEED=${seed})`, () => {
    const random = randomOf(seed);
    let known = 0;
    for (let round = 0; round < 300; round++) {
      const [share, rates, measures] = [0.2 + 0.8 * random(), pick([0.5, 0.9, 1], random), pick([0, 0.8, 1], random)];
      const sessions = days(WHOLE_DAYS, 0)
        .filter(() => random() < share)
        .map((back) => {
          const minutes = 20 + Math.floor(100 * random());
          const isRated = random() < rates || back > 200 * random();
          return {
            ...rated(back, 0),
            minutes,
            rpe: isRated ? Math.ceil(10 * random()) : null,
            efforts: random() < measures ? [{ minutes, bpm: 120 + 60 * random() }] : [],
          };
        });
      const heardFrom = ago(Math.floor(200 * random()));
      const wasConnected = (date: string): boolean => date >= heardFrom;
      const since = pick([null, ago(3), ago(20)], random);
      const short = recentLoad(history(sessions, { wasConnected, first: ago(RECENT_DAYS - 1) }), since);
      if (short === null) continue;
      known += 1;
      expect(short).toEqual(told(sessions, since, { wasConnected }));
    }
    expect(known).toBeGreaterThan(100);
  });
});
