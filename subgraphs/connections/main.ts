import 'reflect-metadata';
import { createAnnounceLetters } from '#platform/announce-letters';
import { offsetClock } from '#platform/clock';
import { createKeyRing, createMessageSigner } from '#platform/crypto';
import { openDatabase, withAdvisoryLock, type Database } from '#platform/database';
import type { JobAnnouncement } from '#platform/events';
import { addHealth, databaseCheck } from '#platform/health';
import { createHttpServer } from '#platform/http';
import { announce, openBus } from '#platform/bus';
import { createPublisher } from '#platform/messages';
import { createPayloadKeys } from '#platform/payload-keys';
import { reach, runProcess } from '#platform/process';
import { payloadRoots, tokenRoots } from '#platform/root-secrets';
import { providerSlug, type Provider } from '#platform/signals';
import { subjects } from '#platform/streams';
import { serveSubgraph } from '#platform/subgraph';
import { createAccessTokens } from './accounts/access-token.ts';
import { createBearers } from './accounts/bearer.ts';
import { addSessionRoutes } from './accounts/session-routes.ts';
import { createSessions } from './accounts/session.ts';
import { createSignIn } from './accounts/sign-in.ts';
import { subgraphVariables } from './config.ts';
import { createAnnouncements } from './consent/announcements.ts';
import { createConnectionsContext } from './context.ts';
import { addOauthCallback } from './linking/callback.ts';
import { createCounter } from './limits/counter.ts';
import { createLimits } from './limits/limits.ts';
import { ProviderConnection } from './linking/connection.entity.ts';
import { createLinking } from './linking/linking.ts';
import { createReturns, forgetReturns } from './linking/returns.ts';
import type { Vendor } from './providers/provider.ts';
import { createVendors } from './providers/registry.ts';
import { connectionsSubgraph, peopleEntities } from './schema.ts';
import { createOpenAccess } from './asking/access.ts';
import { createAskProvider } from './asking/ask-provider.ts';
import { startBackfill } from './sync/backfill.ts';
import { SyncJob } from './sync/job.entity.ts';
import { createJobs } from './sync/jobs.ts';
import { loadPublic } from './asking/load-public.ts';
import { createQuotas } from './asking/quota.ts';
import { keepSubscriptions } from './sync/subscriptions.ts';
import { createIngest, forgetIngestKeys } from './uploads/accept-ingest.ts';
import { createUploads } from './uploads/accept-upload.ts';
import { createApiKeys } from './uploads/api-key.ts';
import { addIngest } from './uploads/receive-ingest.ts';
import { addUploads } from './uploads/receive-uploads.ts';
import { proveRootSecrets } from './vault/known-answers.ts';
import { createVault } from './vault/vault.ts';
import { createIntake } from './webhooks/accept.ts';
import { createFloodGate } from './webhooks/flood.ts';
import { preparePartitions } from './webhooks/partitions.ts';
import { addWebhooks } from './webhooks/receive.ts';
import { createRecipients } from './webhooks/recipients.ts';
import { createRelay } from './webhooks/relay.ts';
import { openSpool } from './webhooks/spool.ts';
import { startWork } from './work.ts';

const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;
const PARALLEL_JOBS = 4;

