import { AppError } from '#platform/errors';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber, isClockTime, localDate, localTimeInstant } from '#platform/slots';
import type { Intensity } from '../training/adjust.ts';

export type SessionKind = 'NORMAL' | 'RACE' | 'TEST';

/** What a session is, apart from its id and version. `date` and `startTime` (`HH:mm`) are the athlete's own. */
export interface SessionContent {
  date: LocalDate;
  startTime: string | null;
  title: string;
  sport: string | null;
  intensity: Intensity;
  /** 0 for rest, else at least 1. */
  minutes: number;
  kind: SessionKind;
  isLocked: boolean;
  allowsIncrease: boolean;
  notes: string | null;
}

export const SESSION_FIELDS = [
  'date',
  'startTime',
  'title',
  'sport',
  'intensity',
  'minutes',
  'kind',
  'isLocked',
  'allowsIncrease',
  'notes',
] as const satisfies readonly (keyof SessionContent)[];

/** One thing that differs between two versions, as text; null: it was or is not given. */
export interface FieldChange {
  field: keyof SessionContent;
  from: string | null;
  to: string | null;
}

export function fieldChanges(from: SessionContent, to: SessionContent): FieldChange[] {
  return SESSION_FIELDS.filter((field) => from[field] !== to[field]).map((field) => ({
    field,
    from: textOf(from[field]),
    to: textOf(to[field]),
  }));
}

const textOf = (value: string | number | boolean | null): string | null => (value === null ? null : String(value));

export const isSameLoad = (
  a: Pick<SessionContent, 'intensity' | 'minutes'>,
  b: Pick<SessionContent, 'intensity' | 'minutes'>,
): boolean => a.intensity === b.intensity && a.minutes === b.minutes;

/** When the session begins; null where no time is given. */
export function startOf({ date, startTime }: SessionContent, timeZone: string): Date | null {
  return startTime === null ? null : localTimeInstant(date, startTime, timeZone);
}

/** Until when a suggestion may be taken or taken back: the start, else the end of the athlete's day. */
export function openUntil(session: SessionContent, timeZone: string): Date {
  return startOf(session, timeZone) ?? localTimeInstant(dateOf(dayNumber(session.date) + 1), '00:00', timeZone);
}

const TITLE_LENGTH = 80;
const SPORT_LENGTH = 40;
const NOTES_LENGTH = 500;
const DAY_MIN = 1440;
/** As far from today as a plan may reach; a season and what is left of the one before. */
const FURTHEST_DAYS = 400;

/** The content as it is stored: trimmed, empty texts as null. Throws BAD_USER_INPUT that names the field. */
export function checkContent(
  given: SessionContent,
  { now, timeZone }: { now: Date; timeZone: string },
): SessionContent {
  const content = { ...given, title: given.title.trim(), sport: orNull(given.sport), notes: orNull(given.notes) };
  const away = Math.abs(dayNumber(content.date) - dayNumber(localDate(now, timeZone)));
  const isRest = content.intensity === 'REST';
  refuseIf(content.title === '' || content.title.length > TITLE_LENGTH, `"title" has 1 to ${TITLE_LENGTH} characters.`);
  refuseIf((content.sport?.length ?? 0) > SPORT_LENGTH, `"sport" has at most ${SPORT_LENGTH} characters.`);
  refuseIf((content.notes?.length ?? 0) > NOTES_LENGTH, `"notes" has at most ${NOTES_LENGTH} characters.`);
  refuseIf(
    content.startTime !== null && !isClockTime(content.startTime),
    '"startTime" is a time of the day like 07:30.',
  );
  refuseIf(away > FURTHEST_DAYS, `"date" is at most ${FURTHEST_DAYS} days from today.`);
  refuseIf(isRest && content.minutes !== 0, 'A rest takes 0 minutes. Set "minutes" to 0, or choose an intensity.');
  refuseIf(
    !isRest && (content.minutes < 1 || content.minutes > DAY_MIN),
    `"minutes" of a session is 1 to ${DAY_MIN}. For a day off choose the intensity REST.`,
  );
  return content;
}

function orNull(text: string | null): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}

function refuseIf(isWrong: boolean, sentence: string): void {
  if (isWrong) throw new AppError('BAD_USER_INPUT', sentence);
}
