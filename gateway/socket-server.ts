import type { Server as HttpServer } from 'node:http';
import { CloseCode, handleProtocols, type Server } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Logger } from '#platform/log';
import { GOING_AWAY } from './live-socket.ts';

const MAX_MESSAGE_BYTES = 64 * 1024;
const PING_EVERY_MS = 12_000;
/** A client that leaves this much unread for this long is let go. */
const UNREAD_BYTES = 1024 * 1024;
const UNREAD_FOR_MS = 10_000;
const CHECK_EVERY_MS = 1_000;

/** What graphql-ws hands to its callbacks about a connection. */
export interface Connection {
  socket: WebSocket;
}

/** Carries graphql-ws over `ws` at /graphql: bounded messages, no compression, pings, and an end for whoever does not read. */
export function serveSockets(options: { server: HttpServer; protocol: Server<Connection>; log: Logger }): {
  close(): Promise<void>;
} {
  const { protocol, log } = options;
  const sockets = new WebSocketServer({
    server: options.server,
    path: '/graphql',
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols,
  });
  const unanswered = new WeakSet<WebSocket>();
  const unreadSince = new WeakMap<WebSocket, number>();

  sockets.on('error', (error) => log.error({ err: error }, 'the socket server failed'));
  sockets.on('connection', (socket) => {
    socket.on('error', (error) => log.info({ reason: error.message }, 'a socket failed'));
    socket.on('pong', () => unanswered.delete(socket));
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) => send(socket, data),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) =>
          socket.on('message', (data) => {
            handle(String(data)).catch((error: unknown) => {
              log.error({ err: error }, 'a socket message was not handled');
              socket.close(CloseCode.InternalServerError, 'Internal server error');
            });
          }),
        // Answered without the payload: it may have brought a token.
        onPing: () => send(socket, '{"type":"pong"}'),
      },
      { socket },
    );
    socket.once('close', (code, reason) => void closed(code, String(reason)));
  });

  const pings = setInterval(() => {
    for (const socket of sockets.clients) {
      if (unanswered.has(socket)) {
        socket.terminate();
        continue;
      }
      unanswered.add(socket);
      socket.ping();
    }
  }, PING_EVERY_MS);
  const checks = setInterval(() => {
    for (const socket of sockets.clients) endIfUnread(socket, unreadSince, log);
  }, CHECK_EVERY_MS);

  return {
    async close() {
      clearInterval(pings);
      clearInterval(checks);
      for (const socket of sockets.clients) {
        socket.close(GOING_AWAY, 'Going away');
        setTimeout(() => socket.terminate(), 500).unref();
      }
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
    },
  };
}

const send = (socket: WebSocket, data: string): Promise<void> =>
  new Promise((resolve) => {
    // A socket that closes meanwhile is no error: there is nobody to tell.
    if (socket.readyState === socket.OPEN) socket.send(data, () => resolve());
    else resolve();
  });

export function endIfUnread(
  socket: Pick<WebSocket, 'bufferedAmount' | 'terminate'>,
  unreadSince: WeakMap<object, number>,
  log: Logger,
  now: number = Date.now(),
): void {
  if (socket.bufferedAmount <= UNREAD_BYTES) {
    unreadSince.delete(socket);
    return;
  }
  const since = unreadSince.get(socket) ?? now;
  unreadSince.set(socket, since);
  if (now - since < UNREAD_FOR_MS) return;
  log.info('a socket was ended because its client does not read');
  socket.terminate();
}
