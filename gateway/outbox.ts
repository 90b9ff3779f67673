import { coalesce, type LiveEvent } from './live-event.ts';
import type { SubscriptionPlan } from './subscription-plan.ts';

/** Events waiting for one client. More than this, and they are made into one. */
const QUEUED_EVENTS = 100;
/** What may lie unsent in the client's socket before its events wait here. */
const UNSENT_BYTES = 256 * 1024;

/** Where the frames of one operation go. */
export interface Outlet {
  /** Sends the payload of one `next`; `written` is called when it has left the process. */
  write(payload: string, written: () => void): void;
  unsentBytes(): number;
}

/**
 * The bounded queue of one client: a slow one gets the newest state of each athlete with `gap: true`, and slows nobody.
 * Held until released: while a snapshot is fetched, later events wait behind it.
 */
export interface Outbox {
  push(event: LiveEvent): void;
  /** Forgets what waits and keeps what comes: a snapshot is on its way that says it all. */
  hold(): void;
  /** Sends the snapshot, then what came since `hold`. */
  release(snapshot: LiveEvent | null): void;
  /** Resolves when all that waits is handed over. */
  drained(): Promise<void>;
  readonly queued: number;
}

export function createOutbox(options: {
  outlet: Outlet;
  keys: SubscriptionPlan['keys'];
  onCoalesce: () => void;
}): Outbox {
  const { outlet, keys } = options;
  let queue: LiveEvent[] = [];
  let isHeld = true;
  let waiting: (() => void)[] = [];

  function pump(): void {
    while (!isHeld && queue.length > 0 && outlet.unsentBytes() < UNSENT_BYTES) {
      outlet.write((queue.shift() as LiveEvent).json(), pump);
    }
    if (isHeld || queue.length > 0) return;
    const resolved = waiting;
    waiting = [];
    for (const resolve of resolved) resolve();
  }

  return {
    get queued() {
      return queue.length;
    },
    push(event) {
      queue.push(event);
      if (queue.length > QUEUED_EVENTS) {
        queue = [coalesce(queue, keys)];
        options.onCoalesce();
      }
      pump();
    },
    hold() {
      isHeld = true;
      queue = [];
    },
    release(snapshot) {
      isHeld = false;
      if (snapshot !== null) queue.unshift(snapshot);
      pump();
    },
    drained: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        pump();
      }),
  };
}
