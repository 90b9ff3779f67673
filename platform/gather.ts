/** Something is in its way: a lock, a disk. The others need not wait for that. */
const SLOW_MS = 200;

/**
 * Work on lists that grows with what waits: a list that comes while nothing is under way goes at once, alone; those that come
 * meanwhile go together when it is done, as many whole lists as fit into `most` items: together they cost a fraction. Another
 * lane opens for half of that, and where what is under way does not end. No timer, so that nothing waits for company. A batch
 * that fails is tried again list by list, so that a bad one sinks no other.
 */
export function gather<Item>(options: {
  lanes: number;
  most: number;
  work: (items: Item[]) => Promise<unknown>;
}): (items: readonly Item[]) => Promise<void> {
  const { lanes, most, work } = options;
  const waiting: { items: readonly Item[]; end: (result?: Promise<unknown>) => void }[] = [];
  let busy = 0;
  /** When the newest batch was begun. */
  let begunAt = 0;

  const isSlow = (): boolean => performance.now() - begunAt > SLOW_MS;
  const itemsWaiting = (): number => waiting.reduce((sum, { items }) => sum + items.length, 0);

  function nextBatch(): typeof waiting {
    let count = waiting[0]?.items.length ?? 0;
    let lists = 1;
    for (; lists < waiting.length; lists += 1) {
      count += waiting[lists]?.items.length ?? 0;
      if (count > most) break;
    }
    begunAt = performance.now();
    return waiting.splice(0, lists);
  }

  async function workOff(batch: typeof waiting): Promise<void> {
    if (batch.length > 1) {
      try {
        await work(batch.flatMap(({ items }) => items));
        for (const { end } of batch) end();
        return;
      } catch {
        // Below each list tells its own caller what is wrong with it.
      }
    }
    for (const { items, end } of batch) {
      const result = work([...items]);
      end(result);
      await result.catch(() => undefined);
    }
  }

  async function run(): Promise<void> {
    busy += 1;
    while (waiting.length > 0) await workOff(nextBatch());
    busy -= 1;
  }

  return async (items) => {
    await new Promise((resolve) => {
      waiting.push({ items, end: resolve });
      if (busy === 0 || (busy < lanes && (itemsWaiting() >= most / 2 || isSlow()))) void run();
    });
  };
}
