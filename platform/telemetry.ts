import { createServer } from 'node:http';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from '@prometheus-io/client';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Every metric of every process. Labels hold names from our own lists: never an id, a value or a text from outside. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    webhooks: new Counter({
      name: 'athlete_ally_webhooks_total',
      help: 'Provider deliveries by what became of them.',
      labelNames: ['provider', 'outcome'] as const,
      registers,
    }),
    accept: new Histogram({
      name: 'athlete_ally_accept_seconds',
      help: 'From the last byte of a delivery to its commit.',
      buckets: SECONDS,
      registers,
    }),
    messages: new Counter({
      name: 'athlete_ally_messages_total',
      help: 'Consumed messages by their ending: done, later, never.',
      labelNames: ['consumer', 'ending'] as const,
      registers,
    }),
    handling: new Histogram({
      name: 'athlete_ally_message_seconds',
      help: 'Time to handle one message.',
      labelNames: ['consumer'] as const,
      buckets: SECONDS,
      registers,
    }),
    consumersMadeAnew: new Counter({
      name: 'athlete_ally_consumers_made_anew_total',
      help: 'Consumers that stood behind the end of their stream: the broker lost stored messages, the sweeps find what they spoke of.',
      labelNames: ['consumer'] as const,
      registers,
    }),
    swept: new Counter({
      name: 'athlete_ally_swept_total',
      help: 'Records a consumer found by its sweep because no message came.',
      labelNames: ['consumer'] as const,
      registers,
    }),
    oldestUnnormalised: new Gauge({
      name: 'athlete_ally_normalise_oldest_unprocessed_seconds',
      help: 'Age of the oldest delivery that the sweep found not normalised yet, looked at every five minutes; 0 when all are.',
      registers,
    }),
    deadLetters: new Counter({
      name: 'athlete_ally_dead_letters_total',
      help: 'Records set aside with a reason.',
      labelNames: ['stage', 'reason'] as const,
      registers,
    }),
    providerCalls: new Counter({
      name: 'athlete_ally_provider_calls_total',
      help: 'Calls to providers by outcome.',
      labelNames: ['provider', 'outcome'] as const,
      registers,
    }),
    archived: new Counter({
      name: 'athlete_ally_archived_total',
      help: 'Deliveries handed to the archive by outcome: stored, there_already, key_destroyed, failed.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    spoolBytes: new Gauge({
      name: 'athlete_ally_spool_bytes',
      help: 'Deliveries on local disk that PostgreSQL has not got yet; 0 when it has all.',
      registers,
    }),
    oldestUnarchived: new Gauge({
      name: 'athlete_ally_archive_oldest_unarchived_seconds',
      help: 'Age of the oldest delivery that is not in the archive yet; 0 when all are.',
      registers,
    }),
    purged: new Counter({
      name: 'athlete_ally_purged_total',
      help: 'What retention removed: objects of the archive, days of deliveries, rows of ledgers.',
      labelNames: ['what'] as const,
      registers,
    }),
    subscriptions: new Gauge({
      name: 'athlete_ally_subscriptions',
      help: 'Open live subscriptions.',
      labelNames: ['kind'] as const,
      registers,
    }),
    events: new Counter({
      name: 'athlete_ally_live_events_total',
      help: 'Live events by what became of them.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    notices: new Counter({
      name: 'athlete_ally_notices_total',
      help: 'What people were to be told of: dropped, held_back for quiet hours; and messages sent: sent, gone, later, refused.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    operations: new Histogram({
      name: 'athlete_ally_graphql_seconds',
      help: 'GraphQL operations.',
      labelNames: ['kind', 'outcome'] as const,
      buckets: SECONDS,
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

/** Serves /metrics on its own port, so that it can stay inside. Resolves when it listens. */
export async function serveMetrics(options: {
  metrics: Metrics;
  host: string;
  port: number;
}): Promise<{ close(): Promise<void> }> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    options.metrics.registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': options.metrics.registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => resolve());
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
