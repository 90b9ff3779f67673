import { errors } from 'jose';
import { readAccessToken, type AccessToken } from '#platform/access-token';
import type { Clock } from '#platform/clock';
import { AppError } from '#platform/errors';
import { ANONYMOUS, ASSERTION_HEADER, signAssertion, type Role, type Viewer } from '#platform/identity';
import { newId } from '#platform/ids';
import type { Logger } from '#platform/log';
import { notAnswering } from './public-errors.ts';
import { createSigningKeys } from './signing-keys.ts';
import type { Subgraph } from './subgraphs.ts';

export type AccountViewer = Extract<Viewer, { kind: 'account' }>;

export interface SignIn {
  /** The viewer of an `authorization` header; nobody without one. Throws UNAUTHENTICATED, SESSION_IDLE or UNAVAILABLE. */
  viewer(options: { authorization: string | undefined; isActivity: boolean }): Promise<Viewer>;
  /** A token as it stands in `Bearer …` or bare. Throws UNAUTHENTICATED or UNAVAILABLE. */
  verify(authorization: string): Promise<AccessToken>;
  /** Whether the session still lives, and who it is now. Throws UNAUTHENTICATED, SESSION_IDLE or UNAVAILABLE. */
  session(options: { sessionId: string; isActivity: boolean }): Promise<AccountViewer>;
  loadKeys(): Promise<boolean>;
  isReady(): boolean;
}

const ANSWER_WITHIN_MS = 5_000;

export function createSignIn(options: { connections: Subgraph; clock: Clock; log: Logger }): SignIn {
  const { connections, clock, log } = options;
  const keys = createSigningKeys(options);

  async function verify(authorization: string): Promise<AccessToken> {
    try {
      return await readAccessToken({ authorization, keys: keys.find, now: clock.now() });
    } catch (error) {
      if (error instanceof errors.JWKSTimeout) throw notAnswering('sign-in', error);
      throw new AppError(
        'UNAUTHENTICATED',
        'The access token is not valid or has expired. Sign in or refresh, then try again.',
        {
          cause: error,
        },
      );
    }
  }

  async function session(request: { sessionId: string; isActivity: boolean }): Promise<AccountViewer> {
    const body = JSON.stringify({ sessionId: request.sessionId, isActivity: request.isActivity });
    const assertion = signAssertion({ key: connections.key, viewer: ANONYMOUS, requestId: newId(), body });
    let answer: { status: number; body: unknown };
    try {
      const response = await connections.pool.request({
        method: 'POST',
        path: '/internal/session',
        headers: { 'content-type': 'application/json', [ASSERTION_HEADER]: assertion },
        body,
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      answer = { status: response.statusCode, body: await response.body.json() };
    } catch (error) {
      log.warn({ err: error }, 'a session could not be checked');
      throw notAnswering('sign-in', error);
    }
    return viewerOf(answer);
  }

  return {
    verify,
    session,
    async viewer({ authorization, isActivity }) {
      if (authorization === undefined || authorization.trim() === '') return ANONYMOUS;
      const token = await verify(authorization);
      const viewer = await session({ sessionId: token.sessionId, isActivity });
      if (viewer.accountId !== token.accountId) throw sessionEnded();
      return viewer;
    },
    loadKeys: () => keys.load(),
    isReady: () => keys.isLoaded(),
  };
}

function viewerOf(answer: { status: number; body: unknown }): AccountViewer {
  const body = answer.body as {
    code?: string;
    accountId: string;
    sessionId: string;
    role: Role;
    athleteId: string | null;
  };
  if (answer.status === 200) {
    const { accountId, sessionId, role, athleteId } = body;
    return { kind: 'account', accountId, sessionId, role, athleteId };
  }
  // Other refusals (a wrong assertion key, say) are our own fault, and no reason to sign in again.
  if (answer.status !== 401)
    throw notAnswering('sign-in', new Error(`the session check was answered with status ${answer.status}`));
  if (body.code === 'session_idle') {
    throw new AppError('SESSION_IDLE', 'The session ended because it was not used for a while. Sign in again.');
  }
  throw sessionEnded();
}

const sessionEnded = (): AppError => new AppError('UNAUTHENTICATED', 'The session has ended. Sign in again.');
