import { ORIGINS, type Origin } from '#platform/signals';

/** Which workout is meant: where it came from, and what it is called there. */
export interface WorkoutKey {
  provider: Origin;
  recordId: string;
}

/** Opaque to clients; the same workout has the same id for ever. */
export const workoutId = ({ provider, recordId }: WorkoutKey): string =>
  Buffer.from(`${provider}:${recordId}`).toString('base64url');

/** The inverse of `workoutId`; null for anything it would not have made. */
export function workoutKey(id: string): WorkoutKey | null {
  const text = Buffer.from(id, 'base64url').toString();
  const colon = text.indexOf(':');
  const provider = ORIGINS.find((origin) => origin === text.slice(0, colon));
  if (provider === undefined) return null;
  const key = { provider, recordId: text.slice(colon + 1) };
  return key.recordId !== '' && !key.recordId.includes('\0') && workoutId(key) === id ? key : null;
}
