import type { Feel } from '../graphql/graphql.ts';

export const FEELINGS = [
  ['BETTER', 'better'],
  ['AS_SHOWN', 'as shown'],
  ['WORSE', 'worse'],
] as const satisfies readonly (readonly [Feel, string])[];

/** Body and number disagree: what to do then. */
export const WHEN_APART: Partial<Record<Feel, string>> = {
  BETTER: 'The number is one view of last night. Warm up, see whether it lasts, and keep to your plan.',
  WORSE: 'Trust illness and pain over the number: ease off today, and tell your coach if it stays.',
};

export const AMOUNTS = [
  [1, 'none'],
  [2, 'a little'],
  [3, 'some'],
  [4, 'a lot'],
  [5, 'severe'],
] as const;

export const MOODS = [
  [1, 'very low'],
  [2, 'low'],
  [3, 'neither'],
  [4, 'good'],
  [5, 'very good'],
] as const;

/** The word of an answer; null stays null. */
export const wordOf = (answers: readonly (readonly [number, string])[], value: number | null): string | null =>
  answers.find(([step]) => step === value)?.[1] ?? null;
