import { stringifyDocument, type AnyVariables, type TypedDocumentNode } from 'urql';
import { type Client, createClient } from 'graphql-ws';
import type { Session } from './session.ts';

/** `offline` carries when the last word came; `refused` a sentence: asking again would get the same answer. */
export type LiveState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'reconnecting'; readonly since: Date }
  | { readonly kind: 'offline'; readonly since: Date }
  | { readonly kind: 'refused'; readonly sentence: string };

export type Live = ReturnType<typeof createLive>;

type Watch<Data, Variables extends AnyVariables> = {
  readonly document: TypedDocumentNode<Data, Variables>;
  /** Asked anew at each (re)subscription, so that a cursor can be handed in. */
  readonly variables: () => Variables;
  readonly onData: (data: Data) => void;
  readonly onState?: (state: LiveState) => void;
};

const KEEP_ALIVE_MS = 12_000;
const PONG_WITHIN_MS = 5_000;
/** Interruptions shorter than this are called reconnecting; longer ones offline, with the time. */
const OFFLINE_AFTER_MS = 10_000;
const LONGEST_WAIT_MS = 15_000;
const SETTLED_AFTER_MS = 1_000;
const EXPIRED_OR_FORBIDDEN = new Set([4401, 4403]);
const FINAL_CODES = new Set([
  'FORBIDDEN',
  'NOT_FOUND',
  'BAD_USER_INPUT',
  'OPERATION_NOT_TRUSTED',
  'OPERATION_TOO_COMPLEX',
]);

/**
 * Subscriptions over one socket. A fresh token extends the socket in the payload of a ping; a pong that does not come
 * closes it. Reconnecting is done here and not by graphql-ws, because each attempt resumes from the newest cursor.
 */
export function createLive({ url, session }: { url: string; session: Session }) {
  let socket: WebSocket | null = null;
  let pongMissing: ReturnType<typeof setTimeout> | undefined;
  let isExpired = false;

  const client: Client = createClient({
    url,
    lazy: true,
    lazyCloseTimeout: 2_000,
    retryAttempts: 0,
    keepAlive: KEEP_ALIVE_MS,
    connectionAckWaitTimeout: 10_000,
    connectionParams: async () => {
      const accessToken = isExpired ? await session.refresh() : await session.accessToken();
      isExpired = false;
      return { authorization: `Bearer ${accessToken ?? ''}` };
    },
    on: {
      connected: (opened) => {
        socket = opened as WebSocket;
      },
      ping: (isReceived) => {
        if (isReceived) return;
        clearTimeout(pongMissing);
        pongMissing = setTimeout(() => client.terminate(), PONG_WITHIN_MS);
      },
      pong: (isReceived) => {
        if (isReceived) clearTimeout(pongMissing);
      },
      closed: (event) => {
        socket = null;
        clearTimeout(pongMissing);
        isExpired = EXPIRED_OR_FORBIDDEN.has((event as CloseEvent).code);
      },
    },
  });

  session.onToken((accessToken) => {
    if (socket?.readyState !== WebSocket.OPEN) return;
    socket.send(JSON.stringify({ type: 'ping', payload: { authorization: `Bearer ${accessToken}` } }));
  });

  // The socket speaks for one account: it must not be there when the next one signs in.
  session.subscribe(() => {
    if (session.state().kind === 'signed-out') client.terminate();
  });

  return {
    /** Watches until the returned function is called. `onData` sees whole answers only, never one with errors. */
    watch<Data, Variables extends AnyVariables>(watch: Watch<Data, Variables>): () => void {
      return watchWith({ client, session, watch });
    },
  };
}

function watchWith<Data, Variables extends AnyVariables>(parts: {
  client: Client;
  session: Session;
  watch: Watch<Data, Variables>;
}): () => void {
  const { client, session, watch } = parts;
  const query = stringifyDocument(watch.document);
  let turn = 0;
  let attempt = 0;
  let lostAt: Date | null = null;
  let stop = () => {};
  const timers: Record<'again' | 'offline' | 'settled', ReturnType<typeof setTimeout> | undefined> = {
    again: undefined,
    offline: undefined,
    settled: undefined,
  };

  function settle() {
    attempt = 0;
    lostAt = null;
    clearTimeout(timers.offline);
    clearTimeout(timers.settled);
    watch.onState?.({ kind: 'live' });
  }

  function subscribe() {
    clearTimeout(timers.again);
    stop();
    turn += 1;
    const mine = turn;
    // What an ended subscription still says is of no interest: only the newest one is listened to.
    const whileMine = <Args extends unknown[]>(act: (...args: Args) => void) => {
      return (...args: Args) => {
        if (turn === mine) act(...args);
      };
    };
    stop = client.subscribe<Data>(
      { query, variables: watch.variables() as Record<string, unknown> },
      {
        next: whileMine(({ data, errors }) => {
          if (errors?.length) return refuse(errors[0]);
          settle();
          if (data) watch.onData(data);
        }),
        error: whileMine((cause) => (Array.isArray(cause) ? refuse(cause[0]) : lost())),
        complete: whileMine(lost),
      },
    );
  }

  function refuse(error: { message: string; extensions?: Record<string, unknown> } | undefined) {
    const code = error?.extensions?.['code'];
    if (typeof code !== 'string' || !FINAL_CODES.has(code)) return lost();
    end();
    watch.onState?.({ kind: 'refused', sentence: error?.message ?? 'Live updates are not available here.' });
  }

  function lost() {
    clearTimeout(timers.settled);
    if (session.state().kind === 'signed-out') return;
    if (lostAt === null) {
      const since = new Date();
      lostAt = since;
      watch.onState?.({ kind: 'reconnecting', since });
      timers.offline = setTimeout(() => watch.onState?.({ kind: 'offline', since }), OFFLINE_AFTER_MS);
    }
    // Full jitter: after a restart of the server not every dashboard comes back in the same instant.
    const ceilingMs = Math.min(LONGEST_WAIT_MS, 500 * 2 ** attempt);
    attempt += 1;
    clearTimeout(timers.again);
    timers.again = setTimeout(subscribe, 100 + Math.random() * ceilingMs);
  }

  // Resumed from a cursor, a quiet stream says nothing at first: a socket that is up and unrefused counts as live.
  const unlisten = client.on('connected', () => {
    clearTimeout(timers.settled);
    timers.settled = setTimeout(settle, SETTLED_AFTER_MS);
  });
  const hurry = () => {
    if (lostAt === null) return;
    attempt = 0;
    subscribe();
  };
  window.addEventListener('online', hurry);

  function end() {
    turn += 1;
    for (const timer of Object.values(timers)) clearTimeout(timer);
    window.removeEventListener('online', hurry);
    unlisten();
    stop();
  }

  watch.onState?.({ kind: 'connecting' });
  subscribe();
  return end;
}
