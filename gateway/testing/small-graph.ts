import type { FastifyInstance } from 'fastify';
import { AppError } from '#platform/errors';
import { ASSERTION_HEADER, verifyAssertion } from '#platform/identity';
import type { Logger } from '#platform/log';
import type { Call } from '#platform/subgraph';
import { createSubgraphServer, type SubgraphServer } from './subgraph-servers.ts';

export const TEAM = '00000000-0000-7000-8000-00000000a001';
export const OTHER_TEAM = '00000000-0000-7000-8000-00000000a002';
export const ANNA = '00000000-0000-7000-8000-00000000b001';
export const BEN = '00000000-0000-7000-8000-00000000b002';

/** What a dashboard subscribes to: parts of all three subgraphs. */
export const LIVE = `subscription Live($team: ID!, $since: String) {
  teamReadinessChanged(teamId: $team, since: $since) {
    cursor
    gap
    changes { reason athleteId athlete { displayName sleep(from: "2026-01-01", to: "2026-01-02") { state } } readiness { score } }
  }
}`;

/** What a test may change while the subgraphs run. */
export interface SmallGraph {
  servers: { connections: SubgraphServer; 'health-data': SubgraphServer; insights: SubgraphServer };
  keys: { connections: Buffer; 'health-data': Buffer; insights: Buffer };
  /** Account id to the teams it coaches. */
  coaches: Map<string, Set<string>>;
  sessions: Map<
    string,
    { accountId: string; athleteId?: string; isActivity: boolean[]; refused?: 'unauthenticated' | 'session_idle' }
  >;
  jwks: { keys: object[] };
  /** Athletes whose sleep cannot be read. */
  broken: Set<string>;
  /** Athletes nobody knows. */
  unknown: Set<string>;
  /** What a field of every athlete answers, by its name, where a test wants more than the least. */
  measured: Map<string, (args: Record<string, unknown>) => unknown>;
  /** Live listeners of insights, which are its open subscriptions. */
  listeners: Set<Listener>;
  /** The private openings insights was asked for, with their `since`. */
  openings: { teamId: string; since: string | null }[];
  publish(teamId: string, changes: Change[]): void;
}

export interface Change {
  athleteId: string;
  score: number;
}

interface Listener {
  teamId: string;
  push(event: unknown): void;
  finish(): void;
}

/** A password that is refused for having been tried too often. */
export const TRIED_TOO_OFTEN = 'tried too often';

const keyOf = (digit: number): Buffer => Buffer.alloc(32, digit);

/** Three real subgraphs over the target schemas with the least that answers: no database, no bus. */
export function createSmallGraph(options: { log: Logger }): SmallGraph {
  const { log } = options;
  const keys = { connections: keyOf(1), 'health-data': keyOf(2), insights: keyOf(3) };
  const state = {
    keys,
    coaches: new Map(),
    sessions: new Map(),
    jwks: { keys: [] },
    broken: new Set(),
    unknown: new Set(),
    measured: new Map(),
    listeners: new Set(),
    openings: [],
  } as unknown as SmallGraph;
  let cursor = 0;
  const eventOf = (changes: Change[], reason: string) => ({
    cursor: `c${++cursor}`,
    gap: false,
    changes: changes.map((change) => changeOf(change, reason)),
  });

  state.publish = (teamId, changes) => {
    for (const listener of state.listeners) if (listener.teamId === teamId) listener.push(eventOf(changes, 'COMPUTED'));
  };
  state.servers = {
    connections: createSubgraphServer({
      name: 'connections',
      key: keys.connections,
      resolvers: connectionsResolvers(state),
      addRoutes: (server) => internalRoutes(server, state),
      log,
    }),
    'health-data': createSubgraphServer({
      name: 'health-data',
      key: keys['health-data'],
      resolvers: healthResolvers(state),
      log,
    }),
    insights: createSubgraphServer({
      name: 'insights',
      key: keys.insights,
      resolvers: insightsResolvers(state, eventOf),
      log,
    }),
  };
  return state;
}

