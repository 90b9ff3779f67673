import type { Entry, StoredEntry } from './entry.ts';

/**
 * What becomes of one change.
 * same: the server has it already, as it has after the same push came twice. apply: it is written.
 * conflict: somebody else changed the record after this client last looked; the server's version stays.
 */
export type Verdict = 'same' | 'apply' | 'conflict';

/**
 * `basedOn`: the time up to which the client knew the server's changes; null: nothing of them; 'newest': all, as
 * somebody does who is online. Created and updated are judged alike: whether a record is there is for the server to say.
 */
export function judge(options: {
  stored: StoredEntry | undefined;
  entry: Entry | null;
  basedOn: Date | 'newest' | null;
}): Verdict {
  const { stored, entry, basedOn } = options;
  if (isSame(stored?.entry ?? null, entry)) return 'same';
  const isUnseen = basedOn !== 'newest' && stored !== undefined && (basedOn === null || stored.changedAt > basedOn);
  return isUnseen ? 'conflict' : 'apply';
}

function isSame(a: Entry | null, b: Entry | null): boolean {
  if (a === null || b === null) return a === b;
  return Object.entries(a).every(([field, value]) => plain(value) === plain(b[field as keyof Entry]));
}

const plain = (value: unknown): unknown => (value instanceof Date ? value.getTime() : value);
