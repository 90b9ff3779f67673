import type { AddressInfo } from 'node:net';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { createHttpServer } from '#platform/http';
import { ASSERTION_HEADER, signAssertion, type Viewer } from '#platform/identity';
import { createLogger } from '#platform/log';
import { serveSubgraph } from '#platform/subgraph';
import { createMetrics } from '#platform/telemetry';
import { createDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { createHealthDataContext } from './context.ts';
import { healthDataSubgraph } from './schema.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const assertionKey = Buffer.alloc(32, 7);
const viewer: Viewer = { kind: 'anonymous' };
const QUERY = 'query { _entities(representations: [{ __typename: "Athlete", id: "x" }]) { __typename } }';
const closing: (() => Promise<unknown>)[] = [];
let database: TestDatabase;
let url: string;

beforeAll(async () => {
  database = await createDatabase();
  const db = await database.open('health_data');
  const server = createHttpServer({ log });
  const { schema } = await healthDataSubgraph();
  const graph = await serveSubgraph({
    server,
    schema,
    assertionKey,
    createContext: (call) =>
      createHealthDataContext({ db, clock: { now: () => new Date() }, log, call, announce: () => undefined }),
    log,
    metrics: createMetrics(),
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  url = `127.0.0.1:${(server.server.address() as AddressInfo).port}/graphql`;
  closing.push(
    () => graph.close(),
    () => server.close(),
  );
});
afterAll(async () => {
  for (const close of closing) await close();
  await database.drop();
});

async function post(headers: Record<string, string>, query = QUERY) {
  const body = JSON.stringify({ query });
  const response = await fetch(`http://${url}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, body: await response.text() };
}

describe('a subgraph', () => {
  it('answers the gateway', async () => {
    const body = JSON.stringify({ query: QUERY });
    const assertion = signAssertion({ key: assertionKey, viewer, requestId: 'r', body });
    expect(await post({ [ASSERTION_HEADER]: assertion })).toEqual({
      status: 200,
      body: '{"data":{"_entities":[{"__typename":"Athlete"}]}}\n',
    });
  });

  it('refuses everybody else in a sentence, and one assertion for another document', async () => {
    const forOther = signAssertion({ key: assertionKey, viewer, requestId: 'r', body: '{"query":"{ x }"}' });
    const forged = signAssertion({
      key: Buffer.alloc(32, 8),
      viewer,
      requestId: 'r',
      body: JSON.stringify({ query: QUERY }),
    });
    for (const assertion of [undefined, 'x', forOther, forged]) {
      const answer = await post(assertion === undefined ? {} : { [ASSERTION_HEADER]: assertion });
      expect(answer.status).toBe(401);
      expect(answer.body).toContain('UNAUTHENTICATED');
      expect(answer.body).not.toMatch(/_entities|stack|\.ts|\.js/);
    }
  });

  it('refuses a socket operation without an assertion, and keeps the socket', async () => {
    const client = createClient({ url: `ws://${url}`, webSocketImpl: WebSocket, retryAttempts: 0 });
    const refusal = await new Promise<unknown>((resolve, reject) => {
      client.subscribe(
        { query: QUERY },
        { next: reject, error: resolve, complete: () => reject(new Error('completed')) },
      );
    });
    await client.dispose();
    expect(JSON.stringify(refusal)).toContain('UNAUTHENTICATED');
  });
});
