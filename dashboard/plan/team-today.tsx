import { useMemo } from 'react';
import { useQuery } from 'urql';
import { useAskAnew } from '../ask-anew.ts';
import { TeamTodayDocument, type TeamTodayQuery } from '../graphql/graphql.ts';
import { NotShared } from '../readiness/readiness-value.tsx';
import { IntensityMark } from './marks.tsx';
import { capitalisedLoad, suggestionWords } from './words.ts';

export type Today = NonNullable<NonNullable<TeamTodayQuery['team']>['roster']>['edges'][number]['node'];
/** By athlete. Nobody is in it before the first answer. */
export type Todays = ReadonlyMap<string, Today>;

/** What is planned today, and suggested, for each athlete of a team. `changed` and `now`: a new value of either asks anew. */
export function useTeamToday(parts: { teamId: string; changed: readonly string[]; now: Date }): Todays {
  const { teamId, changed, now } = parts;
  const [{ data }, ask] = useQuery({
    query: TeamTodayDocument,
    variables: { teamId },
    requestPolicy: 'cache-and-network',
  });
  useAskAnew(ask, { changed, now });
  return useMemo(
    () => new Map(data?.team?.roster?.edges.map(({ node }) => [node.athlete.id, node] as const) ?? []),
    [data],
  );
}

/** The sessions of today and, in a few words, what is suggested. */
export function TodayCell({ today }: { today: Today | undefined }) {
  if (!today) return null;
  if (today.sessions === null) return <NotShared />;
  if (today.sessions.length === 0) return <span className="quiet">nothing planned</span>;
  const suggested = today.suggestion && suggestionWords(today.suggestion);
  return (
    <ul className="reasons">
      {today.sessions.map((session) => (
        <li key={session.id} title={session.title}>
          <IntensityMark intensity={session.intensity} /> {capitalisedLoad(session)}
        </li>
      ))}
      {suggested && (
        <li>
          <span className="tag">{suggested}</span>
        </li>
      )}
    </ul>
  );
}
