import { localDate } from '#platform/slots';
import { workoutKey } from '../measurements/workout-id.ts';
import { PLAUSIBLE, isDay, isFuture, isWithin, type Range } from '../normalise/units.ts';
import type {
  CheckInEntry,
  Entries,
  ManualNightEntry,
  ManualRestingHeartRateEntry,
  ManualWorkoutEntry,
  TableName,
  WorkoutRatingEntry,
} from './entry.ts';

/** What an entry is judged by beside itself. */
export interface Facts {
  now: Date;
  /** The athlete's, an IANA name. */
  timeZone: string;
}

/** Null when the entry may be stored, else a sentence: what is wrong, and what to do. No value stands in it. */
type Check<Name extends TableName> = (entry: Entries[Name], facts: Facts) => string | null;

const EARLIEST = Date.UTC(2000, 0, 1);
const DAY_MIN = 24 * 60;
/** From 0 (rest) to 10 (maximal); half steps as on Borg's scale. */
const RPE = { min: 0, max: 10 };
const STEPS = { min: 1, max: 5 };
/** Ids of mobile databases and UUIDs alike: what WatermelonDB calls safe. */
const CLIENT_ID = /^[\w.-]{1,64}$/;
/** Words of any language; a sport is a name, not a note. */
const SPORT = /^[\p{L}\p{N}][\p{L}\p{N} _&/-]{0,39}$/u;

export const CHECKS: { readonly [Name in TableName]: Check<Name> } = {
  checkIns: checkIn,
  workoutRatings: rating,
  manualWorkouts: workout,
  manualNights: night,
  manualRestingHeartRates: restingHeartRate,
};

/** Whether a text can be a record's id at all; anything else never reaches the database. */
export const isEntryId = (id: string): boolean => id.length <= 256 && /^[\x21-\x7e]+$/.test(id);

function dayOf(id: string, { now, timeZone }: Facts): string | null {
  if (!isDay(id)) return 'The id is not a calendar day from 2000 on. Name it by its local day, YYYY-MM-DD.';
  if (id > localDate(now, timeZone)) return 'This day has not begun in your time zone. Enter it when it has.';
  return null;
}

function checkIn({ id, feel, ...answers }: CheckInEntry, facts: Facts): string | null {
  const given = Object.values(answers).filter((answer) => answer !== null);
  if (given.length === 0 && feel === null) return 'Nothing was answered. Answer at least one question.';
  if (!given.every((answer) => Number.isInteger(answer) && isWithin(answer, STEPS)))
    return 'Soreness, stress and mood are whole steps from 1 to 5.';
  return dayOf(id, facts);
}

function rating({ id, rpe }: WorkoutRatingEntry): string | null {
  if (workoutKey(id) === null) return "The id is not a workout's. Use the id of the workout that is rated.";
  if (!isWithin(rpe, RPE) || !Number.isInteger(rpe * 2)) return 'RPE is a number from 0 to 10 in half steps.';
  return null;
}

function workout(entry: ManualWorkoutEntry, { now }: Facts): string | null {
  const { id, sport, startedAt, durationMin, distanceM, avgHr } = entry;
  if (!CLIENT_ID.test(id)) return BAD_ID;
  if (!SPORT.test(sport)) return 'The sport is a name of up to 40 letters, digits, spaces, "-", "_", "&" and "/".';
  if (startedAt.getTime() < EARLIEST) return 'The start lies before 2000. Correct it.';
  if (!isWithin(durationMin, { min: 1, max: DAY_MIN })) return 'A session lasts from 1 minute to 24 hours.';
  if (isFuture(new Date(startedAt.getTime() + durationMin * 60_000), now))
    return 'The session ends in the future. Enter it when it is over.';
  return (
    outside(distanceM, PLAUSIBLE.distanceM, 'The distance is not between 0 and 1,000 km.') ??
    outside(avgHr, PLAUSIBLE.heartRateBpm, 'The average heart rate is not between 20 and 250 beats per minute.')
  );
}

function night({ id, bedtimeStart, bedtimeEnd, asleepMin }: ManualNightEntry, { now }: Facts): string | null {
  if (!CLIENT_ID.test(id)) return BAD_ID;
  if (bedtimeStart.getTime() < EARLIEST) return 'The bedtime lies before 2000. Correct it.';
  const inBedMin = (bedtimeEnd.getTime() - bedtimeStart.getTime()) / 60_000;
  if (inBedMin <= 0) return 'The end of the night does not lie after its start. Swap them.';
  if (inBedMin > DAY_MIN) return 'A night is longer than 24 hours. Correct its start or its end.';
  if (isFuture(bedtimeEnd, now)) return 'The night ends in the future. Enter it when it is over.';
  return outside(asleepMin, { min: 1, max: inBedMin }, 'Time asleep is at least a minute and at most the time in bed.');
}

function restingHeartRate({ id, bpm }: ManualRestingHeartRateEntry, facts: Facts): string | null {
  const sentence = 'The resting heart rate is not between 20 and 150 beats per minute.';
  return outside(bpm, PLAUSIBLE.restingHeartRateBpm, sentence) ?? dayOf(id, facts);
}

const BAD_ID = 'The id has other characters than letters, digits, "-", "_" and ".", or more than 64. Make another.';

const outside = (value: number | null, range: Range, sentence: string): string | null =>
  value === null || isWithin(value, range) ? null : sentence;
