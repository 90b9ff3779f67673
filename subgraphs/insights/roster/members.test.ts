import { AppError } from '#platform/errors';
import { afterOf, cursorOf } from './members.ts';

const ATHLETE_ID = '0197a000-0000-7000-8000-000000000001';

test('a cursor names the athlete it was made of, and nothing else', () => {
  const cursor = cursorOf({ displayName: 'Zoë "Z" Ünal', athleteId: ATHLETE_ID });
  expect(afterOf(cursor)).toBe(ATHLETE_ID);
  expect(cursor).toBe(cursorOf({ displayName: 'Another', athleteId: ATHLETE_ID }));
});

test.each([
  '',
  'x',
  'bm90IGpzb24',
  ...['{}', '["a"]', 'no id', `${ATHLETE_ID} `].map((text) => Buffer.from(text).toString('base64url')),
])('what is no cursor of a roster is refused: %p', (cursor) => {
  expect(() => afterOf(cursor)).toThrow(AppError);
});
