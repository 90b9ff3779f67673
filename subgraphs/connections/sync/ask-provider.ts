import {
  circuitBreaker,
  BrokenCircuitError,
  ExponentialBackoff,
  fullJitterGenerator,
  handleType,
  retry,
  SamplingBreaker,
  wrap,
  type IPolicy,
} from 'cockatiel';
import { Agent, request } from 'undici';
import type { Clock } from '#platform/clock';
import { AppError } from '#platform/errors';
import type { Logger } from '#platform/log';
import type { Metrics } from '#platform/telemetry';
import type { Vendor, VendorCall } from '../providers/provider.ts';

/** What a provider said. 401, 403, 404 and other refusals are answers, not errors. */
export interface ProviderAnswer {
  status: number;
  body: Buffer;
}

/** The provider cannot be asked now: it is away, overloaded, or told us to wait until `retryAt`. */
export class ProviderUnavailable extends AppError {
  readonly retryAt: Date;

  constructor(name: string, retryAt: Date, options?: { cause?: unknown }) {
    super(
      'PROVIDER_UNAVAILABLE',
      `${name} cannot be reached at the moment. Nothing is lost; it is asked again later.`,
      options,
    );
    this.retryAt = retryAt;
  }
}

/** Calls providers: bounded in time, tried three times, behind one circuit breaker per provider. */
export interface AskProvider {
  /** Throws ProviderUnavailable for 5xx, 429 and network failures. `isRepeatable: false` for calls that must happen once. */
  (vendor: Vendor, call: VendorCall, options?: { isRepeatable?: boolean; withinMs?: number }): Promise<ProviderAnswer>;
}

const CONNECT_WITHIN_MS = 2_000;
const ANSWER_WITHIN_MS = 10_000;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** After a 429 without a usable Retry-After. */
const PAUSE_MS = 60_000;
const MAX_PAUSE_MS = 15 * 60_000;

/** Three tries, full jitter from 200 ms to 10 s; the breaker opens at 50 % failures of 20 calls in 20 s, for 30 s. */
const RETRIES = 2;
const BREAKER = { threshold: 0.5, duration: 20_000, minimumRps: 1 };
const OPEN_MS = 30_000;

/** Worth another try at once. */
class TransientFailure extends Error {}

export function createAskProvider(options: { clock: Clock; metrics: Metrics; log: Logger }): {
  ask: AskProvider;
  close(): Promise<void>;
} {
  const { clock, metrics, log } = options;
  const agent = new Agent({
    connect: { timeout: CONNECT_WITHIN_MS },
    headersTimeout: ANSWER_WITHIN_MS,
    bodyTimeout: ANSWER_WITHIN_MS,
    maxResponseSize: MAX_ANSWER_BYTES,
    connections: 16,
  });
  const lanes = new Map<string, { once: IPolicy; repeated: IPolicy; pausedUntil: number }>();

  function laneOf(vendor: Vendor) {
    let lane = lanes.get(vendor.slug);
    if (!lane) {
      const breaker = circuitBreaker(handleType(TransientFailure), {
        halfOpenAfter: OPEN_MS,
        breaker: new SamplingBreaker(BREAKER),
      });
      breaker.onBreak(() =>
        log.warn({ provider: vendor.slug }, 'the provider fails too often and is left alone for a while'),
      );
      breaker.onReset(() => log.info({ provider: vendor.slug }, 'the provider answers again'));
      const retrying = retry(handleType(TransientFailure), {
        maxAttempts: RETRIES,
        backoff: new ExponentialBackoff({ initialDelay: 200, maxDelay: 10_000, generator: fullJitterGenerator }),
      });
      lane = { once: breaker, repeated: wrap(retrying, breaker), pausedUntil: 0 };
      lanes.set(vendor.slug, lane);
    }
    return lane;
  }

  async function send(
    call: VendorCall,
    withinMs: number,
  ): Promise<ProviderAnswer & { retryAfter: string | undefined }> {
    try {
      const response = await request(call.url, {
        dispatcher: agent,
        method: call.method,
        headers: { accept: 'application/json', ...call.headers },
        body: call.body ?? null,
        signal: AbortSignal.timeout(withinMs),
      });
      const body = Buffer.from(await response.body.arrayBuffer());
      if (response.statusCode >= 500) throw new TransientFailure(`the provider answered ${response.statusCode}`);
      const retryAfter = response.headers['retry-after'];
      return { status: response.statusCode, body, retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter };
    } catch (error) {
      if (error instanceof TransientFailure) throw error;
      // The code only: messages of network errors hold the address, and with it what its query carries.
      throw new TransientFailure(
        `the provider did not answer (${(error as { code?: string }).code ?? (error as Error).name})`,
      );
    }
  }

  const ask: AskProvider = async (vendor, call, { isRepeatable = true, withinMs = ANSWER_WITHIN_MS } = {}) => {
    const lane = laneOf(vendor);
    const now = clock.now().getTime();
    if (lane.pausedUntil > now) throw new ProviderUnavailable(vendor.name, new Date(lane.pausedUntil));
    try {
      const answer = await (isRepeatable ? lane.repeated : lane.once).execute(() => send(call, withinMs));
      metrics.providerCalls.inc({ provider: vendor.slug, outcome: `${Math.floor(answer.status / 100)}xx` });
      if (answer.status !== 429) return { status: answer.status, body: answer.body };
      lane.pausedUntil = clock.now().getTime() + pauseMs(answer.retryAfter, clock.now());
      throw new ProviderUnavailable(vendor.name, new Date(lane.pausedUntil));
    } catch (error) {
      if (!(error instanceof TransientFailure) && !(error instanceof BrokenCircuitError)) throw error;
      metrics.providerCalls.inc({
        provider: vendor.slug,
        outcome: error instanceof TransientFailure ? 'unavailable' : 'breaker_open',
      });
      const waitMs = error instanceof BrokenCircuitError ? OPEN_MS : 1_000;
      throw new ProviderUnavailable(vendor.name, new Date(clock.now().getTime() + waitMs), { cause: error });
    }
  };
  return { ask, close: () => agent.destroy() };
}

/** Retry-After is a number of seconds or a date (RFC 9110, 10.2.3). */
export function pauseMs(retryAfter: string | undefined, now: Date): number {
  if (retryAfter === undefined) return PAUSE_MS;
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now.getTime();
  return Number.isNaN(ms) ? PAUSE_MS : Math.min(MAX_PAUSE_MS, Math.max(0, ms));
}
