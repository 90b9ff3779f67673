import type { Band, FlagCode, FreshnessState, ReadinessStatus, Signal } from '../graphql/graphql.ts';
import type { TeamColumns } from '../columns/use-team-columns.ts';
import type { Todays } from '../plan/team-today.tsx';
import { ATTENTION_FIRST, isTold, ordered, orderWords, outOfPlace, type Sort } from './roster-order.ts';
import { type LoadedRow, type Rows, rowsAfter, rowsOfRoster, type Strangers, type TeamEvent } from './roster-row.ts';

type Change = TeamEvent['changes'][number];

const BANDS: Record<Band, number> = { LOW: 20, REDUCED: 50, NORMAL: 70, HIGH: 90 };

const NOTHING = new Map();

function loadedRow(
  id: string,
  band: Band | null,
  parts: { revision?: number; date?: string; status?: ReadinessStatus } = {},
): LoadedRow {
  const { revision = 1, date = '2026-11-21', status = band === null ? 'INSUFFICIENT' : 'OK' } = parts;
  return {
    athlete: { id, displayName: id.toUpperCase(), timeZone: 'UTC' },
    readiness: {
      date,
      status,
      state: 'FINAL',
      revision,
      algorithm: 'readiness/1',
      computedAt: null,
      score: band && BANDS[band],
      band,
      drivers: [],
      confidence: null,
      confidenceLevel: null,
      basis: status === 'NOT_SHARED' ? [] : ['HRV'],
      stale: false,
      staleSignals: [],
      signals: { hrv: null, restingHeartRate: null, sleep: null },
    },
    changeFromWeek: null,
    freshness: [],
    flags: [],
  };
}

function change(row: LoadedRow, reason: Change['reason'] = 'COMPUTED'): Change {
  const { readiness, changeFromWeek, freshness, flags } = row;
  return { reason, athleteId: row.athlete.id, readiness, changeFromWeek, freshness, flags };
}

const before: Rows = rowsOfRoster({
  loaded: [loadedRow('ada', 'NORMAL'), loadedRow('ben', 'LOW'), loadedRow('cy', 'HIGH')],
  before: new Map(),
});
const after = (changes: Change[], gap = false, strangers: Strangers = new Map()) =>
  rowsAfter({ rows: before, strangers, event: { cursor: 'c', gap, changes }, nowMs: 5 });

test('a changed score replaces the row and marks it', () => {
  const { rows, changed, isIncomplete } = after([change(loadedRow('ada', 'LOW', { revision: 2 }))]);
  expect(rows.get('ada')).toMatchObject({ readiness: { band: 'LOW' }, changedAtMs: 5 });
  expect([changed, isIncomplete]).toEqual([['ada'], false]);
});

test('a snapshot that says what is already shown marks nothing', () => {
  const { rows, changed } = after([change(loadedRow('ada', 'NORMAL'), 'SNAPSHOT')]);
  expect([changed, rows.get('ada')?.changedAtMs]).toEqual([[], null]);
});

test('a re-scored earlier day leaves today’s row alone', () => {
  const { rows, changed } = after([change(loadedRow('ada', 'LOW', { date: '2026-11-20' }), 'LATE_DATA')]);
  expect([changed, rows.get('ada')?.readiness.band]).toEqual([[], 'NORMAL']);
});

test('a withdrawal empties the cell at once, whatever day the event speaks of', () => {
  for (const date of ['2026-11-20', '2026-11-21']) {
    const { rows } = after([change(loadedRow('ada', null, { date, status: 'NOT_SHARED' }), 'CONSENT_CHANGED')]);
    expect(rows.get('ada')?.readiness).toMatchObject({ status: 'NOT_SHARED', score: null });
  }
});

test('who left the team has no row', () => {
  expect([...after([change(loadedRow('ben', null), 'LEFT_TEAM')]).rows.keys()]).toEqual(['ada', 'cy']);
});

test('a gap, or an athlete nobody knows, asks for a fresh roster', () => {
  expect(after([], true).isIncomplete).toBe(true);
  const joined = after([change(loadedRow('dee', 'LOW')), change(loadedRow('ada', 'LOW'))]);
  expect([joined.isIncomplete, joined.rows.has('dee'), joined.changed]).toEqual([true, false, ['ada']]);
  expect(after([change(loadedRow('ada', 'LOW'))]).isIncomplete).toBe(false);
});

test('an athlete whom the roster did not hold is not asked about at each event', () => {
  const { strangers } = after([change(loadedRow('dee', 'LOW'))]);
  const again = after([change(loadedRow('dee', 'HIGH'))], false, strangers);
  expect([again.isIncomplete, again.strangers.get('dee')?.readiness.band]).toEqual([false, 'HIGH']);
  expect(after([change(loadedRow('eve', 'LOW'))], false, strangers).isIncomplete).toBe(true);
});

test('a roster that was fetched before a live event does not undo it', () => {
  const { rows } = after([change(loadedRow('ada', 'LOW', { revision: 2 }))]);
  const reloaded = rowsOfRoster({ loaded: [loadedRow('ada', 'NORMAL', { revision: 1 })], before: rows });
  expect(reloaded.get('ada')?.readiness.band).toBe('LOW');
});

