import { deadLetterVerbs, type LetterDesk } from '#platform/dead-letter-verbs';
import { dropLetters, findLetters, openLetterBody, type LetterTables } from '#platform/dead-letters';
import { retryDeliveries } from '../deliveries/retry.ts';
import type { OpsParts } from './parts.ts';

const TABLES: LetterTables = {
  letters: 'health_data.dead_letter',
  deliveries: 'connections.delivery_v1',
  columns: 'l.record_id as "recordId", coalesce(l.athlete_id, d.athlete_id) as "athleteId"',
};

/** dead-letters list, show, retry, drop: what could not be normalised. */
export const addDeadLettersVerbs = deadLetterVerbs(openDesk);

export type LetterParts = Omit<OpsParts, 'close'>;

export async function openDesk(parts: LetterParts): Promise<LetterDesk> {
  const [db, clock] = [await parts.db(), await parts.clock()];
  return {
    subgraph: 'health-data',
    find: (filter) => findLetters(db, TABLES, filter),
    body: async (letter) => openLetterBody({ db, keys: await parts.payloadKeys(), clock }, TABLES, letter),
    retry: async (letters) => retryDeliveries(await parts.processing(), letters),
    drop: (ids, note) => dropLetters(db, { letters: TABLES.letters, ids, note, now: clock.now() }),
    // What is not here may be of another subgraph: insights' program knows the ids of all.
    unknown: async () => [],
  };
}
