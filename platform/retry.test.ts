import { setTimeout as after } from 'node:timers/promises';
import { withinTime } from './retry.ts';

const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

describe('work that has a time limit', () => {
  test('in time, its result counts and no timer is left', async () => {
    const before = timers();
    expect(await withinTime({ work: Promise.resolve('done'), withinMs: 60_000, late: () => 'late' })).toBe('done');
    await expect(
      withinTime({ work: Promise.reject(new Error('failed')), withinMs: 60_000, late: () => 'late' }),
    ).rejects.toThrow('failed');
    expect(timers()).toBe(before);
  });

  test('late, the other answer counts, and how it ends troubles nobody', async () => {
    const work = after(30).then(() => Promise.reject(new Error('too late to matter')));
    expect(await withinTime({ work, withinMs: 5, late: () => 'late' })).toBe('late');
    await expect(work).rejects.toThrow('too late');
  });

  test('late, what the other answer throws is thrown', async () => {
    const late = (): never => {
      throw new Error('it took too long');
    };
    await expect(withinTime({ work: new Promise(() => undefined), withinMs: 5, late })).rejects.toThrow('too long');
  });
});
