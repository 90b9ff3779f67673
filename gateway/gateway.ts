import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '#platform/clock';
import { addHealth, type CheckState } from '#platform/health';
import type { Logger } from '#platform/log';
import type { Metrics } from '#platform/telemetry';
import { createEventExecutor } from './event-executor.ts';
import { createGraphServer, serveGraph } from './graph-server.ts';
import { createHub, type Hub } from './hub.ts';
import { createLimits } from './limits.ts';
import { serveRest } from './rest.ts';
import { createSignIn } from './sign-in.ts';
import { SUBGRAPHS, closeSubgraphs, isAlive, type Subgraphs } from './subgraphs.ts';
import { serveSubscriptions, type Subscriptions } from './subscriptions.ts';
import { loadSupergraph } from './supergraph.ts';
import { createUpstream } from './upstream.ts';

/** The graph of one gateway process, on a server that does not listen yet. */
export interface Gateway {
  subscriptions: Subscriptions;
  hub: Hub;
  close(): Promise<void>;
}

/**
 * Puts the graph on the server: HTTP and sockets at /graphql, REST reads at /api/v1, health beside it. The stored
 * operations of REST lie in operations/ beside the supergraph.
 */
export async function openGateway(options: {
  server: FastifyInstance;
  subgraphs: Subgraphs;
  supergraphFile: string;
  isProduction: boolean;
  clock: Clock;
  metrics: Metrics;
  log: Logger;
}): Promise<Gateway> {
  const { server, subgraphs, isProduction, clock, metrics, log } = options;
  const graph = loadSupergraph({ sdl: readFileSync(options.supergraphFile, 'utf8'), subgraphs, log });
  const limits = createLimits({ mayIntrospect: !isProduction });
  const signIn = createSignIn({ connections: subgraphs.connections, clock, log });
  await signIn.loadKeys();
  const apollo = await createGraphServer({ graph, isProduction, log, metrics });
  await serveGraph({ server, apollo, limits, signIn, isProduction });
  const operationsDir = join(dirname(options.supergraphFile), 'operations');
  await serveRest({
    server,
    apollo,
    schema: graph.schema,
    limits,
    signIn,
    operationsDir,
    linkKey: subgraphs.insights.key,
    clock,
  });

  const upstreams = {
    connections: createUpstream({ subgraph: subgraphs.connections, log }),
    'health-data': createUpstream({ subgraph: subgraphs['health-data'], log }),
    insights: createUpstream({ subgraph: subgraphs.insights, log }),
  };
  const hub = createHub({ upstreams, execute: createEventExecutor({ graph }), metrics, log });
  const subscriptions = serveSubscriptions({
    server: server.server,
    graph,
    apollo,
    hub,
    limits,
    signIn,
    clock,
    metrics,
    log,
  });

  // One subgraph down leaves a graph that still answers the rest; without keys nobody can sign in.
  const alive = (name: (typeof SUBGRAPHS)[number]) => async (): Promise<CheckState> =>
    (await isAlive(subgraphs[name])) ? 'ok' : 'degraded';
  const keys = async (): Promise<CheckState> => (signIn.isReady() || (await signIn.loadKeys()) ? 'ok' : 'fail');
  addHealth(server, {
    ready: { ...Object.fromEntries(SUBGRAPHS.map((name) => [name, alive(name)])), keys },
    isStarted: () => server.server.listening,
  });

  return {
    subscriptions,
    hub,
    async close() {
      await subscriptions.close();
      for (const name of SUBGRAPHS) upstreams[name].close();
      await apollo.stop();
      await closeSubgraphs(subgraphs);
    },
  };
}
