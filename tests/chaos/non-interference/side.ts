import 'reflect-metadata';
import { graphql, type GraphQLSchema } from 'graphql';
import type { ConnectionsParts } from '../../../subgraphs/connections/context.ts';
import { createConnectionsContext } from '../../../subgraphs/connections/context.ts';
import { connectionsSubgraph, peopleEntities } from '../../../subgraphs/connections/schema.ts';
import { createHealthDataContext } from '../../../subgraphs/health-data/context.ts';
import { writeEntries } from '../../../subgraphs/health-data/entries/write.ts';
import { recordTouches, storeMeasurements } from '../../../subgraphs/health-data/measurements/store.ts';
import { healthDataSubgraph } from '../../../subgraphs/health-data/schema.ts';
import { createInsightsContext } from '../../../subgraphs/insights/context.ts';
import { createViewing } from '../../../subgraphs/insights/readiness/recompute/ensure-views.ts';
import type { Live } from '../../../subgraphs/insights/readiness/live/live.ts';
import { enrol, runDue } from '../../../subgraphs/insights/readiness/recompute/morning.ts';
import { recompute } from '../../../subgraphs/insights/readiness/recompute/recompute.ts';
import { insightsSubgraph } from '../../../subgraphs/insights/schema.ts';
import { openDatabase, type Database } from '#platform/database';
import { publicError } from '#platform/errors';
import type { ReadinessAnnouncement } from '#platform/events';
import type { Viewer } from '#platform/identity';
import { createLogger } from '#platform/log';
import type { Signal } from '#platform/signals';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import type { Deed } from './deed.ts';
import type { Life } from './lives.ts';
import { idOf, TICKS, type Pair } from './pair.ts';

const LINKS = { key: Buffer.alloc(32), lifetimeMs: 300_000 };
const log = createLogger({ name: 'test', level: 'silent' });

export const SUBGRAPHS = {
  connections: connectionsSubgraph,
  'health-data': healthDataSubgraph,
  insights: insightsSubgraph,
} as const;
export type SubgraphName = keyof typeof SUBGRAPHS;

/** The team, its coach, and what the pairs do not have in common: a team of another coach. */
export const TEAM = idOf('team');
export const OTHER_TEAM = idOf('other team');
const COACH = idOf('coach');
const OTHER_COACH = idOf('other coach');

export interface Asked {
  subgraph: SubgraphName;
  document: string;
  variables?: Record<string, unknown>;
}

/** One database with the lives of one side, and the real work of the subgraphs on it. */
export interface Side {
  readonly coach: Viewer;
  readonly db: Record<SubgraphName, Database>;
  /** What was announced since the last call. */
  announced(): ReadinessAnnouncement[];
  /** Moves the clock to a tick, and lets happen what happens then. */
  live(tick: number): Promise<void>;
  /** What a coach is answered, as JSON with the errors as clients see them. */
  ask(asked: Asked & { viewer?: Viewer; live?: Live }): Promise<Answer>;
  contextOf(viewer: Viewer, live?: Live): ReturnType<typeof createInsightsContext>;
  selfOf(pair: Pair): Viewer;
  clock: { now(): Date };
  close(): Promise<void>;
}

export interface Answer {
  data: Record<string, unknown> | null;
  errors: { code: string; message: string; path: string }[];
}

/** What was asked of one athlete or team. */
export const entitiesIn = <Entity>(data: Answer['data']): [Entity] => (data as { _entities: [Entity] })._entities;

const viewerOf = (accountId: string, athleteId: string | null): Viewer => ({
  kind: 'account',
  accountId,
  sessionId: 's',
  role: athleteId === null ? 'COACH' : 'ATHLETE',
  athleteId,
});

