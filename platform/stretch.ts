import { AppError } from '#platform/errors';
import type { LocalDate } from '#platform/signals';
import { dayNumber } from '#platform/slots';

/** Longer than anyone charts: local days that one answer may be about. */
export const MOST_DAYS = 400;

/** Local days, both ends included. */
export interface Stretch {
  from: LocalDate;
  to: LocalDate;
}

/** Throws BAD_USER_INPUT for a stretch that runs backwards or is too long. `names`: what the client calls its ends. */
export function checkStretch(
  { from, to }: Stretch,
  names: { from: string; to: string } = { from: 'from', to: 'to' },
): void {
  const days = dayNumber(to) - dayNumber(from) + 1;
  if (days < 1)
    throw new AppError('BAD_USER_INPUT', `"${names.from}" (${from}) is after "${names.to}" (${to}). Swap them.`);
  if (days > MOST_DAYS)
    throw new AppError(
      'BAD_USER_INPUT',
      `At most ${MOST_DAYS} days can be asked for at once. Ask in smaller stretches.`,
    );
}
