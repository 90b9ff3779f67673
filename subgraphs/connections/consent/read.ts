import type { Access } from '#platform/consent';
import type { RequestContext } from '#platform/context';
import { readEntities } from '../read-entities.ts';
import { Consent } from './consent.entity.ts';

/** Every consent of each athlete, the newest first, by one query. */
export async function consentsOf(
  request: Pick<RequestContext, 'db' | 'together'>,
  athleteIds: readonly string[],
): Promise<Consent[][]> {
  const rows = await readEntities(request, {
    entity: Consent,
    where: 'where athlete_id = any($1) order by granted_at desc, team_id, signal',
    values: [athleteIds],
  });
  const byAthlete = Map.groupBy(rows, (row) => row.athleteId);
  return athleteIds.map((id) => byAthlete.get(id) ?? []);
}

/**
 * The consents a viewer may see: athletes their own, also past ones; a coach those that hold now, and of the coach's
 * own teams only. null where the athlete is nobody the viewer knows.
 */
export function visibleConsents(options: {
  consents: readonly Consent[];
  access: Access | undefined;
  at: Date;
}): Consent[] | null {
  const { consents, access, at } = options;
  if (access === undefined || access.relation === 'none') return null;
  if (access.relation === 'self') return [...consents];
  const granted = new Set(
    access.grants
      .filter((grant) => grant.until === null || grant.until > at)
      .map((grant) => `${grant.teamId}/${grant.signal}`),
  );
  return consents.filter(
    (consent) => consent.withdrawnAt === null && granted.has(`${consent.teamId}/${consent.signal}`),
  );
}
