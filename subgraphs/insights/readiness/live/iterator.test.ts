import { pino } from 'pino';
import { createEventIterator } from './iterator.ts';

const log = pino({ level: 'silent' });

function setUp(take: () => Promise<number | null>) {
  let released = 0;
  const iterator = createEventIterator<number>({ take, release: () => (released += 1), log });
  return { iterator, released: () => released };
}

function queueOf(...waiting: (number | null)[]) {
  return { waiting, take: async () => waiting.shift() ?? null };
}

test('an event that is there is taken without a call, the next one after a call', async () => {
  const queue = queueOf(1);
  const { iterator } = setUp(queue.take);
  expect(await iterator.next()).toEqual({ done: false, value: 1 });
  const parked = iterator.next();
  queue.waiting.push(2);
  iterator.wake();
  expect(await parked).toEqual({ done: false, value: 2 });
});

test('a call that comes while nobody waits is not lost', async () => {
  const queue = queueOf();
  const { iterator } = setUp(queue.take);
  const parked = iterator.next();
  await new Promise((resolve) => setImmediate(resolve));
  queue.waiting.push(1);
  iterator.wake();
  await parked;
  queue.waiting.push(2);
  iterator.wake();
  expect(await iterator.next()).toEqual({ done: false, value: 2 });
});

test('return releases at once and answers whoever is parked, with no event in between', async () => {
  const { iterator, released } = setUp(async () => null);
  const parked = iterator.next();
  await new Promise((resolve) => setImmediate(resolve));
  const returning = iterator.return?.();
  expect(released()).toBe(1);
  expect(await returning).toEqual({ done: true, value: undefined });
  expect(await parked).toEqual({ done: true, value: undefined });
  expect(await iterator.next()).toEqual({ done: true, value: undefined });
  iterator.end();
  expect(released()).toBe(1);
});

test('an event that is still being made when the stream ends is not handed out', async () => {
  const making = Promise.withResolvers<number>();
  const { iterator } = setUp(() => making.promise);
  const parked = iterator.next();
  await new Promise((resolve) => setImmediate(resolve));
  void iterator.return?.();
  making.resolve(1);
  expect(await parked).toEqual({ done: true, value: undefined });
});

test('events asked for at once come one after another, in order', async () => {
  let making = 0;
  let most = 0;
  let next = 0;
  const { iterator } = setUp(async () => {
    making += 1;
    most = Math.max(most, making);
    await new Promise((resolve) => setImmediate(resolve));
    making -= 1;
    iterator.wake();
    return (next += 1);
  });
  const all = await Promise.all([iterator.next(), iterator.next(), iterator.next()]);
  expect(all.map(({ value }) => value as number)).toEqual([1, 2, 3]);
  expect(most).toBe(1);
});

test('an event that could not be made is tried again', async () => {
  let attempts = 0;
  const { iterator } = setUp(async () => {
    attempts += 1;
    if (attempts === 1) throw new Error('the database is away');
    return attempts;
  });
  expect(await iterator.next()).toEqual({ done: false, value: 2 });
});
