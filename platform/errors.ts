import { GraphQLError } from 'graphql';

/**
 * Every error a client, a provider or an operator can meet.
 * http: status of a REST answer; retry: may the same call succeed later; level: how loud the log is.
 */
export const ERRORS = {
  UNAUTHENTICATED: { http: 401, retry: false, level: 'info' },
  SESSION_IDLE: { http: 401, retry: false, level: 'info' },
  FORBIDDEN: { http: 403, retry: false, level: 'info' },
  NOT_FOUND: { http: 404, retry: false, level: 'info' },
  BAD_USER_INPUT: { http: 400, retry: false, level: 'info' },
  CONFLICT: { http: 409, retry: false, level: 'info' },
  RATE_LIMITED: { http: 429, retry: true, level: 'warn' },
  PROVIDER_UNAVAILABLE: { http: 502, retry: true, level: 'warn' },
  OPERATION_TOO_COMPLEX: { http: 400, retry: false, level: 'info' },
  OPERATION_NOT_TRUSTED: { http: 403, retry: false, level: 'warn' },
  UNAVAILABLE: { http: 503, retry: true, level: 'error' },
  INTERNAL: { http: 500, retry: false, level: 'error' },
} as const satisfies Record<string, { http: number; retry: boolean; level: 'info' | 'warn' | 'error' }>;

export type ErrorCode = keyof typeof ERRORS;

/** A failure with a name. The message is written for a person: what happened, why, what to do next. */
export class AppError extends Error {
  readonly code: ErrorCode;
  /** After how many seconds the same may succeed, where that is known. */
  readonly retryAfterS: number | undefined;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown; retryAfterS?: number }) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
    this.retryAfterS = options?.retryAfterS;
  }
}

export interface PublicError {
  code: string;
  message: string;
  retryAfterS: number | undefined;
}

/** What stands under `extensions` of an error in an answer of the graph. */
export const extensionsOf = ({ code, retryAfterS }: PublicError): Record<string, unknown> =>
  retryAfterS === undefined ? { code } : { code, retryAfterS };

/** The time to wait in the `extensions` of an answer. */
export const retryAfterIn = (extensions: Record<string, unknown> | undefined): number | undefined => {
  const seconds = extensions?.['retryAfterS'];
  return typeof seconds === 'number' ? seconds : undefined;
};

/**
 * What a client may see of an error: code and sentence of our own errors and of GraphQL's own validation,
 * and one neutral sentence for everything else. Never a stack, SQL, host or path.
 */
export function publicError(error: unknown): PublicError {
  const original = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  if (original instanceof AppError)
    return { code: original.code, message: original.message, retryAfterS: original.retryAfterS };
  if (original instanceof GraphQLError) {
    const code = original.extensions['code'];
    if (code === undefined || (typeof code === 'string' && (CLIENT_CODES.has(code) || code in ERRORS))) {
      return {
        code: CLIENT_CODES.has(String(code)) || code === undefined ? 'BAD_USER_INPUT' : code,
        message: original.message,
        retryAfterS: retryAfterIn(original.extensions),
      };
    }
  }
  return {
    code: 'INTERNAL',
    message: 'Something failed on our side. The request was not completed; please try again.',
    retryAfterS: undefined,
  };
}

/** Apollo's names for mistakes in the document or its variables. */
const CLIENT_CODES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'PERSISTED_QUERY_NOT_FOUND',
  'OPERATION_RESOLUTION_FAILURE',
]);
