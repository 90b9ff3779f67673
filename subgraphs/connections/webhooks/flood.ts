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
  passes(slug: string): number | null;
  /** A request that failed. Those with a valid signature are never counted here, wherever they come from. */
  failed(address: string): Promise<number | null>;
}

export function createFloodGate(options: { ceiling: { points: number; perS: number } }): FloodGate {
  const failing = new RateLimiterMemory(FAILING);
  return { passes: underCeiling(options.ceiling), failed: (address) => secondsToWait(failing, networkOf(address)) };
}

/** Each delivery passes here, so it is reckoned on the spot: a promise for each would cost more than the count. */
function underCeiling({ points, perS }: { points: number; perS: number }): FloodGate['passes'] {
  const stretches = new Map<string, { endsAtMs: number; left: number }>();
  return (slug) => {
    const nowMs = performance.now();
    let stretch = stretches.get(slug);
    if (stretch === undefined || stretch.endsAtMs <= nowMs) {
      stretch = { endsAtMs: nowMs + perS * 1000, left: points };
      stretches.set(slug, stretch);
    }
    if (stretch.left === 0) return Math.ceil((stretch.endsAtMs - nowMs) / 1000);
    stretch.left -= 1;
    return null;
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
