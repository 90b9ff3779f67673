import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway';
import { Supergraph, type Schema } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from '#platform/log';
import type { GatewayContext } from './context.ts';
import { createDataSource } from './data-source.ts';
import { SUBGRAPHS, type SubgraphName, type Subgraphs } from './subgraphs.ts';

/**
 * The composed graph in the forms the gateway needs. The only file that touches Apollo's planner internals: they are not
 * documented as public, so their versions are pinned in lockstep with @apollo/gateway.
 */
export interface ComposedGraph {
  /** Executes queries and mutations behind Apollo Server. */
  gateway: ApolloGateway;
  /** What clients see. */
  schema: GraphQLSchema;
  /** The same schema in the planner's own form. */
  apiSchema: Schema;
  /** With all join directives, for the executor. */
  supergraphSchema: GraphQLSchema;
  planner: QueryPlanner;
  sources: Record<SubgraphName, GraphQLDataSource<GatewayContext>>;
}

/** Throws when the supergraph is not one, or names a subgraph this gateway has no address for. */
export function loadSupergraph(options: { sdl: string; subgraphs: Subgraphs; log: Logger }): ComposedGraph {
  const { sdl, subgraphs, log } = options;
  const sources = Object.fromEntries(
    SUBGRAPHS.map((name) => [name, createDataSource({ subgraph: subgraphs[name], log })]),
  ) as ComposedGraph['sources'];
  const supergraph = Supergraph.build(sdl);
  for (const { name } of supergraph.subgraphsMetadata()) sourceOf(sources, name);
  const apiSchema = supergraph.apiSchema();
  return {
    gateway: new ApolloGateway({
      supergraphSdl: sdl,
      buildService: ({ name }) => sourceOf(sources, name),
      __exposeQueryPlanExperimental: false,
      logger: apolloLogger(log),
    }),
    schema: apiSchema.toGraphQLJSSchema(),
    apiSchema,
    supergraphSchema: supergraph.schema.toGraphQLJSSchema(),
    planner: new QueryPlanner(supergraph),
    sources,
  };
}

function sourceOf(sources: ComposedGraph['sources'], name: string): GraphQLDataSource<GatewayContext> {
  const source = sources[name as SubgraphName];
  if (!source) throw new Error(`The supergraph names the subgraph "${name}", which this gateway has no address for.`);
  return source;
}

/** Apollo's messages as ours; its cheerful `info` at start is for debugging. */
export const apolloLogger = (log: Logger) => ({
  debug: (message?: unknown) => log.trace(String(message)),
  info: (message?: unknown) => log.debug(String(message)),
  warn: (message?: unknown) => log.warn(String(message)),
  error: (message?: unknown) => log.error(String(message)),
});