export async function openSide(pairs: readonly Pair[], lives: readonly Life[]): Promise<Side> {
  const database = await createDatabase();
  let now = TICKS[0] as Date;
  const clock = { now: () => now };
  const url = database.urlOf('connections');
  const connections = await openDatabase({ url, schema: 'connections', name: 'test', entities: peopleEntities, log });
  const db = {
    connections,
    'health-data': await database.open('health_data'),
    insights: await database.open('insights'),
  };
  await createPeople(database, pairs, lives);
  const schemas = new Map<SubgraphName, GraphQLSchema>();
  for (const [name, build] of Object.entries(SUBGRAPHS)) schemas.set(name as SubgraphName, (await build()).schema);
  let announcements: ReadinessAnnouncement[] = [];
  const announce = (one: ReadinessAnnouncement): void => void announcements.push(one);
  const insights = { db: db.insights, clock, announce, log };
  const viewing = createViewing(insights);
  const coach = viewerOf(COACH, null);
  const selfOf = (pair: Pair): Viewer => viewerOf(pair.accountId, pair.athleteId);

  const nobodyWatches = undefined as unknown as Live;
  const callOf = (viewer: Viewer) => ({ viewer, requestId: 'r', purpose: 'query', opening: 'with-snapshot' }) as const;
  const contextOf: Side['contextOf'] = (viewer, live = nobodyWatches) =>
    createInsightsContext({
      ...{ db: db.insights, clock, log, viewing, live, rosterLinks: LINKS },
      // Files are asked for again and again here.
      ...{ exportFactor: 1_000_000, call: callOf(viewer) },
    });

  function contextIn(subgraph: SubgraphName, viewer: Viewer, live?: Live) {
    const call = callOf(viewer);
    if (subgraph === 'insights') return contextOf(viewer, live);
    if (subgraph === 'health-data')
      return createHealthDataContext({ db: db['health-data'], clock, log, call, announce: () => undefined });
    // What links and loads is not asked for here.
    return createConnectionsContext({ call, parts: { db: connections, clock, log } as ConnectionsParts });
  }

  const ask: Side['ask'] = async ({ subgraph, document, variables = {}, viewer = coach, live }) => {
    const contextValue = contextIn(subgraph, viewer, live);
    const schema = schemas.get(subgraph) as GraphQLSchema;
    const result = await graphql({ schema, source: document, variableValues: variables, contextValue });
    await contextValue.reads.flush();
    const errors = (result.errors ?? []).map((error) => {
      const { code, message } = publicError(error);
      // Ours, or of the test: in any case nothing that a proof may rest on.
      if (code === 'INTERNAL') throw error.originalError ?? error;
      return { code, message, path: error.path?.join('.') ?? '' };
    });
    // In the order of the document: which of two fields failed first is chance.
    errors.sort((a, b) => (a.path < b.path ? -1 : 1));
    return { data: JSON.parse(JSON.stringify(result.data ?? null)) as Answer['data'], errors };
  };

  /** What athletes enter, and what is planned for them. */
  async function act(due: readonly { pair: Pair; deed: Deed }[]): Promise<void> {
    for (const { pair, deed } of due) {
      const { athleteId, timeZone } = pair;
      const changes = deed.entries ?? [];
      const writing = { athleteId, timeZone, changes, basedOn: null };
      if (changes.length > 0) await writeEntries({ db: db['health-data'], clock }, writing);
      await writePlan({ ask, coach, selfOf }, pair, deed);
    }
  }

  async function live(tick: number): Promise<void> {
    now = TICKS[tick] as Date;
    const due = lives.flatMap((life, at) =>
      life.deeds.filter((deed) => deed.tick === tick).map((deed) => ({ pair: pairs[at] as Pair, deed })),
    );
    await store(db['health-data'], now, due);
    // Two at a time: more would only wait for each other's connections.
    const own = [...Map.groupBy(due, ({ pair }) => pair).values()];
    await Promise.all([0, 1].map((lane) => act(own.filter((_, at) => at % 2 === lane).flat())));
    await recompute(
      insights,
      due.map(({ pair }) => pair.athleteId),
    );
    if (tick === 0) await enrol(db.insights, now);
    while ((await runDue(insights)) > 0);
    for (const [at, life] of lives.entries())
      if (life.looks.includes(tick)) await lookAtThemselves(ask, selfOf(pairs[at] as Pair), pairs[at] as Pair);
  }

  return {
    coach,
    db,
    clock,
    ask,
    live,
    contextOf,
    selfOf,
    announced() {
      const all = announcements;
      announcements = [];
      return all;
    },
    async close() {
      await connections.close();
      await database.drop();
    },
  };
}

/** As the normaliser stores: measurements and touched days in one transaction. */
async function store(db: Database, now: Date, due: readonly { pair: Pair; deed: Deed }[]): Promise<void> {
  const rows = due.flatMap(({ pair, deed }) =>
    (deed.rows ?? []).map((measurement) => ({
      athleteId: pair.athleteId,
      deliveryId: idOf('delivery', pair.athleteId, measurement.recordId, now.getTime()),
      normaliserVersion: 'test/1',
      measurement,
    })),
  );
  await db.prepared.transaction(async (tx) => {
    const touches = await storeMeasurements(tx, { rows, now });
    await recordTouches(tx, { touches, now });
  });
}

type Asking = Pick<Side, 'ask' | 'coach' | 'selfOf'>;

async function writePlan({ ask, coach, selfOf }: Asking, pair: Pair, { planned, replanned }: Deed): Promise<void> {
  if (planned) {
    const isCoach = planned.by === 'COACH';
    const input = { sessions: planned.sessions, ...(isCoach ? { athleteId: pair.athleteId } : {}) };
    await ask({
      subgraph: 'insights',
      viewer: isCoach ? coach : selfOf(pair),
      document: 'mutation ($input: ImportScheduledSessionsInput!) { importScheduledSessions(input: $input) { id } }',
      variables: { input },
    });
  }
  if (replanned) {
    const { clientId: _known, ...fields } = replanned;
    const viewer = selfOf(pair);
    const { data } = await ask({
      subgraph: 'insights',
      viewer,
      document: `query ($of: [_Any!]!, $on: Date!) { _entities(representations: $of) { ... on Athlete {
        plan(from: $on, to: $on) { id version } } } }`,
      variables: { of: [{ __typename: 'Athlete', id: pair.athleteId }], on: fields.date },
    });
    const [{ plan }] = entitiesIn<{ plan: { id: string; version: number }[] }>(data);
    await ask({
      subgraph: 'insights',
      viewer,
      document: 'mutation ($input: ScheduledSessionInput!) { saveScheduledSession(input: $input) { id } }',
      variables: { input: { ...fields, ...plan[0] } },
    });
  }
}

