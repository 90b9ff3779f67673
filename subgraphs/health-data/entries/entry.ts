import type { ErrorCode } from '#platform/errors';

/**
 * What an athlete enters by hand, as their apps synchronise it. `id` is made by the client, unique for one athlete.
 * What can be there only once is named by what it is about, so that two devices never make two of it: a check-in and
 * a resting heart rate by their local day (YYYY-MM-DD), a rating by its workout's id.
 */

export type Feel = 'BETTER' | 'AS_SHOWN' | 'WORSE';

/** Each answer on steps of 1 to 5, see `SCALES`; null: not answered. `feel`: against the score shown that day. */
export interface CheckInEntry {
  id: string;
  soreness: number | null;
  stress: number | null;
  mood: number | null;
  feel: Feel | null;
}

/** CR-10, 0 to 10 in half steps: how hard the whole session was (Foster et al. 2001). */
export interface WorkoutRatingEntry {
  id: string;
  rpe: number;
}

export interface ManualWorkoutEntry {
  id: string;
  sport: string;
  startedAt: Date;
  durationMin: number;
  distanceM: number | null;
  avgHr: number | null;
}

export interface ManualNightEntry {
  id: string;
  bedtimeStart: Date;
  bedtimeEnd: Date;
  asleepMin: number;
}

export interface ManualRestingHeartRateEntry {
  id: string;
  bpm: number;
}

/** Every table that apps may write, by its name in the graph. */
export interface Entries {
  manualWorkouts: ManualWorkoutEntry;
  manualNights: ManualNightEntry;
  manualRestingHeartRates: ManualRestingHeartRateEntry;
  checkIns: CheckInEntry;
  workoutRatings: WorkoutRatingEntry;
}
export type TableName = keyof Entries;
export type Entry = Entries[TableName];

/** Ratings last: the workout a rating speaks of may come in the same push. */
export const TABLE_NAMES = [
  'manualWorkouts',
  'manualNights',
  'manualRestingHeartRates',
  'checkIns',
  'workoutRatings',
] as const satisfies readonly TableName[];

/** What one client wants of one record. `entry` null: that it be deleted. */
export interface Change<Name extends TableName = TableName> {
  table: Name;
  id: string;
  entry: Entries[Name] | null;
}

/** A change that can never be taken: what is wrong with it and what to do, without its values. */
export interface Refusal {
  table: TableName;
  id: string;
  code: Extract<ErrorCode, 'BAD_USER_INPUT' | 'NOT_FOUND'>;
  message: string;
}

/** A record as it stands. `entry` null: deleted. */
export interface StoredEntry<Name extends TableName = TableName> {
  id: string;
  createdAt: Date;
  changedAt: Date;
  entry: Entries[Name] | null;
}
