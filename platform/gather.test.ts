import { gather } from './gather.ts';

/** Work that ends when it is told to. */
function controlled() {
  const batches: { items: number[]; end: (error?: Error) => void }[] = [];
  const work = (items: number[]): Promise<void> =>
    new Promise((resolve, reject) => batches.push({ items, end: (error) => (error ? reject(error) : resolve()) }));
  return { batches, work };
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('lists that wait', () => {
  it('go at once while nothing is under way, and together when it is done', async () => {
    const { batches, work } = controlled();
    const take = gather({ lanes: 2, most: 10, work });
    const all = [[1], [2], [3, 4], [5]].map((items) => take(items));
    expect(batches.map(({ items }) => items)).toEqual([[1]]);
    batches[0]?.end();
    await turn();
    expect(batches.map(({ items }) => items)).toEqual([[1], [2, 3, 4, 5]]);
    for (const { end } of batches) end();
    await Promise.all(all);
  });

  it('go into another lane when they are half of a batch', async () => {
    const { batches, work } = controlled();
    const take = gather({ lanes: 2, most: 4, work });
    const all = [[1], [2], [3], [4], [5], [6]].map((items) => take(items));
    expect(batches.map(({ items }) => items)).toEqual([[1], [2, 3]]);
    batches[1]?.end();
    await turn();
    expect(batches.map(({ items }) => items)).toEqual([[1], [2, 3], [4, 5, 6]]);
    for (const { end } of batches) end();
    await Promise.all(all);
  });

  it('go into another lane when what is under way does not end', async () => {
    const { batches, work } = controlled();
    const take = gather({ lanes: 2, most: 10, work });
    const all = [take([1])];
    await new Promise((resolve) => setTimeout(resolve, 250));
    all.push(take([2]));
    expect(batches.map(({ items }) => items)).toEqual([[1], [2]]);
    for (const { end } of batches) end();
    await Promise.all(all);
  });

  it('are not torn, and no batch is larger than it may be unless one list is', async () => {
    const { batches, work } = controlled();
    const take = gather({ lanes: 1, most: 3, work });
    const all = [[1], [2, 3], [4, 5], [6, 7, 8, 9], [10]].map((items) => take(items));
    for (let at = 0; at < 5; at += 1) {
      batches[at]?.end();
      await turn();
    }
    expect(batches.map(({ items }) => items)).toEqual([[1], [2, 3], [4, 5], [6, 7, 8, 9], [10]]);
    await Promise.all(all);
  });

  it('are tried one by one when they fail together: a bad one sinks no other', async () => {
    const seen: number[][] = [];
    const take = gather({
      lanes: 1,
      most: 10,
      async work(items: number[]) {
        await turn();
        seen.push(items);
        if (items.includes(3)) throw new Error('bad');
      },
    });
    const endings = await Promise.all(
      [[1], [2], [3], [4]].map((items) =>
        take(items).then(
          () => 'done',
          (error: Error) => error.message,
        ),
      ),
    );
    expect(endings).toEqual(['done', 'done', 'bad', 'done']);
    expect(seen).toEqual([[1], [2, 3, 4], [2], [3], [4]]);
    await take([5]);
  });
});
