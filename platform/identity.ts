import { AppError } from '#platform/errors';
import { sha256 } from '#platform/crypto';
import { readSignedText, signText } from '#platform/signed-text';

export type Role = 'ATHLETE' | 'COACH' | 'ADMIN';

/**
 * Who asks.
 * account: a person with a live session, as the gateway verified it.
 * team: "any coach of this team", the only identity of a shared live stream: nothing personal can be answered to it.
 */
export type Viewer =
  | { kind: 'account'; accountId: string; sessionId: string; role: Role; athleteId: string | null }
  | { kind: 'team'; teamId: string }
  | { kind: 'anonymous' };

export const ANONYMOUS: Viewer = { kind: 'anonymous' };

export const ASSERTION_HEADER = 'athlete-ally-assertion';
const LIFETIME_MS = 30_000;

interface Claims {
  viewer: Viewer;
  requestId: string;
  /** Where the client's request came from; missing where the gateway asks by itself, and on sockets. */
  clientAddress?: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  /** SHA-256 of the exact body this assertion belongs to, base64url. */
  bodyHash: string;
}

/**
 * The gateway's word to one subgraph about one call: who asks, under which request, for which body.
 * HMAC-SHA256 under that subgraph's own key; a subgraph takes nothing else and cannot forge for its neighbour.
 */
export function signAssertion(options: {
  key: Buffer;
  viewer: Viewer;
  requestId: string;
  clientAddress?: string | undefined;
  body: Buffer | string;
}): string {
  const claims: Claims = {
    viewer: options.viewer,
    requestId: options.requestId,
    ...(options.clientAddress === undefined ? {} : { clientAddress: options.clientAddress }),
    expiresAt: Date.now() + LIFETIME_MS,
    bodyHash: sha256(options.body).toString('base64url'),
  };
  return signText({ key: options.key }, claims);
}

/** Made when it is thrown: its stack costs more than a valid assertion does. */
const refused = (): AppError =>
  new AppError('UNAUTHENTICATED', 'This address answers the gateway only. Send the request to the gateway.');

/** The viewer, request and client's address of a valid assertion. Throws UNAUTHENTICATED for a missing, forged, moved or expired one. */
export function verifyAssertion(options: { key: Buffer; assertion: unknown; body: Buffer | string }): {
  viewer: Viewer;
  requestId: string;
  clientAddress?: string;
} {
  if (typeof options.assertion !== 'string') throw refused();
  const claims = readSignedText<Claims>({ key: options.key }, options.assertion);
  if (claims === null || claims.expiresAt < Date.now()) throw refused();
  if (claims.bodyHash !== sha256(options.body).toString('base64url')) throw refused();
  const { viewer, requestId, clientAddress } = claims;
  return { viewer, requestId, ...(clientAddress === undefined ? {} : { clientAddress }) };
}

/** What an assertion of a socket operation covers. */
export const operationBody = (query: string, variables: unknown): string =>
  `${query}\n${JSON.stringify(variables ?? {})}`;

/** The signed-in account, or UNAUTHENTICATED. */
export function requireAccount(viewer: Viewer): Extract<Viewer, { kind: 'account' }> {
  if (viewer.kind !== 'account') {
    throw new AppError(
      'UNAUTHENTICATED',
      'Nobody is signed in, or the access token has expired. Sign in or refresh, then try again.',
    );
  }
  return viewer;
}

/** The signed-in athlete's id. FORBIDDEN for an account that is no athlete. */
export function requireAthlete(viewer: Viewer): string {
  const account = requireAccount(viewer);
  if (account.athleteId === null) {
    throw new AppError('FORBIDDEN', 'This belongs to athletes, and this account is not one. Sign in as the athlete.');
  }
  return account.athleteId;
}
