import type { Sql } from '#platform/database';
import type { Viewer } from '#platform/identity';
import { isId } from '#platform/ids';

/** What a viewer is in a team at this moment; undefined: nothing, so that the team does not exist for them. */
export type Standing = 'COACH' | 'MEMBER' | undefined;

/**
 * The viewer's standing in each of `teamIds`, by one query. A shared live stream is "any coach of its team"; an ADMIN
 * stands nowhere.
 */
export async function standingsOf(
  db: Sql,
  options: { viewer: Viewer; teamIds: readonly string[] },
): Promise<Standing[]> {
  const { viewer, teamIds } = options;
  if (viewer.kind === 'team') return teamIds.map((id) => (id === viewer.teamId ? 'COACH' : undefined));
  const ids = teamIds.filter(isId);
  if (viewer.kind !== 'account' || viewer.role === 'ADMIN' || ids.length === 0) return teamIds.map(() => undefined);
  const rows = await db.query<
    {
      team_id: string;
      role: 'COACH' | 'ATHLETE';
    }[]
  >('select team_id, role from membership_v1 where account_id = $1 and team_id = any($2)', [viewer.accountId, ids]);
  const found = new Map(rows.map((row) => [row.team_id, row.role === 'COACH' ? 'COACH' : 'MEMBER'] as const));
  return teamIds.map((id) => found.get(id));
}

/** The teams an account coaches or is a member of, the longest-standing first. */
export async function teamIdsOf(db: Sql, accountId: string): Promise<string[]> {
  const rows = await db.query<
    {
      team_id: string;
    }[]
  >('select team_id from membership_v1 where account_id = $1 order by joined_at, team_id', [accountId]);
  return rows.map((row) => row.team_id);
}
