import { AppError } from '#platform/errors';
import { isProvider, type Origin, type Provider } from '#platform/signals';

/** The provider that is meant. Throws BAD_USER_INPUT for MANUAL, which stands in the same enum and is no provider. */
export function requireProvider(origin: Origin): Provider {
  if (isProvider(origin)) return origin;
  throw new AppError(
    'BAD_USER_INPUT',
    'MANUAL is what you type in yourself: there is nothing to link, to fetch or to unlink. Name a provider, or edit and delete the entries themselves.',
  );
}
