import type { Sql } from '#platform/database';
import type { Clock } from '#platform/clock';
import type { Viewer } from '#platform/identity';
import { isId } from '#platform/ids';
import type { LocalDate, Signal } from '#platform/signals';
import { instantOf } from '#platform/together';

/** One signal shared with one team. `since`: first local day that may be seen; `until`: the instant it ends by itself. */
export interface Grant {
  teamId: string;
  signal: Signal;
  since: LocalDate;
  until: Date | null;
}

/** What a viewer is to an athlete, and what that athlete shares with the viewer's teams at this moment. */
export interface Access {
  athleteId: string;
  timeZone: string;
  relation: 'self' | 'coach' | 'none';
  grants: readonly Grant[];
}

export type Decision =
  | { allowed: true; /** First day that may be seen; null: all of them. */ since: LocalDate | null }
  | { allowed: false; reason: 'NOT_FOUND' | 'NOT_SHARED' };

/**
 * The one rule of who may read what. Deny by default.
 * An athlete reads all of their own; a coach reads a signal the athlete shares with a team they coach, from the
 * grant's first day on; nobody else reads anything, an admin included. Several grants (several teams): the widest.
 * `on`: asks for one local day.
 */
export function decide(options: { access: Access | undefined; signal: Signal; on?: LocalDate; at: Date }): Decision {
  const { access, signal, on, at } = options;
  if (!access || access.relation === 'none') return { allowed: false, reason: 'NOT_FOUND' };
  if (access.relation === 'self') return { allowed: true, since: null };
  let since: LocalDate | null = null;
  for (const grant of access.grants) {
    if (grant.signal !== signal || (grant.until !== null && grant.until <= at)) continue;
    if (since === null || grant.since < since) since = grant.since;
  }
  if (since === null || (on !== undefined && on < since)) return { allowed: false, reason: 'NOT_SHARED' };
  return { allowed: true, since };
}

/** May the viewer know that this athlete exists: their name, zone and teams? */
export const mayKnow = (access: Access | undefined): access is Access =>
  access !== undefined && access.relation !== 'none';

interface AccessRow {
  athlete_id: string;
  time_zone: string;
  account_id: string;
  team_id: string | null;
  signal: Signal | null;
  since: LocalDate | null;
  until: Date | string | null;
}

/**
 * Reads consent as it stands now: one indexed query for all athletes asked about, no memory between requests.
 * A withdrawal holds for every read that begins after its commit.
 */
export interface AccessReader {
  /** Of one viewer to many athletes. `teamId`: only what that team was granted (a roster); null: the union of the viewer's teams. */
  forViewer(options: {
    viewer: Viewer;
    athleteIds: readonly string[];
    teamId: string | null;
  }): Promise<Map<string, Access>>;
  /** Of many teams to many athletes, as a live event needs it: one query for all its viewers. Key: `teamId/athleteId`. */
  forTeams(options: { teamIds: readonly string[]; athleteIds: readonly string[] }): Promise<Map<string, Access>>;
}

const GRANTS = `
  select a.id as athlete_id, a.time_zone, a.account_id, m.team_id, c.signal, c.since, c.until
    from connections.athlete_v1 a
    left join `;

export function createAccessReader(options: { db: Sql; clock: Clock }): AccessReader {
  const { db, clock } = options;

  async function forViewer(request: {
    viewer: Viewer;
    athleteIds: readonly string[];
    teamId: string | null;
  }): Promise<Map<string, Access>> {
    const { viewer, teamId } = request;
    const ids = request.athleteIds.filter(isId);
    if (viewer.kind === 'anonymous' || ids.length === 0 || (teamId !== null && !isId(teamId))) return new Map();
    if (viewer.kind === 'team') {
      if (teamId !== null && teamId !== viewer.teamId) return new Map();
      const byTeam = await forTeams({ teamIds: [viewer.teamId], athleteIds: ids });
      return new Map([...byTeam.values()].map((access) => [access.athleteId, access]));
    }
    const rows = await db.query<AccessRow[]>(
      `${GRANTS} (connections.membership_v1 m join connections.membership_v1 coach
          on coach.team_id = m.team_id and coach.role = 'COACH' and coach.account_id = $1)
          on m.athlete_id = a.id and m.athlete_id = any($2) and ($3::uuid is null or m.team_id = $3)
    left join connections.consent_v1 c
          on c.athlete_id = a.id and c.team_id = m.team_id and (c.until is null or c.until > $4)
       where a.id = any($2)`,
      [viewer.accountId, ids, teamId, clock.now()],
    );
    const result = new Map<string, Access>();
    for (const row of rows) {
      const isSelf = viewer.role !== 'ADMIN' && row.account_id === viewer.accountId;
      const relation = isSelf ? 'self' : row.team_id === null || viewer.role === 'ADMIN' ? 'none' : 'coach';
      addGrant(result, row.athlete_id, row, relation);
    }
    return result;
  }

  async function forTeams(request: {
    teamIds: readonly string[];
    athleteIds: readonly string[];
  }): Promise<Map<string, Access>> {
    const rows = await db.query<AccessRow[]>(
      `${GRANTS} connections.membership_v1 m on m.athlete_id = a.id and m.athlete_id = any($1) and m.team_id = any($2)
    left join connections.consent_v1 c
          on c.athlete_id = a.id and c.team_id = m.team_id and (c.until is null or c.until > $3)
       where a.id = any($1)`,
      [request.athleteIds.filter(isId), request.teamIds.filter(isId), clock.now()],
    );
    const result = new Map<string, Access>();
    for (const row of rows) {
      if (row.team_id !== null) addGrant(result, `${row.team_id}/${row.athlete_id}`, row, 'coach');
    }
    return result;
  }

  return { forViewer, forTeams };
}

function addGrant(result: Map<string, Access>, key: string, row: AccessRow, relation: Access['relation']): void {
  let access = result.get(key);
  if (!access) {
    access = { athleteId: row.athlete_id, timeZone: row.time_zone, relation, grants: [] };
    result.set(key, access);
  }
  if (relation === 'coach' && row.team_id !== null && row.signal !== null && row.since !== null) {
    const until = instantOf(row.until);
    (access.grants as Grant[]).push({ teamId: row.team_id, signal: row.signal, since: row.since, until });
  }
}
