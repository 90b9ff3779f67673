import { deadLetterVerbs, type LetterDesk } from '#platform/dead-letter-verbs';
import { dropLetters } from '#platform/dead-letters';
import { findLetters, retryLetters, unknownLetters } from '../letters/letters.ts';
import type { OpsParts } from './parts.ts';

/** dead-letters list, show, retry, drop: athletes whose views could not be computed. */
export const addDeadLettersVerbs = deadLetterVerbs(openDesk);

export type LetterParts = Omit<OpsParts, 'close'>;

export async function openDesk(parts: LetterParts): Promise<LetterDesk> {
  const [db, clock] = [await parts.db(), await parts.clock()];
  return {
    subgraph: 'insights',
    find: (filter) => findLetters(db, filter),
    // What is computed is read from rows: there is no body to open.
    body: async () => null,
    retry: async (letters) => retryLetters(await parts.recomputing(), letters),
    drop: (ids, note) => dropLetters(db, { letters: 'insights.dead_letter', ids, note, now: clock.now() }),
    unknown: (ids) => unknownLetters(db, ids),
  };
}
