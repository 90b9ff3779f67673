import { AppError } from '#platform/errors';
import { readSignedText, signText } from '#platform/signed-text';

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
const PURPOSE = 'roster-file';

export const signRosterLink = (key: Buffer, link: RosterLink): string => signText({ key, purpose: PURPOSE }, link);

/** Throws NOT_FOUND alike for a link that is forged, altered or expired. */
export function readRosterLink(options: { key: Buffer; link: string; now: Date }): RosterLink {
  const link = readSignedText<RosterLink>({ key: options.key, purpose: PURPOSE }, options.link);
  if (link === null || link.expiresAt <= options.now.getTime())
    throw new AppError('NOT_FOUND', 'This link does not work, or not any more. Make a new one on the team’s page.');
  return link;
}
