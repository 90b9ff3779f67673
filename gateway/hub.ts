import type { Logger } from '#platform/log';
import type { Metrics } from '#platform/telemetry';
import type { EventExecutor } from './event-executor.ts';
import { scopeOf, type Scope } from './scope.ts';
import type { AccountViewer } from './sign-in.ts';
import { createStream, type Joining, type Member, type Stream } from './stream.ts';
import type { SubscriptionPlan } from './subscription-plan.ts';
import type { SubgraphName } from './subgraphs.ts';
import type { Upstream } from './upstream.ts';

/** Shares one upstream and one resolution per event among all clients with the same operation, variables and scope. */
export interface Hub {
  /** Joins or opens the stream. Throws a GraphQLError for wrong variables. */
  join(options: {
    plan: SubscriptionPlan;
    variables: Record<string, unknown>;
    viewer: AccountViewer;
    client: Omit<Joining, 'viewer' | 'since'>;
  }): { member: Member; scope: Scope };
  counts(): { streams: number; clients: number };
}

export function createHub(options: {
  upstreams: Record<SubgraphName, Upstream>;
  execute: EventExecutor;
  metrics: Metrics;
  log: Logger;
}): Hub {
  const { upstreams, execute, metrics, log } = options;
  const streams = new Map<string | symbol, Stream>();

  function open(
    key: string | symbol,
    request: { plan: SubscriptionPlan; variables: Record<string, unknown>; scope: Scope },
  ): Stream {
    const { plan } = request;
    const stream = createStream({
      ...request,
      upstream: upstreams[plan.primary.serviceName],
      execute,
      metrics,
      log,
      onOver: () => {
        streams.delete(key);
        metrics.subscriptions.dec({ kind: 'upstream' });
      },
    });
    streams.set(key, stream);
    metrics.subscriptions.inc({ kind: 'upstream' });
    return stream;
  }

  return {
    join({ plan, variables, viewer, client }) {
      const args = plan.argumentsOf(variables);
      const scope = scopeOf({ rootField: plan.rootField, viewer, args });
      const shared = plan.sharedVariables(variables);
      const key =
        scope.key === null ? Symbol('own') : JSON.stringify([plan.text, plan.operationName ?? null, shared, scope.key]);
      const stream = streams.get(key) ?? open(key, { plan, variables: shared, scope });
      const since = typeof args['since'] === 'string' ? args['since'] : null;
      return { member: stream.join({ ...client, viewer, since }), scope };
    },
    counts: () => ({
      streams: streams.size,
      clients: [...streams.values()].reduce((sum, stream) => sum + stream.size, 0),
    }),
  };
}
