import type { IncomingHttpHeaders } from 'node:http';
import type { LookupFunction } from 'node:net';
import { Agent, request, type Dispatcher } from 'undici';
import type { Clock } from '#platform/clock';
import { AppError } from '#platform/errors';
import type { Logger } from '#platform/log';
import { publicConnector } from '#platform/public-address';
import type { Metrics } from '#platform/telemetry';
import { allowedCallback, isLoopbackName } from '../providers/callback-url.ts';
import type { ProviderAnswer, Vendor, VendorCall } from '../providers/provider.ts';
import { BREAKER, createBreaker, LeftAlone, TransientFailure, type Breaker, type BreakerSettings } from './breaker.ts';
import type { Quotas } from './quota.ts';
import { pausedUntil } from './rate-headers.ts';

/** The provider cannot be asked now: it is away, overloaded, or not to be asked before `retryAt`. */
export class ProviderUnavailable extends AppError {
  readonly retryAt: Date;
  /** It would answer: our quota is used up, or it told us to wait. Not a failure to count. */
  readonly isWait: boolean;

  constructor(name: string, retryAt: Date, options?: { cause?: unknown; isWait?: boolean }) {
    super(
      'PROVIDER_UNAVAILABLE',
      `${name} cannot be reached at the moment. Nothing is lost; it is asked again later.`,
      options,
    );
    this.retryAt = retryAt;
    this.isWait = options?.isWait ?? false;
  }
}

/** Calls providers: bounded in time, within their quotas, tried three times, behind one circuit breaker per provider. */
export interface AskProvider {
  /**
   * Throws ProviderUnavailable for 5xx, 429, a used-up quota and network failures. `isRepeatable: false` for calls that
   * must happen once; `isBulk` for history and checks, which leave some of the quota to the others. `authorization` makes
   * the header of that name, and is asked only when breaker and quota let the call out: no token is opened for one that stays.
   */
  (
    vendor: Vendor,
    call: VendorCall,
    options?: { isRepeatable?: boolean; isBulk?: boolean; withinMs?: number; authorization?: () => Promise<string> },
  ): Promise<ProviderAnswer>;
}

const CONNECT_WITHIN_MS = 2_000;
const ANSWER_WITHIN_MS = 10_000;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const ASK_AGAIN_MS = 1_000;

export function createAskProvider(options: {
  quotas: Quotas;
  clock: Clock;
  metrics: Metrics;
  log: Logger;
  /** Those of production when left out. */
  breaker?: BreakerSettings;
  /** For hosts named from outside; that of the system when left out. */
  lookup?: LookupFunction;
}): { ask: AskProvider; close(): Promise<void> } {
  const { quotas, clock, metrics, log, breaker: settings = BREAKER } = options;
  const stop = new AbortController();
  const bounds = {
    headersTimeout: ANSWER_WITHIN_MS,
    bodyTimeout: ANSWER_WITHIN_MS,
    maxResponseSize: MAX_ANSWER_BYTES,
    connections: 16,
  };
  const agent = new Agent({ ...bounds, connect: { timeout: CONNECT_WITHIN_MS } });
  const lookup = options.lookup === undefined ? {} : { lookup: options.lookup };
  const publicAgent = new Agent({ ...bounds, connect: publicConnector({ timeoutMs: CONNECT_WITHIN_MS, ...lookup }) });
  const breakers = new Map<string, Breaker>();

  function breakerOf({ slug }: Vendor): Breaker {
    let breaker = breakers.get(slug);
    if (!breaker) {
      breaker = createBreaker({
        settings,
        stop: stop.signal,
        onOpen: () => log.warn({ provider: slug }, 'the provider fails too often and is left alone for a while'),
        onClosed: () => log.info({ provider: slug }, 'the provider answers again'),
      });
      breakers.set(slug, breaker);
    }
    return breaker;
  }

  /** Throws for an address from outside that the vendor's table does not allow: it should not have come this far. */
  function dispatcherFor(vendor: Vendor, call: VendorCall): Dispatcher {
    if (!call.isFromOutside) return agent;
    const allowed = allowedCallback(call.url, vendor.data.callbackHosts ?? []);
    if (allowed === null) throw new Error(`an address that ${vendor.name} may not name was not asked`);
    // Listed by name: the simulator.
    return isLoopbackName(new URL(allowed).hostname) ? agent : publicAgent;
  }

  const ask: AskProvider = async (vendor, call, options = {}) => {
    const { isRepeatable = true, isBulk = false, withinMs = ANSWER_WITHIN_MS, authorization } = options;
    let authorized = call;
    const dispatcher = dispatcherFor(vendor, call);
    const count = (outcome: string): void => metrics.providerCalls.inc({ provider: vendor.slug, outcome });
    const permit = async (): Promise<void> => {
      const until = await quotas.take(vendor, { isBulk });
      if (until !== null) {
        count('held_back');
        throw new ProviderUnavailable(vendor.name, until, { isWait: true });
      }
      if (authorization) authorized = { ...call, headers: { ...call.headers, authorization: await authorization() } };
    };
    const attempt = async (): Promise<ProviderAnswer & { headers: IncomingHttpHeaders }> => {
      try {
        const answer = await send({ dispatcher, call: authorized, withinMs });
        count(`${Math.floor(answer.status / 100)}xx`);
        return answer;
      } catch (error) {
        count('unavailable');
        throw error;
      }
    };
    try {
      const { status, body, headers } = await breakerOf(vendor).run({ permit, attempt, isRepeatable });
      if (status !== 429) return { status, body };
      const until = pausedUntil({ headers, now: clock.now() });
      log.info({ provider: vendor.slug, until }, 'a provider asked us to wait');
      await quotas.pause(vendor, until);
      throw new ProviderUnavailable(vendor.name, until, { isWait: true });
    } catch (error) {
      if (error instanceof LeftAlone) {
        count('breaker_open');
        throw new ProviderUnavailable(vendor.name, laterBy(clock, error.until.getTime() - Date.now()), {
          cause: error,
        });
      }
      if (!(error instanceof TransientFailure)) throw error;
      throw new ProviderUnavailable(vendor.name, laterBy(clock, ASK_AGAIN_MS), { cause: error });
    }
  };
  return {
    ask,
    async close() {
      stop.abort();
      await Promise.all([agent.destroy(), publicAgent.destroy()]);
    },
  };
}

const laterBy = (clock: Clock, ms: number): Date => new Date(clock.now().getTime() + ms);

/** Throws TransientFailure for 5xx and for no answer. Redirects are answers: nobody follows them. */
async function send(options: {
  dispatcher: Dispatcher;
  call: VendorCall;
  withinMs: number;
}): Promise<ProviderAnswer & { headers: IncomingHttpHeaders }> {
  const { dispatcher, call, withinMs } = options;
  try {
    const response = await request(call.url, {
      dispatcher,
      method: call.method,
      headers: { accept: 'application/json', ...call.headers },
      body: call.body ?? null,
      signal: AbortSignal.timeout(withinMs),
    });
    const body = Buffer.from(await response.body.arrayBuffer());
    if (response.statusCode >= 500) throw new TransientFailure(`the provider answered ${response.statusCode}`);
    return { status: response.statusCode, body, headers: response.headers };
  } catch (error) {
    if (error instanceof TransientFailure) throw error;
    // The code only: messages of network errors hold the address, and with it what its query carries.
    throw new TransientFailure(
      `the provider did not answer (${(error as { code?: string }).code ?? (error as Error).name})`,
    );
  }
}
