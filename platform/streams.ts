import {
  AckPolicy,
  DiscardPolicy,
  RetentionPolicy,
  StorageType,
  nanos,
  type ConsumerConfig,
  type StreamConfig,
} from 'nats';

const HOUR_MS = 3_600_000;

/** Every subject there is. `provider` is a slug (`google-health`), `domain` a vendor's resource kind in lower case. */
export const subjects = {
  raw: (provider: string, domain: string) => `athlete-ally.raw.${provider}.${domain}.v1`,
  normalized: (domain: NormalizedDomain) => `athlete-ally.normalized.${domain}.v1`,
  readiness: (athleteId: string) => `athlete-ally.insights.readiness.v1.${athleteId}`,
  syncJob: (provider: string, jobId: string) => `athlete-ally.sync.${provider}.job.${jobId}.v1`,
  consentChanged: 'athlete-ally.consent.changed.v1',
  accessChanged: 'athlete-ally.access.changed.v1',
  deadLetter: (stage: string) => `athlete-ally.dlq.${stage}.v1`,
} as const;

export const NORMALIZED_DOMAINS = [
  'heart_rate',
  'hrv',
  'sleep',
  'steps',
  'fitness_session',
  'resting_heart_rate',
  'vitals',
  'check_in',
] as const;
export type NormalizedDomain = (typeof NORMALIZED_DOMAINS)[number];

/** The domain of deliveries that only say "fetch this": they go to the fetcher, all others to the normaliser. */
export const NOTIFICATION = 'notification';

/**
 * `limits` retention, never work-queue: a work queue forgets the ids of acked messages (measured). PostgreSQL dedupes;
 * the window here only saves work. Discard new: a full stream refuses, and the outbox keeps the row.
 */
const shared = {
  retention: RetentionPolicy.Limits,
  storage: StorageType.File,
  discard: DiscardPolicy.New,
  max_age: nanos(72 * HOUR_MS),
  max_msg_size: 64 * 1024,
  duplicate_window: nanos(10 * 60_000),
  num_replicas: 1,
} satisfies Partial<StreamConfig>;

/** A stream is created and kept right by the service that publishes to it. */
export const STREAMS = {
  RAW: { ...shared, name: 'RAW', subjects: ['athlete-ally.raw.>'], max_bytes: 2 * 1024 ** 3 },
  NORMALIZED: { ...shared, name: 'NORMALIZED', subjects: ['athlete-ally.normalized.>'], max_bytes: 1024 ** 3 },
  DLQ: { ...shared, name: 'DLQ', subjects: ['athlete-ally.dlq.>'], max_bytes: 256 * 1024 ** 2 },
  /** The broker's own word that it delivers a message no more. */
  ADVISORIES: {
    ...shared,
    name: 'ADVISORIES',
    subjects: ['$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>', '$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.>'],
    max_bytes: 64 * 1024 ** 2,
  },
} as const satisfies Record<string, Partial<StreamConfig> & { name: string }>;

export type StreamName = keyof typeof STREAMS;

/** No `backoff`: it overrides ack_wait and does not apply to a nak. Our own nak carries the delay. */
const pull = {
  ack_policy: AckPolicy.Explicit,
  ack_wait: nanos(60_000),
  max_ack_pending: 256,
  max_deliver: 12,
} satisfies Partial<ConsumerConfig>;

export const CONSUMERS = {
  fetcher: {
    stream: 'RAW',
    config: { ...pull, durable_name: 'fetcher', filter_subjects: [`athlete-ally.raw.*.${NOTIFICATION}.v1`] },
  },
  /** Takes all of RAW and leaves notifications aside by itself: a filter cannot say "all but". */
  normaliser: { stream: 'RAW', config: { ...pull, durable_name: 'normaliser' } },
  recompute: { stream: 'NORMALIZED', config: { ...pull, durable_name: 'recompute' } },
  /** Takes the broker's advisories about the others. */
  alarms: { stream: 'ADVISORIES', config: { ...pull, durable_name: 'alarms' } },
} as const satisfies Record<string, { stream: StreamName; config: Partial<ConsumerConfig> }>;

export type ConsumerName = keyof typeof CONSUMERS;
