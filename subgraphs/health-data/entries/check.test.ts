import { workoutId } from '../measurements/workout-id.ts';
import { CHECKS } from './check.ts';

const facts = { now: new Date('2026-11-20T22:30:00Z'), timeZone: 'Europe/Helsinki' };
/** In Helsinki the 21st has begun. */
const TODAY = '2026-11-21';

const checkIn = { id: TODAY, soreness: 2, stress: 1, mood: 5, feel: null };
const rating = { id: workoutId({ provider: 'OURA', recordId: 'w1' }), rpe: 7.5 };
const workout = {
  id: 'bRkPNoX1TqXSIsy8',
  sport: 'trail running',
  startedAt: new Date('2026-11-20T20:00:00Z'),
  durationMin: 60,
  distanceM: 9_000,
  avgHr: 140,
};
const night = {
  id: 'n-1',
  bedtimeStart: new Date('2026-11-19T21:00:00Z'),
  bedtimeEnd: new Date('2026-11-20T05:00:00Z'),
  asleepMin: 440,
};
const resting = { id: TODAY, bpm: 48 };

describe('what an athlete may enter', () => {
  it('takes what can be true', () => {
    expect(CHECKS.checkIns(checkIn, facts)).toBeNull();
    expect(CHECKS.checkIns({ ...checkIn, soreness: null, stress: null, mood: null, feel: 'WORSE' }, facts)).toBeNull();
    expect(CHECKS.workoutRatings(rating, facts)).toBeNull();
    expect(CHECKS.workoutRatings({ ...rating, rpe: 0 }, facts)).toBeNull();
    expect(CHECKS.manualWorkouts(workout, facts)).toBeNull();
    expect(CHECKS.manualWorkouts({ ...workout, sport: 'Hiihto', distanceM: null, avgHr: null }, facts)).toBeNull();
    expect(CHECKS.manualNights(night, facts)).toBeNull();
    expect(CHECKS.manualRestingHeartRates(resting, facts)).toBeNull();
  });

  it.each([
    ['no answer', { soreness: null, stress: null, mood: null }],
    ['a step that is not on the scale', { soreness: 6 }],
    ['a step below the scale', { stress: 0 }],
    ['half a step', { mood: 2.5 }],
    ["a day that has not begun in the athlete's zone", { id: '2026-11-22' }],
    ['a day that does not exist', { id: '2026-02-30' }],
    ['an id that is no day', { id: 'bRkPNoX1TqXSIsy8' }],
  ])('refuses a check-in with %s', (_what, wrong) => {
    expect(CHECKS.checkIns({ ...checkIn, ...wrong }, facts)).toMatch(/^[A-Z].*\.$/);
  });

  it.each([
    ['more than 10', { rpe: 10.5 }],
    ['less than 0', { rpe: -0.5 }],
    ['a quarter', { rpe: 7.25 }],
    ['an id that is no workout', { id: 'bRkPNoX1TqXSIsy8' }],
    ['a provider that is none', { id: Buffer.from('ACME:w1').toString('base64url') }],
  ])('refuses a rating of %s', (_what, wrong) => {
    expect(CHECKS.workoutRatings({ ...rating, ...wrong }, facts)).toMatch(/^[A-Z].*\.$/);
  });

  it.each([
    ['an end in the future', { durationMin: 200 }],
    ['no duration', { durationMin: 0 }],
    ['more than a day', { durationMin: 1_441, startedAt: new Date('2026-11-01T00:00:00Z') }],
    ['a start in another century', { startedAt: new Date('1999-12-31T00:00:00Z') }],
    ['a heart rate nobody has', { avgHr: 260 }],
    ['a distance nobody runs', { distanceM: 1_000_001 }],
    ['a note for a sport', { sport: 'felt ill; see "doctor"' }],
    ['an id with other characters', { id: 'a b' }],
    ['an id that is too long', { id: 'a'.repeat(65) }],
  ])('refuses a session with %s', (_what, wrong) => {
    expect(CHECKS.manualWorkouts({ ...workout, ...wrong }, facts)).toMatch(/^[A-Z].*\.$/);
  });

  it.each([
    ['its end before its start', { bedtimeEnd: new Date('2026-11-19T20:00:00Z') }],
    ['more than a day', { bedtimeStart: new Date('2026-11-18T21:00:00Z') }],
    ['an end in the future', { bedtimeEnd: new Date('2026-11-20T23:00:00Z'), bedtimeStart: workout.startedAt }],
    ['more sleep than time in bed', { asleepMin: 481 }],
    ['no sleep', { asleepMin: 0 }],
  ])('refuses a night with %s', (_what, wrong) => {
    expect(CHECKS.manualNights({ ...night, ...wrong }, facts)).toMatch(/^[A-Z].*\.$/);
  });

  it.each([
    ['below 20', { bpm: 19 }],
    ['above 150', { bpm: 151 }],
    ['of tomorrow', { id: '2026-11-22' }],
  ])('refuses a resting heart rate %s', (_what, wrong) => {
    expect(CHECKS.manualRestingHeartRates({ ...resting, ...wrong }, facts)).toMatch(/^[A-Z].*\.$/);
  });

  it('says in no refusal what was entered', () => {
    const sentence = CHECKS.manualWorkouts({ ...workout, avgHr: 263.5, sport: 'run' }, facts);
    expect(sentence).not.toMatch(/263/);
  });
});
