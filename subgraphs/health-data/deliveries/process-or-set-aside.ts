import { isDatabaseAway } from '#platform/database-away';
import { leaveAside, type SetAside } from '#platform/set-aside';
import { processReferences, type ProcessParts, type Reference } from './process.ts';

/** Ids that one line of the log names. */
const NAMED = 5;

/**
 * Processes what a sweep found, together; where that fails, each alone, and leaves aside what fails again. Throws while
 * PostgreSQL is away: then nobody gets through.
 */
export async function processOrSetAside(
  parts: ProcessParts,
  references: readonly Reference[],
  aside: SetAside,
): Promise<void> {
  try {
    await processReferences(parts, references);
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
    await processEach(parts, references, aside);
  }
}

async function processEach(parts: ProcessParts, references: readonly Reference[], aside: SetAside): Promise<void> {
  const failed: string[] = [];
  let last: unknown;
  for (const reference of references) {
    try {
      await processReferences(parts, [reference]);
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      leaveAside(aside, reference.id, parts.clock.now().getTime());
      failed.push(reference.id);
      last = error;
    }
  }
  if (failed.length === 0) return;
  parts.log.error(
    { count: failed.length, deliveries: failed.slice(0, NAMED), err: last },
    'deliveries could not be normalised and are left aside for a while',
  );
}
