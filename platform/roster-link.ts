import { hmacSha256, sameBytes } from '#platform/crypto';
import { AppError } from '#platform/errors';

/** What a link to a roster's file says: nothing of any athlete. */
export interface RosterLink {
  teamId: string;
  /** Whose link it is: what it fetches is what this coach is shown, while this session lives. */
  accountId: string;
  sessionId: string;
  filter: Record<string, unknown>;
  days: number;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  /** Two links are never the same. */
  nonce: string;
}

/** How links are signed, and how long they live. */
export interface RosterLinks {
  key: Buffer;
  lifetimeMs: number;
}

/** Apart from all else that is signed under the same key. */
const signatureOf = (key: Buffer, payload: string): Buffer => hmacSha256(key, `roster-file ${payload}`);

export function signRosterLink(key: Buffer, link: RosterLink): string {
  const payload = Buffer.from(JSON.stringify(link)).toString('base64url');
  return `${payload}.${signatureOf(key, payload).toString('base64url')}`;
}

/** Throws NOT_FOUND alike for a link that is forged, altered or expired. */
export function readRosterLink(options: { key: Buffer; link: string; now: Date }): RosterLink {
  const [payload = '', signature = '', ...rest] = options.link.split('.');
  const isOurs = rest.length === 0 && sameBytes(signatureOf(options.key, payload), Buffer.from(signature, 'base64url'));
  const link = isOurs ? (JSON.parse(Buffer.from(payload, 'base64url').toString()) as RosterLink) : null;
  if (link === null || link.expiresAt <= options.now.getTime())
    throw new AppError('NOT_FOUND', 'This link does not work, or not any more. Make a new one on the team’s page.');
  return link;
}
