import fc from 'fast-check';
import { signalsOf, type Basis } from '#platform/basis';
import { AppError } from '#platform/errors';
import type { Signal } from '#platform/signals';
import { presentNothing, type Presented } from '../readiness/present.ts';
import type { FlagCode } from '../flags/flags.ts';
import { countRows, filterRows, sortRows, type Row } from './arrange.ts';
import type { RosterFilter, RosterSort } from './graph-types.ts';
import { summarise } from './summary.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
const DATE = '2026-11-20';
const NOTHING = presentNothing(DATE);
const [HRV, RHR, SLEEP] = [1, 2, 4];

interface Values {
  basis: Basis;
  score?: number | null;
  change?: number | null;
  t?: number | null;
  hrvState?: 'SUPPRESSED' | 'NORMAL' | null;
  rhrDifference?: number | null;
  asleepMin?: number | null;
  /** Of each signal that is shared; a list: signal by signal, the last for the rest of them. */
  freshness?: Freshness | Freshness[];
  ageDays?: number;
}
type Freshness = 'LAST_NIGHT' | 'ESTIMATED' | 'CALIBRATING' | 'NO_DATA';

const bandOf = (score: number) => (score >= 80 ? 'HIGH' : score >= 60 ? 'NORMAL' : score >= 40 ? 'REDUCED' : 'LOW');
const origin = { source: 'LAST_NIGHT', ageDays: 0 };

/** What `present` makes of a view of this basis: a signal outside of it is null. */
function shownOf(values: Values): Presented {
  const { basis, score = null } = values;
  if (basis === 0) return NOTHING;
  const shared: Signal[] = [...signalsOf(basis)];
  return {
    readiness: {
      ...NOTHING.readiness,
      status: score === null ? 'INSUFFICIENT' : 'OK',
      state: 'FINAL',
      basis: shared,
      score,
      band: score === null ? null : bandOf(score),
      signals: {
        hrv: shared.includes('HRV')
          ? {
              ...{ ...origin, nights: 40, value: 4, m7: 4, mean: 4, sd: 0.1, z: 0, cv7Pct: 3, discordant: false },
              t: values.t ?? null,
              state: values.hrvState ?? null,
            }
          : null,
        restingHeartRate: shared.includes('RESTING_HEART_RATE')
          ? {
              ...{ ...origin, nights: 40, mean: 50, sd: 2, z: 0 },
              value:
                values.rhrDifference === undefined || values.rhrDifference === null ? null : 50 + values.rhrDifference,
            }
          : null,
        sleep: shared.includes('SLEEP')
          ? {
              ...origin,
              asleepMin: values.asleepMin ?? null,
              efficiencyPct: 90,
              needMin: 480,
              debtMin: 0,
              debtNights: 14,
            }
          : null,
      },
    },
    changeFromWeek: values.change ?? null,
    freshness: NOTHING.freshness.map((each) => {
      if (!shared.includes(each.signal)) return each;
      const states = [values.freshness ?? 'LAST_NIGHT'].flat();
      const state = states[shared.indexOf(each.signal)] ?? states.at(-1) ?? 'LAST_NIGHT';
      return { ...each, state, ageDays: state === 'ESTIMATED' ? (values.ageDays ?? 1) : 0, nights: 40 };
    }),
  };
}

/** Flags of these codes, the `seen` among them laid aside. */
const raised = (codes: readonly FlagCode[], seen: readonly FlagCode[] = []): Row['flags'] =>
  codes.map((code) => ({ code, acknowledgedAt: seen.includes(code) ? new Date('2026-11-20T08:00:00Z') : null }));

const row = (displayName: string, values: Values, flags: FlagCode[] = [], isTrainingShared = false): Row => ({
  displayName,
  athleteId: `0197a000-0000-7000-8000-${Buffer.from(displayName).toString('hex').padStart(12, '0').slice(-12)}`,
  shown: shownOf(values),
  signals: isTrainingShared ? [...signalsOf(values.basis), 'TRAINING'] : signalsOf(values.basis),
  loadChange: null,
  flags: raised(flags),
  planned: [],
  suggestion: null,
});
const names = (rows: readonly Row[]): string[] => rows.map(({ displayName }) => displayName);

