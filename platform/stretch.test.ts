import { AppError } from '#platform/errors';
import { dateOf, dayNumber } from '#platform/slots';
import { checkStretch, MOST_DAYS } from './stretch.ts';

const TO = '2026-11-20';
const back = (days: number) => ({ from: dateOf(dayNumber(TO) - days), to: TO });

test('a stretch is of one day at the least and of as many as are told at the most, both ends counted', () => {
  for (const days of [0, 1, MOST_DAYS - 1]) expect(() => checkStretch(back(days))).not.toThrow();
});

test.each([
  ['one day too many', () => checkStretch(back(MOST_DAYS)), /^At most 400 days can be asked for at once/],
  ['backwards', () => checkStretch(back(-1)), /^"from" \(2026-11-21\) is after "to" \(2026-11-20\)\. Swap them\.$/],
  [
    'backwards, in the words of the client',
    () => checkStretch(back(-1), { from: 'start', to: 'end' }),
    /^"start" .* "end"/,
  ],
])('%s is refused with a sentence', (_what, check, sentence) => {
  expect(check).toThrow(AppError);
  expect(check).toThrow(sentence);
});
