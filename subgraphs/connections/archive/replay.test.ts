import { CannotStart } from '#platform/process';
import { replayRange } from './replay.ts';

const typed = { provider: 'google-health', from: '2026-11-01', to: '2026-11-10' };

describe('what an operator may ask to be replayed', () => {
  it('is a provider and days, or a single day', () => {
    expect(replayRange(typed)).toEqual({ ...typed, provider: 'GOOGLE_HEALTH' });
    expect(replayRange({ ...typed, to: typed.from })).toMatchObject({ from: typed.from, to: typed.from });
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
  ])('is not %s', (_name, change, sentence) => {
    expect(() => replayRange({ ...typed, ...change })).toThrow(CannotStart);
    expect(() => replayRange({ ...typed, ...change })).toThrow(sentence);
  });
});
