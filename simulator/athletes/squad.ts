import type { NightRecord, Store } from '../state.ts';
import type { Day } from './day.ts';
import { heartRateOf } from './heart-rate.ts';
import type { HeartRateSample } from './heart-rate.ts';
import { addDays, daysBetween, localDateOf } from './local-time.ts';
import { STORIES, genericStory } from './stories.ts';
import type { Story } from './stories.ts';

/**
 * All athletes and the days their devices have measured until now: every day of the history up to yesterday, and today
 * once its night was played. Knows the time only through `now`.
 */
export interface Squad {
  athletes(): Story[];
  named(key: string): Story | undefined;
  addGeneric(count: number): Story[];
  /** Today's local date of an athlete, and its day index. */
  today(athlete: Story): { date: string; dayIndex: number };
  /** Any day, measured or not. */
  dayAt(athlete: Story, dayIndex: number): Day;
  /** A measured day; null for one outside of the range. */
  measuredOn(athlete: Story, dayIndex: number): Day | null;
  indexOf(athlete: Story, date: string): number;
  /** First and last day index that were measured. */
  range(athlete: Story): { first: number; last: number };
  /** Heart rate from the bedtime before the day to the next, up to now. */
  heartRateOn(athlete: Story, dayIndex: number): HeartRateSample[];
  record(athlete: Story, dayIndex: number): NightRecord | undefined;
  keep(athlete: Story, dayIndex: number, record: NightRecord): void;
}

export function createSquad({ seed, store, now }: { seed: number; store: Store; now: () => number }): Squad {
  const { state } = store;
  const known = new Map<string, Story>(STORIES.map((story) => [story.key, story]));
  const growTo = (count: number): void => {
    for (let number = known.size - STORIES.length + 1; number <= count; number++) {
      const story = genericStory(number);
      known.set(story.key, story);
    }
  };
  growTo(state.genericAthletes);

  const anchorDate = (athlete: Story): string =>
    addDays(localDateOf({ atMs: state.anchoredAtMs, timeZone: athlete.timeZone }), -1);
  const record = (athlete: Story, dayIndex: number): NightRecord | undefined => state.nights[athlete.key]?.[dayIndex];
  const today = (athlete: Story): { date: string; dayIndex: number } => {
    const date = localDateOf({ atMs: now(), timeZone: athlete.timeZone });
    return { date, dayIndex: daysBetween(anchorDate(athlete), date) };
  };
  const dayAt = (athlete: Story, dayIndex: number): Day => {
    const kept = record(athlete, dayIndex);
    return {
      seed,
      athlete,
      dayIndex,
      date: addDays(anchorDate(athlete), dayIndex),
      change: kept?.change,
      wakeAtMs: kept?.wakeAtMs,
      isPartial: dayIndex === today(athlete).dayIndex,
    };
  };
  const range = (athlete: Story): { first: number; last: number } => {
    const { dayIndex } = today(athlete);
    return { first: 1 - athlete.nights, last: record(athlete, dayIndex) ? dayIndex : dayIndex - 1 };
  };
  const measuredOn = (athlete: Story, dayIndex: number): Day | null => {
    const { first, last } = range(athlete);
    return dayIndex < first || dayIndex > last ? null : dayAt(athlete, dayIndex);
  };

  return {
    athletes: () => [...known.values()],
    named: (key) => known.get(key),
    addGeneric: (count) => {
      const before = state.genericAthletes;
      state.genericAthletes += count;
      growTo(state.genericAthletes);
      store.changed();
      return [...known.values()].slice(STORIES.length + before);
    },
    today,
    dayAt,
    indexOf: (athlete, date) => daysBetween(anchorDate(athlete), date),
    range,
    measuredOn,
    heartRateOn: (athlete, dayIndex) => {
      const day = measuredOn(athlete, dayIndex);
      if (!day) return [];
      const untilMs = day.isPartial && day.wakeAtMs !== undefined ? day.wakeAtMs : now();
      return heartRateOf({ day, nextDay: dayAt(athlete, dayIndex + 1), untilMs });
    },
    record,
    keep: (athlete, dayIndex, kept) => {
      state.nights[athlete.key] = { ...state.nights[athlete.key], [dayIndex]: kept };
      store.changed();
    },
  };
}
