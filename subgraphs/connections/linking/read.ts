import type { RequestContext } from '#platform/context';
import { readEntities } from '../read-entities.ts';
import { ProviderConnection } from './connection.entity.ts';

/** The providers each athlete linked, those unlinked since too, in the order of linking; by one query. */
export async function connectionsOf(
  request: Pick<RequestContext, 'db' | 'together'>,
  athleteIds: readonly string[],
): Promise<ProviderConnection[][]> {
  const rows = await readEntities(request, {
    entity: ProviderConnection,
    where: 'where athlete_id = any($1) order by linked_at, id',
    values: [athleteIds],
  });
  const byAthlete = Map.groupBy(rows, (row) => row.athleteId);
  return athleteIds.map((id) => byAthlete.get(id) ?? []);
}
