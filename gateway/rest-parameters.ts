import { AppError } from '#platform/errors';
import { isLocalDate } from '#platform/signals';
import { checkStretch } from '#platform/stretch';

/** Names of the parameters of a stretch of days, both days included. */
export type DayNames = readonly [first: string, last: string];

/**
 * The two days a request names, in their order. Throws BAD_USER_INPUT for one that is missing, given twice or no
 * calendar day, for a stretch that runs backwards, and for a longer one than the graph answers.
 */
export function readDays(query: unknown, [firstName, lastName]: DayNames): [first: string, last: string] {
  const first = readDay(query, firstName);
  const last = readDay(query, lastName);
  checkStretch({ from: first, to: last }, { from: firstName, to: lastName });
  return [first, last];
}

function readDay(query: unknown, name: string): string {
  const value = (query as Record<string, unknown> | null)?.[name];
  if (value === undefined || value === '') throw bad(`"${name}" is missing. Add ?${name}=YYYY-MM-DD to the address.`);
  if (Array.isArray(value)) throw bad(`"${name}" is given more than once. Give it once.`);
  if (typeof value !== 'string' || !isLocalDate(value)) {
    throw bad(`"${name}" is not a calendar day of the years 1900 to 2999. Write it as YYYY-MM-DD, such as 2026-03-29.`);
  }
  return value;
}

const bad = (sentence: string): AppError => new AppError('BAD_USER_INPUT', sentence);
