import { AppError } from '#platform/errors';
import { afterOf, cursorOf } from './members.ts';

test('a cursor names the row it was made of', () => {
  const row = { displayName: 'Zoë "Z" Ünal', athleteId: '0197a000-0000-7000-8000-000000000001' };
  expect(afterOf(cursorOf(row))).toEqual(row);
});

test.each([
  '',
  'x',
  'bm90IGpzb24',
  ...['{}', '[1,2]', '["a"]', '["a","no id"]'].map((text) => Buffer.from(text).toString('base64url')),
  cursorOf({ displayName: 'a\0', athleteId: '0197a000-0000-7000-8000-000000000001' }),
])('what is no cursor of a roster is refused: %p', (cursor) => {
  expect(() => afterOf(cursor)).toThrow(AppError);
});