/** Who, the right to data, and what arrives from outside. ROLE: serve answers, work fetches and publishes, all does both. */
await runProcess({
  name: 'connections',
  config: subgraphVariables,
  async start({ config, log, metrics, shutdown }) {
    const clock = offsetClock(config.CLOCK_OFFSET_MS);
    const doesServe = config.ROLE !== 'work';
    const doesWork = config.ROLE !== 'serve';

    // Stores
    const entities = [...peopleEntities, ProviderConnection, SyncJob];
    const db = await reach({ name: 'PostgreSQL', variable: 'DATABASE_URL', url: config.DATABASE_URL }, () =>
      openDatabase({ url: config.DATABASE_URL, schema: 'connections', name: 'connections', entities, log }),
    );
    shutdown.add('database', () => db.close());
    const bus = await reach({ name: 'NATS', variable: 'NATS_URL', url: config.NATS_URL }, () =>
      openBus({ url: config.NATS_URL, name: 'connections', log }),
    );
    shutdown.add('bus', () => bus.close());
    await bus.ensureStream('RAW');
    await bus.ensureStream('DLQ');
    await bus.ensureStream('ADVISORIES');

    // Keys
    const tokenRing = createKeyRing(tokenRoots(config));
    const payloadRing = createKeyRing(payloadRoots(config));
    for (const ring of [tokenRing, payloadRing]) await proveRootSecrets({ db, ring, clock });
    const signer = createMessageSigner({ keyId: config.MESSAGE_KEY_ID, privateKey: config.MESSAGE_SIGNING_KEY });
    const vault = createVault({ db, tokenRing, payloadRing, clock });
    const payloadKeys = createPayloadKeys({ ring: payloadRing });
    const intakeKey = payloadKeys.remember(await vault.intakeKey());

    // Providers
    const vendors = createVendors(config, { load: loadPublic, log });
    const counter = createCounter({ db });
    const quotas = createQuotas({ db, counter, clock, log });
    const { ask, close: hangUp } = createAskProvider({ quotas, clock, metrics, log });
    const openAccess = createOpenAccess({ db, vault, ask, clock, log });
    const recipients = createRecipients({ db: db.prepared, payloadKeys, clock });
    const onEnded = ({ vendor, providerUserId }: { vendor: Vendor; providerUserId: string }): void =>
      recipients.forget(vendor.provider, providerUserId);

    // Work
    const announceJob = ({ id, provider }: { id: string; provider: Provider }): void =>
      announce(bus, {
        subject: subjects.syncJob(providerSlug(provider), id),
        body: { jobId: id } satisfies JobAnnouncement,
      });
    const letterPublisher = createPublisher({ bus, signer, stream: 'DLQ' });
    const announceLetters = createAnnounceLetters({ publisher: letterPublisher, clock, log });
    const rawPublisher = createPublisher({ bus, signer, stream: 'RAW' });
    const relay = createRelay({ publisher: rawPublisher, isConnected: bus.isConnected, clock, log });
    shutdown.add('relay', () => relay.close());
    const onStored = relay.take;
    const backfill = doesWork
      ? startBackfill({
          db,
          vault,
          vendors,
          payloadKeys,
          openAccess,
          clock,
          log,
          parallel: PARALLEL_JOBS,
          onProgress: announceJob,
          onStored,
        })
      : null;
    if (backfill) shutdown.add('backfill', () => backfill.close());
    await eachDay(
      db,
      async () => {
        await preparePartitions({ db, clock });
        await forgetIngestKeys({ db, clock });
        await forgetReturns({ db, clock });
      },
      (error) => log.error({ err: error }, 'day partitions could not be made, or what is over not forgotten'),
    );
    if (doesWork) {
      await startWork({
        config,
        db,
        bus,
        announceLetters,
        vault,
        vendors,
        payloadKeys,
        ask,
        openAccess,
        onStored,
        onEnded,
        clock,
        metrics,
        log,
        shutdown,
      });
    }
    // Closed before the workers: what they wait for at a provider then ends at once.
    shutdown.add('calls to providers', hangUp);

    // People and the graph
    const announcements = createAnnouncements({ bus, log });
    const tokens = createAccessTokens({ db, clock, ring: tokenRing });
    const sessions = createSessions({ db, clock, tokens, announcements });
    const signIn = createSignIn({ db, clock, sessions, createAthleteKeys: vault.createAthleteKeys });
    const jobs = createJobs({ db, vendors, clock, onQueued: () => backfill?.wake(), onChanged: announceJob });
    let ensureWebhooks = (): void => undefined;
    const linking = createLinking({
      db,
      vault,
      vendors,
      returns: createReturns({ db, clock, secret: config.TOKEN_ROOT_SECRET }),
      ask,
      clock,
      log,
      publicOauthUrl: config.PUBLIC_OAUTH_URL,
      proofSecret: config.TOKEN_ROOT_SECRET,
      queueHistory: jobs.queueHistory,
      onLinked({ vendor, providerUserId }) {
        recipients.forget(vendor.provider, providerUserId);
        ensureWebhooks();
        backfill?.wake();
      },
      onUnlinked: onEnded,
    });

    // Serve
    let isStarted = false;
    const server = createHttpServer({ log, trustedProxies: config.TRUSTED_PROXIES });
    shutdown.add('http', () => server.close());
    const isUp = {
      // With a spool, deliveries are taken without PostgreSQL.
      database: databaseCheck({ db, whenAway: config.SPOOL_DIR === undefined ? 'fail' : 'degraded' }),
      bus: () => (bus.isConnected() ? ('ok' as const) : ('degraded' as const)),
    };
    addHealth(server, { ready: isUp, isStarted: () => isStarted });
    if (doesServe) {
      await tokens.prepare();
      const limits = createLimits({ counter, log, factor: config.LIMIT_FACTOR });
      const spool =
        config.SPOOL_DIR === undefined
          ? null
          : await openSpool({
              folder: config.SPOOL_DIR,
              limitBytes: config.SPOOL_LIMIT_MIB * MIB,
              ring: payloadRing,
              metrics,
              log,
            });
      const intake = createIntake({
        db: db.prepared,
        vendors,
        spool,
        recipients,
        intakeKey,
        clock,
        metrics,
        log,
        onStored,
        announceLetters,
      });
      const spooled = await intake.drain();
      if (spooled > 0) log.info({ count: spooled }, 'deliveries of the spool were stored');
      const gate = createFloodGate({ ceiling: config.WEBHOOK_CEILING });
      addWebhooks(server, { vendors, intake, gate, clock, metrics, log });
      const bearers = createBearers({ tokens, sessions, clock });
      const uploads = createUploads({ db, vault, payloadKeys, clock, onStored });
      addUploads(server, { bearers, uploads, limits, metrics, log });
      const ingest = createIngest({ db, payloadKeys, clock, onStored });
      addIngest(server, { apiKeys: createApiKeys({ db, clock }), ingest, limits, metrics, log });
      addOauthCallback(server, { vendors, linking, dashboardUrl: config.DASHBOARD_URL, log });
      addSessionRoutes(server, { assertionKey: config.ASSERTION_KEY, tokens, sessions });
      const parts = {
        db,
        clock,
        bus,
        log,
        metrics,
        sessions,
        signIn,
        vault,
        vendors,
        linking,
        jobs,
        limits,
        dashboardUrl: config.DASHBOARD_URL,
      };
      const { schema } = await connectionsSubgraph();
      const graph = await serveSubgraph({
        server,
        schema,
        log,
        metrics,
        assertionKey: config.ASSERTION_KEY,
        createContext: (call) => createConnectionsContext({ call, parts }),
      });
      shutdown.add('graph', () => graph.close());
      // Closed first: what was taken is committed and answered while the sockets are still open.
      shutdown.add('intake', () => intake.close());
    }
    await server.listen({ host: config.HOST, port: config.PORT });
    isStarted = true;

    // Only now: the provider calls back while a subscription is made.
    if (doesWork) {
      const keeper = keepSubscriptions({ db, vendors, ask, clock, log, publicWebhookUrl: config.PUBLIC_WEBHOOK_URL });
      ensureWebhooks = () => keeper.wake();
      shutdown.add('subscriptions', () => keeper.close());
    }
  },
});

/** Now, and once a day; one replica at a time. */
async function eachDay(db: Database, work: () => Promise<void>, onError: (error: unknown) => void): Promise<void> {
  const once = (): Promise<unknown> => withAdvisoryLock(db, 'connections/each-day', work);
  await once();
  setInterval(() => void once().catch(onError), DAY_MS).unref();
}
