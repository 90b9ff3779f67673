import { randomUUID } from 'node:crypto';
import type { PendingDelivery, Store, VendorState } from '../state.ts';
import type { Attempt, DeliveryLog } from './delivery-log.ts';
import type { Faults } from './faults.ts';
import type { DeliveryOptions, VendorSettings } from './tables.ts';

/** One delivery to make. */
export interface Letter {
  /** A subscription of the vendor's, or the address that was configured by hand. */
  to: { subscriptionId: string } | { url: string };
  /** Words for whoever watches; the body is the vendor's own. */
  eventType: string;
  dataType: string;
  rawBody: string;
  /** Besides those of the signature and the content type. */
  headers?: Record<string, string>;
}

export interface Courier {
  /** Resolves after the first attempt; retries go on behind. Held-back deliveries have no attempt yet. */
  send(letter: Letter): Promise<Attempt[]>;
  /** Takes up the retries a former process left behind. */
  resume(): void;
  stop(): void;
}

const LATE_MS = 30_000;
/** A held-back delivery goes at last, if no other follows it. */
const HELD_MS = 5_000;

export function createCourier({
  slug,
  store,
  memory,
  settings,
  delivery: options,
  faults,
  log,
  now,
  retryAfterMs = (attempts) => 1000 * (options.retryAfterSec[attempts - 1] ?? 0),
}: {
  slug: string;
  store: Store;
  memory: VendorState;
  settings: VendorSettings;
  delivery: DeliveryOptions;
  faults: Faults;
  log: DeliveryLog;
  now: () => number;
  /** Pause after so many attempts. */
  retryAfterMs?: (attempts: number) => number;
}): Courier {
  const timers = new Map<string, NodeJS.Timeout>();
  let heldBack: PendingDelivery[] = [];
  let isStopped = false;

  const post = async (delivery: PendingDelivery): Promise<{ status: number; ms: number; isForged: boolean }> => {
    const isForged = faults.isDue('bad-signature');
    const { rawBody } = delivery;
    const subscription = memory.subscriptions.find(({ id }) => id === delivery.subscriptionId) ?? null;
    const signature = options.sign({ rawBody, nowMs: now(), settings, subscription, isForged });
    const startedAt = performance.now();
    const status = await fetch(subscription?.callbackUrl ?? delivery.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...delivery.headers, ...signature },
      body: rawBody,
      redirect: 'manual',
      signal: AbortSignal.timeout(options.answerWithinMs),
    }).then(
      async (answer) => {
        await answer.arrayBuffer();
        return answer.status;
      },
      () => 0,
    );
    return { status, ms: Math.round(10 * (performance.now() - startedAt)) / 10, isForged };
  };

  const schedule = (delivery: PendingDelivery): void => {
    if (isStopped) return;
    const timer = setTimeout(
      () => {
        timers.delete(delivery.id);
        heldBack = heldBack.filter((held) => held !== delivery);
        void attempt(delivery);
      },
      Math.max(0, delivery.dueAtMs - Date.now()),
    );
    timer.unref();
    timers.set(delivery.id, timer);
  };

  const settle = (delivery: PendingDelivery): void => {
    memory.pending = memory.pending.filter((other) => other.id !== delivery.id);
    store.changed();
  };

  const attempt = async (delivery: PendingDelivery): Promise<Attempt> => {
    const { eventType, dataType, subscriptionId } = delivery;
    const isKnown = subscriptionId === null || memory.subscriptions.some(({ id }) => id === subscriptionId);
    if (!isKnown) {
      settle(delivery);
      return { eventType, dataType, status: 0, ms: 0 };
    }
    const { status, ms, isForged } = await post(delivery);
    const answer = { eventType, dataType, status, ms };
    if (isStopped) return answer;
    delivery.attempts += 1;
    const isEnded = options.endsSubscription?.(status) ?? false;
    if (isEnded) memory.subscriptions = memory.subscriptions.filter(({ id }) => id !== subscriptionId);
    const isTaken = options.isTaken(status);
    const isOver = isEnded || isTaken || delivery.attempts > options.retryAfterSec.length;
    log.add({ provider: slug, atMs: now(), ...answer, attempt: delivery.attempts, isForged, isTaken, isOver });
    if (isOver) {
      settle(delivery);
    } else {
      delivery.dueAtMs = Date.now() + retryAfterMs(delivery.attempts);
      store.changed();
      schedule(delivery);
    }
    return answer;
  };

  /** Sends what was held back, the last one first: the order is now another. */
  const letGo = async (): Promise<Attempt[]> => {
    const attempts: Attempt[] = [];
    for (let delivery = heldBack.pop(); delivery; delivery = heldBack.pop()) {
      clearTimeout(timers.get(delivery.id));
      timers.delete(delivery.id);
      attempts.push(await attempt(delivery));
    }
    return attempts;
  };

  const write = ({ to, eventType, dataType, rawBody, headers = {} }: Letter, dueAtMs: number): PendingDelivery => {
    const subscriptionId = 'subscriptionId' in to ? to.subscriptionId : null;
    const url = 'url' in to ? to.url : '';
    const delivery = { id: randomUUID(), subscriptionId, url, eventType, dataType, rawBody, headers };
    const pending = { ...delivery, attempts: 0, dueAtMs };
    memory.pending.push(pending);
    store.changed();
    return pending;
  };

  return {
    send: async (letter) => {
      const waitMs = faults.isDue('late') ? LATE_MS : 0;
      const copies = faults.isDue('duplicate') ? 2 : 1;
      const deliveries = Array.from({ length: copies }, () => write(letter, Date.now() + waitMs));
      if (waitMs > 0) {
        deliveries.forEach(schedule);
        return [];
      }
      if (faults.isDue('reordered')) {
        for (const delivery of deliveries) {
          delivery.dueAtMs = Date.now() + HELD_MS;
          heldBack.push(delivery);
          schedule(delivery);
        }
        return [];
      }
      const attempts: Attempt[] = [];
      for (const delivery of deliveries) attempts.push(await attempt(delivery));
      return [...attempts, ...(await letGo())];
    },
    resume: () => {
      memory.pending.forEach(schedule);
    },
    stop: () => {
      isStopped = true;
      timers.forEach(clearTimeout);
      timers.clear();
    },
  };
}
