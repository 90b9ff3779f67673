import type { Clock } from '#platform/clock';
import type { Database, Sql } from '#platform/database';
import { hashedId, type Logger } from '#platform/log';
import type { Publisher } from '#platform/messages';
import { startRounds, type Rounds } from '#platform/rounds';
import type { LocalDate } from '#platform/signals';
import { forgetEntries } from '../entries/forget.ts';
import { publishTouches, type RaisedTouch } from '../measurements/publish-touches.ts';
import { recordTouches, type Touch } from '../measurements/store.ts';
import { TABLES } from '../measurements/tables.ts';
import { holdAthletes } from '../sources/daily-summary.ts';
import { holdSources, openOrders, type ErasureOrder } from './orders.ts';

export interface EraseParts {
  db: Database;
  publisher: Publisher;
  clock: Clock;
  log: Logger;
}

const EVERY_MS = 2_000;

/** Carries out orders to erase a source, whoever gave them and whenever: what is not in the ledger is to be done. */
export function startErasing(parts: EraseParts): Rounds {
  return startRounds({
    everyMs: EVERY_MS,
    complaint: 'an erasure did not finish and will be repeated',
    log: parts.log,
    async round() {
      for (const order of await openOrders(parts.db)) await eraseSource(parts, order);
      return 'done';
    },
  });
}

/**
 * Deletes every row of a source, tombstones included, in one transaction with the touched days and the ledger; of what
 * the athlete entered, the ids alone stay, so that their devices delete it too and none brings it back. Nothing
 * newer can be among the rows: a delivery received after an order is stored only when the order is carried out.
 * Then the days are published; if that is lost, insights finds them by its own sweep.
 */
export async function eraseSource(parts: EraseParts, order: ErasureOrder): Promise<void> {
  const now = parts.clock.now();
  const erased = await parts.db.prepared.transaction(async (tx) => {
    await holdSources(tx, [order], 'eraser');
    if (await isCarriedOut(tx, order)) return null;
    await holdAthletes(tx, [order.athleteId]);
    const { touches, rowCount } = await deleteRows(tx, order);
    const entryCount = await forgetEntries(tx, { source: order, now });
    await forgetDeliveries(tx, order);
    await forgetChoices(tx, order);
    await tx.query(
      'insert into health_data.erased_source (order_id, athlete_id, provider, row_count, erased_at) values ($1, $2, $3, $4, $5)',
      [order.id, order.athleteId, order.provider, rowCount + entryCount, now],
    );
    return { touches: await recordTouches(tx, { touches, now }), rowCount: rowCount + entryCount };
  });
  if (erased === null) return;
  const { athleteId, provider } = order;
  parts.log.info({ athlete: hashedId(athleteId), provider, rows: erased.rowCount }, 'a source was erased');
  await publishTouches(parts.publisher, erased.touches satisfies RaisedTouch[], now);
}

async function isCarriedOut(tx: Sql, order: ErasureOrder): Promise<boolean> {
  const rows = await tx.query<unknown[]>('select 1 from health_data.erased_source where order_id = $1', [order.id]);
  return rows.length > 0;
}

async function deleteRows(tx: Sql, order: ErasureOrder): Promise<{ touches: Touch[]; rowCount: number }> {
  const { athleteId, provider } = order;
  const touches: Touch[] = [];
  let rowCount = 0;
  for (const { name, blocks, signal, domain } of Object.values(TABLES)) {
    if (blocks !== undefined)
      await tx.query(`delete from health_data.${blocks} where athlete_id = $1 and provider = $2`, [
        athleteId,
        provider,
      ]);
    const days = await tx.query<{ day: LocalDate | null; rows: number }[]>(
      `with gone as (delete from health_data.${name} where athlete_id = $1 and provider = $2 returning day)
       select day, count(*) as rows from gone group by day`,
      [athleteId, provider],
    );
    for (const { day, rows } of days) {
      rowCount += rows;
      if (day !== null) touches.push({ athleteId, day, signal, domain });
    }
  }
  return { touches, rowCount };
}

/** What is gone cannot be the one that counts. */
async function forgetChoices(tx: Sql, { athleteId, provider }: ErasureOrder): Promise<void> {
  await tx.query('delete from health_data.source_preference where athlete_id = $1 and provider = $2', [
    athleteId,
    provider,
  ]);
}

/** The ledger keeps the ids alone, so that none of these deliveries is taken for a new one. */
async function forgetDeliveries(tx: Sql, { athleteId, provider }: ErasureOrder): Promise<void> {
  await tx.query(
    `update health_data.processed_delivery
        set outcome = 'erased', athlete_id = null, provider = null, days = null, rows_by_domain = null, ignored_by_reason = null
      where athlete_id = $1 and provider = $2`,
    [athleteId, provider],
  );
  await tx.query('delete from health_data.dead_letter where athlete_id = $1 and provider = $2', [athleteId, provider]);
}
