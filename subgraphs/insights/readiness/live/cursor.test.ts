import type { Access, Grant } from '#platform/consent';
import { grantsText, readCursor, scopeOf, writeCursor } from './cursor.ts';

const NOW = new Date('2026-05-10T09:00:00Z');
const DAY_MS = 86_400_000;

test('a cursor comes back as the position it was made of', () => {
  const position = { at: NOW.getTime() - 5_000, scope: 'abc' };
  expect(readCursor(writeCursor(position), NOW)).toEqual(position);
});

test('one day is not too old, a millisecond more is', () => {
  const cursor = (at: number) => writeCursor({ at, scope: '' });
  expect(readCursor(cursor(NOW.getTime() - DAY_MS), NOW)).not.toBeNull();
  expect(readCursor(cursor(NOW.getTime() - DAY_MS - 1), NOW)).toBeNull();
});

test.each([
  '',
  'x',
  '%%%',
  writeCursor({ at: 1, scope: '' }),
  writeCursor({ at: NOW.getTime() + DAY_MS + 1, scope: '' }),
  writeCursor({ at: 1e300, scope: '' }),
  ...['{}', 'null', '[]', '["1",""]', '[1e15]'].map(encode),
])('what is no cursor of ours is none: %p', (text) => {
  expect(readCursor(text, NOW)).toBeNull();
});

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}

const access = (...grants: Partial<Grant>[]): Access => ({
  athleteId: 'x',
  timeZone: 'UTC',
  relation: 'coach',
  grants: grants.map((grant) => ({ teamId: 'a', signal: 'HRV', since: '2026-05-01', until: null, ...grant })),
});

test('grants are told apart by signal and first day, not by their order nor by signals without weight', () => {
  const text = grantsText(access({ signal: 'HRV' }, { signal: 'SLEEP' }));
  expect(grantsText(access({ signal: 'SLEEP' }, { signal: 'HRV' }, { signal: 'STEPS' }))).toBe(text);
  expect(grantsText(access({ signal: 'HRV' }))).not.toBe(text);
  expect(grantsText(access({ signal: 'HRV' }, { signal: 'SLEEP', since: '2026-05-02' }))).not.toBe(text);
});

test('the scope is another when somebody leaves, joins or shares something else', () => {
  const scope = (...inView: [string, string][]) => scopeOf(new Map(inView.map(([id, grants]) => [id, { grants }])));
  const both = scope(['a', 'HRV'], ['b', 'SLEEP']);
  expect(scope(['b', 'SLEEP'], ['a', 'HRV'])).toBe(both);
  const others = [
    scope(['a', 'HRV']),
    scope(['a', 'SLEEP'], ['b', 'HRV']),
    scope(['a', 'HRV'], ['b', 'SLEEP'], ['c', '']),
  ];
  expect(new Set([both, ...others]).size).toBe(4);
});