const coachOf = ({ viewer }: Call): object[] =>
  viewer.kind === 'account' ? [{ id: viewer.accountId, displayName: 'Coach' }] : [];

const mayCoach = (state: SmallGraph, call: Call, teamId: string): boolean =>
  (call.viewer.kind === 'team' && call.viewer.teamId === teamId) ||
  (call.viewer.kind === 'account' && state.coaches.get(call.viewer.accountId)?.has(teamId) === true);

function connectionsResolvers(state: SmallGraph) {
  const athlete = ({ id }: { id: string }) => ({
    id,
    displayName: id === ANNA ? 'Anna' : 'Ben',
    timeZone: 'Europe/Berlin',
  });
  return {
    Query: {
      viewer: (_root: unknown, _args: unknown, call: Call) => {
        if (call.viewer.kind !== 'account') throw new AppError('UNAUTHENTICATED', 'Nobody is signed in.');
        return {
          id: call.viewer.accountId,
          email: 'x@example.org',
          displayName: 'Coach',
          role: call.viewer.role,
          athlete: call.viewer.athleteId === null ? null : athlete({ id: call.viewer.athleteId }),
          teams: [],
        };
      },
      athlete: (_root: unknown, args: { id: string }) => (state.unknown.has(args.id) ? null : athlete(args)),
      team: (_root: unknown, { id }: { id: string }, call: Call) =>
        mayCoach(state, call, id) ? { id, name: 'Sprinters', coaches: coachOf(call) } : null,
      syncJob: () => {
        throw new Error('select * from secret_table failed at 10.0.0.7');
      },
    },
    Mutation: {
      login: (_root: unknown, { input }: { input: { password: string } }) => {
        if (input.password === TRIED_TOO_OFTEN)
          throw new AppError('RATE_LIMITED', 'Too many tries. Please wait.', { retryAfterS: 42 });
        return { accessToken: 'a', refreshToken: 'r', expiresAt: '2026-01-01T00:00:00Z' };
      },
      logout: (_root: unknown, _args: unknown, call: Call) => call.viewer.kind === 'account',
    },
    Athlete: { __resolveReference: athlete },
    Team: { __resolveReference: ({ id }: { id: string }) => ({ id, name: 'Sprinters', coaches: [] }) },
    Subscription: {
      syncJobProgress: {
        subscribe: (_root: unknown, { jobId }: { jobId: string }) => listen(state, jobId, [jobOf(jobId)]),
        resolve: (event: unknown) => event,
      },
    },
  };
}

const measured =
  (state: SmallGraph, field: string, least: unknown) =>
  (_root: unknown, args: Record<string, unknown>): unknown =>
    state.measured.has(field) ? state.measured.get(field)?.(args) : least;

const NO_WORKOUTS = {
  state: 'NO_DATA',
  edges: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: false },
  totalCount: 0,
};

function healthResolvers(state: SmallGraph) {
  return {
    Athlete: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      sleep: ({ id }: { id: string }, args: Record<string, unknown>) => {
        if (state.broken.has(id)) throw new Error('the table sleep_night is on fire');
        return measured(state, 'sleep', { state: 'AVAILABLE', nights: [] })(undefined, args);
      },
      hrv: measured(state, 'hrv', { state: 'NO_DATA', streams: [] }),
      restingHeartRate: measured(state, 'restingHeartRate', { state: 'NO_DATA', streams: [] }),
      steps: measured(state, 'steps', { state: 'NO_DATA', days: [] }),
      workouts: measured(state, 'workouts', NO_WORKOUTS),
    },
  };
}

