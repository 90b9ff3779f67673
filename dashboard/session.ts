import type { AuthClient, Tokens } from './sign-in/auth-client.ts';

/** What the page knows about who is here. `signed-out` carries a sentence when the session ended by itself. */
export type SessionState =
  | { readonly kind: 'restoring' }
  | { readonly kind: 'signed-in' }
  | { readonly kind: 'signed-out'; readonly because: string | null };

export type Session = ReturnType<typeof createSession>;

type Storage = {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
};

const STORAGE_KEY = 'athlete-ally.refresh-token';
/** Access tokens live ten minutes; a minute before the end leaves room for one slow network round trip and a retry. */
const REFRESH_AHEAD_MS = 60_000;
const RETRY_AFTER_MS = 5_000;

export const SIGNED_OUT_SENTENCES = {
  expired: 'Your session has ended. Sign in again to carry on.',
  idle: 'You were signed out after a while without activity. Sign in again to carry on.',
};

/**
 * Holds the tokens: the access token in memory only, the refresh token in the tab's own storage so that a reload stays
 * signed in. Refresh tokens rotate at each use, so at most one refresh runs at a time and everybody waits for it.
 */
export function createSession({ auth, storage }: { auth: AuthClient; storage: Storage }) {
  let state: SessionState = { kind: 'restoring' };
  let tokens: Tokens | null = null;
  let refreshing: Promise<string | null> | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stateListeners = new Set<() => void>();
  const tokenListeners = new Set<(accessToken: string) => void>();

  function become(next: SessionState) {
    state = next;
    for (const listener of stateListeners) listener();
  }

  function hold(next: Tokens) {
    tokens = next;
    storage.setItem(STORAGE_KEY, next.refreshToken);
    refreshIn(Math.max(Date.parse(next.expiresAt) - Date.now() - REFRESH_AHEAD_MS, RETRY_AFTER_MS));
    for (const listener of tokenListeners) listener(next.accessToken);
    if (state.kind !== 'signed-in') become({ kind: 'signed-in' });
  }

  function refreshIn(delayMs: number) {
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(), delayMs);
  }

  function end(because: string | null) {
    clearTimeout(timer);
    tokens = null;
    storage.removeItem(STORAGE_KEY);
    become({ kind: 'signed-out', because });
  }

  function refresh(): Promise<string | null> {
    refreshing ??= rotate().finally(() => {
      refreshing = null;
    });
    return refreshing;
  }

  /** A server that cannot be reached, or asks to wait, is no reason to sign out: the token is kept and tried again. A refusal is final. */
  async function rotate(): Promise<string | null> {
    const refreshToken = storage.getItem(STORAGE_KEY);
    if (refreshToken === null) {
      end(state.kind === 'signed-in' ? SIGNED_OUT_SENTENCES.expired : null);
      return null;
    }
    const answer = await auth.refresh(refreshToken);
    // Signed out, or signed in as somebody else, while the answer was under way.
    if (storage.getItem(STORAGE_KEY) !== refreshToken) return tokens?.accessToken ?? null;
    if (answer.kind === 'tokens') hold(answer.tokens);
    else if (answer.kind === 'unreachable' || answer.code === 'RATE_LIMITED') refreshIn(RETRY_AFTER_MS);
    else end(answer.code === 'SESSION_IDLE' ? SIGNED_OUT_SENTENCES.idle : SIGNED_OUT_SENTENCES.expired);
    return answer.kind === 'tokens' ? answer.tokens.accessToken : null;
  }

  return {
    state: () => state,
    subscribe(listener: () => void) {
      stateListeners.add(listener);
      return () => {
        stateListeners.delete(listener);
      };
    },
    /** Called with each fresh access token, so that an open socket can be extended. */
    onToken(listener: (accessToken: string) => void) {
      tokenListeners.add(listener);
      return () => {
        tokenListeners.delete(listener);
      };
    },
    /** A token that is good for at least a few seconds more, or null when there is none to be had now. */
    async accessToken(): Promise<string | null> {
      if (tokens && Date.parse(tokens.expiresAt) - Date.now() > RETRY_AFTER_MS) return tokens.accessToken;
      return refresh();
    },
    restore: refresh,
    refresh,
    start: hold,
    end,
  };
}
