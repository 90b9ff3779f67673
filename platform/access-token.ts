import { decodeProtectedHeader, jwtVerify, type JWTVerifyGetKey } from 'jose';

/** How access tokens are signed and told from other tokens (RFC 9068). */
export const ACCESS_TOKEN = {
  algorithm: 'EdDSA',
  type: 'at+jwt',
  issuer: 'athlete-ally',
  audience: 'athlete-ally',
} as const;

/** What a valid access token says. Roles are not in it: they come from the session, at each request. */
export interface AccessToken {
  accountId: string;
  sessionId: string;
  expiresAt: Date;
}

const CLOCK_TOLERANCE_S = 5;
const MAX_TOKEN_CHARS = 4_096;
const KEY_ID = /^[A-Za-z0-9_-]{1,64}$/;
/** Header parameters that bring keys or rules of their own along (RFC 8725, 3.10). */
const REFUSED_PARAMETERS = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64'];

/**
 * Reads an access token as it stands in `Bearer …` or bare. Throws for whatever is not ours, not valid or too old; errors
 * of `keys` pass through. That the session still lives is another question: `Sessions.check`.
 */
export async function readAccessToken(options: {
  authorization: string;
  keys: JWTVerifyGetKey;
  now: Date;
}): Promise<AccessToken> {
  const token = options.authorization.replace(/^bearer\s+/i, '').trim();
  refuseOddHeader(token);
  const { payload } = await jwtVerify(token, options.keys, {
    algorithms: [ACCESS_TOKEN.algorithm],
    issuer: ACCESS_TOKEN.issuer,
    audience: ACCESS_TOKEN.audience,
    typ: ACCESS_TOKEN.type,
    requiredClaims: ['exp', 'iat', 'sub', 'sid'],
    clockTolerance: CLOCK_TOLERANCE_S,
    currentDate: options.now,
  });
  const { sub, sid, exp } = payload;
  if (typeof sub !== 'string' || typeof sid !== 'string' || exp === undefined)
    throw new Error('a claim has the wrong type');
  return { accountId: sub, sessionId: sid, expiresAt: new Date(exp * 1000) };
}

function refuseOddHeader(token: string): void {
  if (token.length > MAX_TOKEN_CHARS) throw new Error('the token is too long');
  const header = decodeProtectedHeader(token);
  if (typeof header.kid !== 'string' || !KEY_ID.test(header.kid)) throw new Error('the key id is not one of ours');
  if (REFUSED_PARAMETERS.some((name) => name in header)) throw new Error('the token header brings its own rules');
}
