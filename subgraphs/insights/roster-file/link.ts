import { randomUUID } from 'node:crypto';
import { AppError } from '#platform/errors';
import { requireAccount } from '#platform/identity';
import { signRosterLink } from '#platform/roster-link';
import type { InsightsContext } from '../context.ts';
import { filterRows } from '../roster/arrange.ts';
import type { RosterFilter } from '../roster/graph-types.ts';
import { isCoachOf } from '../roster/members.ts';
import type { CsvLink } from './graph-types.ts';
import { takeExport } from './limit-exports.ts';
import { checkDays } from './read-table.ts';

/**
 * A signed pointer: which team, for whom, with which filter. Nothing is read for it and nothing is kept but the count.
 *
 * @throws AppError UNAUTHENTICATED, NOT_FOUND for whoever is no coach of the team, BAD_USER_INPUT, RATE_LIMITED
 */
export async function makeLink(
  context: InsightsContext,
  { teamId, filter, days }: { teamId: string; filter: RosterFilter; days: number },
): Promise<CsvLink> {
  const { accountId, sessionId } = requireAccount(context.viewer);
  if (!(await isCoachOf(context.db, { teamId, viewer: context.viewer })))
    throw new AppError('NOT_FOUND', 'There is no such team, or you are not its coach. Look the team up again.');
  checkDays(days);
  // A filter that cannot be asked is refused here, and not first in the file.
  filterRows([], filter);
  await takeExport(context, 'link');
  const { key, lifetimeMs } = context.rosterLinks;
  const expiresAt = new Date(context.now.getTime() + lifetimeMs);
  const link = {
    teamId,
    accountId,
    sessionId,
    filter: { ...filter },
    days,
    expiresAt: expiresAt.getTime(),
    nonce: randomUUID(),
  };
  return { url: `/api/v1/teams/${teamId}/readiness.csv?link=${signRosterLink(key, link)}`, expiresAt };
}
