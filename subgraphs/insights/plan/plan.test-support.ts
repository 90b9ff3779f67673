import { randomUUID } from 'node:crypto';
import { graphql, type GraphQLSchema } from 'graphql';
import { FULL_BASIS, type Basis } from '#platform/basis';
import type { Database } from '#platform/database';
import type { Viewer } from '#platform/identity';
import { createLogger } from '#platform/log';
import type { LocalDate } from '#platform/signals';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { heardDatabase } from '../../../tests/support/heard-database.ts';
import { createInsightsContext, type InsightsContext } from '../context.ts';
import { createViewing } from '../readiness/recompute/ensure-views.ts';
import { writeViews } from '../readiness/views/snapshots.ts';
import { computeView, type ReadinessView } from '../readiness/formula/view.ts';
import { insightsSubgraph } from '../schema.ts';

/** Friday, 20 November 2026, 11:00 on the athletes' clock. */
export const MORNING = new Date('2026-11-20T09:00:00Z');
export const TODAY = '2026-11-20';
const ZONE = 'Europe/Helsinki';

export interface Athlete {
  id: string;
  viewer: Viewer;
}

export interface Answer<Data> {
  data: Data;
  codes: string[];
  messages: string[];
  statements: string[];
}

/** The graph of this subgraph on a database of its own, with one team, and a clock that tests set. */
export interface PlanRig {
  database: TestDatabase;
  coach: Viewer;
  teamId: string;
  now: Date;
  addAthlete(shares: readonly string[], since?: LocalDate): Promise<Athlete>;
  /** Another coach, of a team that nobody is in. */
  addStranger(): Promise<Viewer>;
  /** Stores the next revision of a view of today, made of these parts. */
  setView(
    athlete: Athlete,
    parts: { basis?: Basis; revision: number; view: Partial<ReadinessView>; weekScores?: number[]; streams?: string[] },
  ): Promise<void>;
  ask<Data>(viewer: Viewer, query: string, variables?: object): Promise<Answer<Data>>;
  /** The session of today, as the athlete sees it or this viewer. */
  sessionOf(athlete: Athlete, viewer?: Viewer): Promise<ShownSession>;
  accept(viewer: Viewer, suggestionId: string | undefined): Promise<Answer<{ acceptSuggestion: ShownSession }>>;
  close(): Promise<void>;
}

export async function createPlanRig(): Promise<PlanRig> {
  const database = await createDatabase();
  const db = await database.open('insights');
  const { schema } = await insightsSubgraph();
  const [coach, teamId] = [await addAccount(database, 'COACH'), randomUUID()];
  await database.query(`insert into connections.team (id, name, created_at) values ($1, 'x', now())`, [teamId]);
  await addCoach(database, { teamId, accountId: coach });
  const rig: PlanRig = {
    database,
    coach: viewerOf(coach, 'COACH', null),
    teamId,
    now: MORNING,
    addAthlete: (shares, since = '2026-11-01') => addAthlete(database, { teamId, shares, since }),
    async addStranger() {
      const [stranger, theirs] = [await addAccount(database, 'COACH'), randomUUID()];
      await database.query(`insert into connections.team (id, name, created_at) values ($1, 'y', now())`, [theirs]);
      await addCoach(database, { teamId: theirs, accountId: stranger });
      return viewerOf(stranger, 'COACH', null);
    },
    async setView({ id }, { basis = FULL_BASIS, revision, view, weekScores = [], streams = [] }) {
      const whole = {
        ...emptyView(basis),
        status: 'OK' as const,
        confidence: 0.9,
        confidenceLevel: 'HIGH' as const,
        ...view,
      };
      await writeViews(db, [
        {
          ...{
            athleteId: id,
            basis,
            date: TODAY,
            revision,
            reason: 'COMPUTED',
            view: whole,
            payload: JSON.stringify(whole),
          },
          weekScores: Array.from({ length: 7 }, (_, back) => weekScores[back] ?? null),
          computedAt: rig.now,
          input: {
            hash: Buffer.from(`${revision}`),
            series: JSON.stringify({ series: Object.fromEntries(streams.map((stream) => [stream, {}])) }),
          },
        },
      ]);
    },
    ask: (viewer, query, variables = {}) => ask({ db, schema, rig, viewer, query, variables }),
    async sessionOf(athlete, viewer = athlete.viewer) {
      const { data } = await rig.ask<Plans>(viewer, PLAN, of(athlete));
      return data._entities[0]?.plan?.find(({ date }) => date === TODAY) as ShownSession;
    },
    accept: (viewer, id) => rig.ask(viewer, ACCEPT, { id }),
    close: () => database.drop(),
  };
  return rig;
}

const emptyView = (basis: Basis): ReadinessView =>
  computeView({ history: { needMin: 480, hrv: [], rhr: [], sleep: new Map() }, date: TODAY, basis });

const viewerOf = (accountId: string, role: 'COACH' | 'ATHLETE', athleteId: string | null): Viewer => {
  return { kind: 'account', accountId, sessionId: 's', role, athleteId };
};

