import { randomUUID } from 'node:crypto';
import { graphql } from 'graphql';
import type { Database } from '#platform/database';
import type { Viewer } from '#platform/identity';
import { createLogger } from '#platform/log';
import type { TestDatabase } from '../../tests/support/database.ts';
import { heardDatabase } from '../../tests/support/heard-database.ts';
import type { PushKeys } from './alerts/push-keys.ts';
import { createInsightsContext } from './context.ts';
import { createViewing } from './readiness/recompute/ensure-views.ts';
import { insightsSubgraph } from './schema.ts';

const log = createLogger({ name: 'test', level: 'silent' });

let built: ReturnType<typeof insightsSubgraph> | undefined;
/** Built once for a test file, at the first question. */
const theSubgraph = (): ReturnType<typeof insightsSubgraph> => (built ??= insightsSubgraph());

/** Athletes of one team with one coach. Nothing is shared, linked or measured. */
export async function createTeamOf(
  database: TestDatabase,
  size: number,
): Promise<{ teamId: string; athleteIds: string[]; coach: Viewer; self: (athleteId: string) => Viewer }> {
  const teamId = randomUUID();
  await database.query(`insert into connections.team (id, name, created_at) values ($1, 'x', now())`, [teamId]);
  await database.query(
    `insert into connections.account (id, email, password_hash, display_name, role, created_at)
     select gen_random_uuid(), 'a' || n, 'x', 'x', case when n = 0 then 'COACH' else 'ATHLETE' end, now() from generate_series(0, $1::int) n`,
    [size],
  );
  await database.query(`
    insert into connections.athlete (id, account_id, display_name, time_zone)
    select gen_random_uuid(), id, 'x', 'Europe/Helsinki' from connections.account where role = 'ATHLETE'`);
  await database.query(`
    insert into connections.team_coach (team_id, account_id, joined_at)
    select t.id, a.id, now() from connections.team t, connections.account a where a.role = 'COACH'`);
  await database.query(`
    insert into connections.membership (team_id, athlete_id, joined_at)
    select t.id, a.id, now() from connections.team t, connections.athlete a`);
  const athletes = await database.query<{ id: string; accountId: string }>(
    'select id, account_id as "accountId" from connections.athlete order by id',
  );
  const [account] = await database.query<{ id: string }>(`select id from connections.account where role = 'COACH'`);
  return {
    teamId,
    athleteIds: athletes.map(({ id }) => id),
    coach: { kind: 'account', accountId: account?.id ?? '', sessionId: 's', role: 'COACH', athleteId: null },
    self: (athleteId) => ({
      kind: 'account',
      accountId: athletes.find(({ id }) => id === athleteId)?.accountId ?? '',
      sessionId: 's',
      role: 'ATHLETE',
      athleteId,
    }),
  };
}

/** Shares one signal of these athletes with their team. */
export async function grant(
  database: TestDatabase,
  options: { athleteIds: readonly string[]; signal: string; since: string },
): Promise<void> {
  await database.query(
    `insert into connections.consent (athlete_id, team_id, signal, since, granted_at, epoch)
     select a, t.id, $2, $3::date, now(), 1 from unnest($1::uuid[]) a, connections.team t`,
    [options.athleteIds, options.signal, options.since],
  );
}

/** Asks the schema as the gateway would, of some athletes or by `source` alone, and tells which statements that took. */
export async function ask<Data>(options: {
  db: Database;
  viewer: Viewer;
  now: Date;
  fields?: string;
  of?: readonly string[];
  source?: string;
  pushKeys?: PushKeys | null;
}): Promise<{ data: Data; errors: readonly { message: string }[]; statements: string[]; text: string }> {
  const statements: string[] = [];
  const db = heardDatabase(options.db, (sql) => void statements.push(sql));
  const clock = { now: () => options.now };
  const context = createInsightsContext({
    db,
    clock,
    log,
    viewing: createViewing({ db, clock, announce: () => undefined }),
    // Nothing is watched here.
    live: undefined as never,
    pushKeys: options.pushKeys ?? null,
    rosterLinks: { key: Buffer.alloc(32), lifetimeMs: 300_000 },
    call: { viewer: options.viewer, requestId: 'r', purpose: 'query', opening: 'with-snapshot' },
  });
  const { schema } = await theSubgraph();
  const result = await graphql({
    schema,
    source:
      options.source ??
      `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Athlete { ${options.fields} } } }`,
    variableValues: options.of ? { of: options.of.map((id) => ({ __typename: 'Athlete', id })) } : {},
    contextValue: context,
  });
  await context.reads.flush();
  return { data: result.data as Data, errors: result.errors ?? [], statements, text: JSON.stringify(result.data) };
}
