import type { AlertKind, FlagCode } from '../graphql/graphql.ts';
import { capitalised, flagWords } from '../readiness/words.ts';

const OTHERS: Record<Exclude<AlertKind, FlagCode>, string> = {
  PROVIDER_RECONNECT: 'A connection is lost',
  SESSION_SUGGESTION: 'A suggestion for today’s session',
  SLEEP_NUDGE: 'A suggestion for the evening',
  READINESS_READY: 'Today’s score is there',
  WEEKLY_SUMMARY: 'The week in short',
};

const isFlag = (kind: AlertKind): kind is FlagCode => kind in flagWords;

export const alertWords = (kind: AlertKind): string => (isFlag(kind) ? capitalised(flagWords[kind]) : OTHERS[kind]);

/** Under which heading a kind stands. */
export function groupOf(kind: AlertKind): 'flags' | 'others' {
  return isFlag(kind) ? 'flags' : 'others';
}
