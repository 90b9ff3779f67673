import DataLoader from 'dataloader';
import { decide, type Access } from '#platform/consent';
import type { RequestContext } from '#platform/context';
import type { LocalDate, Signal } from '#platform/signals';

/** `teamId`: in the eyes of that team; null or left out: in those of the viewer. */
interface OfAthlete {
  athleteId: string;
  teamId?: string | null;
}

/** A key whose signal the viewer may see. `since`: from this local day on; null: all of it. */
export interface Consented<Key> {
  key: Key;
  access: Access;
  since: LocalDate | null;
}

interface Question<Key> {
  signal: Signal;
  /** Where a key is about one local day, which day that is. */
  dayOf?: (key: Key, access: Access) => LocalDate;
}

/**
 * Asks the one rule for each key, consent read for all of them together, and notes what is about to be read of somebody
 * else. Null for an athlete whom the viewer may not know.
 */
export async function consentTo<Key extends OfAthlete>(
  context: RequestContext,
  { signal, dayOf, keys }: Question<Key> & { keys: readonly Key[] },
): Promise<(Consented<Key> | 'NOT_SHARED' | null)[]> {
  const wanted = keys.map(({ athleteId, teamId = null }) => ({ athleteId, teamId }));
  const accesses = await context.access.loadMany(wanted);
  return keys.map((key, index) => {
    const access = accesses[index];
    if (access instanceof Error) throw access;
    if (!access) return null;
    const day = dayOf && { on: dayOf(key, access) };
    const decision = decide({ access, signal, ...day, at: context.now });
    if (!decision.allowed) return decision.reason === 'NOT_SHARED' ? 'NOT_SHARED' : null;
    context.reads.note(key.athleteId, signal);
    return { key, access, since: decision.since };
  });
}

/**
 * A loader of what athletes share: consent for all keys, then `read` ONCE for all that are shared, whatever the number of
 * athletes; it answers in the order it is asked. The others get `withheld`, or null where the viewer may not know them.
 */
export function createConsentedLoader<Key extends OfAthlete, Answer>(
  options: Question<Key> & {
    context: RequestContext;
    cacheKeyOf: (key: Key) => string;
    withheld: (key: Key) => Answer;
    read: (asked: readonly Consented<Key>[]) => Promise<Answer[]>;
  },
): DataLoader<Key, Answer | null, string> {
  const { context, cacheKeyOf, withheld, read, ...question } = options;
  return new DataLoader<Key, Answer | null, string>(
    async (keys) => {
      const consents = await consentTo(context, { ...question, keys });
      const asked = consents.filter((consent) => consent !== null && consent !== 'NOT_SHARED');
      const answers = asked.length === 0 ? [] : await read(asked);
      let next = 0;
      return keys.map((key, index) => {
        const consent = consents[index] ?? null;
        if (consent === null) return null;
        return consent === 'NOT_SHARED' ? withheld(key) : (answers[next++] as Answer);
      });
    },
    { cacheKeyFn: cacheKeyOf },
  );
}
