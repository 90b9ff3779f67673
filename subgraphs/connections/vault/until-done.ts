import { AppError } from '#platform/errors';
import { pause } from '#platform/retry';

/** A refresh holds its row for one call to the provider, which ends within six seconds. */
const PAUSE_MS = 200;
const PATIENCE_MS = 60_000;

export interface Pass {
  /** Rows this pass has brought forward. */
  moved(rows: number): void;
}

/**
 * Repeats a pass that leaves out the rows others hold, until none remain. Throws UNAVAILABLE when for a minute nothing
 * moved: somebody holds rows for longer than any request does.
 */
export async function untilDone(options: {
  what: string;
  pass: (pass: Pass) => Promise<void>;
  remaining: () => Promise<number>;
}): Promise<void> {
  for (let waitedMs = 0; ;) {
    let moved = 0;
    await options.pass({ moved: (rows) => void (moved += rows) });
    const remaining = await options.remaining();
    if (remaining <= 0) return;
    waitedMs = moved > 0 ? 0 : waitedMs + PAUSE_MS;
    if (waitedMs >= PATIENCE_MS) {
      throw new AppError(
        'UNAVAILABLE',
        `${remaining} ${options.what} are held by somebody else for a minute now, and are not done yet. Look for a transaction that does not end (pg_stat_activity), then run the verb again: it goes on where it stopped.`,
      );
    }
    await pause(PAUSE_MS);
  }
}
