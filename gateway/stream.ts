import type { GraphQLFormattedError } from 'graphql';
import type { Viewer } from '#platform/identity';
import type { Logger } from '#platform/log';
import { fullJitterMs, pause } from '#platform/retry';
import type { Metrics } from '#platform/telemetry';
import type { EventExecutor } from './event-executor.ts';
import { liveEvent, type LiveEvent } from './live-event.ts';
import { createOutbox, type Outbox, type Outlet } from './outbox.ts';
import { downstreamError, publicErrors } from './public-errors.ts';
import type { Scope } from './scope.ts';
import type { SubscriptionPlan } from './subscription-plan.ts';
import type { Upstream, UpstreamResult } from './upstream.ts';

/** Events of one stream waiting to be resolved. More than this, and all clients start over from a snapshot. */
const UNRESOLVED_EVENTS = 100;
const OPENINGS_AT_ONCE = 8;
const REOPEN_AFTER = { baseMs: 250, maxMs: 5_000 };

/** One client of a stream. */
export interface Member {
  /** Ends it at once: what waits is dropped, then the errors are told, if any. */
  end(errors: readonly GraphQLFormattedError[] | null): void;
}

/** What a client brings along to join. */
export interface Joining {
  viewer: Viewer;
  since: string | null;
  outlet: Outlet;
  /** Called once, when the stream has nothing more for this client. */
  onEnd(errors: readonly GraphQLFormattedError[] | null): void;
}

/** One upstream subscription and the clients that share it. */
export interface Stream {
  join(joining: Joining): Member;
  readonly size: number;
}

interface Client extends Joining, Member {
  outbox: Outbox;
  gone: AbortController;
  /** Counts the openings: an older one that answers late is not told. */
  openings: number;
}

export interface StreamParts {
  plan: SubscriptionPlan;
  variables: Record<string, unknown>;
  scope: Scope;
  upstream: Upstream;
  execute: EventExecutor;
  metrics: Metrics;
  log: Logger;
  /** Called once: the last client has left, or the subgraph ended the stream. Nobody may join any more. */
  onOver(): void;
}

export function createStream(parts: StreamParts): Stream {
  const { plan, scope, upstream, metrics } = parts;
  const clients = new Set<Client>();
  const resolve = createResolver(parts);
  // A stream of its own brings its opening along; a shared one is opened by each client privately.
  const isShared = scope.key !== null;
  let order: Promise<void> = Promise.resolve();
  let unresolved = 0;
  let hasSkipped = false;
  let isOver = false;

  const release = upstream.subscribe(request(scope.viewer, null, isShared ? 'live-only' : 'with-snapshot'), {
    next: enqueue,
    restored: () => void (isShared && reopen()),
    ended(errors) {
      over();
      const told = errors && publicErrors(errors.map((error) => downstreamError(error, plan.primary.serviceName)));
      // What was resolved before still goes out.
      void order.then(() => clients.forEach((client) => void client.outbox.drained().then(() => client.end(told))));
    },
  });

  function request(viewer: Viewer, since: string | null, opening: 'live-only' | 'with-snapshot') {
    const variables = plan.primaryVariables(parts.variables, since);
    return { query: plan.primary.operation, variables, operationName: plan.primary.operationName, viewer, opening };
  }

  /** Events are resolved one after another, so that each client gets them in the order they happened. */
  function enqueue(result: UpstreamResult): void {
    if (unresolved >= UNRESOLVED_EVENTS) {
      hasSkipped = true;
      return;
    }
    unresolved++;
    order = order.then(async () => {
      const event = await resolve(result);
      unresolved--;
      metrics.events.inc({ outcome: 'resolved' });
      for (const client of clients) client.outbox.push(event);
      if (!hasSkipped || unresolved > 0) return;
      hasSkipped = false;
      await reopen();
    });
  }

  /** The client's own opening: proves that it may be here, and a refusal ends it. Throws UNAVAILABLE. */
  async function open(client: Client, options: { since: string | null; isAgain: boolean }): Promise<void> {
    const opening = ++client.openings;
    const result = await upstream.first(request(client.viewer, options.since, 'with-snapshot'), client.gone.signal);
    if (!('data' in result)) {
      client.end(publicErrors((result.errors ?? []).map((error) => downstreamError(error, plan.primary.serviceName))));
      return;
    }
    const event = await resolve(result);
    if (opening === client.openings) client.outbox.release(options.isAgain ? event.withGap() : event);
  }

  /** Tries until it is answered: a client stays through the troubles of a subgraph. */
  async function openAgain(client: Client): Promise<void> {
    client.outbox.hold();
    for (let attempt = 1; clients.has(client); attempt++) {
      try {
        await open(client, { since: null, isAgain: true });
        metrics.events.inc({ outcome: 'resynced' });
        return;
      } catch (error) {
        parts.log.info({ err: error, field: plan.rootField }, 'a live stream could not be opened again yet');
        await pause(fullJitterMs({ attempt, ...REOPEN_AFTER }), client.gone.signal);
      }
    }
  }

  /** Runs the private opening of each client again: whoever is refused is ended, the others get the snapshot. */
  async function reopen(): Promise<void> {
    const waiting = [...clients];
    const work = async (): Promise<void> => {
      for (let client = waiting.pop(); client !== undefined; client = waiting.pop()) await openAgain(client);
    };
    await Promise.all(Array.from({ length: OPENINGS_AT_ONCE }, work));
  }

  function leave(client: Client): boolean {
    if (!clients.delete(client)) return false;
    client.gone.abort();
    if (clients.size === 0) over();
    return true;
  }

  function over(): void {
    if (isOver) return;
    isOver = true;
    release();
    parts.onOver();
  }

  return {
    get size() {
      return clients.size;
    },
    join(joining) {
      const client: Client = {
        ...joining,
        outbox: createOutbox({
          outlet: joining.outlet,
          keys: plan.keys,
          onCoalesce: () => metrics.events.inc({ outcome: 'coalesced' }),
        }),
        gone: new AbortController(),
        openings: 0,
        end(errors) {
          if (leave(client)) joining.onEnd(errors);
        },
      };
      clients.add(client);
      if (!isShared) client.outbox.release(null);
      else {
        open(client, { since: joining.since, isAgain: false }).catch((error: unknown) =>
          client.end(publicErrors([error])),
        );
      }
      return client;
    },
  };
}

/**
 * Resolves the rest of an event under the scope of the stream. Equal events at the same time are resolved once: after a
 * restart a thousand clients open with the same snapshot.
 */
function createResolver(parts: StreamParts): (result: UpstreamResult) => Promise<LiveEvent> {
  const { plan, scope, variables, execute, log } = parts;
  const running = new Map<string, Promise<LiveEvent>>();
  return (result) => {
    const text = JSON.stringify(result);
    let event = running.get(text);
    if (!event) {
      event = execute({ plan, variables, result, viewer: scope.viewer })
        .catch((error: unknown) => {
          log.error({ err: error, field: plan.rootField }, 'a live event could not be resolved');
          return liveEvent({ data: null, errors: publicErrors([error]) }, plan.keys);
        })
        .finally(() => running.delete(text));
      running.set(text, event);
    }
    return event;
  };
}
