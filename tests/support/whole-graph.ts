import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginUsageReportingDisabled } from '@apollo/server/plugin/disabled';
import { graphql } from 'graphql';
import type { RequestContext } from '#platform/context';
import { openDatabase, type Database } from '#platform/database';
import type { Viewer } from '#platform/identity';
import { createLogger } from '#platform/log';
import type { Subgraph } from '#platform/subgraph';
import { createConnectionsContext, type ConnectionsParts } from '../../subgraphs/connections/context.ts';
import { ProviderConnection } from '../../subgraphs/connections/linking/connection.entity.ts';
import { connectionsSubgraph, peopleEntities } from '../../subgraphs/connections/schema.ts';
import { SyncJob } from '../../subgraphs/connections/sync/job.entity.ts';
import { createHealthDataContext } from '../../subgraphs/health-data/context.ts';
import { healthDataSubgraph } from '../../subgraphs/health-data/schema.ts';
import { createInsightsContext } from '../../subgraphs/insights/context.ts';
import { createViewing } from '../../subgraphs/insights/readiness/recompute/ensure-views.ts';
import { insightsSubgraph } from '../../subgraphs/insights/schema.ts';
import type { TestDatabase } from './database.ts';
import { heardDatabase } from './heard-database.ts';

const log = createLogger({ name: 'test', level: 'silent' });

export interface WholeAnswer {
  data: Record<string, unknown>;
  errors: readonly { message: string }[];
  /** By subgraph, what this one operation asked of the database: in all calls that its plan makes. */
  statements: Record<string, string[]>;
}

/** The three subgraphs in this process behind the planner that the product has, counting what each asks of the database. */
export interface WholeGraph {
  ask(options: { viewer: Viewer; query: string; variables: Record<string, unknown> }): Promise<WholeAnswer>;
  close(): Promise<void>;
}

interface Asked {
  viewer: Viewer;
  statements: Record<string, string[]>;
}

export async function openWholeGraph(options: { database: TestDatabase; now: Date }): Promise<WholeGraph> {
  const { database, now } = options;
  const clock = { now: () => now };
  const nobody = { announce: () => undefined };
  const people = await openDatabase({
    ...{ url: database.urlOf('connections'), schema: 'connections', name: 'test', log },
    entities: [...peopleEntities, ProviderConnection, SyncJob],
  });
  const [measured, meant] = [await database.open('health_data'), await database.open('insights')];
  const parts: Record<
    string,
    { subgraph: Subgraph; db: Database; contextOf: (db: Database, viewer: Viewer) => RequestContext }
  > = {
    connections: {
      subgraph: await connectionsSubgraph(),
      db: people,
      // What links, loads and signs in is not asked for here.
      contextOf: (db, viewer) =>
        createConnectionsContext({ call: callOf(viewer), parts: { db, clock, log } as ConnectionsParts }),
    },
    'health-data': {
      subgraph: await healthDataSubgraph(),
      db: measured,
      contextOf: (db, viewer) => createHealthDataContext({ db, clock, log, call: callOf(viewer), ...nobody }),
    },
    insights: {
      subgraph: await insightsSubgraph(),
      db: meant,
      contextOf: (db, viewer) =>
        createInsightsContext({
          ...{ db, clock, log, call: callOf(viewer), viewing: createViewing({ db, clock, ...nobody }) },
          live: undefined as never,
          rosterLinks: { key: Buffer.alloc(32), lifetimeMs: 300_000 },
        }),
    },
  };
  const apollo = new ApolloServer<Asked>({
    gateway: new ApolloGateway({
      supergraphSdl: readFileSync('schema/supergraph.graphql', 'utf8'),
      buildService: ({ name }) => ({
        async process({ request, context }) {
          const part = parts[name];
          if (part === undefined) throw new Error(`nobody answers for ${name}`);
          const { viewer, statements } = context as Asked;
          const sent = (statements[name] ??= []);
          const heard = heardDatabase(part.db, (sql) => void sent.push(sql));
          const contextValue = part.contextOf(heard, viewer);
          const result = await graphql({
            ...{ schema: part.subgraph.schema, contextValue, source: request.query ?? '' },
            variableValues: request.variables ?? {},
          });
          await contextValue.reads.flush();
          return JSON.parse(JSON.stringify(result)) as object;
        },
      }),
    }),
    plugins: [ApolloServerPluginUsageReportingDisabled()],
    stopOnTerminationSignals: false,
  });
  await apollo.start();
  return {
    async ask({ viewer, query, variables }) {
      const contextValue: Asked = { viewer, statements: {} };
      const { body } = await apollo.executeOperation({ query, variables }, { contextValue });
      if (body.kind !== 'single') throw new Error('answered in parts');
      const { data, errors } = body.singleResult;
      return { data: data ?? {}, errors: errors ?? [], statements: contextValue.statements };
    },
    async close() {
      await apollo.stop();
      await people.close();
    },
  };
}

const callOf = (viewer: Viewer) => ({ viewer, requestId: 'r', purpose: 'query', opening: 'with-snapshot' }) as const;
