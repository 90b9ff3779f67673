import { atMost } from '#platform/at-most';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('never more than so many run at once, in the order they came, and a failure frees its place', async () => {
  const run = atMost(3);
  const started: number[] = [];
  let running = 0;
  let most = 0;
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, n) =>
      run(async () => {
        started.push(n);
        most = Math.max(most, (running += 1));
        await turn();
        running -= 1;
        if (n % 2 === 1) throw new Error(`${n}`);
        return n;
      }),
    ),
  );
  expect(most).toBe(3);
  expect(started).toEqual([...started.keys()]);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
});
