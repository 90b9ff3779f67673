/**
 * Work on lists that grows with what waits: a list that comes while a lane is free goes at once, alone; those that come
 * meanwhile go together when a lane is free again, as many whole lists as fit into `most` items. No timer, so that nothing
 * waits for company. A batch that fails is tried again list by list, so that a bad one sinks no other.
 */
export function gather<Item>(options: {
  lanes: number;
  most: number;
  work: (items: Item[]) => Promise<unknown>;
}): (items: readonly Item[]) => Promise<void> {
  const { lanes, most, work } = options;
  const waiting: { items: readonly Item[]; end: (result?: Promise<unknown>) => void }[] = [];
  let busy = 0;

  function nextBatch(): typeof waiting {
    let count = waiting[0]?.items.length ?? 0;
    let lists = 1;
    for (; lists < waiting.length; lists += 1) {
      count += waiting[lists]?.items.length ?? 0;
      if (count > most) break;
    }
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
      if (busy < lanes) void run();
    });
  };
}
