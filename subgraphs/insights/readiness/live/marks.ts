import type { Basis } from '#platform/basis';
import type { ReadinessAnnouncement } from '#platform/events';
import type { LocalDate } from '#platform/signals';
import type { ChangeReason } from '../graph-types.ts';

/**
 * Something of an athlete may look different now. It holds no value: what a viewer may see is read when it is handed out.
 * `date` null: the athlete's today, whichever that is by then.
 * `reasons`: which views changed, each with its own reason: that of another basis would tell of a withheld signal. Or
 * one reason for whatever the viewer's view is: then it is told in any case.
 */
export interface Mark {
  athleteId: string;
  date: LocalDate | null;
  reasons: ReadonlyMap<Basis, ChangeReason> | ChangeReason;
}

/** What an announcement tells a stream. */
export const marksOf = ({ athleteId, changes }: ReadinessAnnouncement): Mark[] =>
  changes.map(({ date, reason, views }) => ({
    athleteId,
    date,
    reasons: new Map(views.map(({ basis }) => [basis, reason])),
  }));

/** Somebody shares something else now, or ended to. */
export const consentMark = (athleteId: string): Mark => ({ athleteId, date: null, reasons: 'CONSENT_CHANGED' });

/** What waits for one stream: of each athlete and day one mark. */
export interface Marks {
  add(mark: Mark): void;
  /** All that waits, older days first, and forgets it. */
  takeAll(): Mark[];
  /** More waits than is worth telling apart: the stream has to start over. Stays true until `clear`. */
  readonly isFull: boolean;
  clear(): void;
}

const MOST = 4_000;

export function createMarks(most: number = MOST): Marks {
  const waiting = new Map<string, Mark>();
  let isFull = false;
  return {
    get isFull() {
      return isFull;
    },
    add(mark) {
      const key = `${mark.athleteId} ${mark.date}`;
      const before = waiting.get(key);
      if (before === undefined && waiting.size >= most) isFull = true;
      if (!isFull) waiting.set(key, before ? together(before, mark) : mark);
    },
    takeAll() {
      const all = [...waiting.values()];
      waiting.clear();
      // Today last: who keeps only the latest change of each athlete shall keep today's.
      return all.toSorted((a, b) => (a.date ?? '9').localeCompare(b.date ?? '9'));
    },
    clear() {
      waiting.clear();
      isFull = false;
    },
  };
}

/** A changed consent outlives a new value; of two new values of one view the later reason counts. */
function together(before: Mark, after: Mark): Mark {
  if (typeof before.reasons === 'string') return before;
  if (typeof after.reasons === 'string') return after;
  return { ...after, reasons: new Map([...before.reasons, ...after.reasons]) };
}
