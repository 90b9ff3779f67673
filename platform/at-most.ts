/** Runs at most `count` pieces of work at a time; the others wait their turn, first come first served. */
export type AtMost = <T>(work: () => Promise<T>) => Promise<T>;

export function atMost(count: number): AtMost {
  const waiting: (() => void)[] = [];
  let free = count;
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free -= 1;
    try {
      return await work();
    } finally {
      // The place goes straight to the next: nobody who comes just now slips in between.
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
