import { BREAKER, createBreaker, createRetryBudget, LeftAlone, TransientFailure, type Breaker } from './breaker.ts';

const OPEN_MS = 200;
let opened: number;
let closed: number;
let permits: number;
let breaker: Breaker;

beforeEach(() => {
  [opened, closed, permits] = [0, 0, 0];
  breaker = createBreaker({
    settings: { ...BREAKER, openMs: OPEN_MS, retryFromMs: 1 },
    onOpen: () => (opened += 1),
    onClosed: () => (closed += 1),
    stop: new AbortController().signal,
  });
});

const run = (attempt: () => Promise<unknown>, isRepeatable = false): Promise<unknown> =>
  breaker.run({ permit: async () => void (permits += 1), attempt, isRepeatable });
const fails = (): Promise<never> => Promise.reject(new TransientFailure('503'));
const answers = async (): Promise<string> => 'an answer';
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function failTimes(n: number): Promise<void> {
  for (let done = 0; done < n; done += 1) await expect(run(fails)).rejects.toBeInstanceOf(TransientFailure);
}

test('opens at twenty calls of which half fail, not before', async () => {
  for (let n = 0; n < 10; n += 1) await run(answers);
  await failTimes(9);
  expect(opened).toBe(0);
  await failTimes(1);
  await run(answers);
  await failTimes(2);
  expect(opened).toBe(1);
});

test('opens at twenty failures in a row, however well the provider was before', async () => {
  for (let n = 0; n < 200; n += 1) await run(answers);
  await failTimes(19);
  expect(opened).toBe(0);
  await failTimes(1);
  expect(opened).toBe(1);
});

test('while it is open nothing is tried and nothing is taken of the quota', async () => {
  await failTimes(20);
  expect(opened).toBe(1);
  const before = permits;
  await expect(run(answers)).rejects.toBeInstanceOf(LeftAlone);
  expect(permits).toBe(before);
});

test('closes after three probes were answered', async () => {
  await failTimes(20);
  await wait(OPEN_MS + 10);
  await run(answers);
  await run(answers);
  expect(closed).toBe(0);
  await run(answers);
  expect(closed).toBe(1);
});

test('opens again when a probe fails', async () => {
  await failTimes(20);
  await wait(OPEN_MS + 10);
  await run(answers);
  await failTimes(1);
  expect(opened).toBe(2);
  await expect(run(answers)).rejects.toBeInstanceOf(LeftAlone);
});

test('while the probes hang nobody waits for them, and nothing is taken of the quota', async () => {
  await failTimes(20);
  await wait(OPEN_MS + 10);
  let answer = (): void => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  const probes = Array.from({ length: BREAKER.probes }, () => run(() => answered));
  await wait(0);
  const before = permits;
  await expect(run(answers)).rejects.toBeInstanceOf(LeftAlone);
  expect(permits).toBe(before);
  answer();
  await Promise.all(probes);
  expect(closed).toBe(1);
});

test('a permit that is refused is no failure of the provider', async () => {
  const refusal = new Error('the quota is used up');
  for (let n = 0; n < 40; n += 1) {
    const refused = breaker.run({ permit: () => Promise.reject(refusal), attempt: answers, isRepeatable: true });
    await expect(refused).rejects.toBe(refusal);
  }
  expect(opened).toBe(0);
});

test('a hundred calls earn ten retries, and no more than ten are saved up', () => {
  const budget = createRetryBudget({ ...BREAKER, retriesAtStart: 0 });
  const spent = (): number => {
    let count = 0;
    while (budget.spend()) count += 1;
    return count;
  };
  expect(spent()).toBe(0);
  for (let n = 0; n < 100; n += 1) budget.earn();
  expect(spent()).toBe(10);
  for (let n = 0; n < 1_000; n += 1) budget.earn();
  expect(spent()).toBe(10);
});
