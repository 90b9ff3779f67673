import { useEffect } from 'react';
import type { UseQueryExecute } from 'urql';
import { inBackground } from './client.ts';

/** A storm of nights is one question. */
const ASK_AFTER_MS = 2_000;

/** Asks a question of a team again, a little after `changed` or `now` has a new value; not at all while it is paused. */
export function useAskAnew(
  ask: UseQueryExecute,
  { changed, now, isPaused = false }: { changed: readonly string[]; now: Date; isPaused?: boolean },
): void {
  useEffect(() => {
    if (isPaused) return undefined;
    const timer = setTimeout(() => ask(inBackground), ASK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [changed, now, ask, isPaused]);
}
