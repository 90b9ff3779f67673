import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import {
  AppError,
  ERRORS,
  extensionsOf,
  publicError,
  retryAfterIn,
  type ErrorCode,
  type PublicError,
} from '#platform/errors';

/**
 * What a client sees of an error: message, code, path and locations, nothing else.
 * A subgraph has masked its own errors already, so code and sentence of a downstream error are kept.
 */
export function formatError(_formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const source = error instanceof GraphQLError ? error : undefined;
  const shown = downstream(source) ?? publicError(error);
  return {
    message: shown.message,
    extensions: extensionsOf(shown),
    ...(source?.path ? { path: source.path } : {}),
    ...(source?.locations ? { locations: source.locations } : {}),
  };
}

/** The same for errors that did not come through Apollo Server. */
export const publicErrors = (errors: readonly unknown[]): GraphQLFormattedError[] =>
  errors.map((error) => formatError({ message: '' }, error));

function downstream(error: GraphQLError | undefined): PublicError | null {
  // Only the executor of the gateway sets `serviceName`, on what a subgraph answered.
  if (error === undefined || typeof error.extensions['serviceName'] !== 'string') return null;
  const code = error.extensions['code'];
  if (typeof code !== 'string' || !(code in ERRORS)) return null;
  return { code, message: error.message, retryAfterS: retryAfterIn(error.extensions) };
}

/** An error that refuses the whole request, with the HTTP status of its code. */
export function refusal(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const shown = publicError(error);
  const status = shown.code in ERRORS ? ERRORS[shown.code as ErrorCode].http : 500;
  return new GraphQLError(shown.message, {
    ...(error instanceof Error ? { originalError: error } : {}),
    extensions: { ...extensionsOf(shown), http: { status } },
  });
}

/** An error object of a subgraph (plain JSON) as an error of ours, marked as downstream. */
export function downstreamError(error: GraphQLFormattedError, serviceName: string): GraphQLError {
  return new GraphQLError(error.message, {
    ...(error.path ? { path: error.path } : {}),
    extensions: { ...error.extensions, serviceName },
  });
}

export const notAnswering = (subgraph: string, cause?: unknown): AppError =>
  new AppError('UNAVAILABLE', `${subgraph} is not answering right now`, { cause });
