import type { Logger } from '#platform/log';
import { pause } from '#platform/retry';

const RETRY_AFTER_MS = 1_000;

/** Events of one subscription, made when they are asked for. */
export interface EventIterator<Event> extends AsyncIterableIterator<Event> {
  /** There may be something to take. */
  wake(): void;
  /** No more events; a `next` that waits is answered. */
  end(): void;
}

/**
 * Written by hand: an async generator that is parked in an await cannot be returned, and would keep its subscription
 * until the next event. `take` makes the next event of what waits, or null when nothing of it is to be told; what it
 * throws is logged and it is called again. `release` runs once, at the very moment of the end.
 */
export function createEventIterator<Event>(options: {
  take: () => Promise<Event | null>;
  release: () => void;
  log: Logger;
}): EventIterator<Event> {
  const over = new AbortController();
  const done: IteratorReturnResult<undefined> = { done: true, value: undefined };
  let isAwake = true;
  let rouse: (() => void) | null = null;
  let queue: Promise<unknown> = Promise.resolve();

  function wake(): void {
    isAwake = true;
    rouse?.();
    rouse = null;
  }

  function end(): void {
    if (over.signal.aborted) return;
    over.abort();
    options.release();
    wake();
  }

  async function produce(): Promise<IteratorResult<Event, undefined>> {
    while (!over.signal.aborted) {
      if (!isAwake) await new Promise<void>((resolve) => (rouse = resolve));
      if (over.signal.aborted) break;
      isAwake = false;
      try {
        const event = await options.take();
        if (event !== null && !over.signal.aborted) return { done: false, value: event };
      } catch (error) {
        options.log.warn({ err: error }, 'a live event could not be made and is tried again');
        isAwake = true;
        await pause(RETRY_AFTER_MS, over.signal);
      }
    }
    return done;
  }

  const iterator: EventIterator<Event> = {
    next() {
      const result = queue.then(produce);
      queue = result;
      return result;
    },
    return() {
      end();
      return Promise.resolve(done);
    },
    throw(error) {
      end();
      return Promise.reject(error);
    },
    wake,
    end,
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
