import { clockOf, distanceWords, paceWords, sportWord } from './words.ts';

it.each([
  [0, '0:00'],
  [59.6, '1:00'],
  [327, '5:27'],
  [3725, '1:02:05'],
])('%d s are %s', (seconds, words) => expect(clockOf(seconds)).toBe(words));

it.each([
  [null, null],
  [0, null],
  [999.4, '999 m'],
  [8046.7, '8.05 km'],
  [163_200, '163 km'],
])('%s m are %s', (metres, words) => expect(distanceWords(metres)).toBe(words));

it.each([
  ['RUN', 300, 1000, '5:00 /km'],
  ['SWIM', 96, 100, '1:36 /100 m'],
  ['RIDE', 3600, 30_500, '30.5 km/h'],
  ['RUN', 300, null, null],
  ['RUN', 300, 0, null],
] as const)('%s: %d s for %s m is %s', (sport, durationS, distanceM, words) =>
  expect(paceWords({ sport, durationS, distanceM })).toBe(words),
);

it('a sport without a word of ours is told in the provider’s', () => {
  expect(sportWord({ sport: 'RUN', type: 'TrailRun' })).toBe('Run');
  expect(sportWord({ sport: 'OTHER', type: 'exercise_type_77' })).toBe('Exercise type 77');
});
