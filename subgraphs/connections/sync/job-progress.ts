import type { Logger } from '#platform/log';
import { listen, type Bus } from '#platform/bus';
import { providerSlug } from '#platform/signals';
import { subjects } from '#platform/streams';
import { isFinal, type SyncJob } from './job.entity.ts';

/** An announcement may be missed (core NATS): the job is looked at this often in any case. */
const LOOK_EVERY_MS = 3_000;

/**
 * The states of one job: as it stands now, then each change, until it has ended. Written by hand: a parked async generator
 * would keep its subscription until the next event. `return()` lets go at once.
 */
export function watchJob(options: {
  bus: Bus;
  first: SyncJob;
  /** The job now; null when it is gone. */
  read: () => Promise<SyncJob | null>;
  log: Logger;
  onEnd?: () => void;
}): AsyncIterableIterator<SyncJob> {
  const { first, read } = options;
  let shown: SyncJob | null = null;
  let isOver = false;
  let isDirty = false;
  let wake: (() => void) | null = null;

  const stir = (): void => {
    isDirty = true;
    wake?.();
  };
  const listening = listen(options.bus, {
    subject: subjects.syncJob(providerSlug(first.provider), first.id),
    log: options.log,
    handle: stir,
  });
  const timer = setInterval(stir, LOOK_EVERY_MS);

  function finish(): IteratorResult<SyncJob> {
    if (!isOver) {
      isOver = true;
      clearInterval(timer);
      listening.close();
      options.onEnd?.();
      wake?.();
    }
    return { done: true, value: undefined };
  }

  async function next(): Promise<IteratorResult<SyncJob>> {
    if (shown === null) {
      shown = first;
      return { done: false, value: first };
    }
    while (!isOver && !isFinal(shown.state)) {
      if (!isDirty) await new Promise<void>((resolve) => (wake = resolve));
      wake = null;
      if (isOver) break;
      isDirty = false;
      const job = await read();
      if (job === null) break;
      if (job.updatedAt > shown.updatedAt || job.state !== shown.state) {
        shown = job;
        return { done: false, value: job };
      }
    }
    return finish();
  }

  return {
    next,
    return: async () => finish(),
    throw: async (error: unknown) => {
      finish();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
