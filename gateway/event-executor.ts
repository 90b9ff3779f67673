import { buildOperationContext, executeQueryPlan, type GraphQLDataSource } from '@apollo/gateway';
import type { PlanNode, QueryPlan } from '@apollo/query-planner';
import { HeaderMap } from '@apollo/server';
import type { Viewer } from '#platform/identity';
import { newId } from '#platform/ids';
import type { GatewayContext } from './context.ts';
import { showHiddenNulls } from './graph-server.ts';
import { liveEvent, type LiveEvent } from './live-event.ts';
import { publicErrors } from './public-errors.ts';
import type { SubscriptionPlan } from './subscription-plan.ts';
import type { ComposedGraph } from './supergraph.ts';
import type { UpstreamResult } from './upstream.ts';

/** A pretended subgraph whose only answer is the event itself. */
const EVENT = '<event>';

type ExecutionContext = Parameters<typeof executeQueryPlan>[2];

/** Joins to one upstream event what the other subgraphs have to say, and shapes it as the client asked. */
export type EventExecutor = (options: {
  plan: SubscriptionPlan;
  variables: Record<string, unknown>;
  result: UpstreamResult;
  /** Whom the other subgraphs are asked for: the scope of the stream. */
  viewer: Viewer;
}) => Promise<LiveEvent>;

/**
 * The stock executor refuses a subscription node, so the event is told as a query: first "fetch" the event from the
 * pretended subgraph, then run the rest of the plan as ever.
 * A subgraph that fails leaves a null and an error; the event goes out all the same. Rejects for nothing a client did.
 */
export function createEventExecutor(options: { graph: ComposedGraph }): EventExecutor {
  const { graph } = options;
  return async ({ plan, variables, result, viewer }) => {
    const event: GraphQLDataSource<GatewayContext> = {
      process: async () => ({ data: result.data ?? null, ...(result.errors ? { errors: [...result.errors] } : {}) }),
    };
    const context: GatewayContext = { viewer, requestId: newId() };
    const answer = await executeQueryPlan(
      planOf(plan),
      { ...graph.sources, [EVENT]: event },
      executionContext({ plan, variables, context, graph }),
      buildOperationContext({
        schema: graph.schema,
        operationDocument: plan.document,
        ...(plan.operationName === undefined ? {} : { operationName: plan.operationName }),
      }),
      graph.supergraphSchema,
      graph.apiSchema,
    );
    const shown = {
      data: (answer.data ?? null) as Record<string, unknown> | null,
      ...(answer.errors ? { errors: publicErrors(answer.errors) } : {}),
      ...(answer.extensions ? { extensions: answer.extensions } : {}),
    };
    showHiddenNulls(shown);
    return liveEvent(shown, plan.keys);
  };
}

const plans = new WeakMap<SubscriptionPlan, QueryPlan>();

function planOf(plan: SubscriptionPlan): QueryPlan {
  let made = plans.get(plan);
  if (!made) {
    const event = { ...plan.primary, serviceName: EVENT, operationKind: 'query' } as PlanNode;
    made = { kind: 'QueryPlan', node: { kind: 'Sequence', nodes: [event, ...(plan.rest ? [plan.rest] : [])] } };
    plans.set(plan, made);
  }
  return made;
}

/** The little that the executor reads of a request. */
function executionContext(options: {
  plan: SubscriptionPlan;
  variables: Record<string, unknown>;
  context: GatewayContext;
  graph: ComposedGraph;
}): ExecutionContext {
  const { plan, variables, context, graph } = options;
  return {
    request: { query: plan.text, variables, http: { method: 'POST', url: '', headers: new HeaderMap() } },
    context,
    contextValue: context,
    document: plan.document,
    schema: graph.schema,
    metrics: {},
    logger: undefined,
  } as unknown as ExecutionContext;
}
