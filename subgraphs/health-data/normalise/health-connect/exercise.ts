import { type Item, isItem } from '../normaliser.ts';
import type { GivenSplit } from '../session/splits.ts';
import { parseInstant } from '../units.ts';

/** `ExerciseSessionRecord.EXERCISE_TYPE_…` of androidx.health.connect. */
const ACTIVITIES: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [0, 'other'],
  [2, 'badminton'],
  [4, 'baseball'],
  [5, 'basketball'],
  [8, 'biking'],
  [9, 'biking_stationary'],
  [10, 'boot_camp'],
  [11, 'boxing'],
  [13, 'calisthenics'],
  [14, 'cricket'],
  [16, 'dancing'],
  [25, 'elliptical'],
  [26, 'exercise_class'],
  [27, 'fencing'],
  [28, 'football_american'],
  [29, 'football_australian'],
  [32, 'golf'],
  [34, 'gymnastics'],
  [35, 'handball'],
  [36, 'high_intensity_interval_training'],
  [37, 'hiking'],
  [38, 'ice_hockey'],
  [39, 'ice_skating'],
  [44, 'martial_arts'],
  [46, 'paddling'],
  [48, 'pilates'],
  [51, 'rock_climbing'],
  [53, 'rowing'],
  [54, 'rowing_machine'],
  [55, 'rugby'],
  [56, 'running'],
  [57, 'running_treadmill'],
  [60, 'skating'],
  [61, 'skiing'],
  [62, 'snowboarding'],
  [63, 'snowshoeing'],
  [64, 'soccer'],
  [66, 'squash'],
  [68, 'stair_climbing'],
  [69, 'stair_climbing_machine'],
  [70, 'strength_training'],
  [71, 'stretching'],
  [72, 'surfing'],
  [73, 'swimming_open_water'],
  [74, 'swimming_pool'],
  [75, 'table_tennis'],
  [76, 'tennis'],
  [78, 'volleyball'],
  [79, 'walking'],
  [80, 'water_polo'],
  [81, 'weightlifting'],
  [82, 'wheelchair'],
  [83, 'yoga'],
]);

/** The platform's own name of an exercise type, lower case; a number it added later keeps its number. */
export function activityOf(exerciseType: unknown): string {
  const isNumber = Number.isInteger(exerciseType) && Number(exerciseType) >= 0 && Number(exerciseType) < 1000;
  return ACTIVITIES.get(exerciseType) ?? (isNumber ? `exercise_type_${String(exerciseType)}` : 'other');
}

/**
 * The laps, or where there are none the segments (the sets of a strength training): both have a start and an end, and
 * a lap may have a length, `{ inMeters }` or a plain number of metres. Null where the record has neither list.
 */
export function splitsOf({ laps, segments }: Item): GivenSplit[] | null {
  const lists = [laps, segments].filter((list): list is unknown[] => Array.isArray(list));
  if (lists.length === 0) return null;
  return Array.from(lists.find((list) => list.length > 0) ?? [], (entry) => {
    const split = isItem(entry) ? entry : {};
    const startedAt = parseInstant(split['startTime'])?.at ?? null;
    const end = parseInstant(split['endTime'])?.at;
    const length = split['length'];
    return {
      startedAt,
      durationS: startedAt === null || end === undefined ? null : (end.getTime() - startedAt.getTime()) / 1000,
      distanceM: isItem(length) ? length['inMeters'] : length,
    };
  });
}
