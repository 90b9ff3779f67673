import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { readAccessToken } from '#platform/access-token';
import type { Clock } from '#platform/clock';
import { AppError } from '#platform/errors';
import type { AccessTokens } from './access-token.ts';
import type { Sessions } from './session.ts';

/** An athlete behind a live session. */
export interface SignedInAthlete {
  accountId: string;
  athleteId: string;
}

/** Who stands behind an access token, for addresses of this process that the gateway does not stand before. */
export interface Bearers {
  /**
   * The athlete of an `authorization: Bearer …` header, judged as the gateway judges: signature and age of the token, and
   * the session as it is now. Throws UNAUTHENTICATED or SESSION_IDLE; FORBIDDEN for an account that is no athlete.
   */
  athlete(authorization: string | undefined): Promise<SignedInAthlete>;
}

/** How long the public keys are kept. A key that signs is published before its first token goes out. */
const FRESH_FOR_MS = 60_000;
/** An unknown key id makes us look again, but never more often than this: strangers choose key ids. */
const COOLDOWN_MS = 5_000;

export function createBearers(options: { tokens: AccessTokens; sessions: Sessions; clock: Clock }): Bearers {
  const { sessions, clock } = options;
  const keys = keysFrom(options);

  async function verify(authorization: string): Promise<{ accountId: string; sessionId: string }> {
    try {
      return await readAccessToken({ authorization, keys, now: clock.now() });
    } catch (error) {
      if (error instanceof KeysUnread) throw error.cause;
      throw new AppError(
        'UNAUTHENTICATED',
        'The access token is not valid or has expired. Sign in or refresh, then try again.',
        { cause: error },
      );
    }
  }

  return {
    async athlete(authorization) {
      if (authorization === undefined || !/^bearer\s+\S/i.test(authorization)) {
        throw new AppError(
          'UNAUTHENTICATED',
          'Nobody is signed in. Send the access token of the athlete as authorization: Bearer.',
        );
      }
      const token = await verify(authorization);
      const session = await sessions.check({ sessionId: token.sessionId, isActivity: false });
      if (session.accountId !== token.accountId)
        throw new AppError('UNAUTHENTICATED', 'This session has ended. Please sign in again.');
      if (session.role !== 'ATHLETE' || session.athleteId === null) {
        throw new AppError(
          'FORBIDDEN',
          'Only an athlete uploads, and this account is not one. Sign in as the athlete.',
        );
      }
      return { accountId: session.accountId, athleteId: session.athleteId };
    },
  };
}

/** That the keys could not be read says nothing about the token: the reason is thrown on. */
class KeysUnread extends Error {}

function keysFrom({ tokens, clock }: { tokens: AccessTokens; clock: Clock }): JWTVerifyGetKey {
  let current: { keys: ReturnType<typeof createLocalJWKSet>; readAt: number } | null = null;
  let reading: Promise<void> | null = null;
  const ageMs = (): number => (current === null ? Infinity : clock.now().getTime() - current.readAt);

  async function read(): Promise<void> {
    try {
      current = { keys: createLocalJWKSet(await tokens.jwks()), readAt: clock.now().getTime() };
    } catch (error) {
      throw new KeysUnread('the signing keys could not be read', { cause: error });
    }
  }
  const load = (): Promise<void> => (reading ??= read().finally(() => (reading = null)));

  return async (header, token) => {
    if (ageMs() >= FRESH_FOR_MS) await load();
    try {
      return await (current as NonNullable<typeof current>).keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || ageMs() < COOLDOWN_MS) throw error;
      await load();
      return await (current as NonNullable<typeof current>).keys(header, token);
    }
  };
}
