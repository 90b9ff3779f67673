import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import fastifyApollo from '@as-integrations/fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AppError, ERRORS, publicError, retryAfterIn, type ErrorCode } from '#platform/errors';
import type { Logger } from '#platform/log';
import type { Metrics } from '#platform/telemetry';
import type { GatewayContext } from './context.ts';
import type { Limits } from './limits.ts';
import { formatError, publicErrors, refusal } from './public-errors.ts';
import type { SignIn } from './sign-in.ts';
import { apolloLogger, type ComposedGraph } from './supergraph.ts';

/** A header by which a client says that nobody is waiting for this request: a poll does not keep a session alive. */
export const BACKGROUND_HEADER = 'athlete-ally-background';

/** Apollo Server over the composed graph, started. */
export async function createGraphServer(options: {
  graph: ComposedGraph;
  isProduction: boolean;
  log: Logger;
  metrics: Metrics;
}): Promise<ApolloServer<GatewayContext>> {
  const { graph, isProduction, log } = options;
  const apollo = new ApolloServer<GatewayContext>({
    gateway: graph.gateway,
    introspection: !isProduction,
    hideSchemaDetailsFromClientErrors: isProduction,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    formatError,
    logger: apolloLogger(log),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      requestPlugin(options),
      statusPlugin(),
      retryAfterPlugin(),
    ],
  });
  await apollo.start();
  return apollo;
}

/** POST /graphql, and GET for queries outside production. Limits come first, then who asks, then the plan. */
export async function serveGraph(options: {
  server: FastifyInstance;
  apollo: ApolloServer<GatewayContext>;
  limits: Limits;
  signIn: SignIn;
  isProduction: boolean;
}): Promise<void> {
  const { server, apollo, limits, signIn } = options;
  server.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.url === '/graphql') reply.header('cache-control', 'no-store');
  });
  await server.register(fastifyApollo<GatewayContext>(apollo), {
    path: '/graphql',
    method: options.isProduction ? ['POST'] : ['GET', 'POST'],
    context: async (request: FastifyRequest): Promise<GatewayContext> => {
      try {
        limits.check(textOf(request));
        const viewer = await signIn.viewer({
          authorization: request.headers.authorization,
          isActivity: request.headers[BACKGROUND_HEADER] !== '1',
        });
        return { viewer, requestId: request.id, clientAddress: request.ip };
      } catch (error) {
        throw refusal(error);
      }
    },
  });
}

function textOf(request: FastifyRequest): unknown {
  const source = (request.method === 'GET' ? request.query : request.body) as { query?: unknown } | null | undefined;
  return source?.query;
}

/** Logs failures once, counts all, and keeps subscriptions to the socket. */
function requestPlugin(options: { log: Logger; metrics: Metrics }): ApolloServerPlugin<GatewayContext> {
  const { log, metrics } = options;
  return {
    async requestDidStart() {
      const started = performance.now();
      return {
        async didResolveOperation({ operation }) {
          if (operation?.operation !== 'subscription') return;
          throw refusal(
            new AppError(
              'BAD_USER_INPUT',
              'Live updates are sent over a WebSocket. Subscribe there (graphql-transport-ws).',
            ),
          );
        },
        async didEncounterErrors({ errors, contextValue }) {
          for (const error of errors) logError(log, error, contextValue.requestId);
        },
        async willSendResponse({ response, operation }) {
          const { body } = response;
          if (body.kind === 'single') showHiddenNulls(body.singleResult);
          const failed = body.kind === 'single' && (body.singleResult.errors?.length ?? 0) > 0;
          metrics.operations.observe(
            { kind: operation?.operation ?? 'none', outcome: failed ? 'errors' : 'ok' },
            (performance.now() - started) / 1000,
          );
        },
      };
    },
  };
}

function logError(log: Logger, error: GraphQLError, requestId: string): void {
  const code = String(publicErrors([error])[0]?.extensions?.['code']);
  const level = code in ERRORS ? ERRORS[code as ErrorCode].level : 'info';
  const isOurs = publicError(error).code === code;
  log[level](
    { code, requestId, path: error.path?.join('.'), ...(level === 'error' && isOurs ? { err: error } : {}) },
    'a field failed',
  );
}

/** The stock executor hides a null that a subgraph should not have sent in an extension; a null always comes with an error. */
export function showHiddenNulls(result: {
  errors?: readonly GraphQLFormattedError[];
  extensions?: Record<string, unknown>;
}): void {
  const hidden = result.extensions?.['valueCompletion'];
  if (hidden === undefined) return;
  delete result.extensions;
  const errors = (hidden as GraphQLError[]).map(
    (error) => new GraphQLError(error.message, { path: error.path, originalError: new Error(error.message) }),
  );
  result.errors = [...(result.errors ?? []), ...publicErrors(errors)];
}

const CLIENT_MISTAKES = new Set(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT']);

/**
 * GraphQL over HTTP: a well-formed request whose document or variables are wrong is answered with 200 to clients that
 * accept application/json only. Malformed requests keep their 400.
 */
function statusPlugin(): ApolloServerPlugin<GatewayContext> {
  return {
    async requestDidStart() {
      return {
        async willSendResponse({ request, response, errors }) {
          if (response.http.status !== 400 || !errors?.length) return;
          if (request.http?.headers.get('accept')?.includes('application/graphql-response+json')) return;
          if (errors.every((error) => CLIENT_MISTAKES.has(String(error.extensions['code']))))
            response.http.status = 200;
        },
      };
    },
  };
}

/** The answer stays a 200 with what could be answered; the time to wait is told in the header too, for what reads no bodies. */
function retryAfterPlugin(): ApolloServerPlugin<GatewayContext> {
  return {
    async requestDidStart() {
      return {
        async willSendResponse({ response: { body, http } }) {
          if (body.kind !== 'single') return;
          const waits = (body.singleResult.errors ?? []).flatMap(({ extensions }) => retryAfterIn(extensions) ?? []);
          if (waits.length > 0) http.headers.set('retry-after', String(Math.max(...waits)));
        },
      };
    },
  };
}
