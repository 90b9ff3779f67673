import { readFileSync } from 'node:fs';
import { randomOf, seed } from '../../../tests/support/chaos.ts';
import { FATIGUE_SHARE, FITNESS_SHARE } from './load-series.ts';
import { spreadOf } from './load-week.ts';
import { banister, edwards, loadsOf, lucia, sessionRpe, type Effort, type LoadProfile, type Session } from './load.ts';

interface S6 {
  input: {
    trimp: { minutes: number; hr: number; rest: number; max: number };
    monotonySessions: number[];
    monotonyDays: number[];
    sessionRpe: [number, number][];
  };
  expected: {
    trimp: number;
    monotonySessions: { sum: number; monotony: number; strain: number };
    monotonyDays: { sum: number; monotony: number; strain: number };
    sessionRpe: number[];
    fitnessConstants: { alpha42: number; alpha7: number };
  };
  published: {
    trimp: { value: number };
    monotonySessions: { weekly: number; monotony: number; strain: number };
    fitnessConstants: { alpha42: number; alpha7: number };
  };
}

const { vectors } = JSON.parse(readFileSync(`${process.cwd()}/../shared/reference/readiness-vectors.json`, 'utf8')) as {
  vectors: ({ id: string } & S6)[];
};
const { input, expected, published } = vectors.find(({ id }) => id === 'S6') as S6;

const nobody: LoadProfile = { sex: null, maxBpm: null, restBpm: null, vt1Bpm: null, vt2Bpm: null };
const known: LoadProfile = { sex: 'FEMALE', maxBpm: 190, restBpm: 50, vt1Bpm: 140, vt2Bpm: 165 };
const at = (bpm: number, minutes = 60): Effort[] => [{ minutes, bpm }];

describe('the published figures (vector S6)', () => {
  it('TRIMP of half an hour at 130, printed as 32', () => {
    const { minutes, hr, rest, max } = input.trimp;
    const trimp = banister(at(hr, minutes), { ...nobody, sex: 'MALE', maxBpm: max, restBpm: rest });
    expect(trimp).toBeCloseTo(expected.trimp, 4);
    expect(Math.round(trimp ?? 0)).toBe(published.trimp.value);
  });

  it('session-RPE', () => {
    expect(input.sessionRpe.map(([rpe, minutes]) => sessionRpe({ rpe, minutes }))).toEqual(expected.sessionRpe);
  });

  it("Foster's printed week comes out with the loads of its sessions", () => {
    const { sum, monotony, strain } = spreadOf(input.monotonySessions);
    expect(sum).toBe(expected.monotonySessions.sum);
    expect(monotony).toBeCloseTo(expected.monotonySessions.monotony, 4);
    expect(strain).toBeCloseTo(expected.monotonySessions.strain, 3);
    const printed = Math.floor((monotony ?? 0) * 100) / 100;
    expect([sum, printed, sum * printed]).toEqual([
      published.monotonySessions.weekly,
      published.monotonySessions.monotony,
      published.monotonySessions.strain,
    ]);
  });

  it('the same week by days, which is ours', () => {
    const { sum, monotony, strain } = spreadOf(input.monotonyDays);
    expect(sum).toBe(expected.monotonyDays.sum);
    expect(monotony).toBeCloseTo(expected.monotonyDays.monotony, 4);
    expect(strain).toBeCloseTo(expected.monotonyDays.strain, 3);
  });

  it('the constants of fitness and fatigue', () => {
    for (const constants of [expected.fitnessConstants, published.fitnessConstants]) {
      expect(FITNESS_SHARE).toBeCloseTo(constants.alpha42, 6);
      expect(FATIGUE_SHARE).toBeCloseTo(constants.alpha7, 6);
    }
  });
});

