import type { Sql } from '#platform/database';
import { AppError } from '#platform/errors';
import type { Viewer } from '#platform/identity';
import { isId } from '#platform/ids';

/** The last row of the page before: rows come by name, then by id. */
export interface After {
  displayName: string;
  athleteId: string;
}

export interface Members {
  isCoach: boolean;
  total: number;
  /** In the order of the roster; one more than asked for when there is more. */
  members: After[];
}

/** Opaque to clients; holds a name and an id, no health value. */
export const cursorOf = ({ displayName, athleteId }: After): string =>
  Buffer.from(JSON.stringify([displayName, athleteId])).toString('base64url');

/** Throws BAD_USER_INPUT for what is no cursor of a roster. */
export function afterOf(cursor: string): After {
  const [displayName, athleteId] = partsOf(cursor);
  if (
    typeof displayName === 'string' &&
    !displayName.includes('\0') &&
    typeof athleteId === 'string' &&
    isId(athleteId)
  )
    return { displayName, athleteId };
  throw new AppError(
    'BAD_USER_INPUT',
    'after is no cursor of a roster. Take it from pageInfo.endCursor of the page before.',
  );
}

function partsOf(cursor: string): unknown[] {
  try {
    const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown;
    return Array.isArray(parts) ? parts : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** Whether this viewer is a coach of the team at this moment, the number of its athletes, and a page of them. One query. */
export async function readMembers(
  db: Sql,
  asked: { teamId: string; viewer: Viewer; after: After | null; first: number },
): Promise<Members> {
  const { teamId, viewer, after } = asked;
  if (viewer.kind === 'anonymous' || !isId(teamId)) return { isCoach: false, total: 0, members: [] };
  const rows = await db.query<
    { isCoach: boolean; total: number; displayName: string | null; athleteId: string | null }[]
  >(
    `with members as (
       select a.id, a.display_name
         from connections.membership_v1 m join connections.athlete_v1 a on a.id = m.athlete_id
        where m.team_id = $1 and m.role = 'ATHLETE'
     )
     select exists (select from connections.membership_v1 c where c.team_id = $1 and c.role = 'COACH' and c.account_id = $2) as "isCoach",
            (select count(*) from members) as total, page.display_name as "displayName", page.id as "athleteId"
       from (select) as one
       left join lateral (
            select id, display_name from members
             where $3::text is null or (display_name, id) > ($3, $4::uuid)
             order by display_name, id limit $5) page on true`,
    [
      teamId,
      viewer.kind === 'account' ? viewer.accountId : null,
      after?.displayName ?? null,
      after?.athleteId ?? null,
      asked.first + 1,
    ],
  );
  const mayWatch =
    viewer.kind === 'team' ? viewer.teamId === teamId : viewer.role !== 'ADMIN' && rows[0]?.isCoach === true;
  const members = rows.flatMap(({ displayName, athleteId }) =>
    displayName === null || athleteId === null ? [] : [{ displayName, athleteId }],
  );
  return mayWatch ? { isCoach: true, total: rows[0]?.total ?? 0, members } : { isCoach: false, total: 0, members: [] };
}
