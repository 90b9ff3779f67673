import type { Logger } from '#platform/log';

const STOP_WITHIN_MS = 2_000;
const PARENT_CHECK_MS = 250;

/** Things to close, last opened first closed. */
export interface Shutdown {
  add(name: string, close: () => Promise<unknown> | unknown): void;
  /** Closes everything; safe to call twice. */
  run(): Promise<void>;
}

/**
 * Ends the process on SIGTERM and SIGINT: everything added is closed in reverse order, within two seconds.
 * With `exitWithParent` the process also ends when the one that started it is gone, so that no orphan stays behind.
 */
export function createShutdown(options: { log: Logger; exitWithParent: boolean }): Shutdown {
  const steps: { name: string; close: () => Promise<unknown> | unknown }[] = [];
  let running: Promise<void> | null = null;
  let closing = '';

  async function closeAll(): Promise<void> {
    for (const step of steps.reverse()) {
      closing = step.name;
      try {
        await step.close();
      } catch (error) {
        options.log.warn({ err: error, step: step.name }, 'a part did not close cleanly');
      }
    }
  }

  const shutdown: Shutdown = {
    add: (name, close) => void steps.push({ name, close }),
    run: () => (running ??= closeAll()),
  };

  function end(reason: string): void {
    options.log.info({ reason }, 'stopping');
    const timer = setTimeout(() => {
      options.log.warn({ step: closing }, 'a part did not close in time: the process ends without it');
      process.exit(1);
    }, STOP_WITHIN_MS);
    timer.unref();
    void shutdown.run().then(() => process.exit(0));
  }

  process.once('SIGTERM', () => end('SIGTERM'));
  process.once('SIGINT', () => end('SIGINT'));
  if (options.exitWithParent) {
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) end('the starting process is gone');
    }, PARENT_CHECK_MS).unref();
  }
  return shutdown;
}