test('what an event told of an athlete before the roster came is not undone by an older roster', () => {
  const { strangers } = after([change(loadedRow('dee', 'LOW', { revision: 2 }))]);
  const placed = (revision: number) =>
    rowsOfRoster({ loaded: [loadedRow('dee', 'NORMAL', { revision })], before: strangers }).get('dee');
  expect(placed(1)).toMatchObject({ readiness: { band: 'LOW' }, athlete: { displayName: 'DEE' } });
  expect(placed(3)).toMatchObject({ readiness: { band: 'NORMAL' } });
});

test('needs attention first: low, reduced, normal, high, then no score and not shared by name', () => {
  const rows = rowsOfRoster({
    loaded: [
      loadedRow('a', null),
      loadedRow('b', null, { status: 'NOT_SHARED' }),
      loadedRow('c', null),
      loadedRow('d', 'HIGH'),
      loadedRow('e', 'NORMAL'),
      loadedRow('f', 'REDUCED'),
      loadedRow('g', 'LOW'),
    ],
    before: new Map(),
  });
  expect(ordered({ columns: NOTHING, todays: NOTHING, rows, sort: ATTENTION_FIRST }).map(({ id }) => id)).toEqual([
    'g',
    'f',
    'e',
    'd',
    'a',
    'b',
    'c',
  ]);
});

test('no score stands last in both directions', () => {
  const rows = rowsOfRoster({
    loaded: [loadedRow('a', null), loadedRow('b', 'HIGH'), loadedRow('c', 'LOW')],
    before: new Map(),
  });
  const ids = (isDescending: boolean) =>
    ordered({ columns: NOTHING, todays: NOTHING, rows, sort: { column: 'readiness', isDescending } }).map(
      ({ id }) => id,
    );
  expect([ids(false), ids(true)]).toEqual([
    ['c', 'b', 'a'],
    ['b', 'c', 'a'],
  ]);
});

test('load is sorted by its change, HRV by the week, resting HR by the difference; who has none stands last', () => {
  const load = { state: 'AVAILABLE', method: 'BANISTER', weekLoad: 1, daysKnown: 7, toldFrom: null } as const;
  const origin = { source: 'LAST_NIGHT', ageDays: 0, nights: 60, sd: 2 };
  const loaded = [loadedRow('a', 'NORMAL'), loadedRow('b', 'NORMAL'), loadedRow('c', 'NORMAL')];
  const rows = rowsOfRoster({
    loaded: loaded.map((each, at) => {
      if (at === 2) return each;
      const hrv = { ...origin, m7: 4, mean: 4, t: at === 0 ? 0.4 : -0.6, state: 'NORMAL' as const };
      const restingHeartRate = { ...origin, value: at === 0 ? 70 : 52, mean: at === 0 ? 69 : 48 };
      return { ...each, readiness: { ...each.readiness, signals: { hrv, restingHeartRate, sleep: null } } };
    }),
    before: new Map(),
  });
  const columns: TeamColumns = new Map([
    ['a', { athlete: { id: 'a' }, load: { ...load, loadChange: 0.9 } }],
    // More AU, by another method, and less of a change.
    ['b', { athlete: { id: 'b' }, load: { ...load, method: 'SESSION_RPE', weekLoad: 900, loadChange: 0.8 } }],
  ]);
  const ids = (column: 'load' | 'hrv' | 'resting', isDescending: boolean) =>
    ordered({ columns, todays: NOTHING, rows, sort: { column, isDescending } })
      .map(({ id }) => id)
      .join('');
  expect([ids('load', false), ids('load', true)]).toEqual(['bac', 'abc']);
  expect([ids('hrv', false), ids('hrv', true)]).toEqual(['bac', 'abc']);
  expect([ids('resting', false), ids('resting', true)]).toEqual(['abc', 'bac']);
});

test('today is sorted by the state of the suggestion, an open one first, and only once it is told', () => {
  const rows = rowsOfRoster({
    loaded: [loadedRow('a', 'NORMAL'), loadedRow('b', 'LOW'), loadedRow('c', 'LOW')],
    before: new Map(),
  });
  const suggestion = { id: 's', isAdviceOnly: false, to: { intensity: 'LOW', minutes: 45 } } as const;
  const todays: Todays = new Map([
    ['b', { athlete: { id: 'b' }, sessions: [], suggestion: { ...suggestion, state: 'ACCEPTED' } }],
    ['c', { athlete: { id: 'c' }, sessions: [], suggestion: { ...suggestion, state: 'PENDING' } }],
  ]);
  const sort = (isDescending: boolean) => ({ column: 'today', isDescending }) as const;
  const ids = (isDescending: boolean) =>
    ordered({ columns: NOTHING, todays, rows, sort: sort(isDescending) }).map(({ id }) => id);
  expect([ids(false), ids(true)]).toEqual([
    ['c', 'b', 'a'],
    ['b', 'c', 'a'],
  ]);
  expect(isTold({ columns: NOTHING, todays: NOTHING, rows }, sort(false))).toBe(false);
  expect(isTold({ columns: NOTHING, todays, rows }, sort(false))).toBe(true);
});