function insightsResolvers(state: SmallGraph, eventOf: (changes: Change[], reason: string) => unknown) {
  return {
    Query: { readinessAlgorithm: () => 'test/1' },
    Athlete: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      readiness: measured(state, 'readiness', readinessOf(70)),
      readinessHistory: measured(state, 'readinessHistory', []),
    },
    Team: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      rosterTable: measured(state, 'rosterTable', null),
    },
    Subscription: {
      teamReadinessChanged: {
        subscribe: (_root: unknown, { teamId, since }: { teamId: string; since?: string }, call: Call) => {
          if (!mayCoach(state, call, teamId)) throw new AppError('NOT_FOUND', 'There is no such team.');
          if (call.opening === 'live-only') return listen(state, teamId, []);
          state.openings.push({ teamId, since: since ?? null });
          const opening =
            since === undefined
              ? eventOf(
                  [
                    { athleteId: ANNA, score: 60 },
                    { athleteId: BEN, score: 61 },
                  ],
                  'SNAPSHOT',
                )
              : eventOf([{ athleteId: BEN, score: 62 }], 'COMPUTED');
          return listen(state, teamId, [opening]);
        },
        resolve: (event: unknown) => event,
      },
      readinessChanged: {
        subscribe: (_root: unknown, { athleteId }: { athleteId: string }, call: Call) =>
          listen(
            state,
            athleteId,
            call.opening === 'live-only' ? [] : [eventOf([{ athleteId, score: 60 }], 'SNAPSHOT')],
          ),
        resolve: (event: unknown) => event,
      },
    },
  };
}

/** A hand-written iterator: `return` takes the listener away at once. */
function listen(state: SmallGraph, teamId: string, first: unknown[]): AsyncIterableIterator<unknown> {
  const events = [...first];
  let isOver = false;
  let wake: () => void = () => undefined;
  const listener: Listener = {
    teamId,
    push: (event) => {
      events.push(event);
      wake();
    },
    finish: () => {
      isOver = true;
      wake();
    },
  };
  state.listeners.add(listener);
  const stop = async () => {
    state.listeners.delete(listener);
    listener.finish();
    return { done: true as const, value: undefined };
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      while (events.length === 0 && !isOver) await new Promise<void>((resolve) => (wake = resolve));
      const value = events.shift();
      return value === undefined ? { done: true, value: undefined } : { done: false, value };
    },
    return: stop,
    throw: stop,
  };
}

const jobOf = (id: string) => ({
  id,
  provider: 'OURA',
  kind: 'HISTORICAL',
  state: 'RUNNING',
  from: '2026-01-01',
  to: '2026-01-02',
  stepsDone: 1,
  stepsTotal: 2,
  records: 3,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
});

const readinessOf = (score: number) => ({
  date: '2026-01-02',
  status: 'OK',
  state: 'FINAL',
  revision: 1,
  algorithm: 'test/1',
  score,
  band: 'NORMAL',
  drivers: [],
  basis: [],
  stale: false,
  staleSignals: [],
  signals: {},
});

const changeOf = ({ athleteId, score }: Change, reason: string) => ({
  reason,
  athleteId,
  athlete: { __typename: 'Athlete', id: athleteId },
  // Minus one stands for a field of the event that fails in insights itself.
  readiness: score < 0 ? new Error('the snapshot could not be read from 10.0.0.9') : readinessOf(score),
  freshness: [],
});

function internalRoutes(server: FastifyInstance, state: SmallGraph): void {
  server.get('/internal/jwks', () => state.jwks);
  server.post('/internal/session', async (request, reply) => {
    verifyAssertion({
      key: state.keys.connections,
      assertion: request.headers[ASSERTION_HEADER],
      body: request.rawBody ?? '',
    });
    const { sessionId, isActivity } = request.body as { sessionId: string; isActivity: boolean };
    const session = state.sessions.get(sessionId);
    if (!session || session.refused) {
      return reply
        .code(401)
        .header('content-type', 'application/problem+json')
        .send(JSON.stringify({ code: session?.refused ?? 'unauthenticated' }));
    }
    session.isActivity.push(isActivity);
    const athleteId = session.athleteId ?? null;
    return { accountId: session.accountId, sessionId, role: athleteId === null ? 'COACH' : 'ATHLETE', athleteId };
  });
}
