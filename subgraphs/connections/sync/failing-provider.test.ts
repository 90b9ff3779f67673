import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '#platform/clock';
import { createLogger } from '#platform/log';
import { createMetrics } from '#platform/telemetry';
import { isChaos } from '../../../tests/support/chaos.ts';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { until } from '../../../tests/support/wait.ts';
import { createCounter } from '../limits/counter.ts';
import type { Vendor } from '../providers/provider.ts';
import { createAskProvider } from './ask-provider.ts';
import { BREAKER } from './breaker.ts';
import { createQuotas } from './quota.ts';

/** The long run's outage lets the breaker of production open, probe and close. */
const BASELINE_MS = isChaos ? 20_000 : 2_000;
const OUTAGE_MS = isChaos ? 75_000 : 4_000;
const OPEN_MS = isChaos ? BREAKER.openMs : 1_000;
const CALL_EVERY_MS = 20;
/** What a busy machine may add to the slowest of a few hundred calls of some milliseconds each; a shared wait would be hundreds. */
const SLACK_MS = isChaos ? 60 : 250;

interface Provider {
  vendor: Vendor;
  server: Server;
  url: string;
  isFailing: boolean;
  heard: number;
}

let database: TestDatabase;
let asking: ReturnType<typeof createAskProvider>;
let broken: Provider;
let healthy: Provider;

async function startProvider(provider: string): Promise<Provider> {
  const slug = provider.toLowerCase();
  const quotas = [{ points: 1_000_000, perS: 900 }];
  const started = {
    vendor: { name: provider, provider, slug, quotas } as unknown as Vendor,
    isFailing: false,
    heard: 0,
  };
  const server = createServer((_request, response) => {
    started.heard += 1;
    response.writeHead(started.isFailing ? 503 : 200).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(started, { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
}

beforeAll(async () => {
  database = await createDatabase();
  const db = await database.open('connections');
  const log = createLogger({ name: 'test', level: 'silent' });
  const quotas = createQuotas({ db, counter: createCounter({ db }), clock: systemClock, log });
  const breaker = { ...BREAKER, openMs: OPEN_MS };
  asking = createAskProvider({ quotas, clock: systemClock, metrics: createMetrics(), log, breaker });
  [broken, healthy] = [await startProvider('WHOOP'), await startProvider('OURA')];
});
afterAll(async () => {
  await asking.close();
  for (const { server } of [broken, healthy]) await new Promise((resolve) => server.close(resolve));
  await database.drop();
});

/** One call every 20 ms whatever becomes of those before; the times of those that were answered, and how many were asked. */
async function stream(
  provider: Provider,
  forMs: number,
): Promise<{ offered: number; p50Ms: number; p99Ms: number; answered: number }> {
  const times: number[] = [];
  const calls: Promise<void>[] = [];
  const end = performance.now() + forMs;
  for (let next = performance.now(); next < end; next += CALL_EVERY_MS) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
    const started = performance.now();
    calls.push(
      asking.ask(provider.vendor, { method: 'GET', url: provider.url }).then(
        () => void times.push(performance.now() - started),
        () => undefined,
      ),
    );
  }
  await Promise.all(calls);
  times.sort((one, other) => one - other);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? Infinity;
  return { offered: calls.length, answered: times.length, p50Ms: at(0.5), p99Ms: at(0.99) };
}

test('a provider that always fails hears no more than a tenth above its usual calls, and its neighbour feels nothing', async () => {
  await Promise.all([stream(broken, 500), stream(healthy, 500)]);
  const [, before] = await Promise.all([stream(broken, BASELINE_MS), stream(healthy, BASELINE_MS)]);

  broken.isFailing = true;
  broken.heard = 0;
  const [failing, during] = await Promise.all([stream(broken, OUTAGE_MS), stream(healthy, OUTAGE_MS)]);
  expect(failing.answered).toBe(0);
  expect(broken.heard).toBeGreaterThan(0);
  expect(broken.heard).toBeLessThanOrEqual(failing.offered * 1.1);
  expect(during.answered).toBe(during.offered);
  expect(during.p50Ms).toBeLessThanOrEqual(before.p50Ms * 1.1 + SLACK_MS / 10);
  expect(during.p99Ms).toBeLessThanOrEqual(before.p99Ms * 1.1 + SLACK_MS);
  // Twenty calls open the breaker, then there are three probes now and then: most calls never go out.
  expect(broken.heard).toBeLessThan(failing.offered / 2);

  broken.isFailing = false;
  const mended = performance.now();
  await until(
    'an answer',
    () => asking.ask(broken.vendor, { method: 'GET', url: broken.url }).catch(() => null),
    OPEN_MS + 5_000,
  );
  expect(performance.now() - mended).toBeLessThanOrEqual(OPEN_MS + 5_000);
  const after = await stream(broken, 500);
  expect(after.answered).toBe(after.offered);
}, 180_000);
