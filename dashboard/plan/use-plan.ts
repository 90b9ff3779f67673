import { useCallback, useEffect } from 'react';
import { useQuery } from 'urql';
import { inBackground } from '../client.ts';
import { AthletePlanDocument } from '../graphql/graphql.ts';

/** The plan of some days. `isShared` is false where the viewer may not see it; null while nothing is known. */
export function usePlan({ athleteId, from, to }: { athleteId: string; from: string; to: string }) {
  const [{ data, error, fetching }, ask] = useQuery({
    query: AthletePlanDocument,
    variables: { id: athleteId, from, to },
    requestPolicy: 'cache-and-network',
  });
  const refresh = useCallback(() => ask(inBackground), [ask]);
  // Nothing tells of a change that somebody else made: it is looked for when the reader comes back to the page.
  useEffect(() => {
    const look = () => document.visibilityState === 'visible' && refresh();
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [refresh]);
  const plan = data?.athlete?.plan;
  return { sessions: plan ?? [], isShared: data && !error ? plan !== null : null, error, fetching, refresh };
}
