import { CannotStart } from '#platform/process';
import { replayRange } from './replay.ts';

const typed = { provider: 'google-health', from: '2026-11-01', to: '2026-11-10' };

describe('what an operator may ask to be replayed', () => {
  it('is a provider and days, or one athlete of them', () => {
    expect(replayRange(typed)).toEqual({ ...typed, provider: 'GOOGLE_HEALTH', athleteId: null });
    const athlete = '0193a000-0000-7000-8000-000000000001';
    expect(replayRange({ ...typed, to: typed.from, athlete })).toMatchObject({ athleteId: athlete });
  });

  it.each([
    [
      'an unknown provider',
      { provider: 'fitbit' },
      /^There is no provider of this name\. Say --provider with one of oura, /,
    ],
    ['a range that ends before it begins', { to: '2026-10-31' }, /^The range ends before it begins: .* is later than/],
    ['a day that no calendar has', { from: '2026-02-30' }, /^--from and --to are calendar days/],
    ['a way out of the archive', { from: '../../..' }, /^--from and --to are calendar days/],
    ['an athlete without an id', { athlete: 'anna' }, /^--athlete is the id of an athlete/],
  ])('is not %s', (_name, change, sentence) => {
    expect(() => replayRange({ ...typed, ...change })).toThrow(CannotStart);
    expect(() => replayRange({ ...typed, ...change })).toThrow(sentence);
  });
});
