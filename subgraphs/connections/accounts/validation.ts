import { AppError } from '#platform/errors';
import { isClockTime, isTimeZone } from '#platform/slots';

const refuse = (sentence: string): never => {
  throw new AppError('BAD_USER_INPUT', sentence);
};

const EMAIL = /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+\.[^\s@\p{Cc}]+$/u;
/** RFC 5321 4.5.3.1.3, less the angle brackets. */
const EMAIL_LONGEST = 254;

/** Could this be an address? What could not be one is nobody's. */
export const isEmail = (email: string): boolean => email.length <= EMAIL_LONGEST && EMAIL.test(email);

/** The address without surrounding space. Whether it exists is found out by nobody here. */
export function checkEmail(email: string): string {
  const trimmed = email.trim();
  if (!isEmail(trimmed)) refuse('The e-mail address is not one: it needs the form name@example.org.');
  return trimmed;
}

const PASSWORD_SHORTEST = 12;
const PASSWORD_LONGEST = 256;

export function checkPassword(password: string): string {
  const length = [...password].length;
  if (length < PASSWORD_SHORTEST)
    refuse(`The password has ${length} characters and needs at least ${PASSWORD_SHORTEST}. Choose a longer one.`);
  if (length > PASSWORD_LONGEST)
    refuse(`The password may have at most ${PASSWORD_LONGEST} characters. Choose a shorter one.`);
  return password;
}

const NAME_LONGEST = 80;
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;

/** A name of a person or a team without surrounding space. `what` begins the sentence: "The display name". */
export function checkName(what: string, name: string): string {
  const trimmed = name.trim();
  const length = [...trimmed].length;
  if (length === 0) refuse(`${what} is empty. Give it 1 to ${NAME_LONGEST} characters.`);
  if (length > NAME_LONGEST)
    refuse(`${what} has ${length} characters and may have at most ${NAME_LONGEST}. Shorten it.`);
  if (UNPRINTABLE.test(trimmed)) refuse(`${what} holds a control character, such as a line break. Remove it.`);
  return trimmed;
}

/** An IANA name. Offsets like +02:00 are refused: they know no summer time. */
export function checkTimeZone(timeZone: string): string {
  if (!/^[A-Za-z]/.test(timeZone) || !isTimeZone(timeZone)) {
    refuse('The time zone is not known. Give an IANA name such as Europe/Berlin or America/New_York.');
  }
  return timeZone;
}

/** A number an athlete tells of themselves, or null for "not told". */
export function checkRange(
  what: string,
  value: number | null,
  bounds: { from: number; to: number; unit: string },
): number | null {
  if (value === null || (value >= bounds.from && value <= bounds.to)) return value;
  return refuse(`${what} is ${value}, and must lie between ${bounds.from} and ${bounds.to} ${bounds.unit}.`);
}

export function checkClockTime(what: string, time: string): string {
  if (!isClockTime(time)) refuse(`${what} is not a time of day. Write it as HH:MM, such as 22:00.`);
  return time;
}

/** Heart rates must rise from rest over both thresholds to the highest, as far as they are told. */
export function checkHeartRates(rates: {
  restHrBpm: number | null;
  vt1Bpm: number | null;
  vt2Bpm: number | null;
  maxHrBpm: number | null;
}): void {
  const told = (
    [
      ['restHr', rates.restHrBpm],
      ['vt1', rates.vt1Bpm],
      ['vt2', rates.vt2Bpm],
      ['maxHr', rates.maxHrBpm],
    ] as const
  ).filter((entry): entry is readonly [(typeof entry)[0], number] => entry[1] !== null);
  told.forEach(([name, value], place) => {
    const below = told[place - 1];
    if (below !== undefined && below[1] >= value) {
      refuse(`${below[0]} (${below[1]}) must be lower than ${name} (${value}). Correct one of them.`);
    }
  });
}
