import { sha256 } from '#platform/crypto';
import { ALERT_KINDS, isFlagCode, type AlertKind } from './kinds.ts';

/**
 * What is handed to somebody's device. No value, no name of a signal or a person, no number: it shows on a locked screen.
 * The page that it leads to shows what may be seen at that moment.
 */
export interface Message {
  title: string;
  body: string;
  /** A page of the dashboard, from its root. */
  url: string;
  /** A newer message takes the place of an older one with the same topic, at the push service and on the screen. */
  topic: string;
}

const TITLE = 'Athlete Ally';
const OWN_PAGE = 'Something on your page is worth a look.';

const OWN_WORDS: Partial<Record<AlertKind, string>> = {
  PROVIDER_RECONNECT: 'One of your connections needs you again.',
  SESSION_SUGGESTION: 'There is a suggestion for today.',
  SLEEP_NUDGE: 'There is a suggestion for this evening.',
  READINESS_READY: 'Your day is ready to look at.',
  WEEKLY_SUMMARY: 'Your week is summed up.',
};

const OWN_PAGES: Partial<Record<AlertKind, string>> = { PROVIDER_RECONNECT: '/#/connect' };

const TOPIC_LENGTH = 32;

/** One message for all that is to be told at once; the most urgent kind gives its words. `teamId`: null for the athlete's own. */
export function messageOf(options: { accountId: string; teamId: string | null; kinds: readonly AlertKind[] }): Message {
  const { accountId, teamId, kinds } = options;
  const first = ALERT_KINDS.find((kind) => kinds.includes(kind)) ?? 'WEEKLY_SUMMARY';
  // Of the ids nothing can be told from it; the push service sees it.
  const topic = sha256(`${accountId} ${teamId ?? ''}`)
    .toString('base64url')
    .slice(0, TOPIC_LENGTH);
  if (teamId !== null) return { title: TITLE, body: teamWords(first), url: `/#/team/${teamId}`, topic };
  return { title: TITLE, body: OWN_WORDS[first] ?? OWN_PAGE, url: OWN_PAGES[first] ?? '/#/', topic };
}

const teamWords = (kind: AlertKind): string =>
  isFlagCode(kind) ? 'Something on your team page is worth a look.' : 'The week of your team is summed up.';
