import { FLAG_CODES, RULES, type FlagCode } from '../flags/flags.ts';

/** What people may be told of besides flags. */
const OTHER_KINDS = [
  'PROVIDER_RECONNECT',
  'SESSION_SUGGESTION',
  'SLEEP_NUDGE',
  'READINESS_READY',
  'WEEKLY_SUMMARY',
] as const;

/** Most urgent first: the first of several things to tell gives its words to them all. */
export const ALERT_KINDS = [...FLAG_CODES, ...OTHER_KINDS] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

export type AlertRole = 'ATHLETE' | 'COACH';

export const isFlagCode = (kind: AlertKind): kind is FlagCode => (FLAG_CODES as readonly string[]).includes(kind);

/** A coach is told of flags and of the week; the rest is between an athlete and their own day. */
export const kindsFor = (role: AlertRole): AlertKind[] =>
  ALERT_KINDS.filter((kind) => role === 'ATHLETE' || isFlagCode(kind) || kind === 'WEEKLY_SUMMARY');

/** Calm by default: what changes a day, or needs a hand. Whoever wants more turns it on. */
const ON_BY_DEFAULT: Readonly<Record<AlertRole, ReadonlySet<AlertKind>>> = {
  ATHLETE: new Set(['ILLNESS_PATTERN', 'PROVIDER_RECONNECT', 'SESSION_SUGGESTION', 'WEEKLY_SUMMARY']),
  COACH: new Set(['ILLNESS_PATTERN', 'READINESS_LOW', 'READINESS_LOW_STREAK', 'WEEKLY_SUMMARY']),
};

/** What somebody chose, else what is so by default. */
export const isAlertOn = (options: {
  role: AlertRole;
  kind: AlertKind;
  choices: ReadonlyMap<AlertKind, boolean>;
}): boolean => options.choices.get(options.kind) ?? ON_BY_DEFAULT[options.role].has(options.kind);

const OTHER_SENTENCES: Readonly<Record<(typeof OTHER_KINDS)[number], string>> = {
  PROVIDER_RECONNECT: 'A provider takes our access no more and has to be connected again.',
  SESSION_SUGGESTION: 'Something else is suggested for a session of today.',
  SLEEP_NUDGE: 'In the evening, when sleep is owed: how much earlier to go to bed.',
  READINESS_READY: 'The score of the day is there.',
  WEEKLY_SUMMARY: 'On Monday morning: the week before, in short.',
};

/** A flag speaks of an athlete to a coach; this one reads oddly to the athlete. */
const OWN_SENTENCES: Partial<Record<AlertKind, string>> = {
  ILLNESS_PATTERN: 'Unusual night signals: a moment to ask yourself how you feel.',
};

/** When somebody is told, in one sentence for people. */
export function sentenceOfKind(kind: AlertKind, role: AlertRole): string {
  if (role === 'ATHLETE' && OWN_SENTENCES[kind] !== undefined) return OWN_SENTENCES[kind];
  return isFlagCode(kind) ? RULES[kind].sentence : OTHER_SENTENCES[kind];
}