describe('Banister', () => {
  it('takes the mean of both formulae for an unknown sex', () => {
    const [male, female, unknown] = (['MALE', 'FEMALE', null] as const).map((sex) =>
      banister(at(150), { ...known, sex }),
    );
    expect(unknown).toBeCloseTo(((male ?? 0) + (female ?? 0)) / 2, 10);
    expect(male).not.toBeCloseTo(female ?? 0, 1);
  });

  it('counts nothing at rest or below, and no more than all of the reserve', () => {
    expect(banister(at(50), known)).toBe(0);
    expect(banister(at(40), known)).toBe(0);
    expect(banister(at(51), known)).toBeGreaterThan(0);
    expect(banister(at(200), known)).toBe(banister(at(190), known));
    expect(banister(at(190), known)).toBeCloseTo(60 * 0.86 * Math.exp(1.67), 10);
  });

  it('sums over samples, which is more than their average', () => {
    const samples = banister([...at(110, 30), ...at(170, 30)], known) ?? 0;
    expect(samples).toBeGreaterThan(banister(at(140), known) ?? Infinity);
    expect(samples).toBeCloseTo((banister(at(110, 30), known) ?? 0) + (banister(at(170, 30), known) ?? 0), 10);
  });

  it.each([{ maxBpm: null }, { restBpm: null }, { maxBpm: 50 }, { maxBpm: 49 }])('is unknown with %o', (part) => {
    expect(banister(at(150), { ...known, ...part })).toBeNull();
  });
});

describe('Edwards', () => {
  // 200 makes the edges whole: 100, 120, 140, 160, 180.
  it.each([
    [99, 0],
    [100, 1],
    [119, 1],
    [120, 2],
    [139, 2],
    [140, 3],
    [159, 3],
    [160, 4],
    [179, 4],
    [180, 5],
    [200, 5],
    [210, 5],
  ])('counts a minute at %d of 200 as %d', (bpm, points) => {
    expect(edwards(at(bpm, 1), { ...nobody, maxBpm: 200 })).toBe(points);
  });

  it('needs the highest heart rate', () => expect(edwards(at(150), { ...known, maxBpm: null })).toBeNull());
});

describe('Lucia', () => {
  it.each([
    [139, 1],
    [140, 2],
    [165, 2],
    [166, 3],
  ])('counts a minute at %d between thresholds of 140 and 165 as %d', (bpm, points) => {
    expect(lucia(at(bpm, 1), known)).toBe(points);
  });

  it.each([{ vt1Bpm: null }, { vt2Bpm: null }, { vt1Bpm: 165 }])('is unknown with %o', (part) => {
    expect(lucia(at(150), { ...known, ...part })).toBeNull();
  });
});

describe('a session', () => {
  const session: Session = { day: '2026-05-04', activity: 'Run', minutes: 60, rpe: 6, efforts: at(150) };

  it('has a load by each method whose needs are known, and null by the others', () => {
    const loads = loadsOf({ session, profile: { ...nobody, maxBpm: 190 } });
    expect(loads).toEqual({ SESSION_RPE: 360, BANISTER: null, EDWARDS: 180, LUCIA: null });
  });

  it('without a heart rate has no load by heart rate: not zero', () => {
    expect(loadsOf({ session: { ...session, rpe: null, efforts: [] }, profile: known })).toEqual({
      SESSION_RPE: null,
      BANISTER: null,
      EDWARDS: null,
      LUCIA: null,
    });
  });

  it.each([
    [-0.1, null],
    [0, 0],
    [10, 600],
    [10.1, null],
  ])('rated %d', (rpe, load) => {
    expect(loadsOf({ session: { ...session, rpe }, profile: known }).SESSION_RPE).toBe(load);
  });

  it.each([-1, 1441, Number.NaN])('of %d minutes has no load', (minutes) => {
    expect(Object.values(loadsOf({ session: { ...session, minutes }, profile: known }))).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});

it(`more heart rate or more time is never less load (seed ${seed})`, () => {
  const random = randomOf(seed);
  for (let run = 0; run < 2000; run++) {
    const restBpm = 35 + random() * 40;
    const maxBpm = restBpm + 60 + random() * 90;
    const vt1Bpm = restBpm + 30 + random() * 30;
    const profile: LoadProfile = {
      sex: random() < 0.3 ? null : random() < 0.5 ? 'MALE' : 'FEMALE',
      maxBpm,
      restBpm,
      vt1Bpm,
      vt2Bpm: vt1Bpm + 1 + random() * 20,
    };
    const [bpm, minutes] = [30 + random() * 200, random() * 300];
    for (const load of [banister, edwards, lucia]) {
      const value = load(at(bpm, minutes), profile) as number;
      expect(value).toBeGreaterThanOrEqual(0);
      expect(load(at(bpm + random() * 30, minutes), profile)).toBeGreaterThanOrEqual(value);
      expect(load(at(bpm, minutes + random() * 30), profile)).toBeGreaterThanOrEqual(value);
    }
  }
});
