import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  handleType,
  SamplingBreaker,
  type IBreaker,
} from 'cockatiel';
import { fullJitterMs, pause } from '#platform/retry';

/** The provider did not answer, or answered that something is wrong on its side. Worth another try. */
export class TransientFailure extends Error {}

/** The provider fails too often and is left alone until `until`. */
export class LeftAlone extends Error {
  readonly until: Date;

  constructor(until: Date) {
    super('the provider fails too often and is left alone for a while');
    this.until = until;
  }
}

/** Tries, waits and shares. Shorter ones are for tests. */
export interface BreakerSettings {
  /** Of one call, the first included. */
  tries: number;
  /** Full jitter between tries, from this bound on. */
  retryFromMs: number;
  retryUpToMs: number;
  /** Retries earned by each call: with 0.1, a provider that always fails hears 1.1 times what it hears on a good day. */
  retryShare: number;
  /** Retries saved up at most, and at the start: a provider asked now and then is tried again all the same. */
  retriesSaved: number;
  retriesAtStart: number;
  /** Opens at this share of failures over the window, from `windowCalls` on, or at so many failures in a row. */
  failureShare: number;
  windowMs: number;
  windowCalls: number;
  openMs: number;
  /** Calls let through after that; all must be answered. */
  probes: number;
}

export const BREAKER: BreakerSettings = {
  tries: 3,
  retryFromMs: 200,
  retryUpToMs: 10_000,
  retryShare: 0.1,
  retriesSaved: 10,
  retriesAtStart: 2,
  failureShare: 0.5,
  windowMs: 20_000,
  windowCalls: 20,
  openMs: 30_000,
  probes: 3,
};

/** Who finds all probes under way asks again after this time. */
const PROBES_END_WITHIN_MS = 1_000;

/** Calls of one provider. */
export interface Breaker {
  /**
   * Runs `attempt` until it is answered, and again after a TransientFailure if `isRepeatable`. `permit` runs before each
   * attempt and may throw; nothing is counted then. Throws LeftAlone, TransientFailure and what `attempt` throws.
   */
  run<T>(options: { permit: () => Promise<void>; attempt: () => Promise<T>; isRepeatable: boolean }): Promise<T>;
}

export function createBreaker(options: {
  settings: BreakerSettings;
  onOpen: () => void;
  onClosed: () => void;
  /** Ends the waits between tries. */
  stop: AbortSignal;
}): Breaker {
  const { settings, stop } = options;
  const budget = createRetryBudget(settings);
  let openUntil = 0;
  let probing = 0;
  const circuit = circuitBreaker(handleType(TransientFailure), {
    halfOpenAfter: settings.openMs,
    halfOpenSampling: { calls: settings.probes, threshold: 0 },
    breaker: whenToOpen(settings),
  });
  circuit.onBreak(() => {
    openUntil = Date.now() + settings.openMs;
    options.onOpen();
  });
  circuit.onReset(options.onClosed);

  /** Nobody waits for how the probes end: they may hang. Not counted over the permit, which may be a call of its own. */
  function leaveToProbes(): void {
    if (circuit.state === CircuitState.Closed || probing < settings.probes) return;
    throw new LeftAlone(new Date(Date.now() + PROBES_END_WITHIN_MS));
  }

  async function once<T>(permit: () => Promise<void>, attempt: () => Promise<T>): Promise<T> {
    // Asked before the permit: calls that will not go out take nothing of the quota.
    if (Date.now() < openUntil) throw new LeftAlone(new Date(openUntil));
    leaveToProbes();
    await permit();
    leaveToProbes();
    const isProbe = circuit.state !== CircuitState.Closed;
    if (isProbe) probing += 1;
    try {
      return await circuit.execute(attempt);
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw new LeftAlone(new Date(Math.max(openUntil, Date.now())));
      throw error;
    } finally {
      if (isProbe) probing -= 1;
    }
  }

  return {
    async run({ permit, attempt, isRepeatable }) {
      budget.earn();
      for (let tried = 1; ; tried += 1) {
        try {
          return await once(permit, attempt);
        } catch (error) {
          const mayRetry = error instanceof TransientFailure && isRepeatable && tried < settings.tries && !stop.aborted;
          if (!mayRetry || !budget.spend()) throw error;
          const waitMs = fullJitterMs({ attempt: tried, baseMs: settings.retryFromMs, maxMs: settings.retryUpToMs });
          await pause(waitMs, stop);
        }
      }
    },
  };
}

/**
 * A share of failures over the window, or as many failures in a row as the window needs calls: a provider that was well
 * until now would else be called for half a window more before the share is reached.
 */
function whenToOpen(settings: BreakerSettings): IBreaker {
  const share = new SamplingBreaker({
    threshold: settings.failureShare,
    duration: settings.windowMs,
    minimumRps: settings.windowCalls / (settings.windowMs / 1000),
  });
  let inARow = 0;
  return {
    state: share.state,
    success(state) {
      inARow = 0;
      share.success(state);
    },
    failure(state) {
      inARow += 1;
      const isShareReached = share.failure(state);
      return isShareReached || inARow >= settings.windowCalls;
    },
  };
}

/** Retries are paid for by calls, so that many failures at once do not become three times as many calls. */
export function createRetryBudget(settings: Pick<BreakerSettings, 'retryShare' | 'retriesSaved' | 'retriesAtStart'>): {
  earn(): void;
  spend(): boolean;
} {
  let saved = settings.retriesAtStart;
  return {
    earn() {
      saved = Math.min(settings.retriesSaved, saved + settings.retryShare);
    },
    spend() {
      // Tenths do not add up exactly in binary.
      if (saved < 1 - 1e-9) return false;
      saved -= 1;
      return true;
    },
  };
}
