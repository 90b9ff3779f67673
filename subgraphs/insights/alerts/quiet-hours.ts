import { dateOf, dayNumber, localDate, localTimeInstant } from '#platform/slots';

/** Wall-clock times `HH:mm` in a zone. From 22:00 to 07:00 spans midnight; two equal times are no stretch at all. */
export interface QuietHours {
  from: string;
  to: string;
  timeZone: string;
}

/** Those of a coach who chose none. An athlete's stand in the profile. */
export const USUAL_QUIET_HOURS = { from: '22:00', to: '07:00' } as const;

/** When the quiet hours that hold now are over; null outside of them. The first minute is in, the last is out. */
export function quietUntil({ from, to, timeZone }: QuietHours, now: Date): Date | null {
  if (from === to) return null;
  const today = dayNumber(localDate(now, timeZone));
  const at = (day: number, time: string): Date => localTimeInstant(dateOf(day), time, timeZone);
  for (const begins of [today - 1, today]) {
    const ends = at(from < to ? begins : begins + 1, to);
    if (at(begins, from) <= now && now < ends) return ends;
  }
  return null;
}
