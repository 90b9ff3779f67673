import {
  changeWords,
  fieldSentence,
  intensityChange,
  isChangedByAthlete,
  loadWords,
  minutesWords,
  suggestionWords,
  type Suggestion,
} from './words.ts';

test.each([
  [45, '45 min'],
  [119, '119 min'],
  [120, '2:00 h'],
  [185, '3:05 h'],
])('%i minutes are %s', (minutes, words) => expect(minutesWords(minutes)).toBe(words));

test('a load is said in words, a rest without minutes', () => {
  expect(loadWords({ intensity: 'HIGH', minutes: 75 })).toBe('high, 75 min');
  expect(loadWords({ intensity: 'REST', minutes: 0 })).toBe('rest');
});

test.each<[Partial<Suggestion>, string | null]>([
  [{ state: 'PENDING', isAdviceOnly: false }, 'suggested: low, 45 min'],
  [{ state: 'PENDING', isAdviceOnly: true }, 'advice: low, 45 min'],
  [{ state: 'ACCEPTED', isAdviceOnly: false }, 'as suggested'],
  [{ state: 'REVERTED', isAdviceOnly: false }, null],
  [{ state: 'EXPIRED', isAdviceOnly: false }, null],
])('a suggestion that is %j is said as %s', (part, words) => {
  const suggestion = { ...part, to: { intensity: 'LOW', minutes: 45, load: 135 } } as Suggestion;
  expect(suggestionWords(suggestion)).toBe(words);
});

test('a change has a direction in words, not in a sign alone', () => {
  expect(intensityChange('HIGH', 'LOW')).toBe('easier');
  expect(intensityChange('LOW', 'LOW')).toBe('same');
  expect(intensityChange('LOW', 'MODERATE')).toBe('harder');
});

test('each field of a change is said as a person would', () => {
  expect(fieldSentence({ field: 'intensity', from: 'HIGH', to: 'LOW' })).toBe('intensity: high → low');
  expect(fieldSentence({ field: 'minutes', from: '75', to: '45' })).toBe('duration: 75 min → 45 min');
  expect(fieldSentence({ field: 'notes', from: null, to: 'On the track' })).toBe('notes: none → On the track');
  expect(fieldSentence({ field: 'isLocked', from: 'false', to: 'true' })).toBe('locked: no → yes');
});

const change = (by: 'ATHLETE' | 'COACH', field: string | null) => ({
  version: 2,
  action: 'CHANGED' as const,
  by,
  date: '2026-11-20',
  at: null,
  fields: field === null ? [] : [{ field, from: 'a', to: 'b' }],
});

test('who changed it is named from where the reader stands', () => {
  expect(changeWords(change('ATHLETE', 'minutes'), true)).toBe('Changed by you');
  expect(changeWords(change('ATHLETE', 'minutes'), false)).toBe('Changed by the athlete');
  expect(changeWords(change('COACH', 'minutes'), true)).toBe('Changed by a coach');
});

test('a session is changed by the athlete while theirs is the last word on what it asks', () => {
  const [coachs, theirs] = [change('COACH', 'minutes'), change('ATHLETE', 'intensity')];
  expect(isChangedByAthlete({ changes: [coachs, theirs] })).toBe(true);
  expect(isChangedByAthlete({ changes: [theirs, coachs] })).toBe(false);
  expect(isChangedByAthlete({ changes: [theirs, change('COACH', 'title')] })).toBe(true);
  expect(isChangedByAthlete({ changes: [change('ATHLETE', null)] })).toBe(false);
});
