import type { Sql } from '#platform/database';
import { AppError } from '#platform/errors';
import type { Viewer } from '#platform/identity';
import { isId } from '#platform/ids';

/** An athlete of the team. */
export interface Member {
  displayName: string;
  athleteId: string;
}

/** Opaque to clients; holds an id, no health value and no place in an order that is made of one. */
export const cursorOf = ({ athleteId }: Member): string => Buffer.from(athleteId).toString('base64url');

/** The athlete after whom a page begins. Throws BAD_USER_INPUT for what is no cursor of a roster. */
export function afterOf(cursor: string): string {
  const athleteId = Buffer.from(cursor, 'base64url').toString();
  if (isId(athleteId)) return athleteId;
  throw new AppError(
    'BAD_USER_INPUT',
    'after is no cursor of a roster. Take it from pageInfo.endCursor of the page before.',
  );
}

/** Whether this viewer is a coach of the team at this moment. */
export async function isCoachOf(db: Sql, { teamId, viewer }: { teamId: string; viewer: Viewer }): Promise<boolean> {
  if (viewer.kind === 'anonymous' || !isId(teamId)) return false;
  // The live upstream of a team, which the gateway shares between its coaches.
  if (viewer.kind === 'team') return viewer.teamId === teamId;
  if (viewer.role === 'ADMIN') return false;
  const rows = await db.query<unknown[]>(
    `select 1 from connections.membership_v1 where team_id = $1 and role = 'COACH' and account_id = $2`,
    [teamId, viewer.accountId],
  );
  return rows.length > 0;
}

/** The athletes of a team by name, for its coaches; null for whoever is no coach of it at this moment. */
export async function readMembers(db: Sql, asked: { teamId: string; viewer: Viewer }): Promise<Member[] | null> {
  if (!(await isCoachOf(db, asked))) return null;
  return await db.query<Member[]>(
    `select a.id as "athleteId", a.display_name as "displayName"
       from connections.membership_v1 m join connections.athlete_v1 a on a.id = m.athlete_id
      where m.team_id = $1 and m.role = 'ATHLETE'
      order by a.display_name, a.id`,
    [asked.teamId],
  );
}
