import { useMemo } from 'react';
import { useQuery } from 'urql';
import { useAskAnew } from '../ask-anew.ts';
import { TeamColumnsDocument, type TeamColumnsQuery } from '../graphql/graphql.ts';
import type { ColumnKey } from './columns.ts';

/** What the chosen columns tell beside the row itself. A part that nobody asked for is not there. */
export type RowColumns = NonNullable<NonNullable<TeamColumnsQuery['team']>['roster']>['edges'][number]['node'];
/** By athlete. Nobody is in it before the first answer. */
export type TeamColumns = ReadonlyMap<string, RowColumns>;

/** Asks for what these columns need, and for nothing where they need nothing. `changed`, `now`: a new value asks anew. */
export function useTeamColumns(parts: {
  teamId: string;
  chosen: ReadonlySet<ColumnKey>;
  changed: readonly string[];
  now: Date;
}): TeamColumns {
  const { teamId, chosen, changed, now } = parts;
  const [withHrv, withSleep, withLoad] = [chosen.has('hrv'), chosen.has('sleep'), chosen.has('load')];
  const isPaused = !withHrv && !withSleep && !withLoad;
  const variables = useMemo(() => ({ teamId, withHrv, withSleep, withLoad }), [teamId, withHrv, withSleep, withLoad]);
  const [{ data }, ask] = useQuery({
    query: TeamColumnsDocument,
    variables,
    pause: isPaused,
    requestPolicy: 'cache-and-network',
  });
  useAskAnew(ask, { changed, now, isPaused });
  return useMemo(
    () => new Map(data?.team?.roster?.edges.map(({ node }) => [node.athlete.id, node] as const) ?? []),
    [data],
  );
}
