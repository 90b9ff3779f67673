import { addDays, daysBetween, localDateOf } from './local-time.ts';
import { dayOf } from './oura/daily.ts';
import type { DayDocument, DayDocuments } from './oura/daily.ts';
import { heartRateOf } from './oura/heart-rate.ts';
import type { HeartRateSample } from './oura/heart-rate.ts';
import { SLEEP_KINDS, documentId, sleepsOf } from './oura/sleep.ts';
import type { Day, SleepDocument } from './oura/sleep.ts';
import type { NightRecord, Store } from './state.ts';
import { STORIES, genericStory, userIdOf } from './stories.ts';
import type { Story } from './stories.ts';

/** The collections that hold documents; other known ones are always empty. */
export type Collection = 'sleep' | keyof DayDocuments;

/**
 * All athletes and what the vendor holds of them now: every day of the history up to yesterday, and today once its
 * night was played. Knows the time only through `now`.
 */
export interface Squad {
  athletes(): Story[];
  named(key: string): Story | undefined;
  userId(athlete: Story): string;
  addGeneric(count: number): Story[];
  /** Today's local date of an athlete, and its day index. */
  today(athlete: Story): { date: string; dayIndex: number };
  dayAt(athlete: Story, dayIndex: number): Day;
  indexOf(athlete: Story, date: string): number;
  /** First and last day index that have documents. */
  range(athlete: Story): { first: number; last: number };
  documentsOn(athlete: Story, collection: Collection, dayIndex: number): (SleepDocument | DayDocument)[];
  documentWithId(athlete: Story, collection: Collection, id: string): SleepDocument | DayDocument | undefined;
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
    };
  };
  const range = (athlete: Story): { first: number; last: number } => {
    const { dayIndex } = today(athlete);
    return { first: 1 - athlete.nights, last: record(athlete, dayIndex) ? dayIndex : dayIndex - 1 };
  };
  const documentsOn: Squad['documentsOn'] = (athlete, collection, dayIndex) => {
    const { first, last } = range(athlete);
    if (dayIndex < first || dayIndex > last) return [];
    const day = dayAt(athlete, dayIndex);
    if (collection === 'sleep') return sleepsOf(day);
    const document = dayOf({ ...day, isPartial: dayIndex === today(athlete).dayIndex })[collection];
    return document ? [document] : [];
  };

  return {
    athletes: () => [...known.values()],
    named: (key) => known.get(key),
    userId: (athlete) => userIdOf({ seed, athlete }),
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
    documentsOn,
    documentWithId: (athlete, collection, id) => {
      const { first, last } = range(athlete);
      const kinds = collection === 'sleep' ? SLEEP_KINDS : [collection];
      // Ids follow from the day and the kind, so the day is found without writing a document; newest first, since
      // that is what a webhook asks for.
      for (let dayIndex = last; dayIndex >= first; dayIndex--) {
        if (!kinds.some((kind) => documentId({ seed, athlete, dayIndex }, kind) === id)) continue;
        return documentsOn(athlete, collection, dayIndex).find((document) => document.id === id);
      }
      return undefined;
    },
    heartRateOn: (athlete, dayIndex) => {
      const { first, last } = range(athlete);
      if (dayIndex < first || dayIndex > last) return [];
      const day = dayAt(athlete, dayIndex);
      const isToday = dayIndex === today(athlete).dayIndex;
      return heartRateOf({
        day,
        nextDay: dayAt(athlete, dayIndex + 1),
        untilMs: isToday && day.wakeAtMs !== undefined ? day.wakeAtMs : now(),
      });
    },
    record,
    keep: (athlete, dayIndex, kept) => {
      state.nights[athlete.key] = { ...state.nights[athlete.key], [dayIndex]: kept };
      store.changed();
    },
  };
}
