import { runsOf } from './runs.ts';

it.each([
  ['nothing', [], []],
  ['one sample', [30], [30, 0, 1]],
  ['a day by the minute', Array.from({ length: 1440 }, (_, minute) => minute * 60), [0, 60, 1440]],
  ['a device that was taken off twice', [0, 15, 30, 300, 315, 330, 900], [0, 15, 3, 300, 15, 3, 900, 0, 1]],
  ['a step that changes', [0, 1, 2, 4, 6], [0, 1, 3, 4, 2, 2]],
])('the runs of %s', (_of, offsetsS, runs) => {
  expect(runsOf(offsetsS)).toEqual(runs);
});
