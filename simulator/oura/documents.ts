import type { Squad } from '../athletes/squad.ts';
import type { Story } from '../athletes/stories.ts';
import type { DeletedNights } from '../vendor/deleted-nights.ts';
import { dayOf } from './daily.ts';
import type { DayDocument, DayDocuments } from './daily.ts';
import { SLEEP_KINDS, documentId, sleepsOf } from './sleep.ts';
import type { SleepDocument } from './sleep.ts';

/** The collections that hold documents; other known ones are always empty. */
export type Collection = 'sleep' | keyof DayDocuments;

/** What Oura holds of the athletes now. */
export interface Documents {
  on(athlete: Story, collection: Collection, dayIndex: number): (SleepDocument | DayDocument)[];
  withId(athlete: Story, collection: Collection, id: string): SleepDocument | DayDocument | undefined;
}

const GONE_WITH_THE_NIGHT: Collection[] = ['daily_sleep', 'daily_readiness'];

export function createDocuments({ squad, deletedNights }: { squad: Squad; deletedNights: DeletedNights }): Documents {
  const on: Documents['on'] = (athlete, collection, dayIndex) => {
    const day = squad.measuredOn(athlete, dayIndex);
    if (!day) return [];
    const isDeleted = deletedNights.has(athlete, dayIndex);
    if (collection === 'sleep') {
      const night = documentId(day, 'sleep');
      return sleepsOf(day).filter(({ id }) => !isDeleted || id !== night);
    }
    if (isDeleted && GONE_WITH_THE_NIGHT.includes(collection)) return [];
    const document = dayOf(day)[collection];
    return document ? [document] : [];
  };

  return {
    on,
    withId: (athlete, collection, id) => {
      const { first, last } = squad.range(athlete);
      const kinds = collection === 'sleep' ? SLEEP_KINDS : [collection];
      // Ids follow from the day and the kind, so the day is found without writing a document; newest first, since
      // that is what a webhook asks for.
      for (let dayIndex = last; dayIndex >= first; dayIndex--) {
        const day = squad.dayAt(athlete, dayIndex);
        if (!kinds.some((kind) => documentId(day, kind) === id)) continue;
        return on(athlete, collection, dayIndex).find((document) => document.id === id);
      }
      return undefined;
    },
  };
}
