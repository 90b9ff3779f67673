/**
 * Full jitter (Brooker 2015, AWS Architecture Blog, "Exponential Backoff And Jitter"): a random wait between nothing
 * and a bound that doubles. attempt 1: up to 1 s, 2: 2 s, 3: 4 s ... 10 and later: 600 s.
 */
export function fullJitterMs(options: {
  attempt: number;
  baseMs?: number;
  maxMs?: number;
  random?: () => number;
}): number {
  const { attempt, baseMs = 1_000, maxMs = 600_000, random = Math.random } = options;
  const bound = Math.min(maxMs, baseMs * 2 ** Math.max(0, attempt - 1));
  return Math.floor(random() * bound);
}

/** Resolves after `delayMs`, or at once when `signal` aborts. */
export function pause(delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const timer = setTimeout(done, delayMs);
    signal?.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });
}

/** What `work` comes to, or what `late` says when that takes longer. Late work goes on, and nobody hears how it ends. */
export async function withinTime<T>(options: { work: Promise<T>; withinMs: number; late: () => T }): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, options.withinMs);
  });
  try {
    return await Promise.race([options.work, over.then(options.late)]);
  } finally {
    clearTimeout(timer);
  }
}
