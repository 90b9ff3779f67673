import type { Retried } from '#platform/dead-letter-verbs';
import type { DeadLetter } from '#platform/dead-letters';
import type { Sql } from '#platform/database';
import { providerSlug } from '#platform/signals';
import { processReferences, type ProcessParts } from './process.ts';

/**
 * Normalises deliveries again that left letters: out of the ledger, then the ordinary way, which closes the letters of a
 * delivery and opens anew those that come of this try. Stopped in between, they stay open and can be retried.
 */
export async function retryDeliveries(parts: ProcessParts, letters: readonly DeadLetter[]): Promise<Retried[]> {
  const here = letters.filter(({ hasBody }) => hasBody);
  const references = [...new Map(here.map((letter) => [letter.deliveryId as string, letter.receivedOn as string]))].map(
    ([id, receivedOn]) => ({ id, receivedOn, hash: null }),
  );
  await parts.db.query('delete from health_data.processed_delivery where delivery_id = any($1)', [
    references.map(({ id }) => id),
  ]);
  await processReferences(parts, references);
  const open = await openLettersOf(
    parts.db,
    references.map(({ id }) => id),
  );
  return letters.map((letter) => (letter.hasBody ? outcomeOf(letter, open) : { ...bodyIsGone(letter) }));
}

interface OpenLetter {
  id: string;
  deliveryId: string;
  recordId: string | null;
  reason: string;
}

function openLettersOf(db: Sql, deliveryIds: readonly string[]): Promise<OpenLetter[]> {
  return db.query<OpenLetter[]>(
    `select id, delivery_id as "deliveryId", record_id as "recordId", reason from health_data.dead_letter
      where delivery_id = any($1) and resolved_at is null`,
    [deliveryIds],
  );
}

/** What is left of a letter: itself, open as before, or another of the same record with the new reason. */
function outcomeOf({ id, deliveryId, recordId }: DeadLetter, open: readonly OpenLetter[]): Retried {
  const left = open.filter((other) => other.deliveryId === deliveryId);
  const again =
    left.find((other) => other.id === id) ??
    left.find((other) => other.recordId === recordId || other.recordId === null);
  if (!again) return { id, ending: 'retried', told: 'is normalised' };
  const where = again.id === id ? '' : `, which is letter ${again.id}`;
  return { id, ending: 'failed', told: `failed again: ${again.reason}${where}` };
}

function bodyIsGone({ id, provider, receivedOn }: DeadLetter): Retried {
  const of = provider === null ? '' : ` --provider ${providerSlug(provider)}`;
  const told = `its body is no longer in the database: take it from the archive with replay${of} --from ${receivedOn} --to ${receivedOn}, then drop it`;
  return { id, ending: 'failed', told };
}
