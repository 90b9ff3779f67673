/**
 * Work on lists that grows with what waits: a list that comes while a lane is free goes at once, alone; those that come
 * meanwhile go together when a lane is free again, as many whole lists as fit into `most` items. No timer, so that nothing
 * waits for company. Each caller gets the ending of the batch its list was in.
 */
export function gather<Item>(options: {
  lanes: number;
  most: number;
  work: (items: Item[]) => Promise<unknown>;
}): (items: readonly Item[]) => Promise<void> {
  const { lanes, most, work } = options;
  const waiting: { items: readonly Item[]; end: (result: Promise<unknown>) => void }[] = [];
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

  async function run(): Promise<void> {
    busy += 1;
    while (waiting.length > 0) {
      const batch = nextBatch();
      const result = work(batch.flatMap(({ items }) => items));
      for (const { end } of batch) end(result);
      // The callers hear of a failure; the lane goes on with the next batch.
      await result.catch(() => undefined);
    }
    busy -= 1;
  }

  return async (items) => {
    await new Promise((resolve) => {
      waiting.push({ items, end: resolve });
      if (busy < lanes) void run();
    });
  };
}
