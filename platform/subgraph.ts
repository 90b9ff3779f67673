import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
} from '@apollo/server/plugin/disabled';
import { buildSubgraphSchema } from '@apollo/subgraph';
import fastifyApollo from '@as-integrations/fastify';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import type { FastifyInstance } from 'fastify';
import {
  GraphQLError,
  isObjectType,
  parse,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { buildSchema, createResolversMap, type NonEmptyArray } from 'type-graphql';
import { WebSocketServer } from 'ws';
import type { RequestContext } from '#platform/context';
import { AppError, ERRORS, extensionsOf, publicError } from '#platform/errors';
import { ASSERTION_HEADER, operationBody, verifyAssertion, type Viewer } from '#platform/identity';
import type { Logger } from '#platform/log';
import type { Metrics } from '#platform/telemetry';

const FEDERATION =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])\n';

/** Finds an entity by its key: `{ __typename, id }` in, the object or null out. */
export type Reference<Context> = (key: { id: string }, context: Context) => unknown;

export interface Subgraph {
  schema: GraphQLSchema;
  /** What `schema/` holds and composition reads. */
  sdl: string;
}

/**
 * type-graphql resolvers to a federated schema. `entities` are listed by hand, since a type that is reachable through
 * `_entities` alone would be dropped without a word.
 * The printed way (not `printSubgraphSchema`, which reads AST nodes only and loses every field).
 */
export async function buildSubgraph<Context extends RequestContext>(options: {
  resolvers: NonEmptyArray<Function>;
  entities: Function[];
  references: Record<string, Reference<Context>>;
}): Promise<Subgraph> {
  const plain = await buildSchema({
    resolvers: options.resolvers,
    orphanedTypes: options.entities,
    validate: false,
    skipCheck: true,
    // Subscriptions bring their own iterators; type-graphql only wants to be told of something.
    pubSub: { publish: () => undefined, subscribe: () => neverEnding() },
  });
  restoreArgumentOrder(plain);
  const sdl = FEDERATION + printSchemaWithDirectives(plain);
  const resolvers = createResolversMap(plain) as Record<string, Record<string, unknown>>;
  for (const [type, resolve] of Object.entries(options.references)) {
    resolvers[type] = {
      ...resolvers[type],
      __resolveReference: (key: { id: string }, context: Context) => resolve(key, context),
    };
  }
  return { schema: buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }]), sdl };
}

/** Parameter decorators run last to first, so type-graphql lists arguments backwards. */
function restoreArgumentOrder(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) field.args = [...field.args].reverse();
  }
}

async function* neverEnding(): AsyncGenerator<never> {}

/** Our own errors by code and sentence; anything else by one neutral sentence. */
export function formatError(_formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const shown = publicError(error);
  const source = error instanceof GraphQLError ? error : undefined;
  return {
    message: shown.message,
    extensions: extensionsOf(shown),
    ...(source?.path ? { path: source.path } : {}),
    ...(source?.locations ? { locations: source.locations } : {}),
  };
}

/** What a subgraph knows of one call before it looks at the document. */
export interface Call {
  viewer: Viewer;
  requestId: string;
  purpose: 'query' | 'live';
  /** live-only: a subscription without its opening snapshot, for a stream that many sockets share. */
  opening: 'with-snapshot' | 'live-only';
  /** From where the client asked, as the gateway saw it; left out on a socket. */
  clientAddress?: string;
}

/** Logs each failed operation once, counts all, and commits what was read before the answer leaves. */
function requestPlugin(options: { log: Logger; metrics: Metrics }): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      const started = performance.now();
      return {
        async didEncounterErrors({ errors, contextValue }) {
          for (const error of errors) logError(options.log, error, contextValue.requestId);
        },
        async willSendResponse({ response, contextValue, operation }) {
          let outcome = 'ok';
          try {
            await contextValue.reads.flush();
          } catch (error) {
            outcome = 'unaudited';
            options.log.error(
              { err: error, requestId: contextValue.requestId },
              'a read could not be recorded and was not answered',
            );
            const refused = new AppError(
              'UNAVAILABLE',
              'The access log cannot be written, so nothing is shown. Please try again.',
            );
            response.body = {
              kind: 'single',
              singleResult: { data: null, errors: [formatError({ message: '' }, refused)] },
            };
          }
          options.metrics.operations.observe(
            { kind: operation?.operation ?? 'none', outcome },
            (performance.now() - started) / 1000,
          );
        },
      };
    },
  };
}