const TEAM = [
  row('Aino', {
    basis: HRV + RHR + SLEEP,
    score: 38,
    change: -20,
    t: -0.9,
    hrvState: 'SUPPRESSED',
    rhrDifference: 4,
    asleepMin: 300,
  }),
  row('Zoë', {
    basis: HRV + SLEEP,
    score: 71,
    change: 1,
    t: 0.1,
    hrvState: 'NORMAL',
    asleepMin: 480,
    freshness: 'ESTIMATED',
  }),
  row('Bo', { basis: HRV + RHR, score: 84, change: 9, t: 0.6, hrvState: 'NORMAL', rhrDifference: -2 }),
  row('Cy', { basis: SLEEP, asleepMin: 420 }),
  row('Dag', { basis: 0 }),
  row('Eli', {
    basis: HRV + RHR + SLEEP,
    score: 55,
    change: null,
    t: null,
    hrvState: null,
    rhrDifference: null,
    asleepMin: null,
    freshness: 'NO_DATA',
  }),
];

test.each<[string, RosterFilter, string[], number]>([
  ['nothing asked', {}, ['Aino', 'Zoë', 'Bo', 'Cy', 'Dag', 'Eli'], 0],
  ['a part of a name, without its accent', { search: ' zoe ' }, ['Zoë'], 0],
  ['bands', { bands: ['LOW', 'REDUCED'] }, ['Aino', 'Eli'], 1],
  ['no band at all', { bands: [] }, [], 1],
  ['HRV states', { hrvStates: ['NORMAL'] }, ['Zoë', 'Bo'], 2],
  ['freshness of sleep', { freshness: [{ signal: 'SLEEP', states: ['ESTIMATED', 'NO_DATA'] }] }, ['Zoë', 'Eli'], 2],
  ['a complete basis', { isBasisComplete: true }, ['Aino', 'Eli'], 0],
  ['an incomplete basis', { isBasisComplete: false }, ['Zoë', 'Bo', 'Cy', 'Dag'], 0],
  ['two conditions', { bands: ['LOW', 'NORMAL'], hrvStates: ['NORMAL'] }, ['Zoë'], 2],
  ['a name and a condition', { search: 'a', bands: ['LOW'] }, ['Aino'], 1],
])('%s', (_, filter, expected, notShared) => {
  const { matching, notSharedCount } = filterRows(TEAM, filter);
  expect(names(matching)).toEqual(expected);
  expect(notSharedCount).toBe(notShared);
});

test('freshness of a signal that makes no score is refused, not empty', () => {
  expect(() => filterRows(TEAM, { freshness: [{ signal: 'STEPS', states: ['NO_DATA'] }] })).toThrow(AppError);
});

test.each<[RosterSort, string[]]>([
  [{ by: 'NAME', isDescending: false }, ['Aino', 'Bo', 'Cy', 'Dag', 'Eli', 'Zoë']],
  [{ by: 'NAME', isDescending: true }, ['Zoë', 'Eli', 'Dag', 'Cy', 'Bo', 'Aino']],
  [{ by: 'ATTENTION', isDescending: false }, ['Aino', 'Eli', 'Zoë', 'Bo', 'Cy', 'Dag']],
  [{ by: 'READINESS', isDescending: false }, ['Aino', 'Eli', 'Zoë', 'Bo', 'Cy', 'Dag']],
  [{ by: 'READINESS', isDescending: true }, ['Bo', 'Zoë', 'Eli', 'Aino', 'Cy', 'Dag']],
  [{ by: 'CHANGE', isDescending: false }, ['Aino', 'Zoë', 'Bo', 'Cy', 'Dag', 'Eli']],
  [{ by: 'HRV', isDescending: true }, ['Bo', 'Zoë', 'Aino', 'Cy', 'Dag', 'Eli']],
  [{ by: 'RESTING_HEART_RATE', isDescending: true }, ['Aino', 'Bo', 'Cy', 'Dag', 'Eli', 'Zoë']],
  [{ by: 'SLEEP', isDescending: false }, ['Aino', 'Cy', 'Zoë', 'Bo', 'Dag', 'Eli']],
])('sorted by %j, rows without the value last', (sort, expected) => {
  expect(names(sortRows(TEAM, sort))).toEqual(expected);
});

const FLAGGED = [
  row('Aino', { basis: HRV + RHR + SLEEP, score: 38 }, ['READINESS_LOW', 'SLEEP_SHORT']),
  row('Bo', { basis: HRV + RHR, score: 84 }, ['ILLNESS_PATTERN']),
  row('Cy', { basis: SLEEP }, ['SLEEP_SHORT']),
  row('Dag', { basis: 0 }),
  row('Eli', { basis: HRV + RHR + SLEEP, score: 55 }),
];

test('who needs attention first: the most urgent flag, then the lower band', () => {
  const sorted = sortRows(FLAGGED, { by: 'ATTENTION', isDescending: false });
  expect(names(sorted)).toEqual(['Bo', 'Aino', 'Cy', 'Eli', 'Dag']);
});

