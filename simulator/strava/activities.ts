import type { Day } from '../athletes/day.ts';
import { workoutHeartRateOf } from '../athletes/heart-rate.ts';
import { withOffset } from '../athletes/local-time.ts';
import { workoutOf } from '../athletes/movement.ts';
import type { Workout } from '../athletes/movement.ts';
import { numberFor } from '../athletes/random.ts';
import type { Squad } from '../athletes/squad.ts';
import type { Story } from '../athletes/stories.ts';
import type { DeletedNights } from '../vendor/deleted-nights.ts';

/** A session of training on its way to Strava's words. */
export interface Activity {
  id: number;
  day: Day;
  workout: Workout;
}

const SPORTS: Record<string, string> = { running: 'Run', cycling: 'Ride', strengthTraining: 'WeightTraining' };
const STEP_SEC = 5;

export function activityId({ seed, athlete, dayIndex }: Day): number {
  return numberFor(16_000_000_000, 16_999_999_999, seed, athlete.key, dayIndex, 'strava');
}

/** The sessions an athlete has uploaded; what was deleted at Strava is not among them. */
export interface Activities {
  all(athlete: Story): Activity[];
  withId(athlete: Story, id: string): Activity | undefined;
  /** That of the day, or the last one before it: of rest days, and of today before the evening, there is none. */
  lastUntil(athlete: Story, dayIndex: number): Activity | undefined;
}

export function createActivities({ squad, deletedNights }: { squad: Squad; deletedNights: DeletedNights }): Activities {
  const all = (athlete: Story): Activity[] => {
    const { first, last } = squad.range(athlete);
    const activities: Activity[] = [];
    for (let dayIndex = first; dayIndex <= last; dayIndex++) {
      const day = squad.measuredOn(athlete, dayIndex);
      const workout = day && !day.isPartial && !deletedNights.has(athlete, dayIndex) ? workoutOf(day) : null;
      if (day && workout) activities.push({ id: activityId(day), day, workout });
    }
    return activities;
  };
  return {
    all,
    withId: (athlete, id) => all(athlete).find((activity) => String(activity.id) === id),
    lastUntil: (athlete, dayIndex) => all(athlete).findLast(({ day }) => day.dayIndex <= dayIndex),
  };
}

/** The form of lists. `start_date_local` is the athlete's clock and ends in Z all the same, as at the vendor. */
export function summaryOf({ id, day, workout }: Activity, athleteId: number): Record<string, unknown> {
  const local = withOffset({ atMs: workout.startMs, timeZone: workout.timeZone });
  const start = new Date(workout.startMs).toISOString().slice(0, 19);
  const elapsedSec = (workout.endMs - workout.startMs) / 1000;
  const beats = heartRateOf({ day, workout });
  const sport = SPORTS[workout.activity] ?? 'Workout';
  return {
    resource_state: 2,
    athlete: { id: athleteId, resource_state: 1 },
    id,
    name: (day.change?.edits ?? 0) > 0 ? `${sport}, edited` : sport,
    type: sport,
    sport_type: sport,
    start_date: `${start}Z`,
    start_date_local: `${local.slice(0, 19)}Z`,
    timezone: `(GMT${local.slice(-6)}) ${workout.timeZone}`,
    utc_offset: Math.round((Date.parse(`${local.slice(0, 19)}Z`) - Date.parse(`${start}Z`)) / 1000),
    elapsed_time: elapsedSec,
    moving_time: elapsedSec - 60,
    distance: workout.distanceM ?? 0,
    total_elevation_gain: workout.distanceM === null ? 0 : Math.round(workout.distanceM / 80) / 10,
    has_heartrate: true,
    average_heartrate: Math.round(10 * meanOf(beats)) / 10,
    max_heartrate: Math.max(...beats),
    manual: false,
    trainer: false,
    private: false,
    commute: false,
  };
}

export function detailOf(activity: Activity, athleteId: number): Record<string, unknown> {
  const summary = summaryOf(activity, athleteId);
  const kilometres = kilometresOf(activity, heartRateOf(activity));
  return { ...summary, resource_state: 3, calories: activity.workout.kcal, laps: [], splits_metric: kilometres };
}

/** The kilometres of a course run or ridden at one pace, the last one as long as what is left of it. */
function kilometresOf({ workout }: Activity, beats: readonly number[]): Record<string, unknown>[] {
  const metres = workout.distanceM ?? 0;
  const seconds = (workout.endMs - workout.startMs) / 1000;
  return Array.from({ length: Math.ceil(metres / 1000) }, (_, index) => {
    const [from, to] = [index * 1000, Math.min(metres, (index + 1) * 1000)].map((at) =>
      Math.round((seconds * at) / metres),
    );
    const inside = beats.slice(Math.floor((from ?? 0) / STEP_SEC), Math.ceil((to ?? 0) / STEP_SEC));
    return {
      split: index + 1,
      distance: Math.min(metres - index * 1000, 1000),
      elapsed_time: (to ?? 0) - (from ?? 0),
      moving_time: (to ?? 0) - (from ?? 0),
      average_heartrate: Math.round(10 * meanOf(inside)) / 10,
      elevation_difference: 0,
    };
  });
}

/** The streams that were asked for, by type. */
export function streamsOf({ day, workout }: Activity, keys: readonly string[]): Record<string, unknown> {
  const beats = heartRateOf({ day, workout });
  const mean = meanOf(beats);
  const metres = (workout.distanceM ?? 0) / beats.length;
  const course: Record<string, number[]> = {
    distance: beats.map((_, index) => Math.round(10 * metres * index) / 10),
    // Whoever runs faster has a faster heart: the pace follows it a little, around that of the whole course.
    velocity_smooth: beats.map((bpm) => Math.round((100 * metres * (1 + (bpm - mean) / 300)) / STEP_SEC) / 100),
  };
  const data: Record<string, number[]> = {
    time: beats.map((_, index) => STEP_SEC * index),
    heartrate: beats,
    ...(metres > 0 ? course : {}),
  };
  const described = { series_type: 'distance', original_size: beats.length, resolution: 'high' };
  return Object.fromEntries(
    Object.entries(data)
      .filter(([key]) => keys.includes(key))
      .map(([key, values]) => [key, { data: values, ...described }]),
  );
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function heartRateOf({ day, workout }: Pick<Activity, 'day' | 'workout'>): number[] {
  return workoutHeartRateOf({ day, workout, stepSec: STEP_SEC }).map(({ bpm }) => bpm);
}
