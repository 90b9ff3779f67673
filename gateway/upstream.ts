import { createClient, type Client, type SubscribePayload } from 'graphql-ws';
import type { GraphQLFormattedError } from 'graphql';
import { WebSocket } from 'ws';
import { operationBody, signAssertion, type Viewer } from '#platform/identity';
import { newId } from '#platform/ids';
import type { Logger } from '#platform/log';
import { fullJitterMs } from '#platform/retry';
import { notAnswering } from './public-errors.ts';
import { ANSWER_WITHIN_MS, type Subgraph } from './subgraphs.ts';

/** One result as it comes over the wire: `errors` are plain objects. */
export interface UpstreamResult {
  data?: Record<string, unknown> | null;
  errors?: readonly GraphQLFormattedError[];
}

export interface UpstreamRequest {
  query: string;
  variables: Record<string, unknown>;
  operationName: string | undefined;
  viewer: Viewer;
  /** live-only: changes without the opening snapshot. */
  opening: 'with-snapshot' | 'live-only';
}

export interface UpstreamListener {
  next(result: UpstreamResult): void;
  /** The connection broke: events are missed from here on. The subscription is made again by itself. */
  lost?(): void;
  /** The subscription stands again after a loss. */
  restored(): void;
  /** The subgraph said no, or has nothing more to say (`errors` null). Nothing follows. */
  ended(errors: readonly GraphQLFormattedError[] | null): void;
}

/** The one socket to a subgraph. Opened by the first subscription, closed after the last. */
export interface Upstream {
  /** Subscribes until the returned function is called, which releases at once. */
  subscribe(request: UpstreamRequest, listener: UpstreamListener): () => void;
  /** The first result of a subscription, which is then released. Rejects with UNAVAILABLE after five seconds. */
  first(request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamResult>;
  close(): void;
}

/** The opening of a team of 500 with every field. */
const MAX_EVENT_BYTES = 8 * 1024 * 1024;
const PING_EVERY_MS = 10_000;
const PONG_WITHIN_MS = 5_000;
const RETRY = { baseMs: 250, maxMs: 2_000 };

export function createUpstream(options: { subgraph: Subgraph; log: Logger }): Upstream {
  const { subgraph, log } = options;
  const client = openClient(subgraph);
  let isClosed = false;

  function subscribe(request: UpstreamRequest, listener: UpstreamListener): () => void {
    let isOver = false;
    let isLost = false;
    let attempt = 0;
    let timer: NodeJS.Timeout | undefined;
    let release = (): void => undefined;

    function connect(): void {
      const payload = signedPayload({ subgraph, request, onWrite: written });
      release = client.subscribe(payload, {
        next(result) {
          if (isOver) return;
          // Without data the subscription was refused before it began; `complete` follows.
          if (result.errors && !('data' in result)) end(result.errors);
          else listener.next(result as UpstreamResult);
        },
        error(error) {
          if (isOver) return;
          if (Array.isArray(error)) end(error as GraphQLFormattedError[]);
          else again(error);
        },
        complete() {
          if (!isOver) end(null);
        },
      });
    }

    // Written to the open socket: from here on the subgraph knows of the subscription.
    function written(): void {
      attempt = 0;
      if (!isLost || isOver) return;
      isLost = false;
      setImmediate(() => {
        if (!isOver && !isLost) listener.restored();
      });
    }

    function again(error: unknown): void {
      if (!isLost) log.warn({ subgraph: subgraph.name, reason: reasonOf(error) }, 'a live connection was lost');
      isLost = true;
      listener.lost?.();
      attempt++;
      if (!isClosed && !isOver) timer = setTimeout(connect, fullJitterMs({ attempt, ...RETRY }));
    }

    function end(errors: readonly GraphQLFormattedError[] | null): void {
      isOver = true;
      listener.ended(errors);
    }

    connect();
    return () => {
      isOver = true;
      clearTimeout(timer);
      // In the next turn: within a message the client would count a `complete` that lies in the same packet as a second
      // release, and close the socket under all other subscriptions.
      setImmediate(() => release());
    };
  }

  return {
    subscribe,
    first: (request, signal) =>
      new Promise((resolve, reject) => {
        const late = AbortSignal.timeout(ANSWER_WITHIN_MS);
        const settle = (act: () => void): void => {
          late.removeEventListener('abort', giveUp);
          signal.removeEventListener('abort', giveUp);
          release();
          act();
        };
        const giveUp = (): void => settle(() => reject(notAnswering(subgraph.name)));
        late.addEventListener('abort', giveUp, { once: true });
        signal.addEventListener('abort', giveUp, { once: true });
        const release = subscribe(request, {
          next: (result) => settle(() => resolve(result)),
          lost: giveUp,
          restored: () => undefined,
          ended: (errors) => settle(() => (errors ? resolve({ errors }) : reject(notAnswering(subgraph.name)))),
        });
        if (signal.aborted) giveUp();
      }),
    close() {
      isClosed = true;
      client.terminate();
    },
  };
}

/**
 * Retrying is done above, not by the client: a repeat needs a fresh assertion and tells the stream that it missed
 * something, and the client gives up on some close codes whatever it is told.
 */
function openClient(subgraph: Subgraph): Client {
  let pongTimer: NodeJS.Timeout | undefined;
  const client = createClient({
    url: `${subgraph.url.replace(/^http/, 'ws').replace(/\/$/, '')}/graphql`,
    webSocketImpl: QuietWebSocket,
    lazy: true,
    retryAttempts: 0,
    connectionAckWaitTimeout: ANSWER_WITHIN_MS,
    keepAlive: PING_EVERY_MS,
    generateID: newId,
    on: {
      ping: (isReceived) => {
        if (!isReceived) pongTimer = setTimeout(() => client.terminate(), PONG_WITHIN_MS);
      },
      pong: (isReceived) => {
        if (isReceived) clearTimeout(pongTimer);
      },
      closed: () => clearTimeout(pongTimer),
    },
  });
  return client;
}

/** An `error` that nobody listens to would end the process; the client stops listening when it terminates a socket. */
class QuietWebSocket extends WebSocket {
  constructor(address: string, protocols: string | string[]) {
    super(address, protocols, { maxPayload: MAX_EVENT_BYTES, perMessageDeflate: false });
    this.on('error', () => undefined);
  }
}

/** Signed when the message is written, not when the subscription is asked for: connecting may take longer than an assertion lives. */
function signedPayload(options: {
  subgraph: Subgraph;
  request: UpstreamRequest;
  onWrite: () => void;
}): SubscribePayload {
  const { subgraph, request } = options;
  let extensions: Record<string, unknown> | undefined;
  return {
    query: request.query,
    variables: request.variables,
    ...(request.operationName === undefined ? {} : { operationName: request.operationName }),
    get extensions() {
      if (extensions === undefined) {
        const body = operationBody(request.query, request.variables);
        const assertion = signAssertion({ key: subgraph.key, viewer: request.viewer, requestId: newId(), body });
        extensions = { assertion, opening: request.opening };
        options.onWrite();
      }
      return extensions;
    },
  };
}

function reasonOf(error: unknown): string {
  const { code, reason, message } = error as { code?: unknown; reason?: unknown; message?: unknown };
  return String(reason || message || code || 'unknown');
}
