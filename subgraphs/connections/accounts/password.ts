import { randomBytes, scrypt, type ScryptOptions } from 'node:crypto';
import { sameBytes } from '#platform/crypto';
import { AppError } from '#platform/errors';

/** Cost of one hash: memory 128 * N * r bytes (32 MiB), work times p. OWASP Password Storage Cheat Sheet, scrypt. */
interface Cost {
  logN: number;
  r: number;
  p: number;
}

const CURRENT: Cost = { logN: 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const KEY_BYTES = 32;

/** Each running hash holds 32 MiB and one of libuv's four threads. */
const AT_ONCE = 2;
const WAITING_AT_MOST = 64;
const FULL_FOR_S = 5;

export interface Passwords {
  /** `$scrypt$ln=15,r=8,p=3$salt$key`, base64 without padding. */
  hash(password: string): Promise<string>;
  /**
   * Takes the same time for a wrong password and for no account (`encoded` null).
   * `isOutdated`: correct, but stored at another cost than today's; hash it again.
   */
  verify(options: { password: string; encoded: string | null }): Promise<{ isCorrect: boolean; isOutdated: boolean }>;
}

/** Throws RATE_LIMITED when more hashes wait than could be done in a few seconds. */
export function createPasswords(options: { cost?: Cost } = {}): Passwords {
  const cost = options.cost ?? CURRENT;
  const turn = createTurns({ atOnce: AT_ONCE, waitingAtMost: WAITING_AT_MOST });
  const derive = (password: string, salt: Buffer, at: Cost): Promise<Buffer> =>
    turn(() => deriveKey(password, salt, at));
  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      return encode({ ...cost, salt, key: await derive(password, salt, cost) });
    },
    async verify({ password, encoded }) {
      // Random bytes match no password: the work is done all the same, and the answer is no.
      const stored =
        encoded === null ? { ...cost, salt: randomBytes(SALT_BYTES), key: randomBytes(KEY_BYTES) } : decode(encoded);
      const key = await derive(password, stored.salt, stored);
      const isCorrect = sameBytes(key, stored.key);
      const isOutdated = stored.logN !== cost.logN || stored.r !== cost.r || stored.p !== cost.p;
      return { isCorrect, isOutdated: isCorrect && isOutdated };
    },
  };
}

/** NFKC first (RFC 8265 by way of NIST SP 800-63B): the same keys give the same password on every keyboard. */
function deriveKey(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  const N = 2 ** cost.logN;
  const options: ScryptOptions = { N, r: cost.r, p: cost.p, maxmem: 2 * 128 * cost.r * (N + cost.p) };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

function encode(parts: Cost & { salt: Buffer; key: Buffer }): string {
  return `$scrypt$ln=${parts.logN},r=${parts.r},p=${parts.p}$${base64(parts.salt)}$${base64(parts.key)}`;
}

const ENCODED = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function decode(encoded: string): Cost & { salt: Buffer; key: Buffer } {
  const [, logN, r, p, salt = '', key = ''] = ENCODED.exec(encoded) ?? [];
  if (logN === undefined) throw new Error('a stored password hash is not in a form we know');
  return {
    logN: Number(logN),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt, 'base64'),
    key: Buffer.from(key, 'base64'),
  };
}

/** Lets `atOnce` pieces of work run; the others wait in order, and beyond `waitingAtMost` they are refused at once. */
function createTurns(limits: { atOnce: number; waitingAtMost: number }): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= limits.atOnce) {
      if (waiting.length >= limits.waitingAtMost) {
        throw new AppError(
          'RATE_LIMITED',
          'Too many people are signing in at this moment. Please try again in a few seconds.',
          { retryAfterS: FULL_FOR_S },
        );
      }
      // Whoever leaves hands its place on, so `running` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
