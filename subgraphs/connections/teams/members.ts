import type { Sql } from '#platform/database';
import { isId } from '#platform/ids';
import { cursorOf, pageOfRows, type Page } from './paging.ts';
import type { Coach, TeamMember, TeamMemberConnection } from './team.entity.ts';

/** The coaches of each of `teamIds`, by one query. */
export async function coachesOf(db: Sql, teamIds: readonly string[]): Promise<Coach[][]> {
  const rows = await db.query<(Coach & { teamId: string })[]>(
    `select c.team_id as "teamId", a.id, a.display_name as "displayName"
       from team_coach c join account a on a.id = c.account_id
      where c.team_id = any($1) and c.left_at is null
      order by c.joined_at, a.id`,
    [teamIds],
  );
  const byTeam = Map.groupBy(rows, (row) => row.teamId);
  return teamIds.map((id) => byTeam.get(id) ?? []);
}

/** Asks for a page of a team's members. `onlyAthleteId`: as this member sees the list, which is themselves alone. */
export interface MembersKey {
  teamId: string;
  onlyAthleteId: string | null;
  page: Page;
}

export const membersCacheKey = (key: MembersKey): string => JSON.stringify(key);

/** As `toISOString` writes it. JavaScript reads more as a date than PostgreSQL does. */
const INSTANT = /^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** A cursor of this list: when they joined, and who. */
export function isMemberCursor(parts: readonly string[]): boolean {
  const [joinedAt = '', athleteId = ''] = parts;
  return parts.length === 2 && INSTANT.test(joinedAt) && !Number.isNaN(Date.parse(joinedAt)) && isId(athleteId);
}

const memberCursor = (member: TeamMember): string => cursorOf([member.joinedAt.toISOString(), member.athleteId]);

/** All pages asked for, in the order of joining, by one query for the rows and one for the totals. */
export async function membersOf(db: Sql, keys: readonly MembersKey[]): Promise<TeamMemberConnection[]> {
  const [pages, totals] = await Promise.all([readPages(db, keys), countMembers(db, keys)]);
  return keys.map((key, place) => ({
    ...pageOfRows({ rows: pages.get(place) ?? [], page: key.page, cursor: memberCursor }),
    totalCount: totals.get(place) ?? 0,
  }));
}

async function readPages(db: Sql, keys: readonly MembersKey[]): Promise<Map<number, TeamMember[]>> {
  const rows = await db.query<(TeamMember & { place: number })[]>(
    `select key.place, m.athlete_id as "athleteId", m.joined_at as "joinedAt"
       from unnest($1::int[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::uuid[], $6::int[])
            as key (place, team_id, only_athlete_id, after_joined_at, after_athlete_id, how_many)
      cross join lateral (
            select athlete_id, joined_at from membership
             where team_id = key.team_id and left_at is null
               and (key.only_athlete_id is null or athlete_id = key.only_athlete_id)
               and (key.after_athlete_id is null or (joined_at, athlete_id) > (key.after_joined_at, key.after_athlete_id))
             order by joined_at, athlete_id
             limit key.how_many) m
      order by key.place, m.joined_at, m.athlete_id`,
    [
      keys.map((_key, place) => place),
      keys.map((key) => key.teamId),
      keys.map((key) => key.onlyAthleteId),
      keys.map((key) => key.page.after?.[0] ?? null),
      keys.map((key) => key.page.after?.[1] ?? null),
      // One more than is shown tells whether there is a next page.
      keys.map((key) => key.page.first + 1),
    ],
  );
  return Map.groupBy(rows, (row) => row.place);
}

async function countMembers(db: Sql, keys: readonly MembersKey[]): Promise<Map<number, number>> {
  const rows = await db.query<{ place: number; total: number }[]>(
    `select key.place, count(m.athlete_id) as total
       from unnest($1::int[], $2::uuid[], $3::uuid[]) as key (place, team_id, only_athlete_id)
       join membership m on m.team_id = key.team_id and m.left_at is null
            and (key.only_athlete_id is null or m.athlete_id = key.only_athlete_id)
      group by key.place`,
    [keys.map((_key, place) => place), keys.map((key) => key.teamId), keys.map((key) => key.onlyAthleteId)],
  );
  return new Map(rows.map((row) => [row.place, row.total]));
}
