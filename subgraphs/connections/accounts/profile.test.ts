import { publicError } from '#platform/errors';
import { changedProfile, type Profile } from './profile.ts';

const profile: Profile = {
  displayName: 'Ada',
  timeZone: 'Europe/Berlin',
  sleepNeedMin: 480,
  sex: 'FEMALE',
  maxHrBpm: 190,
  restHrBpm: 50,
  vt1Bpm: null,
  vt2Bpm: null,
  quietFrom: '22:00',
  quietTo: '07:00',
};

test('what is left out stays as it was', () => {
  expect(changedProfile(profile, {})).toEqual(profile);
});

test('what is given replaces what was there', () => {
  expect(
    changedProfile(profile, {
      displayName: ' Bea ',
      sleepNeedMin: 500,
      vt1: 140,
      quietHours: { from: '21:30', to: '06:00' },
    }),
  ).toEqual({
    ...profile,
    displayName: 'Bea',
    sleepNeedMin: 500,
    vt1Bpm: 140,
    quietFrom: '21:30',
    quietTo: '06:00',
  });
});

test('a null clears what may be empty and leaves what always has a value', () => {
  expect(
    changedProfile(profile, {
      sex: null,
      maxHr: null,
      displayName: null,
      timeZone: null,
      sleepNeedMin: null,
      quietHours: null,
    }),
  ).toEqual({
    ...profile,
    sex: null,
    maxHrBpm: null,
  });
});

test.each([
  [{ sleepNeedMin: 359 }, /sleepNeedMin/],
  [{ maxHr: 241 }, /maxHr/],
  [{ restHr: 24 }, /restHr/],
  [{ vt1: 59 }, /vt1/],
  [{ vt2: 231 }, /vt2/],
  [{ vt1: 195 }, /vt1 \(195\) must be lower than maxHr \(190\)/],
  [{ quietHours: { from: '25:00', to: '07:00' } }, /quietHours\.from/],
])('%j is refused with a sentence that names the field', (input, sentence) => {
  let refused: unknown;
  try {
    changedProfile(profile, input);
  } catch (error) {
    refused = error;
  }
  expect(publicError(refused)).toEqual({ code: 'BAD_USER_INPUT', message: expect.stringMatching(sentence) });
});
