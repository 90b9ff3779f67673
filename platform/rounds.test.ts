import { createLogger } from '#platform/log';
import { startRounds } from './rounds.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const soon = (ms = 30): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('rounds come one after the other, and at once while there is more', async () => {
  const numbers: number[] = [];
  const rounds = startRounds({
    everyMs: 60_000,
    complaint: 'a round failed',
    log,
    round: async (number) => {
      numbers.push(number);
      return number < 2 ? 'more' : 'done';
    },
  });
  await soon();
  expect(numbers).toEqual([0, 1, 2]);
  await rounds.close();
});

test('a round that fails is told of, and the next one comes after the pause', async () => {
  const told: string[] = [];
  const telling = { warn: (_fields: object, text: string) => void told.push(text) } as unknown as typeof log;
  let count = 0;
  const rounds = startRounds({
    everyMs: 5,
    complaint: 'a round failed',
    log: telling,
    round: async () => {
      count += 1;
      if (count === 1) throw new Error('no');
      return 'done';
    },
  });
  await soon();
  await rounds.close();
  expect(told).toEqual(['a round failed']);
  expect(count).toBeGreaterThan(1);
});

test('closing waits for the round that runs, and no other begins', async () => {
  let begun = 0;
  let ended = 0;
  const rounds = startRounds({
    everyMs: 0,
    complaint: 'a round failed',
    log,
    round: async () => {
      begun += 1;
      await soon();
      ended += 1;
      return 'more';
    },
  });
  await rounds.close();
  expect([begun, ended]).toEqual([1, 1]);
  await soon();
  expect(begun).toBe(1);
});
