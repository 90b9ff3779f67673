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
/** Calls are given up after this time: a provider that hangs fails as often as one that answers 503, only later. */
const WITHIN_MS = 500;
/** The 99th percentile is taken of each so many calls, and the median of those: one stall of the machine moves one of them. */
const CALLS_OF_ONE_P99 = 25;
/**
 * The bounds below, besides a tenth: at the median call, and at the median of the 99th percentiles. Calls of some
 * milliseconds on a shared machine are never the same twice; a wait that providers shared would be hundreds.
 */
const SLACK_MS = isChaos ? { p50: 5, p99: 40 } : { p50: 10, p99: 60 };

interface Provider {
  vendor: Vendor;
  server: Server;
  url: string;
  mode: 'answers' | 'fails' | 'hangs';
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
    mode: 'answers' as Provider['mode'],
    heard: 0,
  };
  const server = createServer((_request, response) => {
    started.heard += 1;
    if (started.mode !== 'hangs') response.writeHead(started.mode === 'fails' ? 503 : 200).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(started, { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
}

beforeEach(async () => {
  database = await createDatabase();
  const db = await database.open('connections');
  const log = createLogger({ name: 'test', level: 'silent' });
  const quotas = createQuotas({ db, counter: createCounter({ db }), clock: systemClock, log });
  const breaker = { ...BREAKER, openMs: OPEN_MS };
  asking = createAskProvider({ quotas, clock: systemClock, metrics: createMetrics(), log, breaker });
  [broken, healthy] = [await startProvider('WHOOP'), await startProvider('OURA')];
});
afterEach(async () => {
  await asking.close();
  for (const { server } of [broken, healthy]) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
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
      asking.ask(provider.vendor, { method: 'GET', url: provider.url }, { withinMs: WITHIN_MS }).then(
        () => void times.push(performance.now() - started),
        () => undefined,
      ),
    );
  }
  await Promise.all(calls);
  const p99s = Array.from({ length: Math.floor(times.length / CALLS_OF_ONE_P99) }, (_, n) =>
    percentile(times.slice(n * CALLS_OF_ONE_P99, (n + 1) * CALLS_OF_ONE_P99), 0.99),
  );
  return {
    ...{ offered: calls.length, answered: times.length },
    ...{ p50Ms: percentile(times, 0.5), p99Ms: percentile(p99s, 0.5) },
  };
}

/** Infinity of none: nobody was answered. */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length * share)] ?? Infinity;
}

test.each([
  ['answers 503', 'fails'],
  ['never answers', 'hangs'],
] as const)(
  `a provider that %s hears no more than a tenth above its usual calls, and its neighbour’s calls take a tenth and ${SLACK_MS.p99} ms longer at most`,
  async (_what, mode) => {
    await Promise.all([stream(broken, 500), stream(healthy, 500)]);
    const [, before] = await Promise.all([stream(broken, BASELINE_MS), stream(healthy, BASELINE_MS)]);

    broken.mode = mode;
    broken.heard = 0;
    const [failing, during] = await Promise.all([stream(broken, OUTAGE_MS), stream(healthy, OUTAGE_MS)]);
    expect(failing.answered).toBe(0);
    expect(broken.heard).toBeGreaterThan(0);
    expect(broken.heard).toBeLessThanOrEqual(failing.offered * 1.1);
    expect(during.answered).toBe(during.offered);
    expect(during.p50Ms).toBeLessThanOrEqual(before.p50Ms * 1.1 + SLACK_MS.p50);
    expect(during.p99Ms).toBeLessThanOrEqual(before.p99Ms * 1.1 + SLACK_MS.p99);
    // Twenty calls open the breaker, then there are three probes now and then: most calls never go out.
    expect(broken.heard).toBeLessThan(failing.offered / 2);

    broken.mode = 'answers';
    const mended = performance.now();
    await until(
      'an answer',
      () => asking.ask(broken.vendor, { method: 'GET', url: broken.url }, { withinMs: WITHIN_MS }).catch(() => null),
      OPEN_MS + 5_000,
    );
    expect(performance.now() - mended).toBeLessThanOrEqual(OPEN_MS + 5_000);
    const after = await stream(broken, 500);
    expect(after.answered).toBe(after.offered);
  },
  180_000,
);
