import { offsetClock } from '#platform/clock';
import { gatewayConfig } from '#platform/config';
import { createHttpServer } from '#platform/http';
import { openBus } from '#platform/bus';
import { reach, runProcess } from '#platform/process';
import { followAccessChanges } from './access-changes.ts';
import { serveDashboard } from './dashboard.ts';
import { openGateway } from './gateway.ts';
import { serveGraphiql } from './graphiql.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { openSubgraphs } from './subgraphs.ts';

await runProcess({
  name: 'gateway',
  config: gatewayConfig,
  async start({ config, log, metrics, shutdown }) {
    const isProduction = config.NODE_ENV === 'production';
    const bus = await reach({ name: 'NATS', variable: 'NATS_URL', url: config.NATS_URL }, () =>
      openBus({ url: config.NATS_URL, name: 'gateway', log }),
    );
    shutdown.add('bus', () => bus.close());

    const server = createHttpServer({ log, trustedProxies: config.TRUSTED_PROXIES });
    shutdown.add('http', () => server.close());
    addSecurityHeaders(server, { isProduction });

    const gateway = await openGateway({
      server,
      subgraphs: openSubgraphs({
        connections: { url: config.CONNECTIONS_URL, key: config.ASSERTION_KEY_CONNECTIONS },
        'health-data': { url: config.HEALTH_DATA_URL, key: config.ASSERTION_KEY_HEALTH_DATA },
        insights: { url: config.INSIGHTS_URL, key: config.ASSERTION_KEY_INSIGHTS },
      }),
      supergraphFile: config.SUPERGRAPH_FILE,
      isProduction,
      clock: offsetClock(config.CLOCK_OFFSET_MS),
      metrics,
      log,
    });
    shutdown.add('graph', () => gateway.close());

    const changes = followAccessChanges({ bus, subscriptions: gateway.subscriptions, log });
    shutdown.add('access changes', () => changes.close());

    if (!isProduction) serveGraphiql(server);
    await serveDashboard(server, { directory: config.DASHBOARD_DIR });
    await server.listen({ host: config.HOST, port: config.PORT });
  },
});