function logError(log: Logger, error: GraphQLError, requestId: string): void {
  const { code } = publicError(error);
  const level = code in ERRORS ? ERRORS[code as keyof typeof ERRORS].level : 'info';
  const original = error.originalError ?? error;
  log[level](
    { code, requestId, path: error.path?.join('.'), ...(level === 'error' ? { err: original } : {}) },
    'a field failed',
  );
}

/**
 * Serves the schema at /graphql over HTTP and graphql-transport-ws. Nobody is believed but the gateway: each call
 * carries its assertion over the exact body, each socket operation one over its document and variables.
 */
export async function serveSubgraph<Context extends RequestContext>(options: {
  server: FastifyInstance;
  schema: GraphQLSchema;
  assertionKey: Buffer;
  createContext: (call: Call) => Context;
  log: Logger;
  metrics: Metrics;
}): Promise<{ close(): Promise<void> }> {
  const { server, schema, assertionKey } = options;
  const apollo = new ApolloServer<RequestContext>({
    schema,
    // The gateway composes at build time; nobody may ask a running subgraph what it holds.
    introspection: false,
    includeStacktraceInErrorResponses: false,
    formatError,
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      requestPlugin(options),
    ],
  });
  await apollo.start();
  await server.register(fastifyApollo<RequestContext>(apollo), {
    path: '/graphql',
    method: ['POST'],
    context: async (request) => {
      const assertion = request.headers[ASSERTION_HEADER];
      const asserted = verified({ key: assertionKey, assertion, body: request.rawBody ?? '' });
      return options.createContext({ ...asserted, purpose: 'query', opening: 'with-snapshot' });
    },
  });
  const sockets = serveSockets(options);
  return {
    async close() {
      await sockets.close();
      await apollo.stop();
    },
  };
}

/** Whom the gateway speaks for. Throws what Apollo and graphql-ws answer as a plain refusal. */
function verified(call: Parameters<typeof verifyAssertion>[0]): ReturnType<typeof verifyAssertion> {
  try {
    return verifyAssertion(call);
  } catch (error) {
    const { code, message } = publicError(error);
    throw new GraphQLError(message, { extensions: { code, http: { status: 401 } } });
  }
}

function formatResult({ errors, ...rest }: ExecutionResult): FormattedExecutionResult {
  const formatted =
    errors === undefined ? rest : { ...rest, errors: errors.map((error) => formatError(error.toJSON(), error)) };
  return formatted;
}

const MAX_SOCKET_PAYLOAD_BYTES = 256 * 1024;
const SOCKET_PING_MS = 12_000;

function serveSockets<Context extends RequestContext>(options: {
  server: FastifyInstance;
  schema: GraphQLSchema;
  assertionKey: Buffer;
  createContext: (call: Call) => Context;
  log: Logger;
}): { close(): Promise<void> } {
  const sockets = new WebSocketServer({
    server: options.server.server,
    path: '/graphql',
    maxPayload: MAX_SOCKET_PAYLOAD_BYTES,
    perMessageDeflate: false,
  });
  const assertionOf = (payload: SubscribePayload) => ({
    key: options.assertionKey,
    assertion: payload.extensions?.['assertion'],
    body: operationBody(payload.query, payload.variables),
  });
  const serving = useServer(
    {
      schema: options.schema,
      connectionInitWaitTimeout: 3_000,
      onSubscribe: (_socket, _id, payload) => {
        try {
          verified(assertionOf(payload));
          return undefined;
        } catch (error) {
          return [error as GraphQLError];
        }
      },
      context: (_socket, _id, payload) => {
        const { viewer, requestId } = verified(assertionOf(payload));
        const isShared = viewer.kind === 'team' || payload.extensions?.['opening'] === 'live-only';
        return options.createContext({
          viewer,
          requestId,
          purpose: 'live',
          opening: isShared ? 'live-only' : 'with-snapshot',
        });
      },
      onError: (_socket, _id, _payload, errors) =>
        errors.map((error) => formatError(error.toJSON(), error) as GraphQLError & GraphQLFormattedError),
      onNext: (_socket, _id, _payload, _args, result) => formatResult(result as ExecutionResult),
    },
    sockets,
    SOCKET_PING_MS,
  );
  return { close: async () => await serving.dispose() };
}
