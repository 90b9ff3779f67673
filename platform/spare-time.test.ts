import { createSpareTime } from './spare-time.ts';

test('the spare part of the time between two calls is what was idle of it', () => {
  const times = { idle: 1_000, all: 4_000 };
  const spareTime = createSpareTime(() => ({ ...times }));
  const after = (idle: number, all: number): number => {
    times.idle += idle;
    times.all += all;
    return spareTime();
  };
  expect([after(500, 2_000), after(0, 1_000), after(2_000, 2_000), after(0, 0)]).toEqual([0.25, 0, 1, 1]);
});

test('of this machine it is a share, too', async () => {
  const spareTime = createSpareTime();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(spareTime()).toBeGreaterThanOrEqual(0);
  expect(spareTime()).toBeLessThanOrEqual(1);
});
