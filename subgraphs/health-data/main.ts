import 'reflect-metadata';
import { createAnnounceLetters } from '#platform/announce-letters';
import { offsetClock } from '#platform/clock';
import { healthDataConfig } from '#platform/config';
import { createKeyRing, createMessageSigner, createMessageVerifier } from '#platform/crypto';
import { openDatabase } from '#platform/database';
import { addHealth } from '#platform/health';
import { createHttpServer } from '#platform/http';
import { openBus } from '#platform/bus';
import { createPublisher } from '#platform/messages';
import { createPayloadKeys } from '#platform/payload-keys';
import { reach, runProcess } from '#platform/process';
import { payloadRoots, provePayloadSecrets } from '#platform/root-secrets';
import { serveSubgraph } from '#platform/subgraph';
import { createHealthDataContext, type Announce } from './context.ts';
import { startErasing } from './erasure/erase-source.ts';
import { publishTouches } from './measurements/publish-touches.ts';
import { startRetention } from './retention/rounds.ts';
import { startNormaliser } from './deliveries/consume.ts';
import { startSweep } from './deliveries/sweep.ts';
import { healthDataSubgraph } from './schema.ts';

await runProcess({
  name: 'health-data',
  config: healthDataConfig,
  async start({ config, log, metrics, shutdown, fail }) {
    const clock = offsetClock(config.CLOCK_OFFSET_MS);
    const db = await reach({ name: 'PostgreSQL', variable: 'DATABASE_URL', url: config.DATABASE_URL }, () =>
      openDatabase({ url: config.DATABASE_URL, schema: 'health_data', name: 'health-data', entities: [], log }),
    );
    shutdown.add('database', () => db.close());
    const bus = await reach({ name: 'NATS', variable: 'NATS_URL', url: config.NATS_URL }, () =>
      openBus({ url: config.NATS_URL, name: 'health-data', log }),
    );
    shutdown.add('bus', () => bus.close());

    await bus.ensureStream('NORMALIZED');
    const signer = createMessageSigner({ keyId: config.MESSAGE_KEY_ID, privateKey: config.MESSAGE_SIGNING_KEY });
    const publisher = createPublisher({ bus, signer, stream: 'NORMALIZED' });

    if (config.ROLE !== 'serve') {
      const ring = createKeyRing(payloadRoots(config));
      const proving = await provePayloadSecrets({ db, ring, log, onWrong: fail });
      shutdown.add('proof of the root secrets', () => proving.close());
      const keys = createPayloadKeys({ ring });
      const sampleRetentionMonths = config.SAMPLE_RETENTION_MONTHS;
      // The stream is kept by connections.
      const announceLetters = createAnnounceLetters({
        publisher: createPublisher({ bus, signer, stream: null }),
        clock,
        log,
      });
      const parts = { db, keys, publisher, announceLetters, clock, metrics, log, sampleRetentionMonths };
      const normaliser = startNormaliser({ ...parts, bus, verify: createMessageVerifier(config.MESSAGE_PUBLIC_KEYS) });
      shutdown.add('normaliser', () => normaliser.close());
      const sweep = startSweep({ ...parts, sweepAfterMs: config.SWEEP_AFTER_MS });
      shutdown.add('sweep', () => sweep.close());
      const erasing = startErasing(parts);
      shutdown.add('erasing', () => erasing.close());
      const retention = startRetention(parts);
      shutdown.add('retention', () => retention.close());
    }

    const server = createHttpServer({ log });
    let isStarted = false;
    addHealth(server, {
      isStarted: () => isStarted,
      ready: {
        database: async () => ((await db.query('select 1')) ? 'ok' : 'fail'),
        bus: () => (bus.isConnected() ? 'ok' : 'degraded'),
      },
    });
    if (config.ROLE !== 'work') {
      const { schema } = await healthDataSubgraph();
      // Committed already: the athlete does not wait for the bus, and what it does not take insights finds by itself.
      const announce: Announce = (touches) =>
        void publishTouches(publisher, touches, clock.now()).catch((error: unknown) =>
          log.warn({ err: error }, 'entries were stored but not announced; they will be found'),
        );
      const graph = await serveSubgraph({
        server,
        schema,
        assertionKey: config.ASSERTION_KEY,
        createContext: (call) => createHealthDataContext({ db, clock, log, call, announce }),
        log,
        metrics,
      });
      shutdown.add('graph', () => graph.close());
    }
    await server.listen({ host: config.HOST, port: config.PORT });
    shutdown.add('http', () => server.close());
    isStarted = true;
  },
});
