import { AppError } from '#platform/errors';
import { requireAccount } from '#platform/identity';
import type { InsightsContext } from '../context.ts';

/** A link to a file, and a file that is begun, each `EXPORTS.points` times in a quarter of an hour. */
export type ExportKind = 'link' | 'file';
export const EXPORTS = { points: 30, perS: 15 * 60 };

/**
 * Counts one export of the account, over all replicas; the stretch begins with the first.
 *
 * @throws AppError RATE_LIMITED with the time to wait, UNAUTHENTICATED
 */
export async function takeExport(context: InsightsContext, what: ExportKind): Promise<void> {
  const { accountId } = requireAccount(context.viewer);
  const [row] = await context.db.query<{ taken: number; since: Date }[]>(
    `insert into insights.export_count as c (account_id, what, since, taken) values ($1, $2, $3::timestamptz, 1)
     on conflict (account_id, what) do update
        set since = case when c.since > $4 then c.since else excluded.since end,
            taken = case when c.since > $4 then c.taken + 1 else 1 end
     returning taken, since`,
    [accountId, what, context.now, new Date(context.now.getTime() - EXPORTS.perS * 1000)],
  );
  if (row === undefined) throw new Error('an export was not counted');
  if (row.taken <= EXPORTS.points * context.exportFactor) return;
  const endsAtMs = row.since.getTime() + EXPORTS.perS * 1000;
  const retryAfterS = Math.max(1, Math.ceil((endsAtMs - context.now.getTime()) / 1000));
  throw new AppError(
    'RATE_LIMITED',
    `Too many exports for now. Please wait ${Math.ceil(retryAfterS / 60)} min, then try again.`,
    { retryAfterS },
  );
}
