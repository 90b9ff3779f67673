import { createHmac, randomUUID } from 'node:crypto';
import type { Faults } from '../faults.ts';
import type { Settings } from '../settings.ts';
import type { PendingDelivery, Store } from '../state.ts';

/** One line of what a subscriber is told. */
export interface OuraEvent {
  event_type: 'create' | 'update' | 'delete';
  data_type: string;
  object_id: string;
  user_id: string;
}

/** How the first attempt went; status 0 means no answer (refused, cut off, or longer than ten seconds). */
export interface Attempt {
  eventType: string;
  dataType: string;
  status: number;
  ms: number;
}

export interface Courier {
  /** Sends to every matching subscription; resolves after the first attempt of each, retries go on behind. */
  send(event: OuraEvent): Promise<Attempt[]>;
  /** Takes up the retries a former process left behind. */
  resume(): void;
  stop(): void;
}

const ANSWER_TIMEOUT_MS = 10_000;
const LATE_MS = 30_000;

/** Pauses before retry 1 to 10, in seconds; 57 minutes in all. */
const RETRY_AFTER_SEC = [5, 10, 20, 40, 80, 160, 320, 640, 960, 1200];

/** `x-oura-signature`: upper-case hex HMAC-SHA256 over the timestamp header and the raw body, nothing between. */
export function signatureOf({
  clientSecret,
  timestamp,
  rawBody,
}: {
  clientSecret: string;
  timestamp: string;
  rawBody: string;
}): string {
  return createHmac('sha256', clientSecret).update(timestamp).update(rawBody).digest('hex').toUpperCase();
}

export function createCourier({
  store,
  settings,
  faults,
  now,
  retryAfterMs = (attempts) => 1000 * (RETRY_AFTER_SEC[attempts - 1] ?? 1200),
}: {
  store: Store;
  settings: Pick<Settings, 'clientSecret' | 'timestampUnit'>;
  faults: Faults;
  now: () => number;
  /** Pause after so many attempts. */
  retryAfterMs?: (attempts: number) => number;
}): Courier {
  const { state } = store;
  const timers = new Set<NodeJS.Timeout>();
  let isStopped = false;

  const post = async (url: string, rawBody: string): Promise<{ status: number; ms: number }> => {
    const timestamp = String(settings.timestampUnit === 'seconds' ? Math.floor(now() / 1000) : now());
    const clientSecret = faults.isDue('bad-signature') ? `${settings.clientSecret}-wrong` : settings.clientSecret;
    const headers = {
      'content-type': 'application/json',
      'x-oura-timestamp': timestamp,
      'x-oura-signature': signatureOf({ clientSecret, timestamp, rawBody }),
    };
    const startedAt = performance.now();
    const status = await fetch(url, {
      method: 'POST',
      headers,
      body: rawBody,
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    }).then(
      async (answer) => {
        await answer.arrayBuffer();
        return answer.status;
      },
      () => 0,
    );
    return { status, ms: Math.round(10 * (performance.now() - startedAt)) / 10 };
  };

  const schedule = (delivery: PendingDelivery): void => {
    if (isStopped) return;
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        void attempt(delivery);
      },
      Math.max(0, delivery.dueAtMs - Date.now()),
    );
    timer.unref();
    timers.add(timer);
  };

  const settle = (delivery: PendingDelivery): void => {
    state.pending = state.pending.filter((other) => other.id !== delivery.id);
    store.changed();
  };

  const attempt = async (delivery: PendingDelivery): Promise<{ status: number; ms: number }> => {
    const subscription = state.subscriptions.find(({ id }) => id === delivery.subscriptionId);
    if (!subscription) {
      settle(delivery);
      return { status: 0, ms: 0 };
    }
    const answer = await post(subscription.callback_url, delivery.rawBody);
    if (isStopped) return answer;
    delivery.attempts += 1;
    if (answer.status === 410) {
      state.subscriptions = state.subscriptions.filter(({ id }) => id !== subscription.id);
      settle(delivery);
    } else if ((answer.status >= 200 && answer.status < 300) || delivery.attempts > RETRY_AFTER_SEC.length) {
      settle(delivery);
    } else {
      delivery.dueAtMs = Date.now() + retryAfterMs(delivery.attempts);
      store.changed();
      schedule(delivery);
    }
    return answer;
  };

  return {
    send: async (event) => {
      // With its milliseconds: two changes of one record within a second are two events, and must look like two.
      const eventTime = new Date(now()).toISOString().replace('Z', '+00:00');
      const { event_type, data_type, object_id, user_id } = event;
      const rawBody = JSON.stringify({ event_type, data_type, object_id, event_time: eventTime, user_id });
      const subscriptions = state.subscriptions.filter(
        (known) => known.event_type === event_type && known.data_type === data_type && known.expiresAtMs > now(),
      );
      const attempts: Attempt[] = [];
      for (const { id: subscriptionId } of subscriptions) {
        const isLate = faults.isDue('late');
        for (let copies = faults.isDue('duplicate') ? 2 : 1; copies > 0; copies--) {
          const dueAtMs = Date.now() + (isLate ? LATE_MS : 0);
          const delivery = { id: randomUUID(), subscriptionId, rawBody, attempts: 0, dueAtMs };
          state.pending.push(delivery);
          store.changed();
          if (isLate) schedule(delivery);
          else attempts.push({ eventType: event_type, dataType: data_type, ...(await attempt(delivery)) });
        }
      }
      return attempts;
    },
    resume: () => {
      state.pending.forEach(schedule);
    },
    stop: () => {
      isStopped = true;
      timers.forEach(clearTimeout);
      timers.clear();
    },
  };
}
