import type { WebSocket } from 'ws';
import type { AccessToken } from '#platform/access-token';
import type { Clock } from '#platform/clock';
import type { Member } from './stream.ts';
import type { AccountViewer } from './sign-in.ts';

/** Close codes of the graphql-transport-ws protocol, and of WebSocket itself. */
export const FORBIDDEN = 4403;
export const GOING_AWAY = 1001;
export const TRY_AGAIN_LATER = 1013;

const CLOSE_WITHIN_MS = 2_000;

/** One operation of a socket that is a live stream. */
export interface OpenStream {
  member: Member;
  teamId: string | null;
}

/** One signed-in client. Ends by itself when its token does. */
export interface LiveSocket {
  readonly socket: WebSocket;
  viewer: AccountViewer;
  readonly streams: Set<OpenStream>;
  /** A fresh token of the same account and session lets it live longer; any other changes nothing. */
  extend(token: AccessToken): void;
  /** Releases all streams at once and closes. */
  end(code: number, reason: string): void;
}

export function createLiveSocket(options: {
  socket: WebSocket;
  viewer: AccountViewer;
  token: AccessToken;
  clock: Clock;
}): LiveSocket {
  const { socket, clock } = options;
  const streams = new Set<OpenStream>();
  let expiresAt = options.token.expiresAt;
  let timer = expireAt();

  function expireAt(): NodeJS.Timeout {
    return setTimeout(
      () => live.end(FORBIDDEN, 'token expired'),
      Math.max(0, expiresAt.getTime() - clock.now().getTime()),
    );
  }

  const live: LiveSocket = {
    socket,
    viewer: options.viewer,
    streams,
    extend(token) {
      if (token.accountId !== live.viewer.accountId || token.sessionId !== live.viewer.sessionId) return;
      if (token.expiresAt <= expiresAt) return;
      expiresAt = token.expiresAt;
      clearTimeout(timer);
      timer = expireAt();
    },
    end(code, reason) {
      clearTimeout(timer);
      for (const { member } of [...streams]) member.end(null);
      socket.close(code, reason);
      // A client that does not answer the close must not keep the socket.
      setTimeout(() => socket.terminate(), CLOSE_WITHIN_MS).unref();
    },
  };
  socket.once('close', () => {
    clearTimeout(timer);
    for (const { member } of [...streams]) member.end(null);
  });
  return live;
}
