import type { LocalDate } from '#platform/signals';
import type { Change } from '../../../subgraphs/health-data/entries/entry.ts';
import type { Measurement } from '../../../subgraphs/health-data/measurements/measurement.ts';

/** Something that reaches one athlete's record at a tick. */
export interface Deed {
  tick: number;
  rows?: Measurement[];
  entries?: Change[];
  /** Sessions that are put into the plan, each by its `clientId`. */
  planned?: { by: 'COACH' | 'ATHLETE'; sessions: PlannedSession[] };
  /** One of them, written anew by its athlete. */
  replanned?: PlannedSession;
}

export interface PlannedSession {
  clientId: string;
  date: LocalDate;
  title: string;
  minutes: number;
  intensity: string;
  [more: string]: unknown;
}
