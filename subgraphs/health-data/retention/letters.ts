import { LETTER_DAYS } from '#platform/dead-letters';
import { deleteInPortions, type RetentionParts } from './portions.ts';

/** Deletes letters that were resolved long ago. Open ones stay until somebody looks. */
export async function forgetLetters({ db, clock, metrics }: RetentionParts): Promise<void> {
  const before = new Date(clock.now().getTime() - LETTER_DAYS * 86_400_000);
  const gone = await deleteInPortions(db, 'dead_letter', 't.resolved_at < $1', [before]);
  metrics.purged.inc({ what: 'dead_letter' }, gone);
}
