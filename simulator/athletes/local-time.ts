import { Temporal } from 'temporal-polyfill';

/** Local calendar date (`YYYY-MM-DD`) of an instant in a time zone. */
export function localDateOf({ atMs, timeZone }: { atMs: number; timeZone: string }): string {
  return zoned(atMs, timeZone).toPlainDate().toString();
}

/** Milliseconds since 1970 of a local wall-clock minute; minutes past 1440 or below 0 reach into the neighbouring days. */
export function instantOf({ date, minute, timeZone }: { date: string; minute: number; timeZone: string }): number {
  const wall = Temporal.PlainDate.from(date)
    .toPlainDateTime()
    .add({ seconds: Math.round(minute * 60) });
  return wall.toZonedDateTime(timeZone).epochMilliseconds;
}

/** An instant as `2026-11-16T06:38:00.000+02:00`, in the zone's own offset at that instant. */
export function withOffset({ atMs, timeZone }: { atMs: number; timeZone: string }): string {
  return zoned(atMs, timeZone).toString({ timeZoneName: 'never', fractionalSecondDigits: 3 });
}

export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/** Days from the first date to the second; negative when the second is earlier. */
export function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(to, { largestUnit: 'days' }).days;
}

/** Whether the text is a real calendar date written `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() === text;
  } catch {
    return false;
  }
}

function zoned(atMs: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone);
}
