import type { Sql } from '#platform/database';
import { databaseCheck } from './health.ts';

const answering = (query: () => Promise<unknown>): Sql => ({ query: query as Sql['query'] });

test.each([
  ['answers', () => Promise.resolve([]), 'ok'],
  ['refuses', () => Promise.reject(new Error('refused')), 'degraded'],
  ['hangs', () => new Promise<never>(() => undefined), 'degraded'],
])('a database that %s', async (_name, query, state) => {
  expect(await databaseCheck({ db: answering(query), whenAway: 'degraded', withinMs: 20 })()).toBe(state);
});
