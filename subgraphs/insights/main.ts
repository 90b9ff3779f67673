import 'reflect-metadata';
import { createAnnounceLetters } from '#platform/announce-letters';
import { openBus } from '#platform/bus';
import { offsetClock } from '#platform/clock';
import { insightsConfig } from '#platform/config';
import { createMessageSigner, createMessageVerifier } from '#platform/crypto';
import { openDatabase } from '#platform/database';
import { addHealth } from '#platform/health';
import { createHttpServer } from '#platform/http';
import { createPublisher } from '#platform/messages';
import { reach, runProcess } from '#platform/process';
import { serveSubgraph } from '#platform/subgraph';
import { pushKeysOf } from './alerts/push-keys.ts';
import { createInsightsContext } from './context.ts';
import { createLogNotifier } from './notify/notifier.ts';
import { startNotify } from './notify/notify.ts';
import { createWebPush } from './notify/web-push.ts';
import { createAnnounce } from './readiness/recompute/announcements.ts';
import { listenToConsent, startRecompute } from './readiness/recompute/consume.ts';
import { createViewing } from './readiness/recompute/ensure-views.ts';
import { createLive } from './readiness/live/live.ts';
import { startMorning } from './readiness/recompute/morning.ts';
import { startSweep } from './readiness/recompute/sweep.ts';
import { insightsSubgraph } from './schema.ts';

await runProcess({
  name: 'insights',
  config: insightsConfig,
  async start({ config, log, metrics, shutdown }) {
    const clock = offsetClock(config.CLOCK_OFFSET_MS);
    const db = await reach({ name: 'PostgreSQL', variable: 'DATABASE_URL', url: config.DATABASE_URL }, () =>
      openDatabase({ url: config.DATABASE_URL, schema: 'insights', name: 'insights', entities: [], log }),
    );
    shutdown.add('database', () => db.close());
    const bus = await reach({ name: 'NATS', variable: 'NATS_URL', url: config.NATS_URL }, () =>
      openBus({ url: config.NATS_URL, name: 'insights', log }),
    );
    shutdown.add('bus', () => bus.close());
    const parts = { db, clock, announce: createAnnounce({ bus, log }), metrics, log };
    const viewing = createViewing(parts);
    const keys = pushKeysOf(config);

    if (config.ROLE !== 'serve') {
      const signer = createMessageSigner({ keyId: config.MESSAGE_KEY_ID, privateKey: config.MESSAGE_SIGNING_KEY });
      // The stream is kept by connections.
      const publisher = createPublisher({ bus, signer, stream: null });
      const announceLetters = createAnnounceLetters({ publisher, clock, log });
      const verify = createMessageVerifier(config.MESSAGE_PUBLIC_KEYS);
      const recompute = startRecompute({ ...parts, announceLetters, bus, verify });
      shutdown.add('recompute', () => recompute.close());
      const sweep = startSweep({ ...parts, announceLetters, sweepAfterMs: config.SWEEP_AFTER_MS });
      shutdown.add('sweep', () => sweep.close());
      const morning = startMorning(parts);
      shutdown.add('morning', () => morning.close());
      const consent = listenToConsent({ bus, viewing, log });
      shutdown.add('consent', () => consent.close());
      const notifier = keys ? createWebPush({ keys, clock, log }) : createLogNotifier(log);
      const notify = startNotify({ ...parts, notifier, keys });
      shutdown.add('notify', () => notify.close());
      // Closed first: what is under way to a slow push service must not keep the process from ending.
      shutdown.add('notifier', () => notifier.close());
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
      const live = createLive({ db, clock, bus, viewing, metrics, log });
      shutdown.add('live', () => live.close());
      const { schema } = await insightsSubgraph();
      const rosterLinks = { key: config.ASSERTION_KEY, lifetimeMs: config.CSV_LINK_MINUTES * 60_000 };
      const graph = await serveSubgraph({
        server,
        schema,
        assertionKey: config.ASSERTION_KEY,
        createContext: (call) =>
          createInsightsContext({
            ...{ db, clock, log, viewing, live, pushKeys: keys },
            ...{ rosterLinks, exportFactor: config.LIMIT_FACTOR, call },
          }),
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
