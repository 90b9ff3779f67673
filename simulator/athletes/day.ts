import { instantOf } from './local-time.ts';
import type { NightChange } from './physiology.ts';
import { modulo } from './stories.ts';
import type { Story } from './stories.ts';

/** One athlete's one day: everything that any vendor's records of it follow from. */
export interface Day {
  seed: number;
  athlete: Story;
  dayIndex: number;
  /** Local date of waking. */
  date: string;
  /** Edits of the night; none for a night as the story tells it. */
  change?: NightChange | undefined;
  /** Set for a night that was played: it ends at this instant and has no naps beside it. */
  wakeAtMs?: number | undefined;
  /** Today, as devices tell of it after waking: steps reach to the waking only, and there is no session yet. */
  isPartial?: boolean;
}

/** Where the athlete woke that day. */
export function zoneOf({ athlete, dayIndex }: Pick<Day, 'athlete' | 'dayIndex'>): string {
  return athlete.zoneOn(dayIndex);
}

/** A local minute of the day as an instant; minutes below 0 lie on the evening before. */
export function atMinute(day: Day, minute: number): number {
  return instantOf({ date: day.date, minute, timeZone: zoneOf(day) });
}

/** Whether a day is one of those that come round every `by` days, at place `at`. */
export function comesRound(day: Pick<Day, 'dayIndex'>, by: number, at: number): boolean {
  return modulo(day.dayIndex, by) === at;
}
