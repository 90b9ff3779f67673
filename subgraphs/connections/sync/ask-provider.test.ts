import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '#platform/clock';
import { createLogger } from '#platform/log';
import { createMetrics } from '#platform/telemetry';
import type { Vendor } from '../providers/provider.ts';
import { createAskProvider, pauseMs, ProviderUnavailable } from './ask-provider.ts';

const vendor = { name: 'Vendor', slug: 'oura' } as Vendor;
let server: Server;
let answer: RequestListener;
let requests = 0;
let url: string;
let asking: ReturnType<typeof createAskProvider>;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests += 1;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  requests = 0;
  asking = createAskProvider({
    clock: systemClock,
    metrics: createMetrics(),
    log: createLogger({ name: 'test', level: 'silent' }),
  });
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

test('Retry-After is read as seconds and as a date', () => {
  const now = new Date('2026-11-16T05:00:00Z');
  expect(pauseMs('42', now)).toBe(42_000);
  expect(pauseMs('Mon, 16 Nov 2026 05:01:00 GMT', now)).toBe(60_000);
  expect(pauseMs('Mon, 16 Nov 2026 04:00:00 GMT', now)).toBe(0);
  expect(pauseMs('soon', now)).toBe(60_000);
  expect(pauseMs(undefined, now)).toBe(60_000);
});
