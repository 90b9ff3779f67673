import fastify from 'fastify';
import type { FastifyError, FastifyInstance } from 'fastify';
import { addHealth } from '#platform/health';
import type { Logger } from '#platform/log';
import { createSquad } from './athletes/squad.ts';
import { addControl } from './control/control.ts';
import { addPage } from './control/page.ts';
import { createPlayer } from './control/play.ts';
import type { Settings } from './settings.ts';
import { openStore } from './state.ts';
import { createDeliveryLog } from './vendor/delivery-log.ts';
import { startVendor } from './vendor/start.ts';
import { VENDORS } from './vendors.ts';

/**
 * The whole simulator as one server that does not listen yet. `systemNow` is the machine's clock; the simulated time
 * is that plus the offset set by `POST /control/clock`. Closing it writes the state.
 */
export function createSimulator({
  settings,
  log,
  systemNow = Date.now,
  retryAfterMs,
}: {
  settings: Settings;
  log: Logger;
  systemNow?: () => number;
  retryAfterMs?: (attempts: number) => number;
}): FastifyInstance {
  const store = openStore({ folder: settings.stateFolder, nowMs: systemNow() });
  const now = (): number => systemNow() + store.state.clockOffsetMs;
  const { seed } = settings;
  const squad = createSquad({ seed, store, now });
  const deliveries = createDeliveryLog();
  const player = createPlayer({ squad, now });

  // Ended at once on close: a browser's idle connection must not hold up the end of the demo.
  const app = fastify({ logger: false, forceCloseConnections: true });
  addForms(app);
  app.addHook('onResponse', async (request, reply) => {
    // The route's pattern, not the address: that may hold a code or a token.
    const route = request.routeOptions.url ?? 'unknown';
    if (route.startsWith('/health/')) return;
    log.info(
      { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'answered',
    );
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ err: error, route: request.routeOptions.url }, 'request failed');
    return reply.code(status).send({ status, detail: status >= 500 ? 'Internal error' : error.message });
  });
  app.addHook('onReady', async () => {
    for (const vendor of vendors) vendor.resume();
  });
  app.addHook('onClose', async () => {
    for (const vendor of vendors) vendor.stop();
    store.flush();
  });

  addHealth(app, { ready: {}, isStarted: () => app.server.listening });
  const retries = retryAfterMs ? { retryAfterMs } : {};
  const vendors = VENDORS.flatMap((definition) => {
    const own = settings.vendors[definition.slug];
    return own
      ? [startVendor(app, { definition, seed, settings: own, store, squad, log: deliveries, now, ...retries })]
      : [];
  });
  const parts = { squad, vendors, player, log: deliveries, store, now };
  addPage(app, parts);
  addControl(app, parts);
  return app;
}

/** Lets a server read posted forms. */
export function addForms(app: FastifyInstance): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, new URLSearchParams(String(body)));
  });
}
