import { type Item, isItem } from '../normaliser.ts';
import type { ZonedInstant } from '../units.ts';

const DAY_MIN = 24 * 60;
const MINUTE_MS = 60_000;
const CLOCK = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** A value of a series, with its distance from the start of the night in whole minutes. */
export type ClockEntry = { offsetMin: number; value: unknown };

/** The minute in which a night began: what the first entry of its series says. */
export const minuteOf = ({ at }: ZonedInstant): Date => new Date(Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS);

/**
 * A series of a night is an object by local time, `{ "23:02": 54, "00:07": 51 }`. A night is shorter than a day, so
 * each time of day lies in it once: counted from the minute of its start, whatever the order of the keys.
 * Null if there is none, or a key is no time of day.
 */
export function readClock(series: unknown, start: ZonedInstant): ClockEntry[] | null {
  if (!isItem(series)) return null;
  const startMin = minuteOf(start).getTime() / MINUTE_MS + start.zoneOffsetMin;
  const entries: ClockEntry[] = [];
  for (const [clock, value] of Object.entries(series satisfies Item)) {
    const match = CLOCK.exec(clock);
    if (match === null) return null;
    const clockMin = Number(match[1]) * 60 + Number(match[2]);
    const offsetMin = (((clockMin - startMin) % DAY_MIN) + DAY_MIN) % DAY_MIN;
    entries.push({ offsetMin, value });
  }
  return entries.length === 0 ? null : entries.sort((a, b) => a.offsetMin - b.offsetMin);
}
