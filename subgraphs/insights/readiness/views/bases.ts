import { FULL_BASIS, basisOf, type Basis, type ScoreSignal } from '#platform/basis';
import { decide, mayKnow, type Access } from '#platform/consent';
import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';

export const SCORE_SIGNALS: readonly ScoreSignal[] = ['HRV', 'RESTING_HEART_RATE', 'SLEEP'];

/** One weighted signal, shared with one team that the athlete is in. `since`: the first day that may be seen. */
export interface TeamGrant {
  teamId: string;
  signal: ScoreSignal;
  since: LocalDate;
}

/** What a viewer sees of one day. `since`: the first day on which they see this whole basis; null: all days. */
export interface Sight {
  basis: Basis;
  since: LocalDate | null;
}

/** The signals of one day that a viewer may see a score made of: basis 0 when nothing is shared, null for a stranger. */
export function sightOn(options: { access: Access | undefined; date: LocalDate; at: Date }): Sight | null {
  const { access, date, at } = options;
  if (!mayKnow(access)) return null;
  const shared: ScoreSignal[] = [];
  let since: LocalDate | null = null;
  for (const signal of SCORE_SIGNALS) {
    const decision = decide({ access, signal, on: date, at });
    if (!decision.allowed) continue;
    shared.push(signal);
    if (decision.since !== null && (since === null || decision.since > since)) since = decision.since;
  }
  return { basis: basisOf(shared), since };
}

/** The bases that an athlete's teams have on one day. A team that sees nothing of that day has none. */
export function basesOn(grants: readonly TeamGrant[], date: LocalDate): Set<Basis> {
  const open = grants.filter((grant) => grant.since <= date);
  const bases = new Set<Basis>();
  for (const [, shared] of Map.groupBy(open, (grant) => grant.teamId))
    bases.add(basisOf(shared.map(({ signal }) => signal)));
  return bases;
}

/** Every basis in use on at least one of the days, the athlete's own included. It changes only where a grant begins. */
export function basesBetween(grants: readonly TeamGrant[], from: LocalDate, to: LocalDate): Set<Basis> {
  const bases = new Set<Basis>([FULL_BASIS]);
  const turns = [from, ...grants.map(({ since }) => since).filter((since) => since > from && since <= to)];
  for (const turn of turns) for (const basis of basesOn(grants, turn)) bases.add(basis);
  return bases;
}

/** What each athlete shares with their teams at this moment, by one query. */
export async function loadGrants(
  db: Sql,
  options: { athleteIds: readonly string[]; now: Date },
): Promise<Map<string, TeamGrant[]>> {
  const rows = await db.query<(TeamGrant & { athleteId: string })[]>(
    `select c.athlete_id as "athleteId", c.team_id as "teamId", c.signal, c.since
       from connections.consent_v1 c
       join connections.membership_v1 m on m.team_id = c.team_id and m.athlete_id = c.athlete_id
      where c.athlete_id = any($1) and m.athlete_id = any($1) and c.signal = any($2) and (c.until is null or c.until > $3)`,
    [options.athleteIds, SCORE_SIGNALS, options.now],
  );
  return Map.groupBy(rows, (row) => row.athleteId);
}
