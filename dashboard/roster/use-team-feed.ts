import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import { type CombinedError, useQuery } from 'urql';
import { inBackground } from '../client.ts';
import { TeamReadinessDocument, TeamRosterDocument } from '../graphql/graphql.ts';
import type { LiveState } from '../live.ts';
import { useServices } from '../services.ts';
import { type LoadedRow, type Rows, rowsAfter, rowsOfRoster, type Strangers, type TeamEvent } from './roster-row.ts';

export type TeamFeed = {
  readonly name: string | null;
  readonly rows: Rows;
  /** Nothing has arrived yet, neither rows nor an error. */
  readonly isLoading: boolean;
  readonly isMissing: boolean;
  readonly error: CombinedError | undefined;
  readonly live: LiveState;
  /** When the rows were last known to be right. */
  readonly asOf: Date;
  /** What the last event changed; a new array for each event. */
  readonly lastChanged: readonly string[];
  readonly refresh: () => void;
};

type State = {
  readonly rows: Rows;
  /** Told of by events, and not in the roster as it was last read. */
  readonly strangers: Strangers;
  readonly isLoaded: boolean;
  readonly lastChanged: readonly string[];
  readonly asks: number;
};
type Action =
  | { readonly kind: 'loaded'; readonly loaded: readonly LoadedRow[] }
  | { readonly kind: 'event'; readonly event: TeamEvent; readonly nowMs: number };

const NOTHING: State = { rows: new Map(), strangers: new Map(), isLoaded: false, lastChanged: [], asks: 0 };
const POLL_OFFLINE_MS = 60_000;

/** The team's table: fetched once, then kept by the live stream from the newest cursor on. Keyed by team: mount anew for another. */
export function useTeamFeed(teamId: string): TeamFeed {
  const { live: connection } = useServices();
  const [{ data, error, fetching }, ask] = useQuery({
    query: TeamRosterDocument,
    variables: { teamId },
    requestPolicy: 'cache-and-network',
  });
  const [state, dispatch] = useReducer(reduced, NOTHING);
  const [live, setLive] = useState<LiveState>({ kind: 'connecting' });
  const [asOf, setAsOf] = useState(() => new Date());
  const cursor = useRef<string | null>(null);
  const refresh = useCallback(() => ask(inBackground), [ask]);

  useEffect(() => {
    const roster = data?.team?.roster;
    if (!roster) return;
    dispatch({ kind: 'loaded', loaded: roster.edges.map(({ node }) => node) });
    setAsOf(new Date());
  }, [data]);

  useEffect(() => {
    return connection.watch({
      document: TeamReadinessDocument,
      variables: () => ({ teamId, since: cursor.current }),
      onData: ({ teamReadinessChanged: event }) => {
        cursor.current = event.cursor;
        dispatch({ kind: 'event', event, nowMs: Date.now() });
        setAsOf(new Date());
      },
      onState: setLive,
    });
  }, [connection, teamId]);

  useEffect(() => {
    if (state.asks > 0) refresh();
  }, [state.asks, refresh]);

  const isOffline = live.kind === 'offline';
  useEffect(() => {
    if (!isOffline) return undefined;
    const timer = setInterval(refresh, POLL_OFFLINE_MS);
    return () => clearInterval(timer);
  }, [isOffline, refresh]);

  return {
    name: data?.team?.name ?? null,
    rows: state.rows,
    isLoading: state.rows.size === 0 && fetching,
    isMissing: data?.team === null,
    error,
    live,
    asOf,
    lastChanged: state.lastChanged,
    refresh,
  };
}

function reduced(state: State, action: Action): State {
  if (action.kind === 'loaded') {
    const rows = rowsOfRoster({ loaded: action.loaded, before: new Map([...state.strangers, ...state.rows]) });
    const strangers = new Map([...state.strangers].filter(([id]) => !rows.has(id)));
    // Who was told of before the first roster and is not in it may have joined behind it.
    const hasJoined = !state.isLoaded && strangers.size > 0;
    return { ...state, rows, strangers, isLoaded: true, asks: state.asks + (hasJoined ? 1 : 0) };
  }
  const { event, nowMs } = action;
  const { changed, isIncomplete, ...after } = rowsAfter({ ...state, event, nowMs });
  // The first roster is on its way: what came before it waits for it.
  const asks = state.asks + (isIncomplete && state.isLoaded ? 1 : 0);
  return { ...state, ...after, lastChanged: changed, asks };
}
