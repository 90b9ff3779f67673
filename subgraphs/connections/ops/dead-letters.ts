import { deadLetterVerbs, type LetterDesk, type Retried } from '#platform/dead-letter-verbs';
import { dropLetters, findLetters, openLetterBody, type DeadLetter, type LetterTables } from '#platform/dead-letters';
import { createVendors, type Vendors } from '../providers/registry.ts';
import { loadPublic } from '../asking/load-public.ts';
import { retryNotifications, type PublishReferences } from '../fetching/retry-notifications.ts';
import { createRecipients } from '../webhooks/recipients.ts';
import { publishReferences } from '../webhooks/relay.ts';
import { retryUnreadable } from '../webhooks/retry-unreadable.ts';
import type { OpsParts } from './parts.ts';

const TABLES: LetterTables = {
  letters: 'connections.dead_letter',
  deliveries: 'connections.delivery',
  columns: 'null as "recordId", d.athlete_id as "athleteId"',
};

/** The parts of the program that letters need. */
export type LetterParts = Pick<OpsParts, 'terminal' | 'db' | 'clock' | 'payloadKeys'> & {
  vendors(): Promise<Vendors>;
  publish: PublishReferences;
};

/** dead-letters list, show, retry, drop: what intake could not read and what could not be fetched. */
export const addDeadLettersVerbs = deadLetterVerbs((parts: OpsParts) =>
  openDesk({
    ...parts,
    vendors: async () => createVendors(await parts.config(), { load: loadPublic, log: await parts.log() }),
    publish: async (references) =>
      publishReferences({ publisher: await parts.rawPublisher(), clock: await parts.clock() }, references),
  }),
);

export async function openDesk(parts: LetterParts): Promise<LetterDesk> {
  const [db, clock] = [await parts.db(), await parts.clock()];

  async function retryIntake(letters: readonly DeadLetter[]): Promise<Retried[]> {
    if (letters.length === 0) return [];
    const payloadKeys = await parts.payloadKeys();
    const recipients = createRecipients({ db, payloadKeys, clock });
    const vendors = await parts.vendors();
    const results: Retried[] = [];
    for (const letter of letters)
      results.push(await retryUnreadable({ db, vendors, recipients, payloadKeys, clock }, letter));
    return results;
  }

  return {
    subgraph: 'connections',
    find: (filter) => findLetters(db, TABLES, filter),
    body: async (letter) => openLetterBody({ db, keys: await parts.payloadKeys(), clock }, TABLES, letter),
    async retry(letters) {
      const isIntake = ({ stage }: DeadLetter): boolean => stage === 'intake';
      return [
        ...(await retryIntake(letters.filter(isIntake))),
        ...(await retryNotifications(
          { db, clock, publish: parts.publish },
          letters.filter((letter) => !isIntake(letter)),
        )),
      ];
    },
    drop: (ids, note) => dropLetters(db, { letters: TABLES.letters, ids, note, now: clock.now() }),
    // What is not here may be of another subgraph: insights' program knows the ids of all.
    unknown: async () => [],
  };
}
