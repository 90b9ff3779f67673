import 'reflect-metadata';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
} from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import DataLoader from 'dataloader';
import { extendSchema, parse, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { createLocalJWKSet, type JWK } from 'jose';
import { readAccessToken } from '#platform/access-token';
import { openDatabase, type Database, type Sql } from '#platform/database';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { createInsightsContext, type InsightsContext } from '../../subgraphs/insights/context.ts';
import { createViewing } from '../../subgraphs/insights/readiness/recompute/ensure-views.ts';
import { insightsSubgraph } from '../../subgraphs/insights/schema.ts';

/**
 * What the roster would be without federation: one process, one Apollo Server with the plugins that ours has, the resolvers and the SQL of
 * insights, and beside them who asks, the team and the names by the same statements as connections has. When told
 * "statements" it answers those of the last request, each with the number of its rows.
 */
interface Names {
  names: DataLoader<string, { displayName: string; timeZone: string } | undefined>;
}
type Context = InsightsContext & Names;

const MORE = `
  extend type Query { team(id: ID!): Team }
  extend type Team { name: String! }
  extend type Athlete { displayName: String! timeZone: String! }`;

const clock = { now: () => new Date() };
const log = createLogger({ name: 'bench', level: 'error' });
let statements: { sql: string; rows: number }[] = [];

function noted(db: Database): Database {
  const on = (from: Sql, countOf: (rows: object[]) => number): Sql => ({
    async query<T>(sql: string, parameters?: unknown[]): Promise<T> {
      const rows = await from.query<T>(sql, parameters);
      statements.push({ sql, rows: Array.isArray(rows) ? countOf(rows) : 0 });
      return rows;
    },
  });
  // A step of reads answers in one row, with a list of rows in each column.
  const inLists = (rows: object[]): number =>
    rows
      .flatMap((row) => Object.values(row) as unknown[])
      .filter(Array.isArray)
      .flat().length;
  return {
    ...db,
    ...on(db, (rows) => rows.length),
    prepared: {
      ...db.prepared,
      ...on(db.prepared, (rows) => rows.length),
      composed: on(db.prepared.composed, inLists),
    },
  };
}

async function schemaOfAll(): Promise<GraphQLSchema> {
  const { schema } = await insightsSubgraph();
  const whole = extendSchema(schema, parse(MORE));
  const fieldsOf = (type: string) => (whole.getType(type) as GraphQLObjectType<unknown, Context>).getFields();
  const resolve = (
    type: string,
    field: string,
    with_: (root: never, args: never, context: Context) => unknown,
  ): void => {
    const found = fieldsOf(type)[field];
    if (found === undefined) throw new Error(`there is no ${type}.${field}`);
    found.resolve = (root, args, context) => with_(root as never, args as never, context);
  };
  resolve('Query', 'team', async (_root, { id }: { id: string }, { db, viewer }) => {
    const [team] = await db.query<{ id: string; name: string }[]>(
      `select t.id, t.name from connections.team t join connections.team_coach c on c.team_id = t.id and c.left_at is null
        where t.id = $1 and c.account_id = $2`,
      [id, viewer.kind === 'account' ? viewer.accountId : null],
    );
    return team ?? null;
  });
  resolve(
    'Athlete',
    'displayName',
    async ({ id }: { id: string }, _args, { names }) => (await names.load(id))?.displayName,
  );
  resolve('Athlete', 'timeZone', async ({ id }: { id: string }, _args, { names }) => (await names.load(id))?.timeZone);
  return whole;
}

const namesOf = (db: Database): Names['names'] =>
  new DataLoader(async (ids: readonly string[]) => {
    const rows = await db.query<{ id: string; displayName: string; timeZone: string }[]>(
      `select id, display_name as "displayName", time_zone as "timeZone" from connections.athlete_v1 where id = any($1)`,
      [ids],
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => byId.get(id));
  });

const [port = '', url = ''] = process.argv.slice(2);
const db = noted(await openDatabase({ url, schema: 'insights', name: 'bench-monolith', entities: [], log }));
const keys = await db.query<{ public_jwk: JWK }[]>('select public_jwk from connections.signing_key');
const keySet = createLocalJWKSet({ keys: keys.map((row) => row.public_jwk) });
const viewing = createViewing({ db, clock, announce: () => undefined });
const plugins = [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginInlineTraceDisabled()];
const server = new ApolloServer<Context>({ schema: await schemaOfAll(), introspection: false, plugins });
await startStandaloneServer<Context>(server, {
  listen: { port: Number(port), host: '127.0.0.1' },
  async context({ req }) {
    statements = [];
    const token = await readAccessToken({
      authorization: req.headers.authorization ?? '',
      keys: keySet,
      now: clock.now(),
    });
    const [session] = await db.query<{ accountId: string }[]>(
      `select s.account_id as "accountId" from connections.session s join connections.account a on a.id = s.account_id
        where s.id = $1 and s.ended_at is null and s.ends_at > $2`,
      [token.sessionId, clock.now()],
    );
    if (session?.accountId !== token.accountId) throw new Error('the session has ended');
    const viewer = { kind: 'account', ...session, sessionId: token.sessionId, role: 'COACH', athleteId: null } as const;
    const call = { viewer, requestId: newId(), purpose: 'query', opening: 'with-snapshot' } as const;
    // Nothing is watched here, and no file asked for.
    const nothing = { live: undefined as never, rosterLinks: undefined as never };
    const context = createInsightsContext({ db, clock, log, viewing, ...nothing, call });
    return Object.assign(context, { names: namesOf(db) });
  },
});
process.on('message', () => process.send?.(statements));
process.send?.('listening');
