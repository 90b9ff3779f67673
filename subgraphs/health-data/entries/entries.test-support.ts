import { graphql } from 'graphql';
import type { Database } from '#platform/database';
import type { Viewer } from '#platform/identity';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import type { TestDatabase } from '../../../tests/support/database.ts';
import { heardDatabase } from '../../../tests/support/heard-database.ts';
import { createHealthDataContext } from '../context.ts';
import { healthDataSubgraph } from '../schema.ts';

export const NOW = new Date('2026-11-20T10:00:00Z');
export const log = createLogger({ name: 'test', level: 'silent' });

export type Account = Extract<Viewer, { kind: 'account' }>;

/** Somebody new in Helsinki, as connections would have them. */
export async function newAthlete(database: TestDatabase): Promise<Account & { athleteId: string }> {
  const [accountId, athleteId] = [newId(), newId()];
  await database.query(`insert into connections.account values ($1, $2, 'x', 'A', 'ATHLETE', $3)`, [
    accountId,
    `${accountId}@example.com`,
    NOW,
  ]);
  await database.query(
    `insert into connections.athlete (id, account_id, display_name, time_zone) values ($1, $2, 'A', 'Europe/Helsinki')`,
    [athleteId, accountId],
  );
  return { kind: 'account', accountId, sessionId: 's', role: 'ATHLETE', athleteId };
}

/** A coach of these athletes, who are granted nothing yet. */
export async function newCoach(database: TestDatabase, athleteIds: readonly string[]) {
  const [accountId, teamId] = [newId(), newId()];
  await database.query(`insert into connections.account values ($1, $2, 'x', 'C', 'COACH', $3)`, [
    accountId,
    `${accountId}@example.com`,
    NOW,
  ]);
  await database.query(`insert into connections.team (id, name, created_at) values ($1, 'T', $2)`, [teamId, NOW]);
  await database.query('insert into connections.team_coach (team_id, account_id, joined_at) values ($1, $2, $3)', [
    teamId,
    accountId,
    NOW,
  ]);
  for (const athleteId of athleteIds)
    await database.query('insert into connections.membership (team_id, athlete_id, joined_at) values ($1, $2, $3)', [
      teamId,
      athleteId,
      NOW,
    ]);
  const viewer: Account = { kind: 'account', accountId, sessionId: 's', role: 'COACH', athleteId: null };
  return { viewer, teamId };
}

export interface Answer<Data> {
  data: Data;
  errors: { code: unknown; message: string }[];
  statements: string[];
  touched: { day: string; signal: string; domain: string }[];
}

/** Asks the subgraph as the gateway would, and tells what it was asked of the database and what it announced. */
export async function ask<Data>(options: {
  db: Database;
  viewer: Viewer;
  source: string;
  variables?: Record<string, unknown>;
  now?: Date;
}): Promise<Answer<Data>> {
  const { db, viewer, source, variables = {}, now = NOW } = options;
  const statements: string[] = [];
  const touched: Answer<Data>['touched'] = [];
  const counting = heardDatabase(db, (sql) => void statements.push(sql));
  const context = createHealthDataContext({
    db: counting,
    clock: { now: () => now },
    log,
    call: { viewer, requestId: 'r', purpose: 'query', opening: 'with-snapshot' },
    announce: (touches) => touched.push(...touches.map(({ day, signal, domain }) => ({ day, signal, domain }))),
  });
  const { schema } = await healthDataSubgraph();
  const result = await graphql({ schema, source, variableValues: variables, contextValue: context });
  await context.reads.flush();
  const errors = (result.errors ?? []).map(({ message, originalError, extensions }) => {
    return { code: (originalError as { code?: unknown } | undefined)?.code ?? extensions['code'], message };
  });
  return { data: result.data as Data, errors, statements, touched };
}
