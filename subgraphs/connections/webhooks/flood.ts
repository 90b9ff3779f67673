import { countWithin } from '#platform/count-within';
import { networkOf } from '../limits/limits.ts';

/**
 * Requests of one address that did not prove whose they are: wrong signatures, unknown addresses, wrong checks. As many
 * addresses as that are remembered, some megabytes: a flood that has more of them takes no more memory.
 */
const FAILING = { points: 120, perS: 60, most: 50_000 };
/** More than there are providers. */
const MOST_PROVIDERS = 100;

/**
 * Keeps a flood from starving the deliveries of providers. Counted in the memory of this process: a flood must not become
 * one write per request. Both answer null, or after how many seconds to come again.
 */
export interface FloodGate {
  /** Deliveries with a valid signature, as the last resort: far above what providers send. A flood of others takes nothing of it. */
  passes(slug: string): number | null;
  /** A request that failed. Those with a valid signature are never counted here, wherever they come from. */
  failed(address: string): number | null;
}

/** Reckoned on the spot: a promise for each delivery would cost more than the count. */
export function createFloodGate(options: { ceiling: { points: number; perS: number } }): FloodGate {
  const failing = countWithin(FAILING);
  return {
    passes: countWithin({ ...options.ceiling, most: MOST_PROVIDERS }),
    failed: (address) => failing(networkOf(address)),
  };
}
