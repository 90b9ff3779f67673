import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { AccessToken, Code, Grant, Store } from '../state.ts';

const CODE_LIFE_MS = 600_000;
const TOKENS_BETWEEN_CLEANUPS = 500;

/** What the token endpoint answers. */
export interface TokenAnswer {
  token_type: 'bearer';
  access_token: string;
  expires_in: number;
  refresh_token: string;
  scope: string;
}

/** Codes and tokens: who said yes to what, and for how long. Every `redeem` and `refresh` uses its input up. */
export interface Grants {
  issueCode(parts: Pick<Code, 'athleteKey' | 'scopes' | 'redirectUri' | 'codeChallenge'>): string;
  /** Null unless the code is known, unused, younger than ten minutes and meant for this redirect and verifier. */
  redeem(parts: { code: string; redirectUri: string; codeVerifier: string | null }): TokenAnswer | null;
  /** Null for an unknown or used token. */
  refresh(refreshToken: string): TokenAnswer | null;
  /** The grant behind a valid access token. */
  withToken(accessToken: string): AccessToken | null;
  /** Ends the grant an access or refresh token belongs to; false when it is unknown. */
  revoke(token: string): boolean;
  revokeAthlete(athleteKey: string): void;
  expireAccessTokens(): void;
  isLinked(athleteKey: string): boolean;
  linkedKeys(): Set<string>;
}

export function createGrants({
  store,
  now,
  accessTokenSec,
}: {
  store: Store;
  now: () => number;
  accessTokenSec: number;
}): Grants {
  const { state } = store;
  let issued = 0;

  const issueTokens = ({ grantId, athleteKey, scopes }: Grant): TokenAnswer => {
    const accessToken = `OURA_AT_${randomBytes(24).toString('base64url')}`;
    const refreshToken = `OURA_RT_${randomBytes(24).toString('base64url')}`;
    // Not at every issue: linking thousands of athletes would look through thousands of tokens each time.
    if (issued++ % TOKENS_BETWEEN_CLEANUPS === 0) dropExpired(state.accessTokens, now());
    state.accessTokens[accessToken] = { grantId, athleteKey, scopes, expiresAtMs: now() + 1000 * accessTokenSec };
    state.refreshTokens[refreshToken] = { grantId, athleteKey, scopes };
    store.changed();
    return {
      token_type: 'bearer',
      access_token: accessToken,
      expires_in: accessTokenSec,
      refresh_token: refreshToken,
      scope: scopes.join(' '),
    };
  };

  const drop = (isMeant: (grant: Grant) => boolean): void => {
    for (const tokens of [state.accessTokens, state.refreshTokens, state.codes]) {
      for (const [token, grant] of Object.entries(tokens)) {
        if (isMeant(grant)) delete tokens[token];
      }
    }
    store.changed();
  };

  return {
    issueCode: (parts) => {
      dropExpired(state.codes, now());
      const code = randomBytes(24).toString('base64url');
      state.codes[code] = { ...parts, grantId: randomUUID(), expiresAtMs: now() + CODE_LIFE_MS };
      store.changed();
      return code;
    },
    redeem: ({ code, redirectUri, codeVerifier }) => {
      const known = own(state.codes, code);
      if (!known) return null;
      delete state.codes[code];
      store.changed();
      const isProven = known.codeChallenge === null || known.codeChallenge === challengeOf(codeVerifier ?? '');
      if (known.expiresAtMs <= now() || known.redirectUri !== redirectUri || !isProven) return null;
      return issueTokens(known);
    },
    refresh: (refreshToken) => {
      const grant = own(state.refreshTokens, refreshToken);
      if (!grant) return null;
      delete state.refreshTokens[refreshToken];
      return issueTokens(grant);
    },
    withToken: (accessToken) => {
      const known = own(state.accessTokens, accessToken);
      return known && known.expiresAtMs > now() ? known : null;
    },
    revoke: (token) => {
      const known = own(state.accessTokens, token) ?? own(state.refreshTokens, token);
      if (!known) return false;
      drop((grant) => grant.grantId === known.grantId);
      return true;
    },
    revokeAthlete: (athleteKey) => {
      drop((grant) => grant.athleteKey === athleteKey);
    },
    expireAccessTokens: () => {
      state.accessTokens = {};
      store.changed();
    },
    linkedKeys: () => new Set(Object.values(state.refreshTokens).map((grant) => grant.athleteKey)),
    isLinked: (athleteKey) => Object.values(state.refreshTokens).some((grant) => grant.athleteKey === athleteKey),
  };
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

function own<T>(records: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(records, key) ? records[key] : undefined;
}

function dropExpired(records: Record<string, { expiresAtMs: number }>, nowMs: number): void {
  for (const [key, record] of Object.entries(records)) {
    if (record.expiresAtMs <= nowMs) delete records[key];
  }
}
