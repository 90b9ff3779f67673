import { createHash } from 'node:crypto';
import { pino, type Logger, type LoggerOptions } from 'pino';

export type { Logger };

/**
 * The one logger. Callers pass named fields from an allow-list by habit: who (hashed), what, how long, which ending.
 * The redactions are the net below that habit. Lines go to standard output; a program whose output is its result sends
 * them to standard error.
 */
export function createLogger(options: { name: string; level: string; to?: 'stdout' | 'stderr' }): Logger {
  const fields: LoggerOptions = {
    name: options.name,
    level: options.level,
    base: { name: options.name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: describeError },
    redact: {
      paths: [
        'body',
        'token',
        'password',
        'secret',
        'authorization',
        '*.body',
        '*.token',
        '*.password',
        '*.secret',
        '*.authorization',
      ],
      censor: '[withheld]',
    },
  };
  return pino(fields, pino.destination(options.to === 'stderr' ? 2 : 1));
}

/** An id as logs may hold it: the same person is recognisable within a log, and nobody outside it. */
export const hashedId = (id: string): string => createHash('sha256').update(`log:${id}`).digest('hex').slice(0, 12);

/** Name, code, message and stack; driver errors carry `parameters` and `detail` with row values, which stay out. */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = (error as { code?: unknown }).code;
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/** What may be told of an error of code that has health values at hand: its kind and where it came from, never what it says. */
export function withoutMessage(error: unknown): { type: string; frames: string[] } {
  if (!(error instanceof Error)) return { type: typeof error, frames: [] };
  const lines = error.stack?.split('\n') ?? [];
  return { type: error.name, frames: lines.filter((line) => /^ +at /.test(line)).map((line) => line.trim()) };
}
