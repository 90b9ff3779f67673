import type { Origin } from '#platform/signals';
import { sportOf, type Sport } from './sport.ts';

it.each<[Origin, string, Sport]>([
  ['STRAVA', 'Run', 'RUN'],
  ['STRAVA', 'TrailRun', 'RUN'],
  ['STRAVA', 'GravelRide', 'RIDE'],
  ['STRAVA', 'Workout', 'CARDIO'],
  ['GARMIN', 'RUNNING', 'RUN'],
  ['GARMIN', 'LAP_SWIMMING', 'SWIM'],
  ['GARMIN', 'TENNIS_V2', 'RACKET'],
  ['GARMIN', 'MULTI_SPORT', 'MULTISPORT'],
  ['POLAR', 'CROSS-TRAINER', 'CARDIO'],
  ['POLAR', 'TRAIL_RUNNING', 'RUN'],
  ['WHOOP', 'cross-country-skiing', 'SKI'],
  ['WHOOP', 'hiking/rucking', 'HIKE'],
  ['OURA', 'strength_training', 'STRENGTH'],
  ['APPLE_HEALTH', 'highIntensityIntervalTraining', 'CARDIO'],
  ['APPLE_HEALTH', 'traditional_strength_training', 'STRENGTH'],
  ['GOOGLE_HEALTH', 'strength_training', 'STRENGTH'],
  ['HEALTH_CONNECT', 'running_treadmill', 'RUN'],
  ['HEALTH_CONNECT', 'exercise_type_77', 'OTHER'],
  ['GARMIN', 'constructor', 'OTHER'],
  ['OURA', '', 'OTHER'],
])('the word of %s for "%s" is %s', (provider, activity, sport) => {
  expect(sportOf({ provider, activity })).toBe(sport);
});

it('a word of one vendor alone means nothing in the mouth of another', () => {
  expect(sportOf({ provider: 'STRAVA', activity: 'Workout' })).toBe('CARDIO');
  expect(sportOf({ provider: 'OURA', activity: 'Workout' })).toBe('OTHER');
});