/** What athletes do for themselves leaves no trace that a coach can find: views, nudges, flags laid aside. */
async function lookAtThemselves(ask: Side['ask'], viewer: Viewer, pair: Pair): Promise<void> {
  const { data } = await ask({
    subgraph: 'insights',
    viewer,
    document: `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Athlete {
      readiness { score } readinessHistory(from: "2026-11-01", to: "2026-11-20") { score }
      sleepDebt { nudge { id } bedtime { at } } flags { id } } } }`,
    variables: { of: [{ __typename: 'Athlete', id: pair.athleteId }] },
  });
  const [own] = entitiesIn<{ sleepDebt: { nudge: { id: string } | null }; flags: { id: string }[] }>(data);
  const document = 'mutation ($id: ID!) { acknowledgeFlag(id: $id) { id } }';
  for (const { id } of own.flags) await ask({ subgraph: 'insights', viewer, document, variables: { id } });
  const nudge = 'mutation ($id: ID!) { answerNudge(id: $id, answer: WILL_TRY) { id } }';
  const { id } = own.sleepDebt.nudge ?? {};
  if (id !== undefined) await ask({ subgraph: 'insights', viewer, document: nudge, variables: { id } });
}

const WHEN = new Date('2026-09-01T08:00:00Z');

async function createPeople(database: TestDatabase, pairs: readonly Pair[], lives: readonly Life[]): Promise<void> {
  await database.query(
    `insert into connections.account (id, email, password_hash, display_name, role, created_at)
     select id, 'a' || n || '@example.org', 'x', 'Person ' || n, case when n <= 2 then 'COACH' else 'ATHLETE' end, $2
       from unnest($1::uuid[]) with ordinality as a(id, n)`,
    [[COACH, OTHER_COACH, ...pairs.map(({ accountId }) => accountId)], WHEN],
  );
  await database.query(
    `insert into connections.athlete (id, account_id, display_name, time_zone, sleep_need_min, max_hr_bpm, rest_hr_bpm, sex, quiet_from)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::int[], $6::int[], $7::int[], $8::text[], $9::text[])`,
    [
      pairs.map(({ athleteId }) => athleteId),
      pairs.map(({ accountId }) => accountId),
      pairs.map(({ index }) => `Athlete ${index}`),
      pairs.map(({ timeZone }) => timeZone),
      ...(['sleepNeedMin', 'maxHrBpm', 'restHrBpm', 'sex', 'quietFrom'] as const).map((field) =>
        lives.map(({ profile }) => profile[field]),
      ),
    ],
  );
  for (const [team, coach] of [
    [TEAM, COACH],
    [OTHER_TEAM, OTHER_COACH],
  ]) {
    await database.query(`insert into connections.team values ($1, 'A team', $2)`, [team, WHEN]);
    await database.query('insert into connections.team_coach values ($1, $2, $3)', [team, coach, WHEN]);
  }
  for (const [at, pair] of pairs.entries()) {
    const { otherTeam, chosen, linkedAt } = lives[at] as Life;
    await join(database, { team: TEAM, pair, signals: [...pair.shares], until: pair.until });
    if (otherTeam) await join(database, { team: OTHER_TEAM, pair, signals: otherTeam, until: null });
    await database.query(
      `insert into health_data.source_preference (athlete_id, signal, provider, chosen_at)
       select $1, signal, 'WHOOP', $3 from unnest($2::text[]) signal`,
      [pair.athleteId, chosen, WHEN],
    );
    await database.query(
      `insert into connections.provider_connection (id, athlete_id, provider, provider_user_id, state, granted_scopes, linked_at, workouts_since)
       select gen_random_uuid(), $1::uuid, $2, $1::text, 'ACTIVE', '{}', $3::timestamptz, $3::timestamptz where $3::timestamptz is not null`,
      [pair.athleteId, pair.provider, linkedAt],
    );
  }
}

async function join(
  database: TestDatabase,
  { team, pair, signals, until }: { team: string; pair: Pair; signals: readonly Signal[]; until: Date | null },
): Promise<void> {
  await database.query('insert into connections.membership values ($1, $2, $3)', [team, pair.athleteId, WHEN]);
  await database.query(
    `insert into connections.consent (athlete_id, team_id, signal, since, until, granted_at, epoch)
     select $1, $2, signal, $4, $5, $6, 1 from unnest($3::text[]) signal`,
    [pair.athleteId, team, signals, pair.since, until, WHEN],
  );
}
