/** Places for work that several sharers bring, one after another: providers, of which one may be slow. */
export interface Lanes {
  /**
   * Begins the work and resolves when there is a place for the next: true. False at once, and nothing is begun, when the
   * sharer has all in hand that it may. `work` must not throw.
   */
  begin(sharer: string, work: () => Promise<void>): Promise<boolean>;
  /** Resolves when all that was begun has ended. */
  idle(): Promise<void>;
}

/**
 * A place is lent for `lentMs`: work that takes longer goes on without one, so that slow work never keeps the others
 * waiting; null: until the work has ended. What a sharer may have in hand is bounded by `ofOneAtMost`. Fast work never meets
 * that bound: it waits for a place, as it would without sharers.
 */
export function createLanes(options: { places: number; lentMs: number | null; ofOneAtMost: number }): Lanes {
  const inHand = new Map<string, number>();
  const running = new Set<Promise<void>>();
  let taken = 0;
  let onFree: (() => void) | null = null;

  /** Takes a place; the answer gives it back, once. */
  function takePlace(): () => void {
    let isTaken = true;
    taken += 1;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      taken -= 1;
      onFree?.();
    };
  }

  async function run(sharer: string, work: () => Promise<void>): Promise<void> {
    const giveBack = takePlace();
    inHand.set(sharer, (inHand.get(sharer) ?? 0) + 1);
    const timer = options.lentMs === null ? undefined : setTimeout(giveBack, options.lentMs);
    try {
      await work();
    } finally {
      clearTimeout(timer);
      inHand.set(sharer, (inHand.get(sharer) ?? 0) - 1);
      giveBack();
    }
  }

  return {
    async begin(sharer, work) {
      if ((inHand.get(sharer) ?? 0) >= options.ofOneAtMost) return false;
      const mine = run(sharer, work).finally(() => running.delete(mine));
      running.add(mine);
      while (taken >= options.places) await new Promise<void>((resolve) => (onFree = resolve));
      return true;
    },
    async idle() {
      await Promise.all(running);
    },
  };
}
