import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createClient, type Client } from 'graphql-ws';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { WebSocket } from 'ws';
import { systemClock } from '#platform/clock';
import { createHttpServer } from '#platform/http';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { createMetrics, type Metrics } from '#platform/telemetry';
import { openGateway, type Gateway } from '../gateway.ts';
import { addSecurityHeaders } from '../security-headers.ts';
import { openSubgraphs } from '../subgraphs.ts';
import { TEAM, createSmallGraph, type SmallGraph } from './small-graph.ts';
import { SCHEMA_DIR } from './subgraph-servers.ts';

export interface Account {
  accountId: string;
  sessionId: string;
}

export interface Watching {
  results: Record<string, any>[];
  isComplete: boolean;
  error: unknown;
  stop(): void;
}

/** The gateway in front of three small subgraphs, all on loopback ports of their own. */
export interface World {
  small: SmallGraph;
  gateway: Gateway;
  metrics: Metrics;
  server: FastifyInstance;
  url: string;
  /** An account with a session that coaches `teams`. */
  coach(teams: string[]): Account;
  token(
    account: Account,
    options?: { lifetimeS?: number; claims?: Record<string, unknown>; header?: Record<string, unknown> },
  ): Promise<string>;
  post(body: unknown, headers?: Record<string, string>): Promise<{ status: number; headers: Headers; body: any }>;
  /** A new coach with a socket. Coaches `TEAM` unless told otherwise. */
  signedIn(options?: {
    teams?: string[];
    lifetimeS?: number;
  }): Promise<{ account: Account } & ReturnType<World['connect']>>;
  /** A socket client that never reconnects. `closed` fills when the server closes it. */
  connect(token: string | null): { client: Client; closed: { code: number; reason: string }[]; socket(): WebSocket };
  watch(client: Client, query: string, variables?: Record<string, unknown>): Watching;
  /** Ends all clients and forgets what was noted, for the next test. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export async function openWorld(options: { isProduction?: boolean } = {}): Promise<World> {
  const log = createLogger({ name: 'gateway-test', level: process.env['TEST_LOG'] ?? 'silent' });
  const small = createSmallGraph({ log });
  const signing = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  small.jwks.keys = [{ ...(await exportJWK(signing.publicKey)), kid: 'k1', alg: 'EdDSA', use: 'sig' }];
  const { connections, 'health-data': healthData, insights } = small.servers;
  await Promise.all([connections.start(), healthData.start(), insights.start()]);

  const metrics = createMetrics();
  const server = createHttpServer({ log });
  addSecurityHeaders(server, { isProduction: false });
  const gateway = await openGateway({
    server,
    subgraphs: openSubgraphs({
      connections: { url: connections.url(), key: small.keys.connections },
      'health-data': { url: healthData.url(), key: small.keys['health-data'] },
      insights: { url: insights.url(), key: small.keys.insights },
    }),
    supergraphFile: join(SCHEMA_DIR, 'supergraph.graphql'),
    isProduction: options.isProduction ?? false,
    clock: systemClock,
    metrics,
    log,
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as { port: number };
  const url = `http://127.0.0.1:${port}/graphql`;
  const clients: Client[] = [];

  async function reset(): Promise<void> {
    for (const client of clients.splice(0)) client.terminate();
    await until(
      () => gateway.hub.counts().clients === 0 && small.listeners.size === 0,
      'everything released after a test',
    );
    for (const { calls, headers } of Object.values(small.servers)) calls.length = headers.length = 0;
    small.openings.length = 0;
    small.broken.clear();
  }

  const world: World = {
    small,
    gateway,
    metrics,
    server,
    url,
    coach(teams) {
      const account = { accountId: newId(), sessionId: newId() };
      small.coaches.set(account.accountId, new Set(teams));
      small.sessions.set(account.sessionId, { accountId: account.accountId, isActivity: [] });
      return account;
    },
    token: ({ accountId, sessionId }, { lifetimeS = 600, claims = {}, header = {} } = {}) =>
      new SignJWT({ sid: sessionId, ...claims })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'k1', ...header })
        .setIssuer('athlete-ally')
        .setAudience('athlete-ally')
        .setSubject(accountId)
        .setIssuedAt(Math.floor(Date.now() / 1000) - 20)
        .setExpirationTime(Math.floor(Date.now() / 1000) + lifetimeS)
        .sign(signing.privateKey),
    async signedIn({ teams = [TEAM], lifetimeS = 600 } = {}) {
      const account = world.coach(teams);
      return { account, ...world.connect(await world.token(account, { lifetimeS })) };
    },
    async post(body, headers = {}) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      return { status: response.status, headers: response.headers, body: await response.json() };
    },
    connect(token) {
      const closed: { code: number; reason: string }[] = [];
      let current: WebSocket | undefined;
      const client = createClient({
        url: url.replace('http', 'ws'),
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        lazy: false,
        onNonLazyError: () => undefined,
        ...(token === null ? {} : { connectionParams: { authorization: `Bearer ${token}` } }),
        on: {
          opened: (socket) => (current = socket as WebSocket),
          closed: (event) => closed.push(event as { code: number; reason: string }),
        },
      });
      clients.push(client);
      return { client, closed, socket: () => current as WebSocket };
    },
    watch(client, query, variables) {
      const watching: Watching = { results: [], isComplete: false, error: null, stop: () => undefined };
      watching.stop = client.subscribe(
        { query, ...(variables ? { variables } : {}) },
        {
          next: (result) => watching.results.push(result as Record<string, unknown>),
          error: (error) => (watching.error = error),
          complete: () => (watching.isComplete = true),
        },
      );
      return watching;
    },
    reset,
    async close() {
      for (const client of clients) client.terminate();
      await gateway.close();
      await server.close();
      await Promise.all([connections.stop(), healthData.stop(), insights.stop()]);
    },
  };
  return world;
}

/** Waits for a condition, not for a while. */
export async function until(condition: () => boolean, what: string, withinMs = 4_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
