import { addDays } from '../athletes/local-time.ts';
import { dayOf } from './daily.ts';
import type { DayDocument } from './daily.ts';
import { sleepsOf } from './sleep.ts';
import type { SleepDocument } from './sleep.ts';
import type { Story } from '../athletes/stories.ts';

/** Every document of an athlete's history by collection, oldest first; heart rate is left out for its size. */
export interface History {
  sleep: SleepDocument[];
  daily_sleep: DayDocument[];
  daily_readiness: DayDocument[];
  daily_activity: DayDocument[];
  daily_spo2: DayDocument[];
  daily_stress: DayDocument[];
  workout: DayDocument[];
}

/**
 * What the simulator serves of an athlete before anything was played or edited. `anchorDate` is the local date of day
 * index 0; the values depend on the index only, so two anchors give the same numbers on other dates. `untilIndex`
 * adds the days that followed.
 */
export function historyOf({
  seed,
  athlete,
  anchorDate,
  untilIndex = 0,
}: {
  seed: number;
  athlete: Story;
  anchorDate: string;
  untilIndex?: number;
}): History {
  const history: History = {
    sleep: [],
    daily_sleep: [],
    daily_readiness: [],
    daily_activity: [],
    daily_spo2: [],
    daily_stress: [],
    workout: [],
  };
  for (let dayIndex = 1 - athlete.nights; dayIndex <= untilIndex; dayIndex++) {
    const day = { seed, athlete, dayIndex, date: addDays(anchorDate, dayIndex) };
    history.sleep.push(...sleepsOf(day));
    const { daily_sleep, daily_readiness, daily_activity, daily_spo2, daily_stress, workout } = dayOf(day);
    if (daily_sleep) history.daily_sleep.push(daily_sleep);
    if (daily_readiness) history.daily_readiness.push(daily_readiness);
    history.daily_activity.push(daily_activity);
    if (daily_spo2) history.daily_spo2.push(daily_spo2);
    history.daily_stress.push(daily_stress);
    if (workout) history.workout.push(workout);
  }
  return history;
}
