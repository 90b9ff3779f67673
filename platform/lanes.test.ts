import { createLanes } from './lanes.ts';

const LENT_MS = 30;
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Work that ends when told. */
function slow(): { work: () => Promise<void>; end: () => void } {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { work: () => ended, end: () => end() };
}

test('work that takes longer than its place is lent keeps no other waiting, and its sharer gets no more than its part', async () => {
  const lanes = createLanes({ places: 2, lentMs: LENT_MS, ofOneAtMost: 4 });
  const hanging = slow();
  for (let n = 0; n < 4; n += 1) expect(await lanes.begin('one', hanging.work)).toBe(true);
  expect(await lanes.begin('one', hanging.work)).toBe(false);
  let isDone = false;
  expect(await lanes.begin('other', async () => void (isDone = true))).toBe(true);
  expect(isDone).toBe(true);
  hanging.end();
  await lanes.idle();
  expect(await lanes.begin('one', async () => undefined)).toBe(true);
});

test('fast work waits for a place, whoever brings it', async () => {
  const lanes = createLanes({ places: 2, lentMs: 60_000, ofOneAtMost: 3 });
  const [first, second] = [slow(), slow()];
  await lanes.begin('one', first.work);
  let isFree = false;
  const begun = lanes.begin('one', second.work).then(() => (isFree = true));
  await settle();
  expect(isFree).toBe(false);
  first.end();
  await begun;
  second.end();
  await lanes.idle();
});

test('a place that is not lent is held until the work has ended, and is given back once', async () => {
  const lanes = createLanes({ places: 1, lentMs: null, ofOneAtMost: 1 });
  let running = 0;
  let most = 0;
  for (let n = 0; n < 5; n += 1) {
    await lanes.begin('', async () => {
      most = Math.max(most, (running += 1));
      await settle();
      running -= 1;
    });
  }
  await lanes.idle();
  expect(most).toBe(1);
});