const flagOf = (code: FlagCode, isSeen = false) => ({
  ...{ id: code, code, sentence: '', openedOn: '2026-11-20', holdsToday: true },
  acknowledgedAt: isSeen ? '2026-11-20T08:00:00Z' : null,
});
const ageOf = (signal: Signal, state: FreshnessState, ageDays: number | null = null) => ({
  ...{ signal, state, ageDays, nights: 40 },
});

test('by flags: those that nobody has seen, the most urgent first, then more of them; who has none stands last', () => {
  const flags = {
    a: [flagOf('ILLNESS_PATTERN', true)],
    b: [flagOf('SLEEP_SHORT')],
    c: [flagOf('SLEEP_SHORT'), flagOf('DATA_GAP')],
    d: [flagOf('READINESS_LOW', true), flagOf('DATA_GAP')],
    e: [],
    // Not answered.
    f: null,
    g: [flagOf('HRV_SUPPRESSED')],
  };
  const loaded = Object.entries(flags).map(([id, each]) => ({ ...loadedRow(id, 'NORMAL'), flags: each }));
  const rows = rowsOfRoster({ loaded, before: new Map() });
  const ids = (isDescending: boolean) =>
    ordered({ columns: NOTHING, todays: NOTHING, rows, sort: { column: 'flags', isDescending } }).map(({ id }) => id);
  expect([ids(false).join(''), ids(true).join('')]).toEqual(['gcbdaef', 'adbcgef']);
});

test('by data: the oldest shared signal counts; who shares none stands below, both ways', () => {
  const freshness = {
    a: [ageOf('HRV', 'NO_DATA'), ageOf('SLEEP', 'LAST_NIGHT', 0)],
    b: [ageOf('HRV', 'ESTIMATED', 3), ageOf('SLEEP', 'NOT_SHARED')],
    c: [ageOf('HRV', 'NOT_SHARED'), ageOf('SLEEP', 'LAST_NIGHT', 0)],
    d: [ageOf('HRV', 'NOT_SHARED'), ageOf('SLEEP', 'NOT_SHARED')],
    e: [ageOf('HRV', 'LAST_NIGHT', 0), ageOf('SLEEP', 'ESTIMATED', 1)],
    f: [ageOf('HRV', 'CALIBRATING'), ageOf('SLEEP', 'LAST_NIGHT', 0)],
  };
  const loaded = Object.entries(freshness).map(([id, each]) => ({ ...loadedRow(id, 'NORMAL'), freshness: each }));
  const rows = rowsOfRoster({ loaded, before: new Map() });
  const ids = (isDescending: boolean) =>
    ordered({ columns: NOTHING, todays: NOTHING, rows, sort: { column: 'data', isDescending } }).map(({ id }) => id);
  expect([ids(false).join(''), ids(true).join('')]).toEqual(['cebfad', 'afbecd']);
});

test.each<[Sort, string]>([
  [ATTENTION_FIRST, 'needs attention first'],
  [{ column: 'sleep', isDescending: true }, 'by sleep, descending'],
  [{ column: 'flags', isDescending: false }, 'by flags, most urgent first'],
  [{ column: 'data', isDescending: true }, 'by age of the data, oldest first'],
])('the order %j is said in words', (sort, words) => expect(orderWords(sort)).toBe(words));

test('the order stays while values change, and says how many rows it would move', () => {
  const order = ordered({ columns: NOTHING, todays: NOTHING, rows: before, sort: ATTENTION_FIRST });
  const still = after([change(loadedRow('ada', 'REDUCED', { revision: 2 }))]).rows;
  const moved = after([
    change(loadedRow('cy', 'LOW', { revision: 2 })),
    change(loadedRow('ben', 'HIGH', { revision: 2 })),
  ]).rows;
  expect(outOfPlace({ columns: NOTHING, todays: NOTHING, order, rows: before, sort: ATTENTION_FIRST })).toBe(0);
  expect(outOfPlace({ columns: NOTHING, todays: NOTHING, order, rows: still, sort: ATTENTION_FIRST })).toBe(0);
  expect(outOfPlace({ columns: NOTHING, todays: NOTHING, order, rows: moved, sort: ATTENTION_FIRST })).toBe(2);
});

test('a flag puts its athlete before all who have none, the most urgent one first', () => {
  const rows = rowsOfRoster({
    loaded: [
      loadedRow('ada', 'LOW'),
      { ...loadedRow('ben', 'HIGH'), flags: [flagOf('SLEEP_SHORT')] },
      { ...loadedRow('cy', 'NORMAL'), flags: [flagOf('HRV_SUPPRESSED'), flagOf('SLEEP_SHORT')] },
    ],
    before: new Map(),
  });
  expect(ordered({ columns: NOTHING, todays: NOTHING, rows, sort: ATTENTION_FIRST }).map(({ id }) => id)).toEqual([
    'cy',
    'ben',
    'ada',
  ]);
});
