/** SQLSTATE classes that say the server, not the statement: connection, resources, operator, system; and a standby's refusal to write. */
const AWAY_STATE = /^(08...|53...|57...|58...|25006)$/;

/** What Node says of a socket that came to nothing or was lost. */
const AWAY_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'ENOTCONN',
  'EADDRNOTAVAIL',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** What the driver and its pool say without a code (pg/lib/client.js, pg/lib/connection.js, pg-pool/index.js). */
const AWAY_TEXT =
  /^(Connection terminated|Client (was closed|has encountered a connection error)|timeout (expired|exceeded when trying to connect)|Query read timeout|There was an error establishing an SSL connection)/;

/**
 * Whether PostgreSQL is away, so that the very same statement may succeed later: no answer at all, or one that speaks of
 * the server. Any other error would only come again.
 */
export function isDatabaseAway(error: unknown): boolean {
  const { code, syscall, message = '' } = driverErrorOf(error);
  // A server on this machine may be reached by a file, which is not there while it is not.
  if (code === 'ENOENT') return syscall === 'connect';
  if (code !== undefined) return AWAY_CODES.has(code) || AWAY_STATE.test(code);
  return AWAY_TEXT.test(message);
}

/** SQLSTATE class 40: PostgreSQL gave the transaction up in favour of another, and asks for it once more. */
export const isRolledBack = (error: unknown): boolean => /^40...$/.test(driverErrorOf(error).code ?? '');

/** TypeORM wraps what the driver throws. */
function driverErrorOf(error: unknown): Partial<NodeJS.ErrnoException> {
  const thrown = (error ?? {}) as Partial<NodeJS.ErrnoException> & { driverError?: Partial<NodeJS.ErrnoException> };
  return thrown.driverError ?? thrown;
}
