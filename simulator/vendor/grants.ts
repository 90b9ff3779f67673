import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Story } from '../athletes/stories.ts';
import type { Code, Grant, Store, Token, VendorState } from '../state.ts';
import type { OauthOptions } from './tables.ts';

const CODE_LIFE_MS = 600_000;
const TOKENS_BETWEEN_CLEANUPS = 500;

/** Codes and tokens: who said yes to what, and for how long. */
export interface Grants {
  issueCode(parts: Omit<Code, 'grantId' | 'expiresAtMs'>): string;
  /**
   * A token answer. Null unless the code is known, unused, younger than ten minutes and meant for this redirect and
   * verifier; it is used up in any case.
   */
  redeem(parts: { code: string; redirectUri: string; codeVerifier: string | null }): object | null;
  /** Null for an unknown, ended or used token. */
  refresh(refreshToken: string): object | null;
  /** The grant behind a valid access token. */
  withToken(accessToken: string): Grant | null;
  /** Ends the grant an access or refresh token belongs to, and says whose it was; null when it is unknown. */
  revoke(token: string): Grant | null;
  revokeAthlete(athleteKey: string): void;
  expireAccessTokens(): void;
  isLinked(athleteKey: string): boolean;
  linkedKeys(): Set<string>;
}

export function createGrants({
  store,
  memory,
  oauth,
  accessTokenSec,
  now,
  named,
  userIdOf,
}: {
  store: Store;
  memory: VendorState;
  oauth: OauthOptions;
  accessTokenSec: number;
  now: () => number;
  named: (athleteKey: string) => Story | undefined;
  userIdOf: (athlete: Story) => string;
}): Grants {
  let issued = 0;
  const made = (kind: 'AT' | 'RT'): string => `${oauth.tokenPrefix}_${kind}_${randomBytes(24).toString('base64url')}`;

  const issueTokens = (grant: Grant, { isRefresh }: { isRefresh: boolean }): object | null => {
    const athlete = named(grant.athleteKey);
    if (!athlete) return null;
    // Not at every issue: linking thousands of athletes would look through thousands of tokens each time.
    if (issued++ % TOKENS_BETWEEN_CLEANUPS === 0) dropExpired(memory.accessTokens, now());
    const { grantId, scopes } = grant;
    const accessToken = made('AT');
    memory.accessTokens[accessToken] = { grantId, expiresAtMs: now() + 1000 * accessTokenSec };
    const hasNewRefreshToken = grant.isRefreshable && !(isRefresh && oauth.refreshTokens === 'stay');
    const refreshToken = hasNewRefreshToken ? made('RT') : undefined;
    if (refreshToken !== undefined) {
      const expiresAtMs = oauth.refreshTokenSec === null ? null : now() + 1000 * oauth.refreshTokenSec;
      memory.refreshTokens[refreshToken] = { grantId, expiresAtMs };
    }
    store.changed();
    const told = { athlete, userId: userIdOf(athlete), scopes, nowMs: now(), expiresInSec: accessTokenSec, isRefresh };
    return {
      token_type: 'bearer',
      access_token: accessToken,
      expires_in: accessTokenSec,
      refresh_token: refreshToken,
      scope: scopes.join(oauth.scopeSeparator),
      ...oauth.answerExtras?.(told),
    };
  };

  const drop = (isMeant: (grantId: string, athleteKey: string) => boolean): void => {
    const { grants, accessTokens, refreshTokens, codes } = memory;
    const ended = new Set(
      Object.values(grants)
        .filter(({ grantId, athleteKey }) => isMeant(grantId, athleteKey))
        .map(({ grantId }) => grantId),
    );
    for (const tokens of [accessTokens, refreshTokens]) {
      for (const [token, { grantId }] of Object.entries(tokens)) if (ended.has(grantId)) delete tokens[token];
    }
    for (const [code, { grantId, athleteKey }] of Object.entries(codes)) {
      if (isMeant(grantId, athleteKey)) delete codes[code];
    }
    for (const grantId of ended) delete grants[grantId];
    store.changed();
  };

  const valid = (tokens: Record<string, Token>, token: string): Grant | null => {
    const known = own(tokens, token);
    if (!known || (known.expiresAtMs !== null && known.expiresAtMs <= now())) return null;
    return own(memory.grants, known.grantId) ?? null;
  };

  return {
    issueCode: (parts) => {
      dropExpired(memory.codes, now());
      const code = randomBytes(24).toString('base64url');
      memory.codes[code] = { ...parts, grantId: randomUUID(), expiresAtMs: now() + CODE_LIFE_MS };
      store.changed();
      return code;
    },
    redeem: ({ code, redirectUri, codeVerifier }) => {
      const known = own(memory.codes, code);
      if (!known) return null;
      delete memory.codes[code];
      store.changed();
      const isProven = known.codeChallenge === null || known.codeChallenge === challengeOf(codeVerifier ?? '');
      if (known.expiresAtMs <= now() || known.redirectUri !== redirectUri || !isProven) return null;
      const { grantId, athleteKey, scopes, isRefreshable } = known;
      const grant = { grantId, athleteKey, scopes, isRefreshable };
      memory.grants[grantId] = grant;
      return issueTokens(grant, { isRefresh: false });
    },
    refresh: (refreshToken) => {
      const grant = valid(memory.refreshTokens, refreshToken);
      if (!grant) return null;
      if (oauth.refreshTokens === 'rotate') delete memory.refreshTokens[refreshToken];
      return issueTokens(grant, { isRefresh: true });
    },
    withToken: (accessToken) => valid(memory.accessTokens, accessToken),
    revoke: (token) => {
      const known = own(memory.accessTokens, token) ?? own(memory.refreshTokens, token);
      const grant = known && own(memory.grants, known.grantId);
      if (!grant) return null;
      drop((grantId) => grantId === grant.grantId);
      return grant;
    },
    revokeAthlete: (key) => {
      drop((_grantId, athleteKey) => athleteKey === key);
    },
    expireAccessTokens: () => {
      memory.accessTokens = {};
      store.changed();
    },
    linkedKeys: () => new Set(Object.values(memory.grants).map(({ athleteKey }) => athleteKey)),
    isLinked: (key) => Object.values(memory.grants).some(({ athleteKey }) => athleteKey === key),
  };
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

function own<T>(records: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(records, key) ? records[key] : undefined;
}

function dropExpired(records: Record<string, { expiresAtMs: number | null }>, nowMs: number): void {
  for (const [key, { expiresAtMs }] of Object.entries(records)) {
    if (expiresAtMs !== null && expiresAtMs <= nowMs) delete records[key];
  }
}