test.each<[RosterFilter['flags'], string[], number]>([
  [['SLEEP_SHORT'], ['Aino', 'Cy'], 2],
  [['ILLNESS_PATTERN', 'READINESS_LOW'], ['Aino', 'Bo'], 2],
  [['DATA_GAP'], [], 1],
])('flags %j, and who withholds what they are told from is only counted', (flags, expected, notShared) => {
  const { matching, notSharedCount } = filterRows(FLAGGED, { flags: flags ?? null });
  expect(names(matching)).toEqual(expected);
  expect(notSharedCount).toBe(notShared);
});

test(`rows of one value come by name in both directions, from any order (SEED=${seed})`, () => {
  const same = ['Ada', 'Bea', 'Cleo'].map((name) => row(name, { basis: HRV + SLEEP, score: 70 }));
  fc.assert(
    fc.property(fc.shuffledSubarray(same, { minLength: 3 }), fc.boolean(), (shuffled, isDescending) => {
      expect(names(sortRows(shuffled, { by: 'READINESS', isDescending }))).toEqual(['Ada', 'Bea', 'Cleo']);
    }),
    { seed },
  );
});

const TRAINED = [
  row('Aino', { basis: HRV }, ['HRV_ELEVATED_OVERLOAD', 'LOAD_SPIKE'], true),
  row('Bo', { basis: HRV }),
  row('Cy', { basis: 0 }, ['LOAD_SPIKE'], true),
  row('Dag', { basis: 0 }),
];

test.each<[FlagCode[], string[], number]>([
  [['LOAD_SPIKE'], ['Aino', 'Cy'], 2],
  [['HRV_ELEVATED_OVERLOAD'], ['Aino'], 3],
  [['READINESS_LOW'], [], 2],
  [['LOAD_SPIKE', 'READINESS_LOW'], ['Aino'], 3],
])('flags of load %j ask for TRAINING, whatever else is shared', (flags, expected, notShared) => {
  const { matching, notSharedCount } = filterRows(TRAINED, { flags });
  expect(names(matching)).toEqual(expected);
  expect(notSharedCount).toBe(notShared);
});

const PLANNED: Row[] = [
  { ...row('Aino', { basis: HRV }, [], true), planned: ['SESSION', 'RACE'], suggestion: 'PENDING' },
  { ...row('Bo', { basis: SLEEP, score: 61 }, [], true), planned: ['REST'], suggestion: null },
  { ...row('Cy', { basis: 0 }, [], true), planned: ['SESSION'], suggestion: null },
  { ...row('Dag', { basis: HRV + SLEEP, score: 30 }), planned: [], suggestion: null },
  { ...row('Eli', { basis: HRV }, [], true), planned: ['NOTHING'], suggestion: null },
  { ...row('Finn', { basis: HRV }, [], true), planned: ['SESSION'], suggestion: 'ACCEPTED' },
];

test.each<[RosterFilter, string[], number]>([
  [{ planned: ['SESSION'] }, ['Aino', 'Cy', 'Finn'], 1],
  [{ planned: ['RACE', 'REST'] }, ['Aino', 'Bo'], 1],
  [{ planned: ['NOTHING'] }, ['Eli'], 1],
  [{ planned: [] }, [], 1],
  [{ suggestions: ['PENDING'] }, ['Aino'], 2],
  [{ suggestions: ['ACCEPTED', 'REVERTED'] }, ['Finn'], 2],
  [{ planned: ['SESSION'], suggestions: ['PENDING', 'ACCEPTED'] }, ['Aino', 'Finn'], 2],
])('of today %j: a plan asks for TRAINING, a suggestion for a score as well', (filter, expected, notShared) => {
  const { matching, notSharedCount } = filterRows(PLANNED, filter);
  expect(names(matching)).toEqual(expected);
  expect(notSharedCount).toBe(notShared);
});

test('by today: open suggestions first, rows without one last in both directions', () => {
  const order = (isDescending: boolean) => names(sortRows(PLANNED, { by: 'TODAY', isDescending }));
  expect(order(false)).toEqual(['Aino', 'Finn', 'Bo', 'Cy', 'Dag', 'Eli']);
  expect(order(true)).toEqual(['Finn', 'Aino', 'Bo', 'Cy', 'Dag', 'Eli']);
});

