import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '#platform/clock';
import { createLogger } from '#platform/log';
import { createMetrics } from '#platform/telemetry';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { createCounter } from '../limits/counter.ts';
import type { Vendor } from '../providers/provider.ts';
import { createAskProvider, ProviderUnavailable } from './ask-provider.ts';
import { createQuotas, type Quotas } from './quota.ts';

const vendor = {
  name: 'Vendor',
  provider: 'OURA',
  slug: 'oura',
  quotas: [{ points: 60, perS: 3_600 }],
} as unknown as Vendor;
const log = createLogger({ name: 'test', level: 'silent' });
let database: TestDatabase;
let quotas: Quotas;
let server: Server;
let answer: RequestListener;
let requests = 0;
let url: string;
let asking: ReturnType<typeof createAskProvider>;

beforeAll(async () => {
  database = await createDatabase();
  server = createServer((request, response) => {
    requests += 1;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await database.drop();
});
beforeEach(async () => {
  requests = 0;
  await database.query('truncate connections.rate_limit, connections.provider_pause');
  const db = await database.open('connections');
  quotas = createQuotas({ db, counter: createCounter({ db }), clock: systemClock, log });
  asking = createAskProvider({ quotas, clock: systemClock, metrics: createMetrics(), log });
});
afterEach(() => asking.close());

const ask = (options?: { isRepeatable?: boolean }) => asking.ask(vendor, { method: 'GET', url }, options);
const answering =
  (...statuses: number[]): RequestListener =>
  (_request, response) =>
    void response.writeHead(statuses[Math.min(requests, statuses.length) - 1] as number).end('{}');

test('a passing failure is tried again', async () => {
  answer = answering(503, 500, 200);
  expect(await ask()).toMatchObject({ status: 200 });
  expect(requests).toBe(3);
});

test('after three tries the provider counts as away', async () => {
  answer = answering(503);
  await expect(ask()).rejects.toBeInstanceOf(ProviderUnavailable);
  expect(requests).toBe(3);
});

test('what must happen once is not repeated', async () => {
  answer = answering(503);
  await expect(ask({ isRepeatable: false })).rejects.toBeInstanceOf(ProviderUnavailable);
  expect(requests).toBe(1);
});

test.each([401, 403, 404, 422])('%s is an answer, not a failure', async (status) => {
  answer = answering(status);
  expect(await ask()).toMatchObject({ status });
  expect(requests).toBe(1);
});

test('a dropped connection counts as away, and its address stays out of the error', async () => {
  answer = (request) => request.socket.destroy();
  const error = (await ask().catch((thrown: unknown) => thrown)) as ProviderUnavailable;
  expect(error).toBeInstanceOf(ProviderUnavailable);
  expect(`${error.message} ${(error.cause as Error).message}`).not.toContain('127.0.0.1');
});

test('after a 429 nobody asks until its time has passed', async () => {
  answer = (_request, response) => void response.writeHead(429, { 'retry-after': '30' }).end();
  const error = (await ask().catch((thrown: unknown) => thrown)) as ProviderUnavailable;
  expect(error.retryAt.getTime() - Date.now()).toBeGreaterThan(28_000);
  await expect(ask()).rejects.toBeInstanceOf(ProviderUnavailable);
  expect(requests).toBe(1);
});

test('a provider that always fails is soon left alone', async () => {
  answer = answering(503);
  for (let n = 0; n < 40; n += 1) await ask({ isRepeatable: false }).catch(() => undefined);
  expect(requests).toBeLessThan(40);
});

test('retries are paid for by calls: a provider that fails hears little more than one call for each', async () => {
  answer = answering(503);
  for (let n = 0; n < 8; n += 1) await ask().catch(() => undefined);
  // Two retries are there at the start, and ten calls earn one.
  expect(requests).toBe(8 + 2);
});

test('when the quota is used up nothing goes out, and it counts as a wait', async () => {
  answer = answering(200);
  let refused: unknown;
  for (let n = 0; n < 60; n += 1) await ask().catch((error: unknown) => (refused = error));
  expect(requests).toBe(54);
  expect(refused).toBeInstanceOf(ProviderUnavailable);
  expect((refused as ProviderUnavailable).isWait).toBe(true);
  expect((refused as ProviderUnavailable).retryAt.getTime()).toBeGreaterThan(Date.now());
});

test('each try takes of the quota', async () => {
  answer = answering(503, 500, 200);
  await ask();
  for (let n = 0; n < 60; n += 1) await ask().catch(() => undefined);
  expect(requests).toBe(54);
});
