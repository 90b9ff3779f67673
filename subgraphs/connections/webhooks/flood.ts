import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { networkOf } from '../limits/limits.ts';

/** Requests of one address that did not prove whose they are: wrong signatures, unknown addresses, wrong checks. */
const FAILING = { points: 120, duration: 60 };

/**
 * Keeps a flood from starving the deliveries of providers. Counted in the memory of this process: a flood must not become
 * one write per request. Both answer null, or after how many seconds to come again.
 */
export interface FloodGate {
  /** Deliveries with a valid signature, as the last resort: far above what providers send. A flood of others takes nothing of it. */
  passes(slug: string): Promise<number | null>;
  /** A request that failed. Those with a valid signature are never counted here, wherever they come from. */
  failed(address: string): Promise<number | null>;
}

export function createFloodGate(options: { ceiling: { points: number; perS: number } }): FloodGate {
  const { points, perS } = options.ceiling;
  const all = new RateLimiterMemory({ points, duration: perS });
  const failing = new RateLimiterMemory(FAILING);
  return {
    passes: (slug) => secondsToWait(all, slug),
    failed: (address) => secondsToWait(failing, networkOf(address)),
  };
}

async function secondsToWait(limiter: RateLimiterMemory, key: string): Promise<number | null> {
  try {
    await limiter.consume(key);
    return null;
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
  }
}
