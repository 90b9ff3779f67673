import { deleteInPortions, type RetentionParts } from './portions.ts';

/** Longer than anything is kept that could be asked about: the archive holds a body for 180 days at most. */
const LEDGER_DAYS = 200;

/**
 * Forgets ledger entries of deliveries that nobody can hand in again. The time alone is not what makes it safe: an entry
 * stays for as long as its delivery stands in the log, however old, since a reference to it would be taken for a new one.
 * What is replayed from the archive comes as a delivery of its own, which this entry says nothing about.
 */
export async function forgetDeliveries({ db, clock, metrics }: RetentionParts): Promise<void> {
  const before = new Date(clock.now().getTime() - LEDGER_DAYS * 86_400_000);
  const isGone =
    'not exists (select from connections.delivery_v1 d where d.received_on = t.received_on and d.id = t.delivery_id)';
  const gone = await deleteInPortions(db, 'processed_delivery', `t.processed_at < $1 and ${isGone}`, [before]);
  metrics.purged.inc({ what: 'processed_delivery' }, gone);
}
