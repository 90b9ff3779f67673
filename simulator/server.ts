import fastify from 'fastify';
import type { FastifyError, FastifyInstance } from 'fastify';
import { addHealth } from '#platform/health';
import type { Logger } from '#platform/log';
import { addControl } from './control.ts';
import { createFaults } from './faults.ts';
import { createCourier } from './oura/deliver.ts';
import { createGrants } from './oura/grants.ts';
import { addOauth } from './oura/oauth.ts';
import { addRest } from './oura/rest.ts';
import { addSubscriptions } from './oura/webhooks.ts';
import { addPage } from './page.ts';
import { createPlayer } from './play.ts';
import type { Settings } from './settings.ts';
import { createSquad } from './squad.ts';
import { openStore } from './state.ts';

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
  const faults = createFaults();
  const squad = createSquad({ seed: settings.seed, store, now });
  const grants = createGrants({ store, now, accessTokenSec: settings.accessTokenSec });
  const courier = createCourier({ store, settings, faults, now, ...(retryAfterMs ? { retryAfterMs } : {}) });
  const player = createPlayer({ squad, grants, courier, now });

  // Ended at once on close: a browser's idle connection must not hold up the end of the demo.
  const app = fastify({ logger: false, forceCloseConnections: true });
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, new URLSearchParams(String(body)));
  });
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
    courier.resume();
  });
  app.addHook('onClose', async () => {
    courier.stop();
    store.flush();
  });

  addHealth(app, { ready: {}, isStarted: () => app.server.listening });
  addPage(app, { squad, grants });
  addOauth(app, { squad, grants, settings });
  addRest(app, { squad, grants, faults, now, rateLimit: settings.rateLimit });
  addSubscriptions(app, { store, settings, now });
  addControl(app, { squad, grants, courier, player, faults, store, now });
  return app;
}
