import fc from 'fast-check';
import type { Signal } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';
import { LOAD_FACTS } from '../training/recent-load.ts';
import { FACTS } from './facts.ts';
import { DAYS_READ, FLAG_CODES, RULES, WINDOW_DAYS, openFlags, type DayFact, type OpenFlag } from './flags.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
const TODAY = '2026-11-20';
const ago = (days: number): string => dateOf(dayNumber(TODAY) - days);

const ALL: Signal[] = ['HRV', 'RESTING_HEART_RATE', 'SLEEP', 'TRAINING'];

/** Facts by days before today. */
const days = (byDay: Record<number, DayFact[]>) =>
  new Map(Object.entries(byDay).map(([back, facts]) => [ago(Number(back)), facts]));
const open = (byDay: Record<number, DayFact[]>, signals: readonly Signal[] = ALL): OpenFlag[] =>
  openFlags({ signals, facts: days(byDay), today: TODAY });
const codes = (flags: readonly OpenFlag[]): string[] => flags.map(({ code }) => code);

test.each<[string, Record<number, DayFact[]>, string[]]>([
  ['a low score', { 0: ['SCORE_LOW'] }, ['READINESS_LOW']],
  ['two days under 60', { 0: ['SCORE_UNDER_60'], 1: ['SCORE_UNDER_60'] }, []],
  [
    'three days under 60',
    { 0: ['SCORE_UNDER_60'], 1: ['SCORE_UNDER_60'], 2: ['SCORE_UNDER_60'] },
    ['READINESS_LOW_STREAK'],
  ],
  ['one suppressed day', { 0: ['HRV_SUPPRESSED'] }, []],
  ['two suppressed days', { 0: ['HRV_SUPPRESSED'], 1: ['HRV_SUPPRESSED'] }, ['HRV_SUPPRESSED']],
  ['a high resting rate once', { 0: ['RHR_HIGH'] }, []],
  ['a high resting rate twice', { 0: ['RHR_HIGH'], 1: ['RHR_HIGH'] }, ['RHR_ELEVATED']],
  ['seven beats over the mean, once', { 0: ['RHR_FAR_OVER_MEAN'] }, ['RHR_ELEVATED']],
  ['two short nights of three', { 0: ['SLEPT_SHORT'], 2: ['SLEPT_SHORT'] }, ['SLEEP_SHORT']],
  ['two short nights of four', { 0: ['SLEPT_SHORT'], 3: ['SLEPT_SHORT'] }, []],
  ['a debt and an unsteady week', { 0: ['DEBT_HIGH', 'HRV_UNSTABLE'] }, ['HRV_UNSTABLE', 'SLEEP_DEBT_HIGH']],
  ['a flat week', { 0: ['HRV_FLATTENED'] }, ['HRV_FLATTENED']],
  ['night signals as before an illness', { 0: ['ILLNESS_PATTERN'] }, ['ILLNESS_PATTERN']],
  ['a week of much more training', { 0: ['LOAD_SPIKE'] }, ['LOAD_SPIKE']],
  ['days much alike in a full week', { 0: ['MONOTONY_HIGH'] }, ['MONOTONY_HIGH']],
  [
    'high HRV for three days, after more training',
    { 0: ['HRV_ELEVATED', 'LOAD_SPIKE'], 1: ['HRV_ELEVATED'], 2: ['HRV_ELEVATED'] },
    ['HRV_ELEVATED_OVERLOAD', 'LOAD_SPIKE'],
  ],
  [
    'high HRV for three days, and more training only before',
    { 0: ['HRV_ELEVATED'], 1: ['HRV_ELEVATED', 'LOAD_SPIKE'], 2: ['HRV_ELEVATED'] },
    ['LOAD_SPIKE'],
  ],
  [
    'high HRV for two days, after more training',
    { 0: ['HRV_ELEVATED', 'LOAD_SPIKE'], 1: ['HRV_ELEVATED'] },
    ['LOAD_SPIKE'],
  ],
  ['three days without a night', { 0: ['NO_NIGHT'], 1: ['NO_NIGHT'], 2: ['NO_NIGHT'] }, ['DATA_GAP']],
  ['two days without a night', { 0: ['NO_NIGHT'], 1: ['NO_NIGHT'] }, []],
])('%s', (_, facts, expected) => {
  expect(codes(open(facts))).toEqual(expected);
});

test('a flag stays open one day without its condition, and closes on the second', () => {
  expect(open({ 1: ['SCORE_LOW'] })).toEqual([{ code: 'READINESS_LOW', openedOn: ago(1), lastOn: ago(1) }]);
  expect(open({ 2: ['SCORE_LOW'] })).toEqual([]);
});

test('a day without the condition in between is the same spell, two are another one', () => {
  expect(open({ 0: ['SCORE_LOW'], 2: ['SCORE_LOW'], 4: ['SCORE_LOW'] })).toEqual([
    { code: 'READINESS_LOW', openedOn: ago(4), lastOn: TODAY },
  ]);
  expect(open({ 0: ['SCORE_LOW'], 3: ['SCORE_LOW'] })).toEqual([
    { code: 'READINESS_LOW', openedOn: TODAY, lastOn: TODAY },
  ]);
});

test('a spell longer than four weeks says that it began with the first of them', () => {
  const always = Object.fromEntries(Array.from({ length: 60 }, (_, back) => [back, ['SCORE_LOW' as const]]));
  expect(open(always)).toEqual([{ code: 'READINESS_LOW', openedOn: ago(WINDOW_DAYS - 1), lastOn: TODAY }]);
});

test('a flag whose signal is not in the basis is neither open nor closed', () => {
  const everything: DayFact[] = [...FACTS, ...LOAD_FACTS];
  const all = { 0: everything, 1: everything, 2: everything };
  expect(codes(open(all))).toEqual([...FLAG_CODES]);
  for (const signals of [['SLEEP'], ['TRAINING'], ['HRV', 'SLEEP'], ['HRV', 'TRAINING'], []] as Signal[][])
    expect(codes(open(all, signals))).toEqual(
      FLAG_CODES.filter((code) => RULES[code].needs.every((need) => signals.includes(need))),
    );
  expect(codes(open(all, ['HRV', 'SLEEP']))).not.toContain('HRV_ELEVATED_OVERLOAD');
  expect(codes(open(all, ['RESTING_HEART_RATE', 'TRAINING']))).not.toContain('HRV_ELEVATED_OVERLOAD');
  expect(codes(open(all, ['HRV', 'TRAINING']))).toContain('HRV_ELEVATED_OVERLOAD');
});

test(`days that are not read change nothing (SEED=${seed})`, () => {
  const someFacts = fc.subarray<DayFact>([...FACTS, ...LOAD_FACTS]);
  const history = fc.array(someFacts, { minLength: DAYS_READ + 20, maxLength: DAYS_READ + 20 });
  fc.assert(
    fc.property(history, (all) => {
      const read = all.slice(0, DAYS_READ);
      expect(open({ ...all })).toEqual(open({ ...read }));
    }),
    { seed },
  );
});

test('no sentence diagnoses or speaks of injury', () => {
  for (const { sentence } of Object.values(RULES))
    expect(sentence).not.toMatch(/ill|sick|injur|disease|overtrain|risk|\d{2}/i);
});
