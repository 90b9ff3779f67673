import type { Logger } from '#platform/log';
import { pause } from '#platform/retry';

/** Work that is done again and again until it is closed. `close` waits for the round that runs. */
export interface Rounds {
  close(): Promise<void>;
}

/**
 * Runs `round` now, then every `everyMs` after the end of the one before; at once when it answers 'more'. A round that
 * fails is told of with `complaint` and the next one comes all the same. `number` counts from 0.
 */
export function startRounds(options: {
  everyMs: number;
  round: (number: number) => Promise<'more' | 'done'>;
  /** One sentence for the log: what did not work and what comes of it. */
  complaint: string;
  log: Logger;
}): Rounds {
  const { everyMs, round, complaint, log } = options;
  const stop = new AbortController();

  async function run(): Promise<void> {
    for (let number = 0; !stop.signal.aborted; number += 1) {
      let ending: 'more' | 'done' = 'done';
      try {
        ending = await round(number);
      } catch (error) {
        log.warn({ err: error }, complaint);
      }
      if (ending === 'done') await pause(everyMs, stop.signal);
    }
  }

  const running = run();
  return {
    async close() {
      stop.abort();
      await running;
    },
  };
}
