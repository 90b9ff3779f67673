import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSubgraphSchema } from '@apollo/subgraph';
import type { FastifyInstance } from 'fastify';
import { parse } from 'graphql';
import { createHttpServer } from '#platform/http';
import { addHealth } from '#platform/health';
import type { Logger } from '#platform/log';
import { serveSubgraph, type Call } from '#platform/subgraph';
import { createMetrics } from '#platform/telemetry';

/** Where the subgraphs' SDL lies: the committed schema, or another folder while that is being changed. */
export const SCHEMA_DIR = process.env['SCHEMA_DIR'] ?? join(process.cwd(), 'schema');

type Resolvers = Record<string, Record<string, unknown>>;

/** One real subgraph process part: fastify, Apollo, graphql-ws, assertions verified. Stops and starts on the same port. */
export interface SubgraphServer {
  name: string;
  url(): string;
  /** Every call that was believed, oldest first. */
  calls: Call[];
  /** Headers of every HTTP request to /graphql. */
  headers: Record<string, unknown>[];
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createSubgraphServer(options: {
  name: string;
  key: Buffer;
  resolvers: Resolvers;
  addRoutes?: (server: FastifyInstance) => void;
  log: Logger;
}): SubgraphServer {
  const { name, log } = options;
  const typeDefs = parse(readFileSync(join(SCHEMA_DIR, `${name}.graphql`), 'utf8'));
  const schema = buildSubgraphSchema([{ typeDefs, resolvers: options.resolvers as never }]);
  const calls: Call[] = [];
  const headers: Record<string, unknown>[] = [];
  let port = 0;
  let running: { server: FastifyInstance; close(): Promise<void> } | null = null;
  return {
    name,
    calls,
    headers,
    url: () => `http://127.0.0.1:${port}`,
    async start() {
      const server = createHttpServer({ log });
      addHealth(server, { ready: {}, isStarted: () => true });
      server.addHook('onRequest', async (request) => {
        if (request.url === '/graphql') headers.push(request.headers);
      });
      options.addRoutes?.(server);
      const served = await serveSubgraph({
        server,
        schema,
        assertionKey: options.key,
        createContext: (call) => {
          calls.push(call);
          return { ...call, reads: { note: () => undefined, flush: async () => undefined } } as never;
        },
        log,
        metrics: createMetrics(),
      });
      await server.listen({ host: '127.0.0.1', port });
      port = (server.server.address() as { port: number }).port;
      running = { server, close: () => served.close() };
    },
    async stop() {
      const stopping = running;
      running = null;
      await stopping?.close();
      await stopping?.server.close();
    },
  };
}
