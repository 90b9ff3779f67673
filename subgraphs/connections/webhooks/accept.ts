import type { Clock } from '#platform/clock';
import type { Sql } from '#platform/database';
import { AppError } from '#platform/errors';
import type { Logger } from '#platform/log';
import type { PayloadKeys } from '#platform/payload-keys';
import { NOTIFICATION } from '#platform/streams';
import type { Metrics } from '#platform/telemetry';
import type { ParsedNotification, Vendor } from '../providers/provider.ts';
import type { Recipient, Recipients } from './recipients.ts';
import { signedKey, storeDeliveries, type NewDelivery } from './store-deliveries.ts';

/** A request whose signature held. */
export interface Arrival {
  vendor: Vendor;
  rawBody: Buffer;
  /** The time text as it was signed. */
  signedAt: string;
}

/** What became of an arrival. In all four cases the provider hears its success code. */
export type Acceptance = 'stored' | 'repeated' | 'unknown_user' | 'dead_letter';

export interface Intake {
  /** Resolves when PostgreSQL has committed. Rejects with UNAVAILABLE when nothing durable could be written. */
  accept(arrival: Arrival): Promise<Acceptance>;
  /** Takes nothing more; resolves when all that was taken is answered for. */
  close(): Promise<void>;
}

/** Rows of one statement: more would only make the first of them wait. */
const BATCH = 500;
/** Beyond this the database is not keeping up: refusing is better than growing. */
const MAX_WAITING = 20_000;
/** A sender waits 10 s; a write that hangs longer than this is answered as unavailable. */
const WRITE_WITHIN_MS = 5_000;

interface Waiting {
  arrival: Arrival;
  receivedAt: Date;
  started: number;
  resolve: (acceptance: Acceptance) => void;
  reject: (error: unknown) => void;
}

/**
 * Gathers the commits of concurrent requests without a timer: whatever has arrived is written in one statement when the
 * previous write returns. Replies of a batch go out together at the end of a turn.
 */
export function createIntake(options: {
  db: Sql;
  recipients: Recipients;
  payloadKeys: PayloadKeys;
  intakeKeyId: string;
  clock: Clock;
  metrics: Metrics;
  log: Logger;
  /** Called after each commit that left something to publish. */
  onStored: () => void;
}): Intake {
  const { metrics, log, clock } = options;
  let waiting: Waiting[] = [];
  let running: Promise<void> | null = null;
  let isClosing = false;

  async function writeAll(): Promise<void> {
    // The rest of this turn's requests come along with the first.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      let outcomes: Acceptance[] | null = null;
      let failure: unknown = null;
      try {
        outcomes = await withinTime(write({ ...options, arrivals: batch }));
      } catch (error) {
        failure = error;
        log.error({ err: error, count: batch.length }, 'deliveries could not be stored and were refused');
      }
      setImmediate(() => settle(batch, outcomes, failure));
      if (outcomes?.some((outcome) => outcome === 'stored')) options.onStored();
    }
  }

  function settle(batch: readonly Waiting[], outcomes: readonly Acceptance[] | null, failure: unknown): void {
    const now = performance.now();
    for (const [index, entry] of batch.entries()) {
      const outcome = outcomes?.[index];
      metrics.webhooks.inc({ provider: entry.arrival.vendor.slug, outcome: outcome ?? 'unavailable' });
      metrics.accept.observe((now - entry.started) / 1000);
      if (outcome === 'dead_letter') metrics.deadLetters.inc({ stage: 'intake', reason: 'unreadable' });
      if (outcome) entry.resolve(outcome);
      else entry.reject(unavailable(failure));
    }
  }

  return {
    accept(arrival) {
      if (isClosing || waiting.length >= MAX_WAITING) return Promise.reject(unavailable(null));
      return new Promise((resolve, reject) => {
        waiting.push({ arrival, receivedAt: clock.now(), started: performance.now(), resolve, reject });
        running ??= writeAll().finally(() => {
          running = null;
        });
      });
    },
    async close() {
      isClosing = true;
      while (running) await running;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

const unavailable = (cause: unknown): AppError =>
  new AppError('UNAVAILABLE', 'The delivery could not be stored and was not taken. Please send it again.', { cause });

async function withinTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`the database did not answer within ${WRITE_WITHIN_MS} ms`)),
      WRITE_WITHIN_MS,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function write(options: {
  db: Sql;
  recipients: Recipients;
  payloadKeys: PayloadKeys;
  intakeKeyId: string;
  arrivals: readonly { arrival: Arrival; receivedAt: Date }[];
}): Promise<Acceptance[]> {
  const parsed = options.arrivals.map(({ arrival }) => arrival.vendor.webhook.parse(arrival.rawBody));
  const asked = parsed.flatMap((result, index) => {
    const provider = options.arrivals[index]?.arrival.vendor.provider;
    return result.ok && provider ? [{ provider, providerUserId: result.notification.providerUserId }] : [];
  });
  const recipientOf = await options.recipients.find(asked);

  const outcomes: Acceptance[] = options.arrivals.map(() => 'unknown_user');
  const deliveries: NewDelivery[] = [];
  const places: number[] = [];
  for (const [index, { arrival, receivedAt }] of options.arrivals.entries()) {
    const result = parsed[index] as ParsedNotification;
    const recipient = result.ok ? recipientOf(arrival.vendor.provider, result.notification.providerUserId) : undefined;
    if (result.ok && !recipient) continue;
    places.push(index);
    deliveries.push(deliveryOf({ arrival, receivedAt, result, recipient, intakeKeyId: options.intakeKeyId }));
  }
  const isNew = await storeDeliveries(options.db, { deliveries, payloadKeys: options.payloadKeys });
  for (const [at, index] of places.entries()) {
    outcomes[index] = !isNew[at] ? 'repeated' : deliveries[at]?.deadLetter ? 'dead_letter' : 'stored';
  }
  return outcomes;
}

function deliveryOf(options: {
  arrival: Arrival;
  receivedAt: Date;
  result: ParsedNotification;
  recipient: Recipient | undefined;
  intakeKeyId: string;
}): NewDelivery {
  const { arrival, receivedAt, result, recipient } = options;
  const { provider } = arrival.vendor;
  const hasEventTime = result.ok && result.notification.hasEventTime;
  return {
    provider,
    domain: NOTIFICATION,
    athleteId: recipient?.athleteId ?? null,
    connectionId: recipient?.connectionId ?? null,
    keyId: recipient?.keyId ?? options.intakeKeyId,
    deliveryKey: signedKey({ provider, hasEventTime, signedAt: arrival.signedAt, rawBody: arrival.rawBody }),
    body: arrival.rawBody,
    sourceUpdatedAt: receivedAt,
    receivedAt,
    provenance: 'signed',
    ...(result.ok
      ? {}
      : {
          deadLetter: {
            stage: 'intake',
            reason: result.reason,
            detail: 'The signature held and the body could not be read.',
          },
        }),
  };
}
