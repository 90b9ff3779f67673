import { useMemo, useRef } from 'react';
import { type CombinedError, useQuery } from 'urql';
import { useAskAnew } from '../ask-anew.ts';
import { type RosterFilter, TeamMatchingDocument } from '../graphql/graphql.ts';

export interface Matching {
  /** Ids of athletes; null where nothing narrows. Empty until the first answer. */
  readonly ids: ReadonlySet<string> | null;
  /** Of whom nobody may say whether they match. */
  readonly notSharedCount: number;
  readonly isAsking: boolean;
  readonly error: CombinedError | undefined;
}

const NOBODY: ReadonlySet<string> = new Set();

/**
 * Who matches is decided by the server, on what each athlete shares with the team. `changed` and `now`: a new value of
 * either asks anew. While the server is away, the last answer to the same question stands.
 */
export function useMatching(parts: {
  teamId: string;
  filter: RosterFilter | null;
  changed: readonly string[];
  now: Date;
}): Matching {
  const { teamId, filter, changed, now } = parts;
  const isPaused = filter === null;
  const question = JSON.stringify(filter);
  const variables = useMemo(() => ({ teamId, filter: filter ?? {} }), [teamId, question]);
  const [{ data, error, fetching, operation }, ask] = useQuery({
    query: TeamMatchingDocument,
    variables,
    pause: isPaused,
    requestPolicy: 'cache-and-network',
  });
  useAskAnew(ask, { changed, now, isPaused });
  const known = useRef<{ question: string; ids: ReadonlySet<string>; notSharedCount: number } | null>(null);
  const found = data?.team?.roster;
  // Until the answer to a new question comes, the hook still holds the last one.
  const isToThis = JSON.stringify(operation?.variables.filter) === question;
  if (found && isToThis && !error && !isPaused) {
    const ids = new Set(found.edges.map(({ node }) => node.athlete.id));
    known.current = { question, ids, notSharedCount: found.notSharedCount };
  }
  const last = known.current?.question === question ? known.current : null;
  if (isPaused) return { ids: null, notSharedCount: 0, isAsking: false, error: undefined };
  return {
    ids: last?.ids ?? NOBODY,
    notSharedCount: last?.notSharedCount ?? 0,
    isAsking: last === null && fetching,
    error: last === null ? error : undefined,
  };
}
