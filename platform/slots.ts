import { Temporal } from 'temporal-polyfill';
import type { LocalDate } from '#platform/signals';

const DAY_MS = 86_400_000;

/**
 * When a view without SLEEP is published, athlete-local: an earlier or later hour would tell when the athlete woke
 * and when the watch was synchronised (readiness.md, section 13).
 */
const SLOT_TIMES = ['07:00', '12:00'] as const;

/** A stretch between two clock changes: local time is `instant + offsetMs` from `fromMs` up to, not including, `untilMs`. */
type OffsetSpan = { fromMs: number; untilMs: number; offsetMs: number };
type Zone = { spans: OffsetSpan[]; slots: { lastMs: number; nextMs: number } | null };

const zones = new Map<string, Zone>();
const datesByDayNumber = new Map<number, LocalDate>();
const dayNumbersByDate = new Map<LocalDate, number>();
const DATES_KEPT = 50_000;

/** Days since 1970-01-01. Throws a RangeError for anything that is not a real `YYYY-MM-DD`. */
export function dayNumber(date: LocalDate): number {
  const known = dayNumbersByDate.get(date);
  if (known !== undefined) return known;
  const day = Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, Number(date.slice(8, 10))) / DAY_MS;
  if (Number.isNaN(day) || dateOf(day) !== date) throw new RangeError(`"${date}" is not a day in the form YYYY-MM-DD.`);
  if (dayNumbersByDate.size >= DATES_KEPT) dayNumbersByDate.clear();
  dayNumbersByDate.set(date, day);
  return day;
}

/** The inverse of `dayNumber`. Both are remembered, because every recompute asks for the same few hundred days. */
export function dateOf(day: number): LocalDate {
  const known = datesByDayNumber.get(day);
  if (known !== undefined) return known;
  const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
  if (datesByDayNumber.size >= DATES_KEPT) datesByDayNumber.clear();
  datesByDayNumber.set(day, date);
  return date;
}

/** The days from the first to the last, both included; none where the last is earlier. */
export const daysFrom = (first: LocalDate, last: LocalDate): LocalDate[] =>
  Array.from({ length: Math.max(0, dayNumber(last) - dayNumber(first) + 1) }, (_, at) => dateOf(dayNumber(first) + at));

/** The later of two days; null is no bound at all. */
export const laterOf = (day: LocalDate, bound: LocalDate | null): LocalDate =>
  bound !== null && bound > day ? bound : day;

/** The calendar date in the zone at this instant. Throws a RangeError for an unknown zone. */
export function localDate(instant: Date, timeZone: string): LocalDate {
  const ms = instant.getTime();
  return dateOf(Math.floor((ms + spanAt(zoneNamed(timeZone), timeZone, ms).offsetMs) / DAY_MS));
}

/** Whether the runtime knows the zone by this name. */
export function isTimeZone(name: string): boolean {
  try {
    zoneNamed(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const CLOCK_TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/** Whether the text is a time of the day as `localTimeInstant` takes it, `HH:mm`. */
export const isClockTime = (text: string): boolean => CLOCK_TIME.test(text);

/** Minutes east of UTC that a clock of the zone is ahead at this instant. Throws a RangeError for an unknown zone. */
export function zoneOffsetMin(instant: Date, timeZone: string): number {
  return spanAt(zoneNamed(timeZone), timeZone, instant.getTime()).offsetMs / 60_000;
}

/**
 * The instant at which a local clock shows `time` (`HH:mm`) on `date`. A time that the clocks skip is the next valid
 * minute; one that they show twice is the first of the two.
 */
export function localTimeInstant(date: LocalDate, time: string, timeZone: string): Date {
  const zone = zoneNamed(timeZone);
  const localMs = dayNumber(date) * DAY_MS + Number(time.slice(0, 2)) * 3_600_000 + Number(time.slice(3, 5)) * 60_000;
  // No zone is further than a day from UTC, so the search may start there and go forward, span by span.
  let span = spanAt(zone, timeZone, localMs - DAY_MS);
  for (;;) {
    const instantMs = localMs - span.offsetMs;
    // Before the span begins: the clocks jumped over this time when the span began.
    if (instantMs < span.fromMs) return new Date(span.fromMs);
    if (instantMs < span.untilMs) return new Date(instantMs);
    span = spanAt(zone, timeZone, span.untilMs);
  }
}

/** The latest publication slot at or before `now`. */
export function lastSlot(now: Date, timeZone: string): Date {
  return new Date(slotsAround(now, timeZone).lastMs);
}

/** The first publication slot after `now`. */
export function nextSlot(now: Date, timeZone: string): Date {
  return new Date(slotsAround(now, timeZone).nextMs);
}

function slotsAround(now: Date, timeZone: string): { lastMs: number; nextMs: number } {
  const nowMs = now.getTime();
  const zone = zoneNamed(timeZone);
  if (zone.slots && zone.slots.lastMs <= nowMs && nowMs < zone.slots.nextMs) return zone.slots;
  const today = dayNumber(localDate(now, timeZone));
  let lastMs = -Infinity;
  let nextMs = Infinity;
  for (const day of [today - 1, today, today + 1]) {
    for (const time of SLOT_TIMES) {
      const slotMs = localTimeInstant(dateOf(day), time, timeZone).getTime();
      if (slotMs <= nowMs) lastMs = Math.max(lastMs, slotMs);
      else nextMs = Math.min(nextMs, slotMs);
    }
  }
  zone.slots = { lastMs, nextMs };
  return zone.slots;
}

function zoneNamed(timeZone: string): Zone {
  let zone = zones.get(timeZone);
  if (!zone) {
    zone = { spans: [], slots: null };
    // Asked before it is kept, so that an unknown name throws and leaves nothing behind.
    spanAt(zone, timeZone, Date.now());
    zones.set(timeZone, zone);
  }
  return zone;
}

function spanAt(zone: Zone, timeZone: string, ms: number): OffsetSpan {
  const known = zone.spans.find((span) => span.fromMs <= ms && ms < span.untilMs);
  if (known) return known;
  const here = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone);
  // "previous" is strictly before, hence one millisecond later: a change exactly now has already happened.
  const previous = here.add({ milliseconds: 1 }).getTimeZoneTransition('previous');
  const next = here.getTimeZoneTransition('next');
  const span = {
    fromMs: previous?.epochMilliseconds ?? -Infinity,
    untilMs: next?.epochMilliseconds ?? Infinity,
    offsetMs: here.offsetNanoseconds / 1_000_000,
  };
  zone.spans.push(span);
  return span;
}
