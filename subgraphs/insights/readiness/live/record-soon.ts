import type { ReadLog } from '#platform/audit';
import type { Logger } from '#platform/log';

const AFTER_MS = 1_000;

/**
 * Reads below an athlete of an event happen after it was handed out. Called at each event: they are put on record soon after,
 * those of a second together.
 */
export function recordingSoon(reads: Pick<ReadLog, 'flush'>, log: Pick<Logger, 'error'>): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      reads.flush().catch((error: unknown) => log.error({ err: error }, 'what live events read could not be recorded'));
    }, AFTER_MS).unref();
  };
}
