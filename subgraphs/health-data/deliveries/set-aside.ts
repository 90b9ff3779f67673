import { isDatabaseAway } from '#platform/database-away';
import { processReferences, type ProcessParts, type Reference } from './process.ts';

/** One that fails must not keep the others waiting; nor is it tried at every round. */
const ASIDE_MS = 60_000;
/** Ids that one line of the log names. */
const NAMED = 5;

/** What the sweeps of one process leave aside for a while: delivery ids, and until when (ms). */
export type SetAside = Map<string, number>;

/** Ids that are still left aside; forgets the others. */
export function idsSetAside(aside: SetAside, nowMs: number): string[] {
  for (const [id, until] of aside) if (until <= nowMs) aside.delete(id);
  return [...aside.keys()];
}

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
      aside.set(reference.id, parts.clock.now().getTime() + ASIDE_MS);
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