async function addAccount(database: TestDatabase, role: 'COACH' | 'ATHLETE'): Promise<string> {
  const id = randomUUID();
  await database.query(
    `insert into connections.account (id, email, password_hash, display_name, role, created_at) values ($1, $2, 'x', 'x', $3, now())`,
    [id, id, role],
  );
  return id;
}

async function addCoach(database: TestDatabase, ids: { teamId: string; accountId: string }): Promise<void> {
  await database.query('insert into connections.team_coach (team_id, account_id, joined_at) values ($1, $2, now())', [
    ids.teamId,
    ids.accountId,
  ]);
}

async function addAthlete(
  database: TestDatabase,
  parts: { teamId: string; shares: readonly string[]; since: LocalDate },
): Promise<Athlete> {
  const [accountId, id] = [await addAccount(database, 'ATHLETE'), randomUUID()];
  await database.query(
    `insert into connections.athlete (id, account_id, display_name, time_zone) values ($1, $2, 'x', '${ZONE}')`,
    [id, accountId],
  );
  await database.query('insert into connections.membership (team_id, athlete_id, joined_at) values ($1, $2, now())', [
    parts.teamId,
    id,
  ]);
  await database.query(
    `insert into connections.consent (athlete_id, team_id, signal, since, granted_at, epoch)
     select $1, $2, signal, $4, now(), 1 from unnest($3::text[]) signal`,
    [id, parts.teamId, parts.shares, parts.since],
  );
  return { id, viewer: viewerOf(accountId, 'ATHLETE', id) };
}

async function ask<Data>(parts: {
  db: Database;
  schema: GraphQLSchema;
  rig: PlanRig;
  viewer: Viewer;
  query: string;
  variables: object;
}): Promise<Answer<Data>> {
  const { db, schema, rig, viewer, query, variables } = parts;
  const statements: string[] = [];
  const counting = heardDatabase(db, (sql) => void statements.push(sql));
  const clock = { now: () => rig.now };
  const log = createLogger({ name: 'test', level: 'silent' });
  const context = createInsightsContext({
    ...{ db: counting, clock, log },
    viewing: createViewing({ db: counting, clock, announce: () => undefined }),
    // Nothing here watches anything.
    live: undefined as unknown as InsightsContext['live'],
    rosterLinks: { key: Buffer.alloc(32), lifetimeMs: 300_000 },
    call: { viewer, requestId: 'r', purpose: 'query', opening: 'with-snapshot' },
  });
  const result = await graphql({ schema, source: query, variableValues: { ...variables }, contextValue: context });
  await context.reads.flush();
  const errors = result.errors ?? [];
  return {
    data: JSON.parse(JSON.stringify(result.data ?? null)) as Data,
    codes: errors.map(({ originalError }) => (originalError as { code?: string } | undefined)?.code ?? 'INTERNAL'),
    messages: errors.map(({ message }) => message),
    statements,
  };
}

export const SESSION = `id athleteId version date startTime startsAt title sport intensity minutes load kind isLocked
  allowsIncrease notes`;
export const SUGGESTION = `suggestion { id sessionId baseVersion state isAdviceOnly from { intensity minutes load }
  to { intensity minutes load } rule sentence rationale { score band confidence lowDays drivers { id points } } basis
  revision expiresAt }`;
export const CHANGES = 'changes { version action by date at fields { field from to } }';

export const PLAN = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Athlete {
  plan(from: "2026-11-01", to: "2026-12-20") { ${SESSION} ${SUGGESTION} ${CHANGES} } } } }`;
export const of = (...athletes: readonly Athlete[]) => ({
  of: athletes.map(({ id }) => ({ __typename: 'Athlete', id })),
});

export interface ShownSuggestion {
  id: string;
  state: string;
  isAdviceOnly: boolean;
  baseVersion: number;
  from: { intensity: string; minutes: number; load: number };
  to: { intensity: string; minutes: number; load: number };
  rule: string;
  sentence: string;
  basis: string[];
  revision: number;
  expiresAt: string;
}
export interface ShownSession {
  id: string;
  version: number;
  date: string;
  intensity: string;
  minutes: number;
  suggestion: ShownSuggestion | null;
  changes: {
    version: number;
    action: string;
    by: string;
    at: string | null;
    fields: { field: string; from: string | null; to: string | null }[];
  }[];
}
export interface Plans {
  _entities: { plan: ShownSession[] | null }[];
}

export const SAVE = `mutation ($input: ScheduledSessionInput!) { saveScheduledSession(input: $input) { ${SESSION} } }`;
export const IMPORT = `mutation ($input: ImportScheduledSessionsInput!) { importScheduledSessions(input: $input) { ${SESSION} } }`;
export const REMOVE = 'mutation ($id: ID!) { removeScheduledSession(id: $id) }';
export const ACCEPT = `mutation ($id: ID!) { acceptSuggestion(id: $id) { ${SESSION} ${SUGGESTION} ${CHANGES} } }`;
export const REVERT = `mutation ($id: ID!) { revertSuggestion(id: $id) { ${SESSION} ${SUGGESTION} ${CHANGES} } }`;

/** Intervals in the afternoon of today. */
export const INTERVALS = { date: TODAY, startTime: '17:00', title: 'Intervals', intensity: 'HIGH', minutes: 75 };
