import { isIPv4, isIPv6 } from 'node:net';
import { sha256 } from '#platform/crypto';
import { AppError } from '#platform/errors';
import type { Logger } from '#platform/log';
import type { Counter } from './counter.ts';

/** By whom something is counted. `account at address`: one person's tries from one place. */
type Whose = 'account' | 'address' | 'account at address';

interface Limit {
  whose: Whose;
  points: number;
  perS: number;
  /** Counts only what came to nothing: whoever succeeds gets the try back. */
  ofFailures?: true;
}

const MINUTE_S = 60;
const QUARTER_S = 15 * MINUTE_S;
const HOUR_S = 60 * MINUTE_S;

/**
 * What people may do how often, over all replicas. One more is one line. Checked in this order, so that who is over the
 * first takes nothing of the next.
 *
 * A guesser at one address has ten wrong tries at an account and keeps its owner out from nowhere else; many guessers
 * together have a hundred. An address may be a whole club behind one router.
 */
export const LIMITS = {
  login: [
    { whose: 'account at address', points: 10, perS: QUARTER_S, ofFailures: true },
    { whose: 'address', points: 300, perS: QUARTER_S },
    { whose: 'account', points: 100, perS: QUARTER_S, ofFailures: true },
  ],
  register: [{ whose: 'address', points: 100, perS: HOUR_S }],
  refresh: [{ whose: 'address', points: 3_000, perS: QUARTER_S }],
  linkProvider: [{ whose: 'account', points: 30, perS: HOUR_S }],
  confirmProviderLink: [{ whose: 'account', points: 60, perS: HOUR_S }],
  startBackfill: [{ whose: 'account', points: 30, perS: HOUR_S }],
  upload: [{ whose: 'account', points: 240, perS: MINUTE_S }],
  /** The account is the API key. */
  ingest: [{ whose: 'account', points: 600, perS: MINUTE_S }],
} as const satisfies Record<string, readonly Limit[]>;

export type LimitName = keyof typeof LIMITS;

/** Who does it: the account that is signed in, or the one that is named; and from where. */
export interface Whom {
  account?: string;
  address: string;
}

export interface Limits {
  /** Counts one try. Throws RATE_LIMITED with the time to wait, UNAVAILABLE when tries cannot be counted. */
  take(name: LimitName, whom: Whom): Promise<void>;
  /** The try came to something: it is taken off the limits of failures. Never rejects. */
  succeeded(name: LimitName, whom: Whom): Promise<void>;
}

/** `factor` multiplies every limit. */
export function createLimits(options: { counter: Counter; log: Logger; factor?: number }): Limits {
  const { counter, log, factor = 1 } = options;

  const counted = (name: LimitName, { whose, points, perS }: Limit, whom: Whom) => ({
    key: `${name}/${whose}/${fingerprint(whose, whom)}`,
    limit: Math.max(1, Math.round(points * factor)),
    perS,
  });

  async function takeOne(name: LimitName, limit: Limit, whom: Whom) {
    try {
      return await counter.take(counted(name, limit, whom));
    } catch (error) {
      log.error({ err: error, limit: name }, 'tries cannot be counted, so none is let through');
      throw new AppError('UNAVAILABLE', 'This is not possible at the moment. Please try again in a few seconds.', {
        cause: error,
      });
    }
  }

  return {
    async take(name, whom) {
      for (const limit of LIMITS[name]) {
        const { granted, endsInMs } = await takeOne(name, limit, whom);
        if (granted > 0) continue;
        const retryAfterS = Math.max(1, Math.ceil(endsInMs / 1000));
        throw new AppError('RATE_LIMITED', `Too many tries. Please wait ${inWords(retryAfterS)}, then try again.`, {
          retryAfterS,
        });
      }
    },
    async succeeded(name, whom) {
      const limits: readonly Limit[] = LIMITS[name];
      for (const limit of limits.filter(({ ofFailures }) => ofFailures)) {
        await counter
          .giveBack(counted(name, limit, whom))
          .catch((error: unknown) => log.warn({ err: error, limit: name }, 'a try that succeeded stays counted'));
      }
    },
  };
}

/** Names and addresses are counted under their hashes: the table tells nobody who tried what. */
function fingerprint(whose: Whose, { account, address }: Whom): string {
  const parts = {
    account: [account?.trim().toLowerCase()],
    address: [networkOf(address)],
    'account at address': [account?.trim().toLowerCase(), networkOf(address)],
  }[whose];
  return sha256(JSON.stringify(parts)).toString('base64url');
}

/** An IPv4 address, or the /64 of an IPv6 address: that much belongs to one customer. Other text stays as it is. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (isIPv4(plain) || !isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const all = [...groups, ...Array<string>(Math.max(0, 8 - groups.length - after.length)).fill('0'), ...after];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

const inWords = (seconds: number): string =>
  seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
