import { publicError } from '#platform/errors';
import {
  checkClockTime,
  checkEmail,
  checkHeartRates,
  checkName,
  checkPassword,
  checkRange,
  checkTimeZone,
} from './validation.ts';

/** The sentence of the refusal, or null when it is accepted. */
function refusal(check: () => unknown): string | null {
  try {
    check();
    return null;
  } catch (error) {
    expect(publicError(error).code).toBe('BAD_USER_INPUT');
    return publicError(error).message;
  }
}

test.each(['a@b.de', ' jo.smith+x@mail.example.org ', 'ü@exämple.org'])('%p is an e-mail address', (email) => {
  expect(checkEmail(email)).toBe(email.trim());
});

test.each(['', 'a', 'a@b', '@b.de', 'a@.', 'a b@c.de', 'a@b@c.de', 'a\u0000@b.de', `${'x'.repeat(250)}@b.de`])(
  '%p is no e-mail address',
  (email) => {
    expect(refusal(() => checkEmail(email))).toMatch(/name@example\.org/);
  },
);

test('a password needs twelve characters, counted as people count them', () => {
  expect(refusal(() => checkPassword('twelve chars'))).toBeNull();
  expect(refusal(() => checkPassword('eleven char'))).toMatch(/11 characters.*at least 12/);
  expect(refusal(() => checkPassword('🏃'.repeat(11)))).toMatch(/11 characters/);
  expect(refusal(() => checkPassword('x'.repeat(257)))).toMatch(/at most 256/);
});

test.each([
  ['', /empty/],
  ['   ', /empty/],
  ['x'.repeat(81), /81 characters/],
  ['two\nlines', /control character/],
  ['nul\u0000', /control character/],
  ['line\u2028separator', /control character/],
])('%j is no name', (name, sentence) => {
  expect(refusal(() => checkName('The name', name))).toMatch(sentence);
});

test('a name may be in any script and loses the space around it', () => {
  expect(checkName('The name', '  Ægir Ólafsson 走る 🏃 ')).toBe('Ægir Ólafsson 走る 🏃');
});

test.each(['Europe/Berlin', 'America/Argentina/Buenos_Aires', 'UTC', 'Asia/Kolkata'])('%s is a time zone', (zone) => {
  expect(checkTimeZone(zone)).toBe(zone);
});

test.each(['', 'Mars/Olympus', '+02:00', '-0500', 'Europe/Berlin\u0000', '../UTC'])('%p is no time zone', (zone) => {
  expect(refusal(() => checkTimeZone(zone))).toMatch(/IANA/);
});

test('a number outside its bounds is refused with the bounds, and none at all is accepted', () => {
  const bounds = { from: 100, to: 240, unit: 'beats per minute' };
  expect(checkRange('maxHr', null, bounds)).toBeNull();
  expect(checkRange('maxHr', 100, bounds)).toBe(100);
  expect(refusal(() => checkRange('maxHr', 99, bounds))).toBe(
    'maxHr is 99, and must lie between 100 and 240 beats per minute.',
  );
});

test('a time of day is written HH:MM', () => {
  expect(checkClockTime('from', '00:00')).toBe('00:00');
  for (const time of ['24:00', '7:00', '07:60', '07:00:00', ''])
    expect(refusal(() => checkClockTime('from', time))).toMatch(/HH:MM/);
});

test('heart rates rise from rest to the highest, whichever of them are told', () => {
  const none = { restHrBpm: null, vt1Bpm: null, vt2Bpm: null, maxHrBpm: null };
  expect(refusal(() => checkHeartRates({ restHrBpm: 50, vt1Bpm: 140, vt2Bpm: 165, maxHrBpm: 190 }))).toBeNull();
  expect(refusal(() => checkHeartRates(none))).toBeNull();
  expect(refusal(() => checkHeartRates({ ...none, vt2Bpm: 140, vt1Bpm: 140 }))).toMatch(
    /vt1 \(140\) must be lower than vt2 \(140\)/,
  );
  expect(refusal(() => checkHeartRates({ ...none, restHrBpm: 120, maxHrBpm: 110 }))).toMatch(
    /restHr \(120\) must be lower than maxHr \(110\)/,
  );
});
