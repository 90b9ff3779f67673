import { sha256 } from '#platform/crypto';
import type { Access } from '#platform/consent';
import { SCORE_SIGNALS } from '../views/bases.ts';

/**
 * Where a stream stands. `at`: when the newest view that it showed was computed, in milliseconds; of views without SLEEP
 * that is their slot, so that nothing withheld moves it. `scope`: who was in view with which grants.
 */
export interface Position {
  at: number;
  scope: string;
}

/** Either way from now: a clock of another replica may be ahead, and a client may have written any number. */
const FURTHEST_MS = 24 * 3_600_000;

/** Opaque to clients; holds an instant and a hash of grants, no health value. */
export const writeCursor = ({ at, scope }: Position): string =>
  Buffer.from(JSON.stringify([at, scope])).toString('base64url');

/** The position, or null for what cannot be gone on from: not ours, or a day and more from now. */
export function readCursor(cursor: string, now: Date): Position | null {
  const [at, scope] = partsOf(cursor);
  if (typeof at !== 'number' || typeof scope !== 'string') return null;
  return Math.abs(now.getTime() - at) > FURTHEST_MS ? null : { at, scope };
}

function partsOf(cursor: string): unknown[] {
  try {
    const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown;
    return Array.isArray(parts) ? parts : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

const scored: ReadonlySet<string> = new Set(SCORE_SIGNALS);

/** What an athlete gives to a viewer, as text: two equal texts give the same view of every day. */
export const grantsText = ({ relation, grants }: Access): string =>
  [
    relation,
    ...grants
      .filter(({ signal }) => scored.has(signal))
      .map(({ signal, since }) => `${signal} ${since}`)
      .toSorted(),
  ].join();

/** A short hash of who is in view with which grants: a client that missed a change of it starts from a snapshot. */
export function scopeOf(inView: ReadonlyMap<string, { grants: string }>): string {
  const lines = [...inView].map(([athleteId, { grants }]) => `${athleteId} ${grants}`).toSorted();
  return sha256(lines.join('\n')).toString('base64url').slice(0, 16);
}