const SEEN: Row[] = [
  { ...row('Aino', { basis: HRV + SLEEP }), flags: raised(['ILLNESS_PATTERN'], ['ILLNESS_PATTERN']) },
  row('Bo', { basis: HRV + SLEEP }, ['SLEEP_SHORT']),
  row('Cy', { basis: HRV + SLEEP }, ['SLEEP_SHORT', 'DATA_GAP']),
  { ...row('Dag', { basis: HRV }), flags: raised(['READINESS_LOW', 'DATA_GAP'], ['READINESS_LOW']) },
  row('Eli', { basis: 0 }),
  row('Finn', { basis: HRV, score: 20 }),
  row('Gro', { basis: HRV }, ['HRV_SUPPRESSED']),
];

test('by flags: those that nobody has seen, the most urgent first, then more of them; rows without one last both ways', () => {
  const order = (isDescending: boolean) => names(sortRows(SEEN, { by: 'FLAGS', isDescending }));
  expect(order(false)).toEqual(['Gro', 'Cy', 'Bo', 'Dag', 'Aino', 'Eli', 'Finn']);
  expect(order(true)).toEqual(['Aino', 'Dag', 'Bo', 'Cy', 'Gro', 'Eli', 'Finn']);
});

const AGED = [
  row('Aino', { basis: HRV + SLEEP, freshness: 'NO_DATA' }),
  row('Bo', { basis: HRV, freshness: 'ESTIMATED', ageDays: 3 }),
  // What was missing is withheld: it makes nobody older.
  row('Cy', { basis: SLEEP }),
  row('Dag', { basis: 0 }),
  row('Eli', { basis: HRV + RHR + SLEEP, freshness: ['LAST_NIGHT', 'ESTIMATED', 'LAST_NIGHT'] }),
  row('Finn', { basis: HRV + SLEEP, freshness: ['CALIBRATING', 'LAST_NIGHT'] }),
  row('Gro', { basis: 0 }, [], true),
];

test('by data: the oldest shared signal counts; who shares none stands below, both ways', () => {
  const order = (isDescending: boolean) => names(sortRows(AGED, { by: 'DATA', isDescending }));
  expect(order(false)).toEqual(['Cy', 'Eli', 'Bo', 'Finn', 'Aino', 'Dag', 'Gro']);
  expect(order(true)).toEqual(['Aino', 'Finn', 'Bo', 'Eli', 'Cy', 'Dag', 'Gro']);
});

const anyValues = fc.record({
  score: fc.option(fc.integer({ min: 0, max: 100 })),
  change: fc.option(fc.integer({ min: -50, max: 50 })),
  t: fc.option(fc.double({ min: -3, max: 3, noNaN: true })),
  hrvState: fc.option(fc.constantFrom('SUPPRESSED' as const, 'NORMAL' as const)),
  rhrDifference: fc.option(fc.integer({ min: -10, max: 10 })),
  asleepMin: fc.option(fc.integer({ min: 60, max: 960 })),
});
const anyFilter: fc.Arbitrary<RosterFilter> = fc.record(
  {
    bands: fc.subarray(['HIGH', 'NORMAL', 'REDUCED', 'LOW'] as const).map((list) => [...list]),
    hrvStates: fc.subarray(['SUPPRESSED', 'LOW', 'ELEVATED', 'NORMAL'] as const).map((list) => [...list]),
    planned: fc.subarray(['NOTHING', 'REST', 'SESSION', 'RACE', 'TEST'] as const).map((list) => [...list]),
    suggestions: fc.subarray(['PENDING', 'ACCEPTED', 'REVERTED', 'EXPIRED'] as const).map((list) => [...list]),
    freshness: fc.constant([{ signal: 'SLEEP' as const, states: ['LAST_NIGHT' as const] }]),
  },
  { requiredKeys: [] },
);

test(`one who shares nothing is in no filter, whatever the filter (SEED=${seed})`, () => {
  fc.assert(
    fc.property(fc.array(anyValues, { maxLength: 8 }), anyFilter, (others, filter) => {
      fc.pre(Object.keys(filter).length > 0);
      const team = [
        ...others.map((values, at) => row(`N${at}`, { basis: 7, ...values }, [], true)),
        row('Withheld', { basis: 0 }),
      ];
      const { matching, notSharedCount } = filterRows(team, filter);
      expect(names(matching)).not.toContain('Withheld');
      expect(notSharedCount).toBe(1);
    }),
    { seed },
  );
});

test('counts and summary are made of the rows', () => {
  expect(countRows(TEAM)).toEqual({ high: 1, normal: 1, reduced: 1, low: 1, noScore: 1, notShared: 1 });
  expect(summarise(TEAM)).toMatchObject({ athletes: 6, sharing: 5, scored: 4, provisional: 0, meanScore: 62 });
  expect(summarise([row('Dag', { basis: 0 })]).meanScore).toBeNull();
});
