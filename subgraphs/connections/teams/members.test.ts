import { isMemberCursor } from './members.ts';

const ATHLETE = '0197a000-0000-7000-8000-000000000001';

test('what names an instant and an athlete is a cursor of members', () => {
  expect(isMemberCursor([new Date().toISOString(), ATHLETE])).toBe(true);
});

// JavaScript takes all of these for dates; PostgreSQL would answer with an error of its own.
test.each(['1', '2020', 'Feb 30 2026 GMT', '0000-01-01T00:00:00.000Z', '+275760-09-13T00:00:00.000Z'])(
  'a time that was not written by us is refused: %p',
  (joinedAt) => {
    expect(isMemberCursor([joinedAt, ATHLETE])).toBe(false);
  },
);
